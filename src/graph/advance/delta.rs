//! The changes of a view as its snapshot holds objects: without the fields that agreements withhold, and without what
//! the snapshot has already.

use std::sync::Arc;

use super::{Anew, Making};
use crate::govern::Fields;
use crate::graph::masks::is_of_victim;
use crate::graph::{EventIndex, JudgementIndex, RecordIndex, Snapshot, TieIndex, withheld};
use crate::model::{Event, FormId, FormLink, Judgement, Kind, Record, RecordId, Tie};
use crate::store::Changes;

/// A record that is put into a snapshot.
#[derive(Debug)]
pub(super) struct Added {
    pub record: Arc<Record>,
    /// The fields that are withheld of it.
    pub fields: Fields,
    /// The form of what is left.
    pub form: FormId,
}

/// The objects that are put into a snapshot, and the positions of those that are taken out.
#[derive(Debug, Default)]
pub(super) struct Delta {
    /// New records.
    pub records: Vec<Added>,
    /// Records that have another label now, with the forms that they are of now.
    pub replaced: Vec<(RecordIndex, Arc<Record>, FormId)>,
    pub records_gone: Vec<RecordIndex>,
    pub ties: Vec<Arc<Tie>>,
    pub ties_gone: Vec<TieIndex>,
    pub events: Vec<Arc<Event>>,
    pub events_gone: Vec<EventIndex>,
    /// Links between forms that the store found.
    pub links: Vec<FormLink>,
    pub judgements: Vec<Judgement>,
    pub judgements_gone: Vec<JudgementIndex>,
}

impl Delta {
    /// # Errors
    /// When the snapshot must be built anew.
    pub fn of(before: &Snapshot, changes: &Changes, making: Making<'_>) -> Result<Self, Anew> {
        let mut delta = Self { links: changes.links.clone(), ..Self::default() };
        let view = making.view;
        for (id, now) in &changes.records {
            // Which rows are unmasked may follow from the record.
            let is_named = making.unmasked.is_some_and(|named| named.contains(id));
            let at = before.stored(*id);
            match now {
                Some((_, form, record)) => {
                    delta.put_record(before, (record, *form), at, (making, is_named))?;
                }
                None if is_named && at.is_some() => return Err(Anew),
                None => delta.records_gone.extend(at),
            }
        }
        for (id, now) in &changes.ties {
            let at = before.ties.find_by_key(id, |tie| tie.id);
            let is_withheld =
                |tie: &&Tie| withheld::is_withheld(tie, view.withheld_from(Kind::Tie, &tie.label));
            match now.as_ref().filter(|tie| !is_withheld(tie)) {
                Some(tie) if at.is_some_and(|at| *before.ties[at] == *tie) => {}
                Some(tie) => delta.ties.push(making.shared.ties.hold(tie.clone())),
                None => delta.ties_gone.extend(at),
            }
        }
        for (id, now) in &changes.events {
            let at = before.events.find_by_key(id, |event| event.id);
            let Some(mut event) = now.clone() else {
                delta.events_gone.extend(at);
                continue;
            };
            let fields = view.withheld_from(Kind::Event, &event.label);
            withheld::strip_event(&mut event, fields);
            if at.is_none_or(|at| *before.events[at] != event) {
                delta.events.push(making.shared.events.hold(event));
            }
        }
        for (pair, now) in &changes.judgements {
            delta.judge(before, *pair, now);
        }
        Ok(delta)
    }

    fn put_record(
        &mut self,
        before: &Snapshot,
        (record, mut form): (&Record, FormId),
        at: Option<RecordIndex>,
        (making, is_named): (Making<'_>, bool),
    ) -> Result<(), Anew> {
        let mut record = record.clone();
        let fields = making.view.withheld_from(record.entity_type().into(), &record.label);
        if !fields.is_empty() {
            withheld::strip_record(&mut record, fields);
            form = withheld::form(making.engine, &record);
        }
        let Some(at) = at else {
            let record = making.shared.records.hold(record);
            self.records.push(Added { record, fields, form });
            return if is_named { Err(Anew) } else { Ok(()) };
        };
        let held = &before.records[at];
        if **held == record {
            return Ok(());
        }
        let relabelled = Record { label: record.label.clone(), ..Record::clone(held) };
        let is_masked_alike = is_of_victim(&held.label) == is_of_victim(&record.label)
            && held.label.agency == record.label.agency;
        if relabelled != record || !is_masked_alike {
            return Err(Anew);
        }
        self.replaced.push((at, making.shared.records.hold(record), form));
        Ok(())
    }

    /// Takes the judgements on a pair that do not stand any more, and adds those that are new.
    fn judge(&mut self, before: &Snapshot, pair: (RecordId, RecordId), now: &[Judgement]) {
        let held = before.stored(pair.0).map_or(&[][..], |at| before.naming.judgements.at(at));
        let of_pair = |at: &&JudgementIndex| {
            let judgement = &before.judgements[**at];
            (judgement.a, judgement.b) == pair
        };
        let held: Vec<JudgementIndex> = held.iter().filter(of_pair).copied().collect();
        let is_held = |it: &&Judgement| held.iter().any(|at| before.judgements[*at] == **it);
        self.judgements.extend(now.iter().filter(|it| !is_held(it)).cloned());
        let author = |it: &Judgement| (it.label.agency.clone(), it.user.clone());
        let stays = |at: &JudgementIndex| {
            now.iter().any(|it| author(it) == author(&before.judgements[*at]))
        };
        self.judgements_gone.extend(held.iter().filter(|at| !stays(at)));
    }

    /// Tells if nothing changes.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
            && self.replaced.is_empty()
            && self.records_gone.is_empty()
            && self.ties.is_empty()
            && self.ties_gone.is_empty()
            && self.events.is_empty()
            && self.events_gone.is_empty()
            && self.links.is_empty()
            && self.judgements.is_empty()
            && self.judgements_gone.is_empty()
    }
}
