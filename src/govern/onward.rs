//! Onward use: a recipient asks the owner's leave to hand a record on to a third agency, and the written
//! account of who handed what to whom and why (28 CFR 23.20(f)).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Act, Leave, OnwardId, Purpose, Question, Rules};
use crate::model::{IdKey, RecordId};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnwardState {
    /// The owner has not decided.
    Asked,
    /// The record may be handed on.
    Granted,
    /// It may not.
    Refused,
}

/// The owner's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnwardDecision {
    /// Who decided, and when; absent where the agreement allows onward use without asking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Act>,
    /// Whether the record may be handed on.
    pub granted: bool,
    /// Why.
    pub note: String,
}

/// A request to hand one record on to one agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnwardRequest {
    /// Who asked, and when.
    pub by: Act,
    /// What for.
    pub purpose: Purpose,
    /// The record.
    pub record: RecordId,
    /// Whose it is.
    pub owner: String,
    /// To whom it is to go.
    pub recipient: String,
    /// Why.
    pub reason: String,
    /// What the owner decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<OnwardDecision>,
}

impl OnwardRequest {
    /// The start of the names of the documents that keep requests.
    pub const DOCUMENTS: &'static str = "onward/";

    /// Its id: a keyed hash of what it is.
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

    /// Where it stands.
    pub fn state(&self) -> OnwardState {
        match &self.decision {
            None => OnwardState::Asked,
            Some(decision) if decision.granted => OnwardState::Granted,
            Some(_) => OnwardState::Refused,
        }
    }

    /// Whether the agency asked for it or owns the record.
    pub fn concerns(&self, agency: &str) -> bool {
        self.by.agency == agency || self.owner == agency
    }
}

impl Rules {
    /// What the agreements in force say of handing an owner's records on: the strictest of them.
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
