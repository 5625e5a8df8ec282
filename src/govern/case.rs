//! Cases and task forces: their members, across agencies, and their time limits.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::{CaseId, Principal, Reference, ReferenceError};
use crate::model::{IdKey, RecordId, Timestamp};

/// A user who works on a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The agency.
    pub agency: String,
    /// The user within the agency.
    pub user: String,
}

/// Reasons for which a case cannot be named in a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CaseError {
    /// The text has the form of accord's ids, but names no open case that the caller works on.
    #[error("no case that the caller works on now")]
    NoSuchCase,
    /// The text does not have the form of the agency's references.
    #[error("{0}")]
    Form(&'static str),
}

/// The case that a caller names in a question: a case in accord, or a reference of the caller's own agency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum CaseRef {
    /// A case in accord.
    InAccord(CaseId),
    /// The agency's own reference; it gives no rights. Never the text of an id of accord.
    OfAgency(Reference),
}

impl CaseRef {
    /// The id of a case in accord, if it names one.
    pub fn id(&self) -> Option<CaseId> {
        match self {
            Self::InAccord(id) => Some(*id),
            Self::OfAgency(_) => None,
        }
    }

    /// Tells if the text has the form of accord's ids, in digits of either case: such a text is nobody's reference.
    pub fn has_form_of_id(&self) -> bool {
        match self {
            Self::InAccord(_) => true,
            Self::OfAgency(text) => {
                let digits = text.as_str().strip_prefix(CaseId::PREFIX).unwrap_or_default();
                digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
            }
        }
    }
}

impl From<CaseId> for CaseRef {
    fn from(id: CaseId) -> Self {
        Self::InAccord(id)
    }
}

impl From<Reference> for CaseRef {
    fn from(text: Reference) -> Self {
        text.as_str().parse().map_or(Self::OfAgency(text), Self::InAccord)
    }
}

impl From<CaseRef> for Reference {
    fn from(case: CaseRef) -> Self {
        match case {
            CaseRef::InAccord(id) => Self(id.to_string()),
            CaseRef::OfAgency(reference) => reference,
        }
    }
}

impl FromStr for CaseRef {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        text.parse::<Reference>().map(Self::from)
    }
}

impl fmt::Display for CaseRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InAccord(id) => id.fmt(f),
            Self::OfAgency(reference) => reference.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for CaseRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reference::deserialize(deserializer).map(Self::from)
    }
}

/// A case that members of several agencies work on. It grants nothing by itself: the agreements of one agency decide
/// which of its records the members of another see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The lead agency.
    pub lead: String,
    /// The lead agency's own reference.
    pub reference: Reference,
    /// The time at which it was opened.
    pub opened: Timestamp,
    /// The time from which it is closed, unless it was ended before.
    pub expires: Timestamp,
    /// The time at which the lead agency ended it; `None` if it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// The users who work on it.
    #[serde(default)]
    pub members: BTreeSet<Member>,
    /// Records about victims that their owner agencies brought into it.
    #[serde(default)]
    pub subjects: BTreeSet<RecordId>,
    /// Agencies that have brought records into it. The list of members does not show this: the lead alone names
    /// members.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub brought_by: BTreeSet<String>,
}

impl Case {
    /// The id of the case that `lead` calls by a reference: a keyed hash, so that it cannot be computed to test if
    /// another agency has a case.
    pub fn id(id_key: &IdKey, lead: &str, reference: &Reference) -> CaseId {
        let parts = [lead.as_bytes(), reference.as_str().as_bytes()];
        CaseId(id_key.tag("case", &parts))
    }

    /// Tells if the case is open at a time.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.ended.is_none() && at < self.expires
    }

    /// Tells if the principal is a member.
    pub fn has_member(&self, principal: &Principal) -> bool {
        let is =
            |member: &Member| member.agency == principal.agency && member.user == principal.user;
        self.members.iter().any(is)
    }

    /// Tells if any member belongs to the agency.
    pub fn has_agency(&self, agency: &str) -> bool {
        self.members.iter().any(|member| member.agency == agency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_of_accord_and_a_reference_are_told_apart_by_their_text() {
        let id = Case::id(&IdKey::default(), "a", &"TF-1".parse().unwrap());
        let named: CaseRef = id.to_string().parse().unwrap();
        assert_eq!(named, CaseRef::InAccord(id));
        assert!(named.has_form_of_id());
        // In digits of the other case it names nothing, and is nobody's reference.
        let shouted = format!("case_{}", id.to_string()[5..].to_uppercase());
        let shouted: CaseRef = shouted.parse().unwrap();
        assert!(shouted.id().is_none() && shouted.has_form_of_id());
        let own: CaseRef = "MP-2026/1".parse().unwrap();
        assert!(own.id().is_none() && !own.has_form_of_id());
        assert!("Jane Roe".parse::<CaseRef>().is_err());
        for case in [named, own] {
            let text = serde_json::to_string(&case).unwrap();
            assert_eq!(text, format!("\"{case}\""));
            assert_eq!(serde_json::from_str::<CaseRef>(&text).unwrap(), case);
        }
    }
}
