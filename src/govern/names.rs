//! Names, and references to cases and documents.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// The longest name of an agency, user or desk, in bytes.
pub const NAME_BYTES_MAX: usize = 200;

/// Tells if a text may be a name: not blank, no control characters, at most [`NAME_BYTES_MAX`] bytes.
pub fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= NAME_BYTES_MAX && !text.chars().any(char::is_control)
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
