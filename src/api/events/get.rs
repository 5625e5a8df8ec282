//! `GET /v1/events/{id}`: one event.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::examples;
use crate::api::input::Id;
use crate::api::limits::EVENT_PARTICIPANTS_MAX;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::api::seen::{Seen, Unmask};
use crate::api::wire::EntitySummary;
use crate::graph::{EventIndex, RecordIndex, Statement};
use crate::model::{
    Condition, Conditions, Event, EventId, EventKind, Handling, Marking, Money, Place, RecordId,
    Role, Sharing, Span, SubjectCategory, Timestamp,
};

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EventAnswer {
    /// The event.
    pub event: EventView,
    /// The state of the view that this was computed on.
    pub snapshot: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EventView {
    /// Its id.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// Whether it is masked, because its row is about a victim or something masked has a part in it: when and where
    /// it was and what else is said of it is not shown.
    pub masked: bool,
    /// When it began; absent where it is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// When it ended, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Text of an advertisement or message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Amount of a payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The agency's own id of its row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// Where it comes from and how far it goes.
    pub label: EventLabelView,
    /// Who and what had a part in it, of what the caller sees, in order of role and record, at most 500.
    pub participants: Vec<ParticipantView>,
    /// How many these are.
    pub participants_total: usize,
}

/// Where an event comes from and how far it goes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EventLabelView {
    /// The agency that owns it.
    pub agency: String,
    /// The agency's name for the file or system it came from.
    pub source: String,
    /// What the source alleges the subject of its row to be.
    pub category: SubjectCategory,
    /// Sensitivity, 0 to 4.
    pub tier: u8,
    /// How far the owner lets it go.
    pub handling: Handling,
    /// What others do with it by the owner's leave only.
    #[schema(value_type = Vec<Condition>)]
    pub conditions: Conditions,
    /// How other standards mark the same, where they have a word for it; never less strictly.
    pub markings: Vec<String>,
    /// When it must be reviewed: from then on nobody but the owner sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Timestamp>,
}

/// What had a part in an event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ParticipantView {
    /// The part.
    pub role: Role,
    /// The record.
    pub record: RecordId,
    /// The entity that the record speaks of in the caller's view.
    pub entity: EntitySummary,
}

operation! {
    /// Get an event
    ///
    /// What one agency's row says that happened, and who had a part in it, of what the caller sees. Of an event of a
    /// victim's row, or in which something masked had a part, only the kind, the label and the participants are shown.
    /// Its id is the one that stored queries, neighbours, paths and findings name.
    get_event = get;
    "events", Consultation;
    examples {
        "id": examples::EVENT,
    };
    404 "No such event in the caller's view";
}

fn get(
    scope: &CallerScope,
    (Id(id), unmask): (Id<EventId>, Unmask),
) -> Result<EventAnswer, Problem> {
    let seen = scope.seen_as(unmask)?;
    let index = seen.find_event(id)?;
    Ok(EventAnswer { event: EventView::of(&seen, index), snapshot: seen.name() })
}

impl EventView {
    fn of(seen: &Seen<'_>, index: EventIndex) -> Self {
        let event = seen.event(index);
        let Span { from, to } = seen.time_of(Statement::Event(index));
        let (participants, participants_total) = participants(seen, event);
        Self {
            id: seen.event_id(index),
            kind: event.kind,
            masked: seen.is_masked_statement(Statement::Event(index)),
            at: from,
            until: to,
            place: event.place.clone(),
            text: event.text.clone(),
            amount: event.amount.clone(),
            local_id: Some(event.local_id.clone()).filter(|id| !id.is_empty()),
            label: EventLabelView::of(event),
            participants,
            participants_total,
        }
    }
}

impl EventLabelView {
    fn of(event: &Event) -> Self {
        let label = &event.label;
        let markings = Marking::all_of(&Sharing::of(label));
        Self {
            agency: label.agency.clone(),
            source: event.source.clone(),
            category: label.category,
            tier: label.tier,
            handling: label.handling,
            conditions: label.conditions,
            markings: markings.iter().map(Marking::to_string).collect(),
            review_by: label.review_by,
        }
    }
}

/// The first of an event's participants, and how many there are. In the order of the ids that are stored the place of
/// what is masked would tell who it is.
fn participants(seen: &Seen<'_>, event: &Event) -> (Vec<ParticipantView>, usize) {
    let snapshot = seen.snapshot();
    let parts = event.participants.iter();
    let parts = parts.filter_map(|part| Some((part.role, snapshot.stored(part.record)?)));
    let mut parts: Vec<(Role, RecordIndex)> = parts.collect();
    parts.sort_by_cached_key(|(role, record)| (*role, snapshot.record_id(*record)));
    let shown = parts.iter().take(EVENT_PARTICIPANTS_MAX).map(|(role, record)| ParticipantView {
        role: *role,
        record: seen.record_id(*record),
        entity: EntitySummary::of(seen, snapshot.entity_of(*record)),
    });
    (shown.collect(), parts.len())
}
