//! The snapshot of a view: the visible records, clustered into entities, and the relationships
//! between the entities as compact arrays. Built once per view and revision, shared by all readers.
//!
//! Nothing outside the view ever reaches this module: it is built from [`crate::store::Store::stream`].

mod assemble;
mod build;
mod cache;
mod cluster_diff;
mod compact_snapshot;
mod contents;
mod evidence;
mod figure;
mod groups;
mod index;
mod joined;
mod judged;
mod linked;
mod look;
mod masked;
mod masks;
mod names;
mod own;
mod positions;
mod relationships;
mod shared_objects;
mod shown;
mod size;
mod times;
mod withheld;

pub use build::{Setting, build, build_in};
pub use cache::{Cache, VIEW_BYTES_MAX};
pub use compact_snapshot::CompactSnapshot;
pub use contents::Parts;
pub use evidence::Statement;
pub use figure::Figure;
pub use index::{
    EntityIndex, EventIndex, IndexSet, Indexed, JudgementIndex, LinkIndex, Listed, Position,
    RecordIndex, RelationshipIndex, Shared, TieIndex, shared,
};
pub use joined::Joined;
pub use linked::Links;
pub use look::{Hit, Neighbour};
pub use names::text as record_text;
pub use own::{OwnObject, OwnRows};
pub use shared_objects::SharedObjects;
pub use shown::{entity_id_in_case, event_id_in_case, record_id_in_case};
pub use withheld::strip_record;

use std::sync::Arc;

use crate::model::{EntityId, EntityType, Event, IdKey, Judgement, Link, Record, Span, Tie};
use relationships::Adjacency;

/// The visible part of a store, resolved. Positions in its lists (see [`Position`]) are never part of an answer. A
/// copy shares everything with what it was copied from.
#[derive(Debug, Clone)]
pub struct Snapshot {
    tag: [u8; 16],
    /// The key that entity ids are hashed with.
    id_key: IdKey,
    records: Shared<Record>,
    entities: Arc<Indexed<EntityIndex, Entity>>,
    /// For each record its entity.
    entity_of: Arc<Indexed<RecordIndex, EntityIndex>>,
    ties: Shared<Tie>,
    events: Shared<Event>,
    links: Shared<Link>,
    judgements: Arc<Indexed<JudgementIndex, Judgement>>,
    relationships: Arc<Indexed<RelationshipIndex, Relationship>>,
    /// Both directions of every relationship.
    adjacency: Arc<Adjacency>,
    /// The ties and events that show each relationship.
    evidence: Arc<evidence::Evidence>,
    /// What has been left out of it.
    left_out: LeftOut,
}

/// What has been left out of a snapshot that the records and events of its view say.
#[derive(Debug, Clone, Default)]
struct LeftOut {
    /// Records of which an agreement keeps something back.
    withheld: Arc<IndexSet<RecordIndex>>,
    /// Records about victims that the caller may see unmasked and asked to.
    sighted: Arc<IndexSet<RecordIndex>>,
    /// Records about other agencies' victims that the caller may not.
    foreign: Arc<IndexSet<RecordIndex>>,
    /// Entities with a record about a victim.
    of_victims: Arc<IndexSet<EntityIndex>>,
    /// Those of them whose content is hidden.
    masked: Arc<IndexSet<EntityIndex>>,
    /// When relationships were, without what is masked.
    spans: Arc<times::Spans>,
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
    /// Its records, ascending.
    pub records: Box<[RecordIndex]>,
}

impl Entity {
    /// Entities as a snapshot lists them, by ids, types and records.
    pub fn list(
        entities: impl IntoIterator<Item = (EntityId, EntityType, Box<[RecordIndex]>)>,
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
    /// The entity it goes out from.
    pub source: EntityIndex,
    /// The entity it goes to.
    pub target: EntityIndex,
    /// What it is.
    pub kind: RelationshipKind,
    /// How many ties state it.
    pub ties: u32,
    /// How many events show it.
    pub events: u32,
    /// From the first to the last time that is known, also of what is masked: it comes out through
    /// [`Snapshot::span_of`].
    span: Span,
}

impl Relationship {
    /// A relationship from one entity to another that so many ties and events show, within a span of time.
    pub fn new(
        (source, target): (EntityIndex, EntityIndex),
        kind: RelationshipKind,
        (ties, events): (u32, u32),
        span: Span,
    ) -> Self {
        Self { source, target, kind, ties, events, span }
    }
}
