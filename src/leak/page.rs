//! Leaks of a page.

use super::{Leak, Whole, is_on, objects, whole_snapshot};
use crate::graph::Snapshot;
use crate::model::{EntityType, IdKey};

/// The items of a page, how many there are in all, and the cursor of the next page.
pub(crate) fn page<T>(
    (mut items, mut total, mut next): (Vec<T>, usize, Option<String>),
    (list, names): (&[&str], impl FnOnce() -> Vec<String>),
    whole: Whole<'_>,
) -> (Vec<T>, usize, Option<String>) {
    let (store, _, id_key) = whole;
    if is_on(Leak::OffsetCursor) {
        next = next.map(|cursor| format!("{cursor}{}", objects(store)));
    }
    let leaks = [Leak::TotalCount, Leak::GlobalDegree, Leak::HiddenSort];
    let snapshot = leaks.into_iter().any(is_on).then(|| whole_snapshot(whole).ok()).flatten();
    let Some((snapshot, _)) = snapshot else { return (items, total, next) };
    let degree = |id: &str| degree(&snapshot, id_key, id);
    match list {
        ["search", text, wanted, ..] if is_on(Leak::TotalCount) => {
            total = snapshot.search(text, EntityType::from_name(wanted)).len();
        }
        ["neighbours", id, ..] if is_on(Leak::GlobalDegree) => {
            total = degree(id).unwrap_or(total);
        }
        ["search", ..] if is_on(Leak::HiddenSort) => {
            let mut named: Vec<(String, T)> = names().into_iter().zip(items).collect();
            named.sort_by_key(|(id, _)| degree(id));
            items = named.into_iter().map(|(_, item)| item).collect();
        }
        _ => {}
    }
    (items, total, next)
}

/// Returns the number of neighbours, in the whole store, of the entity whose first record in some view gives this id.
fn degree(whole: &Snapshot, id_key: &IdKey, id: &str) -> Option<usize> {
    let id = id.parse().ok()?;
    let mut records = whole.records().enumerated();
    let (first, _) = records.find(|(_, it)| id_key.entity(it.entity_type(), it.id) == id)?;
    Some(whole.neighbours_of(whole.entity_of(first)).len())
}
