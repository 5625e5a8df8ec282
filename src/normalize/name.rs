//! Names of people: parts, tokens, initials and transliteration-robust keys.

use super::skeleton::skeleton;
use super::text::{cut, fold};
use crate::model::PersonName;

/// The comparable form of one name of a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct NameForm {
    /// Given names, folded, nothing when the source did not state parts.
    pub given: Vec<String>,
    /// Family names, folded, nothing when the source did not state parts.
    pub family: Vec<String>,
    /// All significant tokens in written order (given, middle, family), folded to ASCII lower case;
    /// titles and particles are left out.
    pub tokens: Vec<String>,
    /// Whether given and family name were stated by the source (or marked by a comma).
    pub ordered: bool,
    /// The name in its own script, when that is not Latin.
    pub native: Option<String>,
    /// Transliteration-robust key of each of `tokens`, in the same order.
    pub skeletons: Vec<String>,
    /// First letters of `tokens`, in the same order.
    pub initials: String,
}

impl NameForm {
    /// The form of a name; `None` when it holds no letter.
    pub fn new(name: &PersonName) -> Option<Self> {
        let part = |text: &Option<String>| -> Vec<String> {
            text.as_deref()
                .map(fold)
                .unwrap_or_default()
                .split(' ')
                .map(str::to_owned)
                .filter(|t| !t.is_empty())
                .collect()
        };
        let (mut given, family) = (part(&name.given), part(&name.family));
        given.extend(part(&name.middle));
        let ordered = !given.is_empty() && !family.is_empty();
        let mut tokens: Vec<String> = given.iter().chain(&family).cloned().collect();
        if tokens.is_empty() {
            tokens = part(&name.full);
        }
        if tokens.is_empty() {
            return None;
        }
        let native = name.full.as_deref().map(cut).filter(|full| !full.is_ascii());
        Some(Self {
            skeletons: tokens.iter().map(|token| skeleton(token)).collect(),
            initials: tokens.iter().filter_map(|token| token.chars().next()).collect(),
            native: native.map(str::to_owned),
            given,
            family,
            tokens,
            ordered,
        })
    }
}
