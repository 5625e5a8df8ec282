//! Cases and task forces: who works together on what, across agencies, and until when.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::{Principal, Reference};
use crate::model::{IdKey, RecordId, Timestamp, hex};

/// Somebody who works on a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The agency.
    pub agency: String,
    /// The user within the agency.
    pub user: String,
}

/// Why a case cannot be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CaseError {
    /// It has the form of accord's ids, and is none that the caller works on now.
    #[error("no case that the caller works on now")]
    NoSuchCase,
    /// It is not of the form of the agency's references.
    #[error("{0}")]
    Form(&'static str),
}

/// A case that members of several agencies work on. It grants nothing by itself: what one agency's
/// members see of another's records is for their agreements to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The lead agency.
    pub lead: String,
    /// The lead agency's own reference.
    pub reference: Reference,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// When it was ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Who works on it.
    #[serde(default)]
    pub members: BTreeSet<Member>,
    /// Records about victims that their owner agencies brought into it.
    #[serde(default)]
    pub subjects: BTreeSet<RecordId>,
    /// Agencies that have brought records into it. That somebody is named as a member is the lead's word alone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub brought_by: BTreeSet<String>,
}

impl Case {
    /// The id of the case that `lead` calls by a reference; a keyed hash, so that it says of no other
    /// agency's case that it exists.
    pub fn id(id_key: &IdKey, lead: &str, reference: &Reference) -> String {
        let parts = [lead.as_bytes(), reference.as_str().as_bytes()];
        format!("case_{}", hex(&id_key.tag("case", &parts)))
    }

    /// Whether a text has the form of such an id.
    pub fn is_id(text: &Reference) -> bool {
        let digits = text.as_str().strip_prefix("case_").unwrap_or_default();
        digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    }

    /// Whether it is worked on at this time.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.ended.is_none() && at < self.expires
    }

    /// Whether the principal works on it.
    pub fn has_member(&self, principal: &Principal) -> bool {
        let is =
            |member: &Member| member.agency == principal.agency && member.user == principal.user;
        self.members.iter().any(is)
    }

    /// Whether somebody of the agency works on it.
    pub fn has_agency(&self, agency: &str) -> bool {
        self.members.iter().any(|member| member.agency == agency)
    }
}
