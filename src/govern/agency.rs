//! Agencies: who takes part, and whom to call there.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::{CaseForm, LawProfile};

/// The longest name of an agency, user or desk, in bytes.
pub const NAME_BYTES_MAX: usize = 200;

/// Whether a text may be a name: something to read, without control characters, not too long.
pub fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= NAME_BYTES_MAX && !text.chars().any(char::is_control)
}

/// What an agency is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AgencyKind {
    /// Police, border guards, customs.
    Police,
    /// A prosecutor's office.
    Prosecutor,
    /// An inspectorate of labour.
    LabourInspectorate,
    /// A provider of services to victims.
    ServiceProvider,
    /// A hub that hosts others and holds no records of its own.
    Hub,
}

/// Whom to call. The general desk: it says nothing of the unit that holds a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// What it is called.
    pub name: String,
    /// How it is reached: a telephone number or an address of a mailbox.
    pub channel: String,
}

/// An agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Its name, as in the labels of its records.
    pub name: String,
    /// What it is.
    pub kind: AgencyKind,
    /// Whom to call.
    pub desk: Desk,
    /// The law that it works under; absent, what all laws ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub law: Option<LawProfile>,
    /// The agency whose watch desk enters planned operations for this one, which has no client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched_by: Option<String>,
    /// Whether it wishes to be known to all agencies, and to hear of agreements that any of them drafts with it;
    /// `false` when absent. Else it is known to those alone that it has signed an agreement with or works on a
    /// case with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// The form of its references of cases and operations; absent, letters, digits, `-`, `/` and `.` with at least
    /// one digit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub case_form: Option<CaseForm>,
}

impl Agency {
    /// Whether it hands in no victim without a written release: a provider of services to victims.
    pub fn releases_victims(&self) -> bool {
        let by_law = self.law.is_some_and(LawProfile::releases_victims);
        by_law || self.kind == AgencyKind::ServiceProvider
    }
}

/// A reference to a case or document: 1 to 64 of the characters `A-Z a-z 0-9 . _ / -`. Too poor to hold
/// a person's name by accident; it stands in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[A-Za-z0-9._/-]{1,64}$")]
pub struct Reference(pub(super) String);

/// A text that is not a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a valid reference: 1 to 64 of the characters A-Z, a-z, 0-9, `.`, `_`, `/` and `-`")]
pub struct ReferenceError;

impl Reference {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ReferenceError)
        }
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_short_and_plain() {
        assert!("MP-2026/0042".parse::<Reference>().is_ok());
        for text in ["", "Ana Ruiz", "é", "a\n", &"x".repeat(65)] {
            assert_eq!(text.parse::<Reference>(), Err(ReferenceError), "{text:?}");
        }
    }
}
