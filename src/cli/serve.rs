//! `accord serve`: the HTTP API and its page.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use accord::api::{Application, Config};
use accord::model::Timestamp;
use accord::query::{Library, Runner};
use accord::store::StoreAddress;
use tracing_subscriber::EnvFilter;

use super::CommandError;
use super::settings::{self, StoreArguments};

/// Serve the HTTP API and its page
///
/// The API is under /v1, its page under /docs, its OpenAPI document at /openapi.json. Every request
/// but these, /health and /ready needs a token (`accord token create`) and is in the audit log before
/// its answer leaves. Stops at SIGINT or SIGTERM when the answers under way have left.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord serve --store case.accord --listen 127.0.0.1:8080
  ACCORD_NEO4J_PASSWORD=... accord serve --store bolt://neo4j@db:7687 --listen 0.0.0.0:8080")]
pub struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "ACCORD_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The audit log; `<store>.audit` when absent, `accord.audit` for a Neo4j store
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
}

#[allow(clippy::print_stdout, reason = "says where it listens")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let audit = arguments.audit.clone().unwrap_or_else(|| audit_of(&arguments.store.store));
    serve(&arguments.store, arguments.listen, audit, |address| {
        println!("listening on http://{address}, page at http://{address}/docs/");
    })
}

/// The audit log beside a store.
pub fn audit_of(address: &StoreAddress) -> PathBuf {
    match address {
        StoreAddress::File(path) => {
            let mut name = path.clone().into_os_string();
            name.push(".audit");
            name.into()
        }
        StoreAddress::Neo4j { .. } => PathBuf::from("accord.audit"),
    }
}

/// Serves until told to stop; `ready` is called with the address once it is bound.
pub fn serve(
    arguments: &StoreArguments,
    listen: SocketAddr,
    audit: PathBuf,
    ready: impl FnOnce(SocketAddr),
) -> Result<ExitCode, CommandError> {
    log_to_stderr();
    let runner =
        Runner::for_store(Library::shipped()?, &settings::with_password(&arguments.store))?;
    let config = Config {
        store: settings::open(&arguments.store, false)?,
        runner,
        engine: arguments.engine.engine()?,
        id_key: arguments.engine.id_key(),
        audit: audit.clone(),
        listen,
        clock: Arc::new(|| Timestamp::from(jiff::Timestamp::now())),
        random: Arc::new(rand::random),
    };
    actix_web::rt::System::new().block_on(async {
        let application = Application::build(config)?;
        ready(application.address());
        application.run().await?;
        Ok::<(), CommandError>(())
    })?;
    let head = accord::audit::verify(&audit)?;
    tracing::info!(entries = head.length, hash = head.hash, "the audit log's head at the stop");
    Ok(ExitCode::SUCCESS)
}

/// JSON lines on stderr; `RUST_LOG` says how much. Never personal data.
fn log_to_stderr() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,accord=info"));
    let _ = tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .try_init();
}
