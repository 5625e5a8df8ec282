//! Snapshots in compact form, for views that are not asked at the moment: for each kind of object the positions of the
//! view's objects in the lists of [`SharedObjects`], and how its records are clustered into entities. Entities,
//! relationships and indexes are left out, since they can be computed from that.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::assemble::Visible;
use super::cluster_diff::ClusterDiff;
use super::forms::Forms;
use super::groups::Place;
use super::positions::Positions;
use super::shared_objects::{Keyed, Lists, SharedObjects, Split, own_bytes};
use super::tag::Sum;
use super::{
    EntityIndex, IndexSet, Indexed, JudgementIndex, LeftOut, List, RecordIndex, Shared, Snapshot,
};
use crate::model::{Event, FormId, IdKey, Judgement, Link, Record, Tie};

/// A snapshot in compact form; expanding it gives an equal snapshot.
pub struct CompactSnapshot {
    sum: Sum,
    id_key: IdKey,
    records: CompactList<Record>,
    ties: CompactList<Tie>,
    events: CompactList<Event>,
    links: CompactList<Link>,
    /// For each record its form.
    forms: Arc<Indexed<RecordIndex, FormId>>,
    judgements: Arc<Indexed<JudgementIndex, Judgement>>,
    cluster_diff: ClusterDiff,
    /// The snapshot's [`LeftOut`] before masking.
    left_out: LeftOut,
    masked: Option<Masked>,
}

/// The differences of a masked snapshot from the one that it was masked from.
struct Masked {
    records: Replaced<Record>,
    ties: Replaced<Tie>,
    events: Replaced<Event>,
    links: Replaced<Link>,
    /// Entities with a record about a victim, and the subset of them that is masked.
    entities: [Arc<IndexSet<EntityIndex>>; 2],
}

impl CompactSnapshot {
    /// Makes a snapshot compact, to which nothing may have been added since it was built or merged. Objects that are
    /// not in `shared` the compact snapshot holds itself.
    pub fn of(snapshot: &Snapshot, shared: &SharedObjects) -> Self {
        let original = snapshot.original();
        let masked = || Masked {
            records: Replaced::of(&original.records, &snapshot.records, &shared.records),
            ties: Replaced::of(&original.ties, &snapshot.ties, &shared.ties),
            events: Replaced::of(&original.events, &snapshot.events, &shared.events),
            links: Replaced::of(&original.links, &snapshot.links, &shared.links),
            entities: [&snapshot.left_out.of_victims, &snapshot.left_out.masked].map(Arc::clone),
        };
        Self {
            sum: original.sum,
            id_key: original.id_key.clone(),
            records: CompactList::of(&original.records.flat(), &shared.records),
            ties: CompactList::of(&original.ties.flat(), &shared.ties),
            events: CompactList::of(&original.events.flat(), &shared.events),
            links: CompactList::of(&original.links.flat(), &shared.links),
            forms: original.forms.of.flat(),
            judgements: original.judgements.flat(),
            cluster_diff: ClusterDiff::of(original, shared),
            left_out: original.left_out.clone(),
            masked: (!std::ptr::eq(original, snapshot)).then(masked),
        }
    }

    /// Rebuilds the full snapshot.
    pub fn expanded(&self) -> Snapshot {
        let records = || {
            let (records, places): (Vec<_>, Vec<_>) = self.records.placed().into_iter().unzip();
            let labels = self.cluster_diff.labels(&Indexed::from(places).spread());
            (Arc::new(Indexed::from(records).spread()), labels)
        };
        let others = || (self.ties.list(), self.events.list(), self.links.list());
        let ((records, labels), (ties, events, links)) = rayon::join(records, others);
        let judgements = Arc::clone(&self.judgements);
        let visible = Visible { records, ties, events, links, judgements };
        let left_out = self.left_out.clone();
        let positions = Positions::of(&visible.records);
        let forms = Forms::of(Arc::clone(&self.forms));
        let of = (&labels, &positions);
        let original = visible.assemble(self.sum, &self.id_key, of, (forms, left_out));
        let Some(masked) = &self.masked else { return original };
        let records = masked.records.list(&original.records);
        let ties = masked.ties.list(&original.ties);
        let events = masked.events.list(&original.events);
        let links = masked.links.list(&original.links);
        let original = Arc::new(original);
        let [of_victims, hidden] = masked.entities.each_ref().map(Arc::clone);
        let left_out = LeftOut {
            of_victims,
            masked: hidden,
            original: Some(Arc::clone(&original)),
            ..original.left_out.clone()
        };
        let mut expanded =
            Snapshot { records, ties, events, links, left_out, ..Snapshot::clone(&original) };
        expanded.left_out.spans = Arc::new(expanded.spans_of_what_is_left());
        expanded
    }

    /// Approximate bytes of the objects that the expanded snapshot holds for itself: redacted ties and events.
    pub(super) fn own_object_bytes(&self) -> usize {
        let masked = self.masked.as_ref();
        let ties = masked.map_or(0, |it| it.ties.by.redacted.len());
        let events = masked.map_or(0, |it| it.events.by.redacted.len());
        own_bytes(ties, self.events.redacted.len() + events)
    }

