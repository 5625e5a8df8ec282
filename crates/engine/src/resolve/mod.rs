//! Blocking, comparison, the Fellegi-Sunter model, scoring, clustering, explanation.
//!
//! A score is a function of the two records and of a frozen, versioned model, of nothing else: not
//! of other records, not of live counts. That is what lets links be shared by all views. This room
//! knows nothing of stores, callers or views.

mod agreement_patterns;
pub mod batch;
mod blocks;
mod cluster;
mod compare;
pub mod compare_names;
mod comparison_cache;
mod content;
pub mod em;
mod engine;
pub mod evaluate;
mod household;
mod keys;
mod lexicon;
mod model;
mod monotone;
mod recall;
mod similarity_order;
mod table;
#[cfg(test)]
mod tests;
pub mod train;
mod values;
mod word;

pub use blocks::{Blocks, RuleReport};
pub use cluster::{ClusterParameters, cluster};
pub use engine::{Engine, Prepared, Score, probability};
pub use model::{AttributeModel, LevelModel, Model, ModelError, TypeModel};
pub use recall::{BlockingReport, RuleRecall, blocking_report};
pub use table::{Normalized, Table, TableBuilder};
