//! Ring indicators: what each looks for in a view, and what all of them share.
//!
//! An indicator stands in a file (or a folder) of its own and implements [`Indicator`]; [`ALL`] lists them. What they
//! share stands beside them: which people a view links with which things, and when (`links`); blocks of unrelated
//! people, so that a family counts as one (`blocks`); the organizations that explain what strangers share (`exempt`);
//! windows of time (`window`); what is usual in the view (`null`); the smallest set of records that a finding hangs on
//! (`counterfactual`); and the form of what is found (`finding`).
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

/// Something to look for in a view.
pub trait Indicator {
    /// What can be set; the default is what is measured and published.
    type Options: Default;

    /// What it is.
    const ABOUT: About;

    /// What it finds in a view. Depends on the snapshot and the options only.
    fn find(snapshot: &Snapshot, options: &Self::Options) -> Report;
}

/// What an indicator is, in words for those who read its findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Its name, as in the address of its findings.
    pub name: &'static str,
    /// Its version: another where the same view gives other findings.
    pub version: u32,
    /// What it looks for.
    pub looks_for: &'static str,
    /// What a finding says and does not say.
    pub meaning: &'static str,
    /// What it cannot tell apart, and misses.
    pub cannot_tell: &'static [&'static str],
    /// Where its method comes from.
    pub sources: &'static [&'static str],
    /// What a caller can set.
    pub parameters: &'static [Parameter],
}

/// A whole number that a caller can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it is, with its unit.
    pub meaning: &'static str,
    /// The least that it can be.
    pub least: u32,
    /// The most that it can be.
    pub most: u32,
    /// What it is where the caller does not say.
    pub default: u32,
}

/// All indicators.
pub const ALL: [About; 1] = [SharedHub::ABOUT];

/// The indicator of a name.
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
