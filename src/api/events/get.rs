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
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

/// An event: something that happened, as an agency's row states it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EventView {
    /// The id of the event.
    pub id: EventId,
    /// The kind of the event.
    pub kind: EventKind,
    /// True if the event is masked, because its row is about a victim or something masked has a part in it: its time,
    /// place and other content are not shown.
    pub masked: bool,
    /// The time at which it began; absent when masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The time at which it ended; absent when masked, and when it ended at the time at which it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The place of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Text of an advertisement or message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Amount of a payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The agency's own id of the event's row; absent when it is not shown to the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// The label of the event: its origin and the limits of its disclosure.
    pub label: EventLabelView,
    /// The participants that the caller sees, in order of role and record, at most 500.
    pub participants: Vec<ParticipantView>,
    /// Number of participants that the caller sees.
    pub participants_total: usize,
}

/// The label of an event: its origin and the limits of its disclosure.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EventLabelView {
    /// The agency that owns the event.
    pub agency: String,
    /// The agency's name for the file or system that the event came from.
    pub source: String,
    /// The category that the source alleges of the subject of the row.
    pub category: SubjectCategory,
    /// Sensitivity, 0 to 4.
    pub tier: u8,
    /// The widest disclosure that the owner allows.
    pub handling: Handling,
    /// Uses for which others need the owner's leave.
    #[schema(value_type = Vec<Condition>)]
    pub conditions: Conditions,
    /// The equivalent markings of other standards, where these have one; never less strict.
    pub markings: Vec<String>,
    /// The time by which the owner must review the event: from then on nobody but the owner sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Timestamp>,
}

/// A participant of an event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ParticipantView {
    /// The role in the event.
    pub role: Role,
    /// The record about the participant.
    pub record: RecordId,
    /// The entity that the record is about in the caller's view.
    pub entity: EntitySummary,
}

operation! {
    /// Get an event
    ///
    /// An event as one agency's row states it, with the participants that the caller sees. Of an event of a victim's
    /// row, or in which something masked had a part, only the kind, the label and the participants are shown. Stored
    /// queries, neighbours, paths and findings name events by the same id.
    get_event = get;
    "events", Consultation, Light;
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

/// Returns the first participants of an event, and the number of all. They are sorted by the ids of the snapshot: in
/// the order of the stored ids, the position of a masked record would tell which record it is.
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
