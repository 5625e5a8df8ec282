//! A snapshot that is not asked at the moment, packed: of every list which objects of the lists that
//! snapshots hold in common are its, and how its records join. What can be worked out of that is left out.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::assemble::Visible;
use super::common::{Common, Keyed, Lists};
use super::{LeftOut, Shared, Snapshot};
use crate::model::{Event, IdKey, Judgement, Link, Record, Tie};

/// A packed snapshot. Unpacked it is the same again.
pub struct Packed {
    tag: [u8; 16],
    id_key: IdKey,
    records: PackedList<Record>,
    ties: PackedList<Tie>,
    events: PackedList<Event>,
    links: PackedList<Link>,
    judgements: Arc<Vec<Judgement>>,
    joins: Joins,
    withheld: Arc<RoaringBitmap>,
    masked: Option<Masked>,
}

/// What is other in a masked snapshot.
struct Masked {
    records: PackedList<Record>,
    events: PackedList<Event>,
    entities: Arc<RoaringBitmap>,
}

impl Packed {
    /// Packs a snapshot; what is not held in common it goes on holding.
    pub fn of(snapshot: &Snapshot, common: &Common) -> Self {
        let original = snapshot.original();
        let masked = || Masked {
            records: PackedList::of(&snapshot.records, &common.records),
            events: PackedList::of(&snapshot.events, &common.events),
            entities: Arc::clone(&snapshot.left_out.masked),
        };
        Self {
            tag: original.tag,
            id_key: original.id_key.clone(),
            records: PackedList::of(&original.records, &common.records),
            ties: PackedList::of(&original.ties, &common.ties),
            events: PackedList::of(&original.events, &common.events),
            links: PackedList::of(&original.links, &common.links),
            judgements: Arc::clone(&original.judgements),
            joins: Joins::of(original),
            withheld: Arc::clone(&original.left_out.withheld),
            masked: (!std::ptr::eq(original, snapshot)).then(masked),
        }
    }

    /// The snapshot.
    pub fn unpacked(&self) -> Snapshot {
        let visible = Visible {
            records: self.records.list(),
            ties: self.ties.list(),
            events: self.events.list(),
            links: self.links.list(),
            judgements: Arc::clone(&self.judgements),
        };
        let labels = self.joins.labels();
        let withheld = Arc::clone(&self.withheld);
        let original = visible.assemble(self.tag, &self.id_key, &labels, withheld);
        let Some(masked) = &self.masked else { return original };
        let left_out =
            LeftOut { masked: Arc::clone(&masked.entities), ..original.left_out.clone() };
        let shown = Snapshot {
            records: masked.records.list(),
            events: masked.events.list(),
            ..original.clone()
        };
        Snapshot { left_out: LeftOut { original: Some(Arc::new(original)), ..left_out }, ..shown }
    }

    /// About how many bytes it holds for itself.
    pub fn bytes(&self) -> usize {
        let masked = self.masked.as_ref();
        let masked = masked
            .map_or(0, |it| it.records.bytes() + it.events.bytes() + it.entities.serialized_size());
        self.records.bytes()
            + self.ties.bytes()
            + self.events.bytes()
            + self.links.bytes()
            + self.joins.bytes()
            + self.withheld.serialized_size()
            + masked
    }
}

/// A list of a packed snapshot.
struct PackedList<T> {
    /// The lists held in common that it has objects of, and their positions.
    parts: Vec<(Shared<T>, RoaringBitmap)>,
    /// Objects that are not held in common.
    rest: Vec<Arc<T>>,
}

impl<T: Keyed> PackedList<T> {
    fn of(list: &[Arc<T>], lists: &Lists<T>) -> Self {
        let split = lists.split(list);
        let parts = lists.lists().iter().cloned().zip(split.positions);
        let mut parts: Vec<_> = parts.filter(|(_, positions)| !positions.is_empty()).collect();
        parts.iter_mut().for_each(|(_, positions)| {
            positions.optimize();
        });
        Self { parts, rest: split.rest }
    }

    fn list(&self) -> Shared<T> {
        if let ([(list, positions)], []) = (self.parts.as_slice(), self.rest.as_slice())
            && positions.len() == list.len() as u64
        {
            return Arc::clone(list);
        }
        let of_parts = self.parts.iter().map(|(_, positions)| positions.len() as usize);
        let mut items: Vec<Arc<T>> = Vec::with_capacity(of_parts.sum::<usize>() + self.rest.len());
        for (list, positions) in &self.parts {
            items.extend(positions.iter().map(|position| Arc::clone(&list[position as usize])));
        }
        items.extend(self.rest.iter().cloned());
        // Ascending parts one after the other: a stable sort merges them.
        items.sort_by(|one, other| one.key().cmp(&other.key()));
        Arc::new(items)
    }

    fn bytes(&self) -> usize {
        let parts = self.parts.iter().map(|(_, positions)| positions.serialized_size());
        parts.sum::<usize>() + self.rest.len() * size_of::<Arc<T>>()
    }
}

/// How records join: for each record that is not the first of its entity, in ascending order, which is.
struct Joins {
    records: usize,
    others: RoaringBitmap,
    first_of: Box<[u32]>,
}

impl Joins {
    fn of(snapshot: &Snapshot) -> Self {
        let records = snapshot.records.len();
        let first = |record: u32| {
            let entity = snapshot.entity_of[record as usize];
            snapshot.entities[entity as usize].records[0]
        };
        let joined = (0..records as u32).map(|record| (record, first(record)));
        let joined = joined.filter(|(record, first)| record != first);
        let (others, first_of): (Vec<u32>, Vec<u32>) = joined.unzip();
        Self { records, others: others.into_iter().collect(), first_of: first_of.into() }
    }

    /// For each record the first of its entity.
    fn labels(&self) -> Vec<u32> {
        let mut labels: Vec<u32> = (0..self.records as u32).collect();
        for (record, first) in self.others.iter().zip(&self.first_of) {
            labels[record as usize] = *first;
        }
        labels
    }

    fn bytes(&self) -> usize {
        self.others.serialized_size() + self.first_of.len() * size_of::<u32>()
    }
}
