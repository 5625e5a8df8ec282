//! Snapshots in use lend what they hold to a new one: what is equal is held once, however many views
//! hold it. What is lent is equal to what the view's own stream said, so nothing passes from view to view.

use std::sync::Arc;

use super::{Shared, Snapshot};
use crate::model::{Event, EventId, Link, Record, RecordId, Tie, TieId};

/// Lists in ascending order that items are taken from, ascending too.
pub(super) struct Pool<'a, T, K> {
    lists: Vec<&'a [Arc<T>]>,
    key: fn(&T) -> K,
}

impl<'a, T: PartialEq, K: Ord> Pool<'a, T, K> {
    fn new(donors: &'a [Arc<Snapshot>], of: fn(&Snapshot) -> &Shared<T>, key: fn(&T) -> K) -> Self {
        let both = |donor: &'a Arc<Snapshot>| [of(donor), of(donor.original())];
        let mut lists: Vec<&[Arc<T>]> =
            donors.iter().flat_map(both).map(|list| list.as_slice()).collect();
        lists.dedup_by_key(|list| list.as_ptr());
        Self { lists, key }
    }

    /// The item, as it is already held somewhere, or else as it came. Items are asked for in ascending
    /// order.
    pub fn held(&mut self, fresh: T) -> Arc<T> {
        let key = (self.key)(&fresh);
        for list in &mut self.lists {
            let passed = list.iter().take_while(|held| (self.key)(held) < key).count();
            *list = &list[passed..];
            if let Some(held) = list.first().filter(|held| ***held == fresh) {
                return Arc::clone(held);
            }
        }
        Arc::new(fresh)
    }
}

/// What the snapshots in use hold.
pub(super) struct Donors<'a> {
    pub records: Pool<'a, Record, RecordId>,
    pub ties: Pool<'a, Tie, TieId>,
    pub events: Pool<'a, Event, EventId>,
    pub links: Pool<'a, Link, (RecordId, RecordId)>,
}

impl<'a> Donors<'a> {
    pub fn new(donors: &'a [Arc<Snapshot>]) -> Self {
        Self {
            records: Pool::new(donors, |it| &it.records, |record| record.id),
            ties: Pool::new(donors, |it| &it.ties, |tie| tie.id),
            events: Pool::new(donors, |it| &it.events, |event| event.id),
            links: Pool::new(donors, |it| &it.links, |link| (link.a, link.b)),
        }
    }
}
