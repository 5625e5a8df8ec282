//! accord's matching engine: which records speak of the same person, phone, address, vehicle or organization. A library
//! without server, store or network: records go in, links and clusters come out, with the reason of each in bits.
//!
//! - [`dedupe`] finds the duplicates within a file or a list, [`link`] those between two, [`compare`] scores one pair.
//!   None of them needs labels or settings. [`Matcher`] does that work in steps: with a model of yours, and progress.
//! - The rooms below are what these are made of, left to right: [`model`] (the records), [`ingest`] (files and rows, by
//!   a [mapping](ingest::mapping)), [`normalize`] (raw text to comparable form), [`resolve`] (blocking, comparison, the
//!   Fellegi-Sunter model, training, clustering, evaluation) and [`matching`] (whole jobs).
//!
//! A score is a function of two records and a frozen model, of nothing else. The same records in any order and on any
//! number of threads give the same links and clusters, to the last bit.
//!
//! A whole program that dedupes a CSV (`examples/dedupe.rs`):
//!
//! ```no_run
#![doc = include_str!("../examples/dedupe.rs")]
//! ```
//!
//! With the feature `openapi` the types of [`model`] and of rows carry their schema (`utoipa::ToSchema`).

pub mod ingest;
pub mod matching;
pub mod model;
pub mod normalize;
pub mod resolve;
pub mod strict;

pub use matching::{Deduped, Linked, Matcher, Progress, ReadError, Records, compare, dedupe, link};
