//! Events: something that happened at a time, perhaps at a place, to the subjects of some records.

use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use super::{EventId, Label, RecordId, Timestamp};

/// The kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A vehicle, person or phone was seen at a place (plate reader, patrol, cell site).
    Sighting,
    /// A telephone call.
    Call,
    /// A text or other message.
    Message,
    /// A booking of lodging or travel.
    Booking,
    /// A payment.
    Payment,
    /// A published advertisement.
    Ad,
    /// A border crossing.
    Crossing,
    /// A police or inspection incident.
    Incident,
}

impl EventKind {
    /// All kinds, in their canonical order.
    pub const ALL: [Self; 8] = [
        Self::Sighting,
        Self::Call,
        Self::Message,
        Self::Booking,
        Self::Payment,
        Self::Ad,
        Self::Crossing,
        Self::Incident,
    ];

    /// The name used in files, the API and stored data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sighting => "sighting",
            Self::Call => "call",
            Self::Message => "message",
            Self::Booking => "booking",
            Self::Payment => "payment",
            Self::Ad => "ad",
            Self::Crossing => "crossing",
            Self::Incident => "incident",
        }
    }
}

/// The part a record plays in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = EventRole))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The one seen, crossing, or otherwise at the centre of the event.
    Subject,
    /// The caller of a call, or the sender of a message.
    Caller,
    /// The party called, or the receiver of a message.
    Callee,
    /// The payer of a payment or booking.
    Payer,
    /// The receiver of a payment.
    Payee,
    /// The guest of a booking.
    Guest,
    /// The hotel, employer, or other host.
    Host,
    /// The phone or address to contact in an advertisement.
    Contact,
    /// The vehicle used.
    Vehicle,
    /// The address where it happened.
    Location,
}

impl Role {
    /// All roles, in their canonical order.
    pub const ALL: [Self; 10] = [
        Self::Subject,
        Self::Caller,
        Self::Callee,
        Self::Payer,
        Self::Payee,
        Self::Guest,
        Self::Host,
        Self::Contact,
        Self::Vehicle,
        Self::Location,
    ];

    /// The name used in files, the API and stored data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Caller => "caller",
            Self::Callee => "callee",
            Self::Payer => "payer",
            Self::Payee => "payee",
            Self::Guest => "guest",
            Self::Host => "host",
            Self::Contact => "contact",
            Self::Vehicle => "vehicle",
            Self::Location => "location",
        }
    }
}

/// A record's part in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// The part that the record plays.
    pub role: Role,
    /// The record.
    pub record: RecordId,
}

/// Where an event happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Name of the camera, crossing, cell site or venue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// WGS 84 latitude in degrees, -90 to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// WGS 84 longitude in degrees, -180 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Amount in hundredths of the currency's unit.
    pub cents: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Keyed hash of agency, local id and kind.
    pub id: EventId,
    /// The agency's id of the row.
    pub local_id: String,
    /// The agency's name for the file or system the event came from.
    pub source: String,
    /// The kind of event.
    pub kind: EventKind,
    /// When the event began.
    pub at: Timestamp,
    /// When the event ended, where that differs from its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where the event happened; `None` where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The records that took part, each with its role, sorted.
    pub participants: Vec<Participant>,
    /// Text of an advertisement or message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Amount of a payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The label: the event's owner, and how far the event may go.
    pub label: Label,
}
