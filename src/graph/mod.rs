//! The snapshot of a view: the visible records, clustered into entities, and the relationships
//! between the entities as compact arrays. Built once per view and revision, shared by all readers.
//!
//! Nothing outside the view ever reaches this module: it is built from [`crate::store::Store::stream`].

mod assemble;
mod build;
mod cache;
mod common;
mod joined;
mod joins;
mod judged;
mod linked;
mod look;
mod masked;
mod masks;
mod names;
mod packed;
mod positions;
mod relationships;
mod shown;
mod size;
mod withheld;

pub use build::{Setting, build, build_in};
pub use cache::{Cache, VIEW_BYTES_MAX};
pub use common::Common;
pub use joined::Joined;
pub use linked::Links;
pub use look::{Hit, Neighbour};
pub use names::text as record_text;
pub use packed::Packed;
pub use shown::{entity_id_in_case, record_id_in_case};
pub use withheld::strip_record;

use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::model::{EntityId, EntityType, Event, IdKey, Judgement, Link, Record, Span, Tie};

/// A list whose items several snapshots hold in common: they are equal in all views that hold them.
pub type Shared<T> = Arc<Vec<Arc<T>>>;

/// A list to be shared.
pub fn shared<T>(items: Vec<T>) -> Shared<T> {
    Arc::new(items.into_iter().map(Arc::new).collect())
}

/// The visible part of a store, resolved. Indexes are `u32` positions in these arrays and are never
/// part of an answer. A copy shares everything with what it was copied from.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Names the snapshot: a keyed hash of the visible objects, so that it changes exactly when what
    /// the view holds changes, and says nothing of what it does not.
    pub tag: [u8; 16],
    /// The key that entity ids are hashed with.
    pub id_key: IdKey,
    /// Visible records, ascending by the id under which they are stored. An answer names them by
    /// [`Snapshot::record_id`].
    pub records: Shared<Record>,
    /// Entities, ascending by the id that they would have if nothing were masked. An answer names them by
    /// [`Snapshot::entity_id`].
    pub entities: Arc<Vec<Entity>>,
    /// For each record the index of its entity.
    pub entity_of: Arc<Vec<u32>>,
    /// Visible ties, ascending by id.
    pub ties: Shared<Tie>,
    /// Visible events, ascending by id; participations of hidden records are absent.
    pub events: Shared<Event>,
    /// Links between visible records, ascending by pair.
    pub links: Shared<Link>,
    /// Visible judgements.
    pub judgements: Arc<Vec<Judgement>>,
    /// Relationships between entities, grouped by (source, target, kind), ascending.
    pub relationships: Arc<Vec<Relationship>>,
    /// CSR offsets: entity `e` has incident entries `adjacency[offsets[e]..offsets[e + 1]]`.
    pub offsets: Arc<Vec<u32>>,
    /// Undirected adjacency: (neighbour entity, relationship index), ascending per entity.
    pub adjacency: Arc<Vec<(u32, u32)>>,
    /// What has been left out of it.
    pub left_out: LeftOut,
}

/// What has been left out of a snapshot that the records and events of its view say.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    /// Records of which an agreement keeps something back.
    pub withheld: Arc<RoaringBitmap>,
    /// Records about victims that the caller may see unmasked.
    sighted: Arc<RoaringBitmap>,
    /// Records about other agencies' victims that the caller may not.
    foreign: Arc<RoaringBitmap>,
    /// Entities whose content the rules for victims hide.
    masked: Arc<RoaringBitmap>,
    /// Whether it is masked, or what a masked one was made of.
    is_masking: bool,
    /// What their pseudonyms and ids are made for.
    case: shown::Case,
    /// The snapshot before it was masked.
    original: Option<Arc<Snapshot>>,
}

/// One resolved thing: the visible records that speak of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// Keyed hash of the type and the smallest visible record.
    id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// Indexes of its records, ascending.
    pub records: Box<[u32]>,
}

impl Entity {
    /// Entities as a snapshot lists them, by ids, types and indexes of records.
    pub fn list(
        entities: impl IntoIterator<Item = (EntityId, EntityType, Box<[u32]>)>,
    ) -> Vec<Self> {
        let entity = |(id, entity_type, records)| Self { id, entity_type, records };
        let mut entities: Vec<Self> = entities.into_iter().map(entity).collect();
        entities.sort_unstable_by_key(|entity| entity.id);
        entities
    }
}

/// Kinds of relationship between entities: those of ties, and those that events give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationshipKind {
    /// Stated by a tie.
    Tie(crate::model::TieKind),
    /// One phone (or person) called another.
    Called,
    /// One phone (or person) sent a message to another.
    Messaged,
    /// One person or organization paid another.
    Paid,
    /// A guest stayed with a host or at a location (bookings).
    BookedAt,
    /// Took part in the same event in any other pair of roles.
    SameEvent,
}

/// All that the view knows of one kind of relationship from one entity to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Relationship {
    /// Index of the entity it goes out from.
    pub source: u32,
    /// Index of the entity it goes to.
    pub target: u32,
    /// What it is.
    pub kind: RelationshipKind,
    /// How many ties state it.
    pub ties: u32,
    /// How many events show it.
    pub events: u32,
    /// From the first to the last time that is known.
    pub span: Span,
}
