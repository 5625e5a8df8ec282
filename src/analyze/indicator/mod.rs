//! Ring indicators: searches of a view for signs of a trafficking ring, and the parts that all indicators share.
//!
//! An indicator stands in a file (or a folder) of its own and implements [`Indicator`]; [`ALL`] lists them. The shared
//! parts stand beside them: the links of a view between people and things, with their times (`links`); blocks of
//! unrelated people, so that a family counts as one (`blocks`); the organizations that explain why strangers share a
//! thing (`exempt`); windows of time (`window`); the null model of counts that are usual in the view (`null`); the
//! smallest set of records that a finding hangs on (`counterfactual`); and the form of a finding (`finding`).
//!
//! A finding says that something deserves a look, never that a person has done anything. Possible victims are marked
//! as protected and nobody is ranked. Names serve only to count people as related, which lowers the figure; nationality
//! is not read.

mod blocks;
mod counterfactual;
mod exempt;
mod finding;
mod links;
mod null;
pub mod shared_hub;
mod window;

pub use finding::{
    Caution, Counterfactual, Exempted, Exemption, Finding, NullModel, Report, Strength, Subject,
    Window,
};
pub use shared_hub::SharedHub;

use crate::graph::Snapshot;

/// A search of a view for one sign.
pub trait Indicator {
    /// The parameters of the search; the published measurements are of their defaults.
    type Options: Default;

    /// The description of the indicator.
    const ABOUT: About;

    /// Returns the findings in a view. They depend on the snapshot and the options only.
    fn find(snapshot: &Snapshot, options: &Self::Options) -> Report;
}

/// The description of an indicator, for readers of its findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The name of the indicator, as in the address of its findings.
    pub name: &'static str,
    /// The version of the indicator: it changes when the same view gives other findings.
    pub version: u32,
    /// The sign that the indicator looks for.
    pub looks_for: &'static str,
    /// The meaning of a finding, and what must not be read into it.
    pub meaning: &'static str,
    /// The limits of the indicator: cases that it cannot tell apart, and cases that it misses.
    pub cannot_tell: &'static [&'static str],
    /// The literature that the method is taken from.
    pub sources: &'static [&'static str],
    /// The parameters that a caller can set.
    pub parameters: &'static [Parameter],
}

/// A whole number that a caller can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// The name of the parameter.
    pub name: &'static str,
    /// The meaning of the parameter, with its unit.
    pub meaning: &'static str,
    /// The smallest value allowed.
    pub least: u32,
    /// The largest value allowed.
    pub most: u32,
    /// The value if the caller gives none.
    pub default: u32,
}

/// All indicators.
pub const ALL: [About; 1] = [SharedHub::ABOUT];

/// Returns the description of the indicator with a name, if there is one.
pub fn named(name: &str) -> Option<&'static About> {
    static KNOWN: [About; ALL.len()] = ALL;
    KNOWN.iter().find(|about| about.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_indicator_says_what_it_is_and_has_a_name_of_its_own() {
        for (at, about) in ALL.iter().enumerate() {
            assert!(ALL[..at].iter().all(|other| other.name != about.name));
            assert!(about.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
            assert_eq!(named(about.name), Some(about));
            for texts in [about.cannot_tell, about.sources] {
                assert!(!texts.is_empty() && texts.iter().all(|text| !text.is_empty()));
            }
            for parameter in about.parameters {
                let range = parameter.least..=parameter.most;
                assert!(range.contains(&parameter.default), "{}", parameter.name);
            }
        }
        assert_eq!(named(""), None);
    }
}
