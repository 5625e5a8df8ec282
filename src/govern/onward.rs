//! Onward use: a recipient asks the owner's consent to hand a record on to a third agency. The requests are the written
//! account of each such disclosure, with its recipient and reason (28 CFR 23.20(f)).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Act, Leave, OnwardId, Purpose, Question, Rules};
use crate::model::{IdKey, RecordId};

/// State of an onward request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnwardState {
    /// The owner has not decided.
    Asked,
    /// The record may be handed on.
    Granted,
    /// The record may not be handed on.
    Refused,
}

/// The owner's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnwardDecision {
    /// The user who decided, and the time; absent where the agreement allows onward use without asking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Act>,
    /// True if the record may be handed on.
    pub granted: bool,
    /// The reason.
    pub note: String,
}

/// A request to hand one record on to one agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnwardRequest {
    /// The user who asked, and the time.
    pub by: Act,
    /// The purpose of the request.
    pub purpose: Purpose,
    /// The record to hand on.
    pub record: RecordId,
    /// The agency that owns the record.
    pub owner: String,
    /// The agency that is to receive the record.
    pub recipient: String,
    /// The reason for handing it on.
    pub reason: String,
    /// The owner's decision; `None` while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<OnwardDecision>,
}

impl OnwardRequest {
    /// The start of the names of the documents that keep requests.
    pub const DOCUMENTS: &'static str = "onward/";

    /// The id of the request: a keyed hash of its agency, user, record, recipient and time.
    pub fn id(&self, id_key: &IdKey) -> OnwardId {
        let at = self.by.at.as_micros().to_be_bytes();
        let (agency, user) = (self.by.agency.as_bytes(), self.by.user.as_bytes());
        let parts = [agency, user, &self.record.0, self.recipient.as_bytes(), &at];
        OnwardId(id_key.tag("onward", &parts))
    }

    /// The name of the document that keeps the request of an id.
    pub fn document(id: OnwardId) -> String {
        format!("{}{id}", Self::DOCUMENTS)
    }

    /// Returns the state of the request.
    pub fn state(&self) -> OnwardState {
        match &self.decision {
            None => OnwardState::Asked,
            Some(decision) if decision.granted => OnwardState::Granted,
            Some(_) => OnwardState::Refused,
        }
    }

    /// Tells if the agency made the request or owns the record.
    pub fn concerns(&self, agency: &str) -> bool {
        self.by.agency == agency || self.owner == agency
    }
}

impl Rules {
    /// Returns the permission of onward use of an owner's records: the strictest of the agreements in force between the
    /// owner and the asker's agency; `None` if there are none.
    pub fn onward(&self, question: &Question<'_>, owner: &str) -> Option<Leave> {
        let agency = question.principal.agency.as_str();
        let holds =
            |terms: &super::Terms| terms.valid[0] <= question.at && question.at < terms.valid[1];
        let forth = |standing: &&super::policy::Standing| {
            let terms = &standing.terms;
            let direct = terms.discloser == owner && standing.recipients.contains(agency);
            let back = terms.reciprocal
                && terms.discloser == agency
                && standing.recipients.contains(owner);
            (direct || back) && holds(terms)
        };
        self.standings().iter().filter(forth).map(|standing| standing.terms.onward).min()
    }
}
