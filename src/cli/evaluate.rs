//! `accord evaluate`: what the store's entities are worth against an answer key.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use accord::govern::View;
use accord::graph::{self, Snapshot};
use accord::model::EntityType;
use accord::resolve::evaluate::{self, Evaluation};
use accord::store::Store;
use serde::Deserialize;

use super::CommandError;
use super::settings::{self, StoreArguments};

/// Measure a store's entities against an answer key
///
/// Prints pairwise precision, recall and F1 and B-cubed precision, recall and F1 per type. Computed
/// on the whole store, whoever owns the records.
#[derive(clap::Args)]
#[command(after_help = "Example:  accord evaluate --store demo.accord --key scenario/key.csv --json")]
pub struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    /// The answer key: CSV with the columns agency, record_id, type, entity
    #[arg(long)]
    key: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}
