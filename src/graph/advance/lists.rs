//! The lists of a snapshot with changes put in: records with their links, ties, events and judgements, and what names
//! each record.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::delta::{Added, Delta};
use super::{Anew, Making, Touched};
use crate::graph::evidence::{Coded, Statement};
use crate::graph::forms::Forms;
use crate::graph::keys::KeyIndex;
use crate::graph::layered::Layered;
use crate::graph::masks::{is_of_victim, row_of, rows_of};
use crate::graph::naming::{Naming, named_by_event, named_by_tie};
use crate::graph::shared_objects::SharedObjects;
use crate::graph::tag::{self, Sum};
use crate::graph::{JudgementIndex, LeftOut, List, RecordIndex, Snapshot, TieIndex};
use crate::model::{Event, Judgement, Link, Record, RecordId, Tie};

/// The lists of the next snapshot.
pub(super) struct Lists {
    pub records: List<Record>,
    pub ties: List<Tie>,
    pub events: List<Event>,
    pub links: List<Link>,
    pub judgements: Layered<JudgementIndex, Judgement>,
    pub naming: Naming,
    pub forms: Forms,
    pub keys: KeyIndex,
    pub sum: Sum,
    pub left_out: LeftOut,
}

impl Lists {
    /// # Errors
    /// When the snapshot must be built anew.
    pub fn of(
        before: &Snapshot,
        mut delta: Delta,
        making: Making<'_>,
        touched: &mut Touched,
    ) -> Result<Self, Anew> {
        let base = &before.left_out;
        let mut lists = Self {
            records: before.records.clone(),
            ties: before.ties.clone(),
            events: before.events.clone(),
            links: before.links.clone(),
            judgements: before.judgements.clone(),
            naming: before.naming.clone(),
            forms: before.forms.clone(),
            keys: before.keys.of(before, making.engine).clone(),
            sum: before.sum,
            left_out: LeftOut::before(Arc::clone(&base.withheld), base.hiding()),
        };
        touched.gone.extend(&delta.records_gone);
        lists.put_records(before, &delta, making, touched)?;
        Self::follow_gone(before, &mut delta, making.shared);
        lists.judge(before, &mut delta, making, touched)?;
        lists.relink(before, &delta, making, touched)?;
        lists.put_statements(before, &delta, touched)?;
        Ok(lists)
    }

    pub(super) fn stored(&self, id: RecordId) -> Option<RecordIndex> {
        self.records.find_by_key(&id, |record| record.id)
    }

    fn put_records(
        &mut self,
        before: &Snapshot,
        delta: &Delta,
        making: Making<'_>,
        touched: &mut Touched,
    ) -> Result<(), Anew> {
        let rows = making.unmasked.map(|named| {
            let named = named.iter().filter_map(|id| before.stored(*id));
            rows_of(named.map(|at| before.records[at].as_ref()))
        });
        let (mut edit, mut forms) = (before.records.edit(), before.forms.of.edit());
        let mut more = Vec::new();
        for at in &delta.records_gone {
            let record = &before.records[*at];
            let fields = making.view.withheld_from(record.entity_type().into(), &record.label);
            self.sum.take(tag::record(&before.id_key, record, fields.bits()));
            self.left_out.forget(*at);
            edit.remove(*at);
            forms.remove(*at);
        }
        for (at, record, form) in &delta.replaced {
            edit.put_at(*at, Arc::clone(record));
            forms.put_at(*at, *form);
            more.push((*form, *at));
            touched.replaced.insert(*at);
        }
        let new = delta.records.iter().map(|added| Arc::clone(&added.record)).collect();
        let positions = edit.put(new, |it| it.id)?;
        for (Added { record, fields, form }, at) in delta.records.iter().zip(positions) {
            forms.put_at(at, *form);
            more.push((*form, at));
            self.sum.add(tag::record(&before.id_key, record, fields.bits()));
            if !fields.is_empty() {
                Arc::make_mut(&mut self.left_out.withheld).insert(at);
            }
            if let Some(rows) = &rows {
                self.left_out.hide(making.view.agency(), (at, record), rows);
            }
            touched.fresh.insert(at);
        }
        self.records = edit.done();
        self.forms = before.forms.with(forms.done(), &more);
        Ok(())
    }

    /// Adds to the delta what goes with the records that are gone, if the change log did not name it.
    fn follow_gone(before: &Snapshot, delta: &mut Delta, shared: &SharedObjects) {
        let gone: BTreeSet<RecordId> =
            delta.records_gone.iter().map(|at| before.records[*at].id).collect();
        let mut ties: BTreeSet<TieIndex> = delta.ties_gone.iter().copied().collect();
        for at in &delta.records_gone {
            for coded in before.naming.statements.at(*at) {
                match Statement::from(*coded) {
                    Statement::Tie(tie) => drop(ties.insert(tie)),
                    Statement::Event(event) => {
                        let held = &before.events[event];
                        let is_named = delta.events.iter().any(|it| it.id == held.id)
                            || delta.events_gone.contains(&event);
                        if !is_named {
                            let mut event = Event::clone(held);
                            event.participants.retain(|part| !gone.contains(&part.record));
                            delta.events.push(shared.events.hold(event));
                        }
                    }
                }
            }
            let judged = before.naming.judgements.at(*at).iter();
            delta.judgements_gone.extend(judged);
        }
        delta.ties_gone = ties.into_iter().collect();
        delta.events.sort_by_key(|event| event.id);
        delta.judgements_gone.sort_unstable();
        delta.judgements_gone.dedup();
    }

