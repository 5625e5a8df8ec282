//! `accord queries`: check of own stored queries by the rules of a server.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use accord::query::{Library, LiveLibrary, RefusedFile, Runner};
use accord::store::StoreAddress;
use serde_json::json;

use super::{CommandError, settings, stdout};

/// Check stored queries of one's own
///
/// A server that is given a folder (accord serve --queries) runs its files beside the queries that come with the
/// program. It takes what passes this check, leaves out what does not, and looks for changes every second.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord queries check queries
  accord serve --store case.accord --queries queries

A query, queries/people-at-address.cypher:
  // name: people-at-address
  // about: People who live or stayed at an address.
  // param: address entity_id -- The address.
  // example: address = \"ent_00000000000000000000000000000000\"
  // param: max_rows integer = 100 (1..1000) -- Most rows.
  // column: person entity_id -- The person.
  // key: person
  MATCH (p:Person)-[:LIVES_AT|STAYED_AT]->(a:Address {view: $view, id: $address})
  RETURN DISTINCT p.id AS person ORDER BY person LIMIT $max_rows

Exit code: 0 all are taken; 1 some are refused")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Check the *.cypher files of a folder; prints FILE:LINE:COLUMN: REASON of each that is refused
    Check {
        /// The folder
        folder: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The folder of own queries.
#[derive(clap::Args)]
pub struct QueryArguments {
    /// Serve the stored queries of this folder beside those that come with the program (accord queries check). Changes
    /// in it are taken over within seconds; GET /v1/queries and the log list refused files
    #[arg(long, value_name = "FOLDER")]
    queries: Option<PathBuf>,
}

impl QueryArguments {
    /// The library, and the runner for its queries on this store.
    pub fn runner(&self, store: &StoreAddress) -> Result<(Arc<LiveLibrary>, Runner), CommandError> {
        let shipped = Library::shipped()?;
        let library = match &self.queries {
            None => shipped.into(),
            Some(folder) => Arc::new(read(shipped, folder)?),
        };
        let runner = Runner::for_store(Arc::clone(&library), &settings::with_password(store))?;
        Ok((library, runner))
    }
}

fn read(shipped: Library, folder: &Path) -> Result<LiveLibrary, CommandError> {
    LiveLibrary::with_folder(shipped, folder)
        .map_err(|error| format!("{}: {error}", folder.display()).into())
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let Action::Check { folder, json } = &arguments.action;
    let library = read(Library::shipped()?, folder)?.current();
    let refused = library.refused();
    if *json {
        let entry = |it: &RefusedFile| {
            let RefusedFile { file, line, column, reason } = it;
            json!({ "file": file, "line": line, "column": column, "reason": reason })
        };
        let refused: Vec<serde_json::Value> = refused.iter().map(entry).collect();
        let own = library.iter().filter(|query| library.is_own(query.name()));
        let taken: Vec<&str> = own.map(|query| query.name()).collect();
        stdout::json(&json!({ "taken": taken, "refused": refused }))?;
    } else {
        for refused in refused {
            let RefusedFile { file, line, column, reason } = refused;
            let file = folder.join(file);
            stdout::line(format_args!("{}:{line}:{column}: {reason}", file.display()))?;
        }
        let count = library.own_count();
        stdout::line(format_args!("{count} queries are taken, {} are refused", refused.len()))?;
    }
    Ok(ExitCode::from(u8::from(!refused.is_empty())))
}

/// Time between two checks of the folder.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Checks the folder regularly as long as the library is in use, and logs the queries that are taken and refused.
pub fn watch(library: &Arc<LiveLibrary>) -> Result<(), CommandError> {
    if !library.has_folder() {
        return Ok(());
    }
    log(&library.current());
    let library = Arc::downgrade(library);
    let look = move || {
        while let Some(library) = library.upgrade() {
            if let Some(changed) = library.look() {
                log(&changed);
            }
            drop(library);
            std::thread::sleep(LOOK_EVERY);
        }
    };
    std::thread::Builder::new().name("accord-queries".into()).spawn(look)?;
    Ok(())
}

fn log(library: &Library) {
    for query in library.iter().filter(|query| library.is_own(query.name())) {
        tracing::info!(name = query.name(), version = query.version(), "an own query is taken");
    }
    for RefusedFile { file, line, column, reason } in library.refused() {
        tracing::warn!(file, line, column, reason, "an own query is refused");
    }
}
