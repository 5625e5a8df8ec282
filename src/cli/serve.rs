//! `accord serve`: the HTTP API and its page.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use accord::api::{
    Application, CONNECTIONS_MAX, Config, FAILURES_A_MINUTE, Notice, PURGE_EVERY, Tls,
};
use accord::graph::VIEW_BYTES_MAX;
use accord::identity::{self, SealingKey};
use accord::model::{IdKey, Timestamp};
use accord::query::{LiveLibrary, Runner};
use accord::resolve::Engine;
use accord::store::Store;
use tracing_subscriber::EnvFilter;

use super::beside::audit_of;
use super::holder::SealingArguments;
use super::queries::{self, QueryArguments};
use super::settings::{self, StoreArguments};
use super::unfilled::Unfilled;
use super::{CommandError, stdout};

/// Open files that are no connections: the store's, the log, and connections that are being accepted.
const FILES_APART: usize = 192;

/// Serve the HTTP API and its page
///
/// The API is under /v1, its page under /docs, its OpenAPI document at /openapi.json. Every request
/// but these, /health, /ready and a log-on needs an API key (`accord key`), a session of a local account
/// (`accord account`) or an access token of an identity provider (--identity), and is in the audit log
/// before its answer leaves. Removes what is kept no longer at its start and daily (`accord purge`). Stops at
/// SIGINT or SIGTERM when the answers under way have left.
///
/// With --tls-cert and --tls-key it speaks TLS 1.2 and 1.3 and nothing else on that address. Without,
/// it listens on this machine's own addresses only, unless --plain-http says that a proxy stands in front.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord serve --store case.accord --listen 127.0.0.1:8080
  accord serve --store case.accord --queries queries
  accord serve --store case.accord --listen 0.0.0.0:8443 --tls-cert server.pem --tls-key server.key \\
      --tls-client-ca services-ca.pem --identity identity.toml
  ACCORD_NEO4J_PASSWORD=... accord serve --store bolt://neo4j@db:7687 --listen 0.0.0.0:8080 --plain-http

An identity.toml:
  address = \"https://accord.example\"                # what clients call this server; for DPoP (RFC 9449)
  [[issuer]]
  issuer = \"https://login.metro.example\"            # `iss`, to the letter
  audience = \"https://accord.example\"               # what `aud` must hold
  keys = \"https://login.metro.example/jwks.json\"    # or a file
  algorithms = [\"ES256\"]                            # never HMAC
  agencies = { \"DC0010000\" = \"metro-police\" }     # by the claim of the agency, GFIPM's employer ORI
  roles = { \"accord-users\" = [\"analyst\"] }        # by the claim of the roles
  acr = [\"https://refeds.org/profile/mfa\"]          # says that two factors were shown; or amr = [\"mfa\"]")]
pub struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "ACCORD_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The audit log; `<store>.audit` when absent, `accord.audit` for a Neo4j store
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// The identity providers whose access tokens are accepted; a TOML file
    #[arg(long, value_name = "FILE", env = "ACCORD_IDENTITY")]
    identity: Option<PathBuf>,
    #[command(flatten)]
    queries: QueryArguments,
    #[command(flatten)]
    sealing: SealingArguments,
    /// Minutes after which a user must show anew who they are to sign or suspend agreements, lead cases,
    /// break glass or register agencies; a service's key counts from when it was made
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=720))]
    privileged_minutes: u16,
    /// The notice that a user must accept to log on: a text file, in place of the shipped one
    #[arg(long, value_name = "FILE")]
    notice: Option<PathBuf>,
    /// The server's certificate and those up to its authority, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The authorities that sign the certificates of services, PEM; keys can be bound to those
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// Megabytes that all views in use but the largest may hold for themselves: those not asked lately are
    /// packed, and where all are packed let go and made again when they are asked for; a quarter of the machine's
    /// memory where nothing is said
    #[arg(long, value_name = "MEGABYTES")]
    view_memory: Option<usize>,
    /// Requests without a good credential that one address may send in a minute before they are answered 429 and
    /// logged in one entry; more where many services stand behind one address
    #[arg(long, value_name = "REQUESTS", default_value_t = FAILURES_A_MINUTE, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    failures_a_minute: u32,
    /// Speak plain HTTP on an address that others reach: a proxy that speaks TLS stands in front
    #[arg(long, conflicts_with = "tls_cert")]
    plain_http: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let tls = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls {
            certificate: certificate.clone(),
            key: key.clone(),
            client_authorities: arguments.tls_client_ca.clone(),
        }),
        _ => None,
    };
    let alone = arguments.listen.ip().is_loopback();
    if tls.is_none() && !alone && !arguments.plain_http {
        return Err("others reach this address: give --tls-cert and --tls-key, or --plain-http when a proxy in front speaks TLS".into());
    }
    tls.as_ref().map(Tls::check).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let notice = arguments.notice.as_deref().map(notice_of).transpose()?.unwrap_or_default();
    let identity = arguments.identity.as_deref().map(identity_of).transpose()?.unwrap_or_default();
    let engine = arguments.store.engine.engine()?;
    let (library, runner) = arguments.queries.runner(&arguments.store.store)?;
    let store = settings::open(&arguments.store.store)?;
    check_free(arguments.listen)?;
    // Last of all, since this may create the file of the key.
    let sealing = arguments.sealing.key(&arguments.store.store, store.as_ref())?;
    let place = Placed {
        store,
        engine,
        library,
        runner,
        id_key: arguments.store.engine.id_key(),
        listen: arguments.listen,
        audit: arguments.audit.clone().unwrap_or_else(|| audit_of(&arguments.store.store)),
        sealing,
        privileged_minutes: arguments.privileged_minutes,
        notice,
        identity,
        tls,
        view_bytes_max: arguments
            .view_memory
            .map_or_else(view_bytes_max, |it| it.saturating_mul(1 << 20)),
        failures_a_minute: arguments.failures_a_minute,
    };
    serve(place, |address| {
        let page = format!("{scheme}://{address}/docs/");
        stdout::line(format_args!("listening on {scheme}://{address}, page at {page}"))
    })
}