    fn put_statements(
        &mut self,
        before: &Snapshot,
        delta: &Delta,
        touched: &mut Touched,
    ) -> Result<(), Anew> {
        let mut naming = before.naming.statements.edit();
        let (mut ties, mut events) = (before.ties.edit(), before.events.edit());
        let id_key = &before.id_key;
        for at in &delta.ties_gone {
            let coded = Coded::from(Statement::Tie(*at));
            let ends = named_by_tie(&before.ties[*at]).filter_map(|id| before.stored(id));
            ends.for_each(|end| naming.take(end, coded));
            self.sum.take(tag::tie(id_key, &before.ties[*at]));
            ties.remove(*at);
            touched.statements.insert(coded);
        }
        let positions = ties.put(delta.ties.clone(), |it| it.id)?;
        for (tie, at) in delta.ties.iter().zip(positions) {
            let coded = Coded::from(Statement::Tie(at));
            let ends = named_by_tie(tie).filter_map(|id| self.stored(id));
            ends.for_each(|end| naming.add(end, coded));
            if before.ties.get(at).is_none() {
                self.sum.add(tag::tie(id_key, tie));
            }
            touched.statements.insert(coded);
        }
        for at in &delta.events_gone {
            let coded = Coded::from(Statement::Event(*at));
            let held = &before.events[*at];
            let ends = named_by_event(held).filter_map(|id| before.stored(id));
            ends.for_each(|end| naming.take(end, coded));
            self.sum.take(tag::event(id_key, held));
            events.remove(*at);
            touched.statements.insert(coded);
        }
        let positions = events.put(delta.events.clone(), |it| it.id)?;
        for (event, at) in delta.events.iter().zip(positions) {
            let coded = Coded::from(Statement::Event(at));
            if let Some(held) = before.events.get(at) {
                let ends = named_by_event(held).filter_map(|id| before.stored(id));
                ends.for_each(|end| naming.take(end, coded));
                self.sum.take(tag::event(id_key, held));
            }
            let ends = named_by_event(event).filter_map(|id| self.stored(id));
            ends.for_each(|end| naming.add(end, coded));
            self.sum.add(tag::event(id_key, event));
            touched.statements.insert(coded);
        }
        let (ties, events, naming) = (ties.done(), events.done(), naming.done());
        (self.ties, self.events, self.naming.statements) = (ties, events, naming);
        Ok(())
    }

    fn judge(
        &mut self,
        before: &Snapshot,
        delta: &mut Delta,
        making: Making<'_>,
        touched: &mut Touched,
    ) -> Result<(), Anew> {
        let mut naming = before.naming.judgements.edit();
        let mut judgements = before.judgements.edit();
        let id_key = &before.id_key;
        for at in std::mem::take(&mut delta.judgements_gone) {
            let held = &before.judgements[at];
            for end in [held.a, held.b].into_iter().filter_map(|id| before.stored(id)) {
                naming.take(end, at);
                touched.joints.insert(end);
                touched.judged.insert(end);
            }
            self.sum.take(tag::judgement(id_key, held));
            judgements.remove(at);
        }
        let is_foreign = |id| self.stored(id).is_none_or(|at| self.left_out.foreign.contains(at));
        let is_kept = |it: &Judgement| {
            let is_own = it.label.agency == making.view.agency();
            let is_forgotten =
                making.unmasked.is_some() && is_own && (is_foreign(it.a) || is_foreign(it.b));
            self.stored(it.a).is_some() && self.stored(it.b).is_some() && !is_forgotten
        };
        let key = |it: &Judgement| (it.a, it.b, it.label.agency.clone(), it.user.clone());
        let said = std::mem::take(&mut delta.judgements);
        let mut new: Vec<Judgement> = said.into_iter().filter(is_kept).collect();
        new.sort_by_key(key);
        for judgement in &new {
            let held = judgements.find_by_key(&key(judgement), key);
            if let Some(held) = held.and_then(|at| judgements.get(at)) {
                self.sum.take(tag::judgement(id_key, held));
            }
            self.sum.add(tag::judgement(id_key, judgement));
        }
        let ends: Vec<_> = new.iter().map(|it| [it.a, it.b]).collect();
        for (at, ends) in judgements.put(new, key)?.into_iter().zip(ends) {
            for end in ends.into_iter().filter_map(|id| self.stored(id)) {
                naming.add(end, at);
                touched.joints.insert(end);
                touched.judged.insert(end);
            }
        }
        let (judgements, naming) = (judgements.done(), naming.done());
        (self.judgements, self.naming.judgements) = (judgements, naming);
        Ok(())
    }
}

impl LeftOut {
    /// Takes a record that is gone out of all sets.
    fn forget(&mut self, record: RecordIndex) {
        for set in [&mut self.withheld, &mut self.sighted, &mut self.foreign] {
            if set.contains(record) {
                Arc::make_mut(set).remove(record);
            }
        }
    }

    /// Notes what a caller of an agency may see of a new record; `rows` are those that it may see unmasked.
    fn hide(
        &mut self,
        agency: &str,
        (at, record): (RecordIndex, &Record),
        rows: &BTreeSet<(String, String)>,
    ) {
        if !is_of_victim(&record.label) {
            return;
        }
        if rows.contains(&row_of(record)) {
            Arc::make_mut(&mut self.sighted).insert(at);
        } else if record.label.agency != agency {
            Arc::make_mut(&mut self.foreign).insert(at);
        }
    }
}
