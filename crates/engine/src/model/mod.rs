//! The nouns of accord: plain data in the field's own words.
//!
//! Nothing here knows of files, stores, callers or HTTP. Raw text is kept as the source gave it;
//! comparable forms are made by [`crate::normalize`].

mod entity_type;
mod event;
mod grade;
mod ids;
mod label;
mod link;
mod marking;
mod reason;
mod record;
mod tie;
mod time;

pub use crate::id_type;
pub use entity_type::EntityType;
pub use event::{Event, EventKind, Money, Participant, Place, Role};
pub use grade::{Grade, Nature, UnknownGrade};
pub use ids::{
    Content, EntityId, EventId, FormId, IdKey, ParseIdError, RecordId, Series, TieId, hex,
    parse_hex,
};
pub use label::{
    Audience, Class, ClassId, ClassSet, Condition, Conditions, Handling, Kind, Label,
    SubjectCategory,
};
pub use link::{BlockKey, FormLink, Judgement, LevelHit, Link, Verdict};
pub use marking::{Marking, Sharing, Standard, UnknownMarking};
pub use reason::{REASON_CHARS, is_reason};
pub use record::{
    Address, Body, Document, Organization, Person, PersonName, Phone, Record, Sex, Vehicle,
};
pub use tie::{Tie, TieKind};
pub use time::{DateError, PartialDate, Span, Timestamp};
