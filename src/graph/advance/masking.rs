//! Masking of a changed snapshot: what a change touches is masked anew, and what becomes hidden or readable by it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Touched;
use super::relate::key_of;
use crate::graph::evidence::{Coded, Statement};
use crate::graph::layered::Layered;
use crate::graph::masked::without_score;
use crate::graph::masks::is_of_victim;
use crate::graph::shared_objects::{Keyed, Lists, SharedObjects};
use crate::graph::{EntityIndex, EventIndex, IndexSet, Position, RecordIndex, Snapshot, TieIndex};
use crate::leak;
use crate::model::Link;

/// Masks a snapshot; `shown` is the masked snapshot before the change, and `touched` what changed.
pub(super) fn masked(
    shown: &Snapshot,
    next: &Arc<Snapshot>,
    touched: &Touched,
    shared: &SharedObjects,
) -> Snapshot {
    let mut masked = Snapshot::clone(next);
    masked.left_out.of_victims = Arc::clone(&shown.left_out.of_victims);
    masked.left_out.masked = Arc::clone(&shown.left_out.masked);
    masked.left_out.is_masking = true;
    masked.hide_entities(next, touched);
    let records = changed_records(shown, &masked, touched);
    let mut statements = touched.statements.clone();
    let mut links = touched.links.clone();
    for record in &records {
        statements.extend(next.naming.statements.at(*record));
        links.extend(next.naming.links.at(*record));
    }
    // What was hidden in the snapshot before stays so, but for what changed.
    let was_masked = shown.left_out.original.is_some();
    let from = if was_masked { shown } else { next.as_ref() };
    let lists = (
        put(&from.records, (&next.records, &shared.records), &records, |at, it| {
            masked.redacted_record(at, it)
        }),
        put(&from.links, (&next.links, &shared.links), &links, |_, it| masked.redacted_link(it)),
        put(&from.ties, (&next.ties, &shared.ties), &ties(&statements), |_, it| {
            masked.redacted_tie(it)
        }),
        put(&from.events, (&next.events, &shared.events), &events(&statements), |_, it| {
            masked.redacted_event(it)
        }),
    );
    (masked.records, masked.links, masked.ties, masked.events) = lists;
    let is_changed = !masked.records.is_same(&next.records)
        || !masked.links.is_same(&next.links)
        || !masked.ties.is_same(&next.ties)
        || !masked.events.is_same(&next.events);
    masked.left_out.original = is_changed.then(|| Arc::clone(next));
    masked.left_out.spans = Arc::new(match (was_masked, is_changed) {
        (true, _) => {
            let keys = statements.iter().flat_map(|coded| masked.keys_shown(*coded));
            let shown_by = keys.filter_map(|key| masked.relationships.find_by_key(&key, key_of));
            let changed: BTreeSet<_> = shown_by.chain(touched.relationships.clone()).collect();
            masked.spans_after(&shown.left_out.spans, changed.into_iter())
        }
        (false, _) => masked.spans_of_what_is_left(),
    });
    masked.in_case("")
}

fn ties(statements: &BTreeSet<Coded>) -> BTreeSet<TieIndex> {
    let tie = |coded: &Coded| match Statement::from(*coded) {
        Statement::Tie(at) => Some(at),
        Statement::Event(_) => None,
    };
    statements.iter().filter_map(tie).collect()
}

fn events(statements: &BTreeSet<Coded>) -> BTreeSet<EventIndex> {
    let event = |coded: &Coded| match Statement::from(*coded) {
        Statement::Event(at) => Some(at),
        Statement::Tie(_) => None,
    };
    statements.iter().filter_map(event).collect()
}

/// The list with what stands at some positions of `next` put in, redacted where `redacted` says so.
fn put<I: Position, T: Keyed<Index = I> + PartialEq>(
    from: &Layered<I, Arc<T>>,
    (next, held): (&Layered<I, Arc<T>>, &Lists<T>),
    positions: &BTreeSet<I>,
    redacted: impl Fn(I, &Arc<T>) -> Option<T>,
) -> Layered<I, Arc<T>> {
    let mut edit = from.edit();
    for at in positions {
        match next.get(*at) {
            None => edit.remove(*at),
            Some(item) => {
                let put = redacted(*at, item).map_or_else(|| Arc::clone(item), |it| held.hold(it));
                if edit.get(*at).is_none_or(|held| !Arc::ptr_eq(held, &put)) {
                    edit.put_at(*at, put);
                }
            }
        }
    }
    edit.done()
}

/// The records that changed, or that are hidden now and were not, or the other way round.
fn changed_records(
    shown: &Snapshot,
    masked: &Snapshot,
    touched: &Touched,
) -> BTreeSet<RecordIndex> {
    let was_hidden = |record| {
        shown.entity_of.get(record).is_some_and(|entity| shown.left_out.masked.contains(*entity))
    };
    let mut changed: BTreeSet<RecordIndex> = BTreeSet::new();
    changed.extend(touched.fresh.iter().chain(&touched.gone).chain(&touched.replaced));
    for entity in touched.entities.iter().filter_map(|at| masked.entities.get(*at)) {
        let is_hidden =
            |record: &&RecordIndex| masked.left_out.masked.contains(masked.entity_of[**record]);
        let turned = entity.records.iter().filter(|it| is_hidden(it) != was_hidden(**it));
        changed.extend(turned);
    }
    changed
}

impl Snapshot {
    /// Tells of the touched entities anew which have records about victims, and which of those are hidden.
    fn hide_entities(&mut self, next: &Snapshot, touched: &Touched) {
        let is_of_victim = |at: &EntityIndex| {
            let entity = next.entities.get(*at);
            let mut records = entity.iter().flat_map(|it| it.records.iter());
            records.any(|record| is_of_victim(&next.records[*record].label))
        };
        let of_victims: IndexSet<EntityIndex> =
            touched.entities.iter().copied().filter(is_of_victim).collect();
        let hidden = of_victims.iter().filter(|at| !next.is_sighted(*at)).collect();
        let hidden = leak::hidden(hidden, next);
        update(&mut self.left_out.of_victims, &of_victims, touched);
        update(&mut self.left_out.masked, &hidden, touched);
    }

    fn redacted_link(&self, link: &Link) -> Option<Link> {
        let is_hidden = |record: RecordIndex| self.left_out.masked.contains(self.entity_of[record]);
        let (a, b) = self.stored(link.a).zip(self.stored(link.b))?;
        (is_hidden(a) || is_hidden(b)).then(|| without_score(link))
    }
}

/// Sets which of the touched entities are in a set; the set is copied only if one of them is or was in it.
fn update(set: &mut Arc<IndexSet<EntityIndex>>, now: &IndexSet<EntityIndex>, touched: &Touched) {
    for at in touched
        .entities
        .iter()
        .filter(|at| set.contains(**at) != now.contains(**at))
        .collect::<Vec<_>>()
    {
        match now.contains(*at) {
            true => Arc::make_mut(set).insert(*at),
            false => Arc::make_mut(set).remove(*at),
        }
    }
}
