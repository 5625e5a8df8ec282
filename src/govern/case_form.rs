//! The form of an agency's references of cases: poor enough that no name enters the audit log.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::Reference;

/// The form that references of an agency have: `#` stands for a digit, `@` for a letter, `+` behind one of them
/// for one or more; letters, digits, `.`, `_`, `/` and `-` stand for themselves. 1 to 64 characters, with at least
/// one `#`. E.g. `MP-####/#+`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "MP-####/#+", pattern = r"^([A-Za-z0-9._/-]|[#@]\+?){1,64}$")]
pub struct CaseForm(String);

/// A text that is not a form of references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "not a valid form: 1 to 64 of letters, digits, `.`, `_`, `/`, `-`, `#`, `@` and `+` behind these two, with a `#`"
)]
pub struct CaseFormError;

/// The characters that one place of a form accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Digit,
    Letter,
    Exactly(u8),
}

impl Place {
    fn takes(self, byte: u8) -> bool {
        match self {
            Self::Digit => byte.is_ascii_digit(),
            Self::Letter => byte.is_ascii_alphabetic(),
            Self::Exactly(one) => byte == one,
        }
    }
}

impl CaseForm {
    /// Tells if a reference has the form. Takes time in proportion to the product of both lengths.
    pub fn fits(&self, reference: &Reference) -> bool {
        let text = reference.as_str().as_bytes();
        // Index n is true if the places so far can match the first n bytes.
        let mut taken = vec![false; text.len() + 1];
        taken[0] = true;
        for (place, many) in places(&self.0).unwrap_or_default() {
            let mut next = vec![false; text.len() + 1];
            for (at, byte) in text.iter().enumerate() {
                next[at + 1] = (taken[at] || (many && next[at])) && place.takes(*byte);
            }
            taken = next;
        }
        taken[text.len()]
    }

    /// Tells if a reference has the form that applies where an agency has registered none: letters, digits, `-`, `/`
    /// and `.`, with at least one digit.
    pub fn fits_default(reference: &Reference) -> bool {
        let text = reference.as_str();
        !text.contains('_') && text.bytes().any(|byte| byte.is_ascii_digit())
    }
}

/// Parses a form into its places, each with a flag that is true if the place may repeat.
fn places(form: &str) -> Result<Vec<(Place, bool)>, CaseFormError> {
    let mut places: Vec<(Place, bool)> = Vec::new();
    for byte in form.bytes() {
        match byte {
            b'#' => places.push((Place::Digit, false)),
            b'@' => places.push((Place::Letter, false)),
            b'+' => match places.last_mut() {
                Some((Place::Digit | Place::Letter, many @ false)) => *many = true,
                _ => return Err(CaseFormError),
            },
            _ if byte.is_ascii_alphanumeric() || b"._/-".contains(&byte) => {
                places.push((Place::Exactly(byte), false));
            }
            _ => return Err(CaseFormError),
        }
    }
    Ok(places)
}

impl fmt::Display for CaseForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CaseForm {
    type Err = CaseFormError;

    fn from_str(text: &str) -> Result<Self, CaseFormError> {
        let places = places(text)?;
        let has_digit = places.iter().any(|(place, _)| *place == Place::Digit);
        if (1..=64).contains(&text.len()) && has_digit {
            return Ok(Self(text.to_owned()));
        }
        Err(CaseFormError)
    }
}

impl<'de> Deserialize<'de> for CaseForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(form: &str, reference: &str) -> bool {
        form.parse::<CaseForm>().unwrap().fits(&reference.parse().unwrap())
    }

    #[test]
    fn places_take_what_they_stand_for() {
        for good in ["MP-2026/1", "MP-2026/99", "MP-0000/123"] {
            assert!(fits("MP-####/#+", good), "{good}");
        }
        for bad in ["MP-2026/", "MP-202/1", "mp-2026/1", "MP-2026/1a", "XMP-2026/1", "MP-2026/1/"] {
            assert!(!fits("MP-####/#+", bad), "{bad}");
        }
        assert!(fits("@+@#+", "abc12") && !fits("@+@#+", "a12") && !fits("@+@#+", "abc"));
        // A form that would take a backtracking matcher exponential time.
        assert!(!fits(&"#+".repeat(32), &format!("{}x", "1".repeat(63))));
        assert!(fits(&"#+".repeat(32), &"1".repeat(64)));
    }

    #[test]
    fn a_form_has_a_digit_and_repeats_only_what_can_be() {
        for bad in ["", "MP-", "@+", "+#", "##++", "a+#", "# ", "#\u{e9}", &"#".repeat(65)] {
            assert_eq!(bad.parse::<CaseForm>(), Err(CaseFormError), "{bad:?}");
        }
    }

    #[test]
    fn without_a_form_a_reference_has_a_digit_and_no_line_below() {
        let fits = |text: &str| CaseForm::fits_default(&text.parse().unwrap());
        assert!(fits("MP-2026/0042") && fits("1") && !fits("JaneRoe") && !fits("Jane_Roe_1"));
    }
}
