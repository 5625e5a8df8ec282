//! Grades: how far a source and what it said are to be believed, by the scheme of who handed it in.
//!
//! Three schemes, each with a code of the source and one of the information; a grade keeps both as they came:
//! - `3x5x2`, the UK's intelligence report (College of Policing, APP Intelligence management): source 1 reliable,
//!   2 untested, 3 not reliable; information A known directly to the source, B known indirectly but corroborated,
//!   C known indirectly, D not known, E suspected to be false. (The third part, P or C, says how far a report goes:
//!   it is a [`super::Marking`].)
//! - `5x5x5`, its forerunner (National Intelligence Model): source A always reliable, B mostly, C sometimes,
//!   D unreliable, E untested; information 1 known to be true without reservation, 2 known personally to the source
//!   but not to who reports it, 3 not known personally to the source but corroborated, 4 cannot be judged,
//!   5 suspected to be false.
//! - `4x4` of Europol (Regulation (EU) 2016/794, art. 29; Council document 6243/18): source A no doubt or reliable in
//!   all instances, B in most reliable, C in most unreliable, X cannot be assessed; information 1 not in doubt,
//!   2 known personally to the source but not to the official, 3 not known personally to the source but
//!   corroborated, 4 not known personally to the source and not to be corroborated.
//!
//! No standard says how grades of several schemes compare. Ours does, for one question only, which of them is the
//! weakest; it goes by the words above, and where one word covers two ranks it is the weaker:
//!
//! | rank | information | 3x5x2 | 5x5x5 | 4x4 | | source | 3x5x2 | 5x5x5 | 4x4 |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | 0 | not in doubt | | 1 | 1 | | always reliable | | A | A |
//! | 1 | known to the source itself | A | 2 | 2 | | mostly reliable | 1 | B | B |
//! | 2 | indirectly, corroborated | B | 3 | 3 | | sometimes reliable | | C | |
//! | 3 | indirectly, not corroborated | C | | 4 | | untested | 2 | E | X |
//! | 4 | cannot be judged | D | 4 | | | unreliable | 3 | D | C |
//! | 5 | suspected to be false | E | 5 | | | | | | |

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
#[cfg(feature = "openapi")]
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
#[cfg(feature = "openapi")]
use utoipa::{PartialSchema, ToSchema};

/// A grade as its source gave it. In text the scheme, the code of the source and that of the information:
/// `3x5x2:2B`, `5x5x5:B2`, `4x4:A1`.
///
/// Of two grades the greater is the weaker: what the information is worth counts first, then the source, by the
/// ranks of this module. Those of one rank are ordered by scheme, so that the order is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grade {
    scheme: Scheme,
    /// Positions in the lists of the scheme.
    source: u8,
    information: u8,
}

/// The nature of a row: facts, or somebody's assessment of them (Directive (EU) 2016/680, art. 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Facts.
    Fact,
    /// A personal assessment.
    Opinion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scheme {
    Uk3x5x2,
    Uk5x5x5,
    Europol4x4,
}

/// The codes of a part of a scheme, each with its rank.
type Codes = &'static [(char, u8)];

impl Scheme {
    const ALL: [Self; 3] = [Self::Uk3x5x2, Self::Uk5x5x5, Self::Europol4x4];

    /// Returns the scheme's name, its codes of sources and its codes of information.
    fn codes(self) -> (&'static str, Codes, Codes) {
        match self {
            Self::Uk3x5x2 => (
                "3x5x2",
                &[('1', 1), ('2', 3), ('3', 4)],
                &[('A', 1), ('B', 2), ('C', 3), ('D', 4), ('E', 5)],
            ),
            Self::Uk5x5x5 => (
                "5x5x5",
                &[('A', 0), ('B', 1), ('C', 2), ('D', 4), ('E', 3)],
                &[('1', 0), ('2', 1), ('3', 2), ('4', 4), ('5', 5)],
            ),
            Self::Europol4x4 => (
                "4x4",
                &[('A', 0), ('B', 1), ('C', 4), ('X', 3)],
                &[('1', 0), ('2', 1), ('3', 2), ('4', 3)],
            ),
        }
    }
}

impl Grade {
    /// All grades, scheme by scheme.
    pub fn all() -> impl Iterator<Item = Self> {
        Scheme::ALL.into_iter().flat_map(|scheme| {
            let (_, sources, information) = scheme.codes();
            let sources = (0..).zip(sources).map(|(source, _)| source);
            sources.flat_map(move |source| {
                let of_source = (0..).zip(information);
                of_source.map(move |(information, _)| Self { scheme, source, information })
            })
        })
    }

    /// Returns the source's code and the information's code, each with its rank.
    fn parts(self) -> [(char, u8); 2] {
        let (_, sources, information) = self.scheme.codes();
        [sources[usize::from(self.source)], information[usize::from(self.information)]]
    }
}

#[cfg(feature = "openapi")]
impl PartialSchema for Grade {
    fn schema() -> RefOr<Schema> {
        let codes = Self::all().map(|grade| grade.to_string());
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A grade: scheme, source, information"))
            .enum_values(Some(codes))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl ToSchema for Grade {}

impl Ord for Grade {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = |grade: &Self| {
            let [(_, source), (_, information)] = grade.parts();
            (information, source, grade.scheme, grade.source, grade.information)
        };
        order(self).cmp(&order(other))
    }
}

impl PartialOrd for Grade {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [(source, _), (information, _)] = self.parts();
        write!(f, "{}:{source}{information}", self.scheme.codes().0)
    }
}

