//! The snapshot of a view: the visible records, clustered into entities, and the relationships
//! between the entities as compact arrays. Built once per view and revision, shared by all readers.
//!
//! Nothing outside the view ever reaches this module: it is built from [`crate::store::Store::stream`].

mod advance;
mod assemble;
mod build;
mod cache;
mod cluster_diff;
mod clusters;
mod compact_snapshot;
mod contents;
mod evidence;
mod figure;
mod forms;
mod groups;
mod index;
mod joined;
mod judged;
mod keys;
mod layered;
mod linked;
mod look;
mod masked;
mod masks;
mod merged;
mod names;
mod naming;
mod own;
mod positions;
mod relationships;
mod rows;
mod shared_objects;
mod shown;
mod size;
mod tag;
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
    RecordIndex, RelationshipIndex, Shared, TieIndex,
};
pub use joined::Joined;
pub use layered::{Enumerated, Items, Layered};
pub use linked::Links;
pub use look::{Hit, Neighbour};
pub use names::text as record_text;
pub use own::{OwnObject, OwnRows};
pub use shared_objects::SharedObjects;
pub use shown::{entity_id_in_case, event_id_in_case, record_id_in_case};
pub use times::Spans;
pub use withheld::strip_record;

use std::sync::Arc;

use crate::model::{EntityId, EntityType, Event, IdKey, Judgement, Link, Record, Span, Tie};
use evidence::Coded;
use forms::Forms;
use keys::Keys;
use naming::Naming;
use relationships::Incident;
use rows::Rows;
use tag::Sum;

/// The visible part of a store, resolved. Positions in its lists (see [`Position`]) are never part of an answer. A
/// copy shares everything with what it was copied from.
#[derive(Debug, Clone)]
pub struct Snapshot {
    tag: [u8; 16],
    /// The sum of the hashed objects, of which the tag is a hash.
    sum: Sum,
    /// The key that entity ids are hashed with.
    id_key: IdKey,
    records: List<Record>,
    entities: Layered<EntityIndex, Entity>,
    /// For each record its entity.
    entity_of: Layered<RecordIndex, EntityIndex>,
    ties: List<Tie>,
    events: List<Event>,
    links: List<Link>,
    judgements: Layered<JudgementIndex, Judgement>,
    relationships: Layered<RelationshipIndex, Relationship>,
    /// For each entity its neighbours, over both directions of every relationship.
    adjacency: Rows<EntityIndex, Incident>,
    /// The ties and events that show each relationship.
    evidence: Rows<RelationshipIndex, Coded>,
    /// For each record the links, ties, events and judgements that name it.
    naming: Naming,
    /// The forms of the records.
    forms: Forms,
    /// The blocking keys of the records, made when they are first asked for.
    keys: Keys,
    /// The content that has been left out of it.
    left_out: LeftOut,
}

/// Objects of a snapshot, each of which other snapshots may hold too.
type List<T> = Layered<<T as Listed>::Index, Arc<T>>;

/// The content of a view's records, ties and events that its snapshot leaves out: fields withheld by agreements, and
/// masked content about victims.
#[derive(Debug, Clone, Default)]
struct LeftOut {
    /// Records of which an agreement keeps something back.
    withheld: Arc<IndexSet<RecordIndex>>,
    /// Records about victims that the caller may see unmasked and asked to see.
    sighted: Arc<IndexSet<RecordIndex>>,
    /// Records about other agencies' victims that the caller may not see unmasked.
    foreign: Arc<IndexSet<RecordIndex>>,
    /// Entities with a record about a victim.
    of_victims: Arc<IndexSet<EntityIndex>>,
    /// The subset of `of_victims` whose content is hidden.
    masked: Arc<IndexSet<EntityIndex>>,
    /// Time spans of relationships, computed without the masked ties and events.
    spans: Arc<times::Spans>,
    /// True for a masked snapshot, and for the one that it was masked from.
    is_masking: bool,
    /// The case that pseudonyms and ids of entities about victims are made for.
    case: shown::Case,
    /// The snapshot before it was masked; `None` if masking changed nothing, and on a snapshot that is not masked.
    original: Option<Arc<Snapshot>>,
}

/// One resolved entity: the visible records that refer to one person or thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// Keyed hash of the type and the smallest visible record.
    id: EntityId,
    /// The type of the person or thing.
    pub entity_type: EntityType,
    /// Its records, ascending.
    pub records: Arc<[RecordIndex]>,
}

impl Entity {
    /// Makes the list of entities of a snapshot, ascending by id, from ids, types and records.
    pub fn list(
        entities: impl IntoIterator<Item = (EntityId, EntityType, Arc<[RecordIndex]>)>,
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

/// A relationship of one kind from one entity to another, with all ties and events of the view that show it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relationship {
    /// The entity it goes out from.
    pub source: EntityIndex,
    /// The entity it goes to.
    pub target: EntityIndex,
    /// The kind of relationship.
    pub kind: RelationshipKind,
    /// The number of ties that state the relationship.
    pub ties: u32,
    /// The number of events that show the relationship.
    pub events: u32,
    /// From the first to the last known time, masked ties and events included: it is read through
    /// [`Snapshot::span_of`], which leaves them out.
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