    /// Approximate bytes of the compact form, without the shared objects.
    pub fn bytes(&self) -> usize {
        let masked = self.masked.as_ref();
        let masked = masked.map_or(0, |it| {
            let lists = it.records.bytes() + it.ties.bytes() + it.events.bytes() + it.links.bytes();
            lists + it.entities.iter().map(|it| it.bytes()).sum::<usize>()
        });
        let LeftOut { withheld, sighted, foreign, .. } = &self.left_out;
        let left_out = [withheld, sighted, foreign].map(|it| it.bytes());
        self.records.bytes()
            + self.ties.bytes()
            + self.events.bytes()
            + self.links.bytes()
            + self.forms.len() * size_of::<FormId>()
            + self.cluster_diff.bytes()
            + left_out.iter().sum::<usize>()
            + masked
    }
}

/// One list of a compact snapshot.
struct CompactList<T: Keyed> {
    /// The shared lists.
    lists: Vec<Shared<T>>,
    /// For each shared list the positions of the objects that belong to this list too.
    positions: Vec<RoaringBitmap>,
    /// Redactions of shared objects: the place of the whole object, and the redaction.
    redacted: Box<[(Place, T::Redaction)]>,
    /// Objects that are neither shared nor redactions of shared ones.
    rest: Vec<Arc<T>>,
}

impl<T: Keyed> CompactList<T> {
    fn of(list: &[Arc<T>], shared: &Lists<T>) -> Self {
        let Split { mut positions, redacted, rest } = shared.split(list);
        for of_list in &mut positions {
            of_list.optimize();
        }
        Self { lists: shared.lists().to_vec(), positions, redacted: redacted.into(), rest }
    }

    /// Rebuilds the list; a shared list of exactly these objects is returned as it is.
    fn list(&self) -> Shared<T> {
        let mut lists = self.lists.iter().zip(&self.positions);
        let is_all = |list: &Shared<T>| list.len() == self.len();
        match lists.find(|(list, positions)| is_all(list) && positions.len() == list.len() as u64) {
            Some((list, _)) => Arc::clone(list),
            None => {
                let items = self.merged(|_| ()).into_iter().map(|(item, ())| item);
                Arc::new(items.collect::<Indexed<_, _>>().spread())
            }
        }
    }

    /// Rebuilds the list, with the place of each object; `None` for an object that is not shared.
    fn placed(&self) -> Vec<(Arc<T>, Option<Place>)> {
        self.merged(|place| place)
    }

    fn merged<P>(&self, note: impl Fn(Option<Place>) -> P) -> Vec<(Arc<T>, P)> {
        let mut items = Vec::with_capacity(self.len());
        for ((list, positions), number) in self.lists.iter().zip(&self.positions).zip(0u32..) {
            items.extend(positions.iter().map(|position| {
                let place = Place { list: number, position };
                (Arc::clone(&list.as_slice()[position as usize]), note(Some(place)))
            }));
        }
        items.extend(self.redacted.iter().map(|(place, redacted)| {
            let whole = &self.lists[place.list as usize].as_slice()[place.position as usize];
            (Arc::new(whole.redacted(*redacted)), note(None))
        }));
        items.extend(self.rest.iter().map(|item| (Arc::clone(item), note(None))));
        let parts = self.positions.iter().filter(|positions| !positions.is_empty()).count();
        if parts + usize::from(!self.redacted.is_empty()) + usize::from(!self.rest.is_empty()) > 1 {
            // Ascending parts one after the other: a stable sort merges them.
            items.sort_by_key(|(item, _)| item.key());
        }
        items
    }

    fn len(&self) -> usize {
        let held: u64 = self.positions.iter().map(RoaringBitmap::len).sum();
        held as usize + self.redacted.len() + self.rest.len()
    }

    fn bytes(&self) -> usize {
        let positions = self.positions.iter().map(RoaringBitmap::serialized_size);
        positions.sum::<usize>()
            + self.lists.len() * size_of::<Shared<T>>()
            + self.redacted.len() * size_of::<(Place, T::Redaction)>()
            + self.rest.len() * size_of::<Arc<T>>()
    }
}

/// A masked list: the ranks at which it differs from the original list, and the objects that stand there.
struct Replaced<T: Keyed> {
    ranks: RoaringBitmap,
    by: CompactList<T>,
}

impl<T: Keyed> Replaced<T> {
    fn of(original: &List<T>, list: &List<T>, lists: &Lists<T>) -> Self {
        let pairs = (0u32..).zip(original.iter().zip(list.iter()));
        let replaced = pairs.filter(|(_, (one, other))| !Arc::ptr_eq(one, other));
        let (ranks, by): (Vec<u32>, Vec<Arc<T>>) =
            replaced.map(|(rank, (_, by))| (rank, Arc::clone(by))).unzip();
        let mut ranks: RoaringBitmap = ranks.into_iter().collect();
        ranks.optimize();
        Self { ranks, by: CompactList::of(&by, lists) }
    }

    fn list(&self, original: &List<T>) -> List<T> {
        let by = self.by.list();
        let at = self.ranks.iter().filter_map(|rank| original.nth(rank as usize));
        original.replaced(at.zip(by.iter().cloned()).collect())
    }

    fn bytes(&self) -> usize {
        self.ranks.serialized_size() + self.by.bytes()
    }
}