/// The error for a text that is not a grade of a known scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a valid grade: `3x5x2:2B`, `5x5x5:B2` or `4x4:A1`")]
pub struct UnknownGrade;

impl FromStr for Grade {
    type Err = UnknownGrade;

    /// Upper or lower case, white space around the parts aside.
    fn from_str(text: &str) -> Result<Self, UnknownGrade> {
        let (name, codes) = text.split_once(':').ok_or(UnknownGrade)?;
        let is_named = |scheme: &Scheme| scheme.codes().0.eq_ignore_ascii_case(name.trim());
        let scheme = Scheme::ALL.into_iter().find(is_named).ok_or(UnknownGrade)?;
        let mut codes = codes.trim().chars().map(|code| code.to_ascii_uppercase());
        let (Some(source), Some(information), None) = (codes.next(), codes.next(), codes.next())
        else {
            return Err(UnknownGrade);
        };
        let (_, sources, of_information) = scheme.codes();
        let position = |list: Codes, code: char| {
            (0..).zip(list).find_map(|(at, (known, _))| (*known == code).then_some(at))
        };
        let parts = position(sources, source).zip(position(of_information, information));
        let (source, information) = parts.ok_or(UnknownGrade)?;
        Ok(Self { scheme, source, information })
    }
}

impl Serialize for Grade {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Grade {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grade(text: &str) -> Grade {
        text.parse().unwrap()
    }

    #[test]
    fn every_code_of_every_scheme_comes_back_as_it_went_in() {
        let all: Vec<String> = Grade::all().map(|grade| grade.to_string()).collect();
        let of = |name: &str| all.iter().filter(|text| text.starts_with(name)).count();
        assert_eq!(["3x5x2:", "5x5x5:", "4x4:"].map(of), [3 * 5, 5 * 5, 4 * 4]);
        for (text, of_list) in all.iter().zip(Grade::all()) {
            assert_eq!(grade(text), of_list);
            assert_eq!(grade(&text.to_ascii_lowercase()), of_list);
            assert_eq!(grade(&text.to_ascii_uppercase().replace(':', " : ")), of_list);
            let json = serde_json::to_string(&of_list).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Grade>(&json).unwrap(), of_list);
        }
    }

    #[test]
    fn what_is_no_grade_is_none() {
        let wrong = [
            "",
            "2B",
            "3x5x2",
            "3x5x2:",
            "3x5x2:2",
            "3x5x2:B2",
            "3x5x2:4A",
            "3x5x2:1F",
            "3x5x2:2BP",
            "5x5x5:2B",
            "5x5x5:F1",
            "5x5x5:A6",
            "5x5x5:A0",
            "4x4:D1",
            "4x4:A5",
            "4x4:E1",
            "6x6:A1",
            "4x4:A1:",
            "4x4:А1",
        ];
        for text in wrong {
            assert_eq!(text.parse::<Grade>(), Err(UnknownGrade), "{text}");
            assert!(serde_json::from_str::<Grade>(&format!("{text:?}")).is_err());
        }
    }

    /// The table of the module, read back: each column from the strongest to the weakest.
    #[test]
    fn information_counts_first_and_then_the_source() {
        let chains = [
            ["4x4:A1", "4x4:B1", "4x4:X1", "4x4:C1", "4x4:A2", "4x4:A3", "4x4:A4"].as_slice(),
            &["5x5x5:A1", "5x5x5:B1", "5x5x5:C1", "5x5x5:E1", "5x5x5:D1", "5x5x5:A2", "5x5x5:A3"],
            &["5x5x5:A3", "5x5x5:A4", "5x5x5:A5"],
            &["3x5x2:1A", "3x5x2:2A", "3x5x2:3A", "3x5x2:1B", "3x5x2:1C", "3x5x2:1D", "3x5x2:1E"],
            // Across schemes: one that cannot be corroborated is better than one that cannot be judged.
            &["4x4:C1", "3x5x2:1A", "5x5x5:C2", "4x4:X2", "3x5x2:3A", "5x5x5:A3", "4x4:C3"],
            &["4x4:C3", "4x4:A4", "3x5x2:1C", "5x5x5:A4", "3x5x2:2D", "5x5x5:A5", "3x5x2:1E"],
        ];
        for chain in chains {
            for pair in chain.windows(2) {
                assert!(grade(pair[0]) < grade(pair[1]), "{pair:?}");
            }
        }
        // Of one rank: by scheme.
        assert!(grade("3x5x2:2A") < grade("5x5x5:E2") && grade("5x5x5:E2") < grade("4x4:X2"));
    }

    #[test]
    fn a_grade_takes_three_bytes_of_a_record() {
        assert_eq!(size_of::<Option<Grade>>() + size_of::<Option<Nature>>(), 4);
    }

    fn any_grade() -> impl Strategy<Value = Grade> {
        prop::sample::select(Grade::all().collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in any_grade(), b in any_grade(), c in any_grade()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
            prop_assert!(!(a <= b && b <= c) || a <= c);
        }

        #[test]
        fn whatever_is_read_as_a_grade_is_one_of_the_list(text in "(3x5x2|5x5x5|4x4|6x6):[1-6A-FX]{1,3}") {
            let found = text.parse::<Grade>().ok();
            let listed = Grade::all().find(|grade| grade.to_string() == text);
            prop_assert_eq!(found, listed);
        }
    }
}
