//! Referrals: a finding that would need an agency's own records and another agency's masked ones. The owner of the
//! masked ones decides whether the agency hears whom to call.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Act, Purpose, ReferralId};
use crate::model::{IdKey, RecordId};

/// State of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferralState {
    /// Nobody has decided.
    Open,
    /// The asker's agency has been told the desk to call.
    Released,
    /// The asker is told nothing.
    Refused,
}

/// The owner's decision about a referral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralDecision {
    /// The user who decided, and the time.
    pub by: Act,
    /// True if the asker's agency is told the desk to call.
    pub released: bool,
    /// The reason. It is not shown to the asker.
    pub note: String,
}

/// A referral of one finding to one owner. The ids are those under which records are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Referral {
    /// The user whose question first led to the referral, and the time.
    pub by: Act,
    /// The purpose of that question.
    pub purpose: Purpose,
    /// The records of the asker's agency that are evidence, ascending.
    pub own: Vec<RecordId>,
    /// The agency that owns the masked records.
    pub owner: String,
    /// The owner's masked records that are evidence, ascending.
    pub masked: Vec<RecordId>,
    /// The decision; `None` while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<ReferralDecision>,
}

impl Referral {
    /// The start of the names of the documents that keep referrals.
    pub const DOCUMENTS: &'static str = "referral/";

    /// Its id: a keyed hash of the finding, the asker's agency and the owner, so that the same finding is referred
    /// once.
    pub fn id(&self, id_key: &IdKey) -> ReferralId {
        let own: Vec<u8> = self.own.iter().flat_map(|id| id.0).collect();
        let masked: Vec<u8> = self.masked.iter().flat_map(|id| id.0).collect();
        let parts = [self.by.agency.as_bytes(), self.owner.as_bytes(), &own, &masked];
        ReferralId(id_key.tag("referral", &parts))
    }

    /// The name of the document that keeps the referral of an id.
    pub fn document(id: ReferralId) -> String {
        format!("{}{id}", Self::DOCUMENTS)
    }

    /// Returns the state of the referral.
    pub fn state(&self) -> ReferralState {
        match &self.decision {
            None => ReferralState::Open,
            Some(decision) if decision.released => ReferralState::Released,
            Some(_) => ReferralState::Refused,
        }
    }
}