/// Checks that no other program listens on an address.
pub fn check_free(listen: SocketAddr) -> Result<(), CommandError> {
    match TcpListener::bind(listen) {
        Ok(_) => Ok(()),
        Err(error) => {
            let why = format!("cannot listen on {listen}: {error}; --listen names another address");
            Err(why.into())
        }
    }
}

/// Everything that a server needs: store, engine, queries, address, identity providers, log and limits.
pub struct Placed {
    pub store: Arc<dyn Store>,
    pub engine: Arc<Engine>,
    pub library: Arc<LiveLibrary>,
    pub runner: Runner,
    pub id_key: IdKey,
    pub listen: SocketAddr,
    pub audit: PathBuf,
    pub identity: identity::Settings,
    pub sealing: SealingKey,
    pub privileged_minutes: u16,
    pub notice: Notice,
    pub tls: Option<Tls>,
    pub view_bytes_max: usize,
    pub failures_a_minute: u32,
}

fn identity_of(path: &Path) -> Result<identity::Settings, CommandError> {
    let text = settings::read_text(path)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    identity::Settings::from_toml(&text, folder)
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

fn notice_of(path: &Path) -> Result<Notice, CommandError> {
    let text = settings::read_text(path)?;
    if text.trim().is_empty() {
        return Err(format!("{}: no text", path.display()).into());
    }
    Ok(Notice::of(&text))
}

/// Serves until it is told to stop; `ready` is called with the address once it is bound.
pub fn serve(
    placed: Placed,
    ready: impl FnOnce(SocketAddr) -> Result<(), CommandError>,
) -> Result<ExitCode, CommandError> {
    log_to_stderr();
    let Placed {
        store,
        engine,
        library,
        runner,
        id_key,
        listen,
        audit,
        identity,
        sealing,
        privileged_minutes,
        notice,
        tls,
        view_bytes_max,
        failures_a_minute,
    } = placed;
    queries::watch(&library)?;
    let log = Unfilled::of(&audit);
    let config = Config {
        store,
        runner,
        engine,
        id_key,
        audit: audit.clone(),
        listen,
        identity,
        sealing,
        notice,
        privileged_seconds: i64::from(privileged_minutes) * 60,
        tls,
        view_bytes_max,
        purge_every: PURGE_EVERY,
        failures_a_minute,
        connections_max: connections_max(),
        signals: true,
        clock: Arc::new(|| Timestamp::from(jiff::Timestamp::now())),
        random: Arc::new(rand::random),
    };
    actix_web::rt::System::new().block_on(async {
        let application = Application::build(config)?;
        log.keep();
        ready(application.address())?;
        application.run().await?;
        Ok::<(), CommandError>(())
    })?;
    let head = accord::audit::verify(&audit)?;
    tracing::info!(entries = head.length, hash = head.hash, "the audit log's head at the stop");
    Ok(ExitCode::SUCCESS)
}

/// Returns the most open connections that the system's limit of open files allows, which is raised as far as the system
/// lets: a connection has two handles.
fn connections_max() -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        let wanted = (2 * CONNECTIONS_MAX + FILES_APART) as u64;
        if limit.current.is_some_and(|current| current < wanted) {
            limit.current = Some(limit.maximum.map_or(wanted, |most| most.min(wanted)));
            let _ = setrlimit(Resource::Nofile, limit);
        }
        if let Some(files) = getrlimit(Resource::Nofile).current {
            let files = usize::try_from(files).unwrap_or(usize::MAX);
            return (files.saturating_sub(FILES_APART) / 2).clamp(1, CONNECTIONS_MAX);
        }
    }
    CONNECTIONS_MAX
}

/// Logs JSON lines to stderr; `RUST_LOG` sets the level. Never personal data.
fn log_to_stderr() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,accord=info"));
    let _ = tracing_subscriber::fmt()
        .json()
        // Such an error would be written to stderr, which may be the one that cannot be written.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .try_init();
}

/// The memory of views where the command line does not say: a quarter of the machine's, and never less than the least.
fn view_bytes_max() -> usize {
    #[cfg(target_os = "linux")]
    {
        let machine = rustix::system::sysinfo();
        let bytes = u128::from(machine.totalram) * u128::from(machine.mem_unit);
        usize::try_from(bytes / 4).unwrap_or(usize::MAX).max(VIEW_BYTES_MAX)
    }
    #[cfg(not(target_os = "linux"))]
    VIEW_BYTES_MAX
}
