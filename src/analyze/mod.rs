//! Analyses of one view's snapshot: identification of a person, explanations of entities, centrality, communities,
//! paths, ring indicators, movement and routes.
//!
//! Pure functions of a [`crate::graph::Snapshot`], which already is the caller's view. This room
//! knows neither HTTP nor how anything is stored.

mod basis;
pub mod centrality;
pub mod communities;
pub mod deconflict;
mod explain;
mod identify;
pub mod indicator;
pub mod movement;
pub mod network;
pub mod paths;
mod referral;

#[cfg(test)]
mod samples;

pub use basis::Basis;
pub use explain::{
    Between, EntityExplanation, Explanation, Gain, PairExplanation, Step, WhyNot, explain, how, why,
};
pub use identify::{Candidate, identify};
pub use indicator::shared_hub;
pub use referral::{Referred, referred};
