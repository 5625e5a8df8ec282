//! An agency's desk: its inbox, its planned operations, and the daily counts of its users' questions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PolicyError, Purpose, Reference, Ticket};
use crate::model::{RecordId, Timestamp};

/// Identifiers that a user may ask for in a day.
pub const IDENTIFIERS_A_DAY: u32 = 50;
/// Referrals that the questions of a user may lead to in a day, as many as identifiers may be asked for.
pub const REFERRALS_A_DAY: u32 = IDENTIFIERS_A_DAY;
/// Messages kept; the oldest go.
const MESSAGES_MAX: usize = 1_000;
/// Planned operations that an agency may have at a time.
const OPERATIONS_MAX: usize = 1_000;

/// Subject of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// The other agency asked for something that this one holds.
    AskedByOther,
    /// The other agency holds something that this one asked for.
    AskedOfOther,
    /// The other agency asked for something that this one keeps black from it, and is not told so.
    AskedSilently,
    /// Both plan an operation at one place and time.
    OperationsClash,
    /// The other agency turned pointers to this one's objects into the objects, for an hour; the ticket
    /// is the id of that use of break-glass.
    BreakGlassByOther,
    /// Somebody of this agency did so with the other's; a second person has 24 hours to review it.
    BreakGlassToReview,
    /// The other agency asks for leave to hand a record of this one on; the ticket is the request's id.
    OnwardAsked,
    /// The other agency has decided about an onward request of this one.
    OnwardDecided,
    /// The other agency has removed its copies under an agreement; the ticket is the agreement's id.
    PurgeConfirmed,
    /// A finding of the other agency needs masked records of this one, which can release it; the ticket is the
    /// referral's id.
    ReferralToDecide,
    /// The other agency has released a referral: its masked records are evidence of a finding with records of this one.
    ReferralReleased,
}

/// A message to an agency: it names the desk to call, and nothing of the content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The name of the matter, the same for both desks.
    #[schema(value_type = String)]
    pub ticket: Ticket,
    /// The subject.
    pub kind: MessageKind,
    /// The other agency's desk.
    pub desk: String,
    /// The telephone number or address of that desk; absent when the agency has not given it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The purpose of the question.
    pub purpose: Purpose,
    /// The time of the message.
    pub at: Timestamp,
    /// Of a referral, this agency's records that are evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<RecordId>,
    /// The user of this agency to whom it is addressed; absent when it is for all who read its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// An operation that an agency plans, with its place and time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedOperation {
    /// The agency's own reference.
    pub reference: Reference,
    /// WGS 84 latitude in degrees, -90 to 90.
    pub latitude: f64,
    /// WGS 84 longitude in degrees, -180 to 180.
    pub longitude: f64,
    /// Radius of the area around the point, in metres, 1 to 50,000.
    pub radius_metres: f64,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// The document of an agency's desk.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskBook {
    /// The inbox, the latest last.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// Planned operations that are not over, by reference.
    #[serde(default)]
    pub operations: Vec<PlannedOperation>,
    /// For each user the day, in days since 1970, and the identifiers asked for in it.
    #[serde(default)]
    asked: BTreeMap<String, (i64, u32)>,
    /// For each user the day, in days since 1970, and the referrals that the user's questions led to in it. Never shown
    /// to the agency.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    referred: BTreeMap<String, (i64, u32)>,
}

impl DeskBook {
    /// The name of the store's document that keeps an agency's book.
    pub fn document(agency: &str) -> String {
        format!("desk:{agency}")
    }

    /// Reads the store's document; an absent one is an empty book.
    ///
    /// # Errors
    /// When the text is not such a document.
    pub fn from_document(text: Option<&str>) -> Result<Self, PolicyError> {
        text.map_or(Ok(Self::default()), |text| serde_json::from_str(text).map_err(|_| PolicyError))
    }

    /// The document to keep.
    pub fn to_document(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Adds to a user's identifiers of the day. Returns `false`, and counts nothing, if that exceeds
    /// [`IDENTIFIERS_A_DAY`].
    pub fn count(&mut self, user: &str, identifiers: u32, at: Timestamp) -> bool {
        count(&mut self.asked, user, (identifiers, IDENTIFIERS_A_DAY), at)
    }

    /// Adds one to a user's referrals of the day. Returns `false`, and counts nothing, if that exceeds
    /// [`REFERRALS_A_DAY`].
    pub fn count_referral(&mut self, user: &str, at: Timestamp) -> bool {
        count(&mut self.referred, user, (1, REFERRALS_A_DAY), at)
    }

    /// Puts a message into the inbox.
    pub fn tell(&mut self, message: Message) {
        self.messages.push(message);
        let surplus = self.messages.len().saturating_sub(MESSAGES_MAX);
        self.messages.drain(..surplus);
    }

    /// Puts a message into the inbox unless one of the same ticket, kind and user is there.
    pub fn tell_once(&mut self, message: Message) {
        let about = |it: &Message| (it.ticket, it.kind, it.user.clone());
        let told = about(&message);
        let same = |it: &Message| about(it) == told;
        if !self.messages.iter().any(same) {
            self.tell(message);
        }
    }

    /// Removes a planned operation that is not over. Returns true if there was one.
    pub fn cancel(&mut self, reference: &Reference, at: Timestamp) -> bool {
        let before = self.operations.len();
        self.operations.retain(|it| it.until <= at || it.reference != *reference);
        self.operations.len() < before
    }

    /// Plans an operation, in place of one of the same reference; `false` when there are too many.
    pub fn plan(&mut self, operation: PlannedOperation, at: Timestamp) -> bool {
        self.operations.retain(|it| it.until > at && it.reference != operation.reference);
        if self.operations.len() >= OPERATIONS_MAX {
            return false;
        }
        self.operations.push(operation);
        self.operations.sort_by(|a, b| a.reference.cmp(&b.reference));
        true
    }
}

/// Adds `more` to a user's count of the day; `false`, and nothing is counted, if the sum exceeds `share`.
fn count(
    counted: &mut BTreeMap<String, (i64, u32)>,
    user: &str,
    (more, share): (u32, u32),
    at: Timestamp,
) -> bool {
    const DAY_MICROS: i64 = 86_400_000_000;
    let day = at.as_micros().div_euclid(DAY_MICROS);
    let before = counted.get(user).filter(|(of, _)| *of == day).map_or(0, |(_, count)| *count);
    let after = before.saturating_add(more);
    if after > share {
        return false;
    }
    // Counts of earlier days are no longer needed.
    counted.retain(|_, (of, _)| *of == day);
    counted.insert(user.to_owned(), (day, after));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_days_share_is_counted_by_user_and_begins_anew_the_next_day() {
        let day = |day: i64| Timestamp::from_micros(day * 86_400_000_000 + 5).unwrap();
        let mut book = DeskBook::default();
        assert!(book.count("u", 30, day(1)) && book.count("u", 20, day(1)));
        assert!(!book.count("u", 1, day(1)));
        assert!(book.count("v", 50, day(1)));
        assert!(book.count("u", 50, day(2)) && !book.count("u", 1, day(2)));
    }
}
