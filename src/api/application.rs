//! The server: built from a configuration, bound to an address, run until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, HttpServer, guard::Get, web};
use thiserror::Error;
use tokio::sync::Notify;
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};

use super::analyses::{ANALYSES_BYTES_MAX, Analyses};
use super::budget::Budget;
use super::connections::{Connections, noted};
use super::failures::Failures;
use super::guard::guard;
use super::later;
use super::limits::{
    BLOCKING_THREADS, HANDSHAKE_TIME, HANDSHAKES_MAX, JOB_THREADS, REQUEST_TIME, SHUTDOWN_SECONDS,
};
use super::methods::{Methods, nowhere, page};
use super::metrics::Metrics;
use super::notice::Notice;
use super::probe::WriteProbe;
use super::protection::PAGE;
use super::published::Published;
use super::purging::purge_again_and_again;
use super::queues::Queues;
use super::router::{operations, routes};
use super::state::{Random, State};
use super::tls::{Tls, TlsError, install_provider, note_certificate};
use crate::audit::{AuditError, AuditLog};
use crate::casework::Policies;
use crate::casework::referrals::Checked;
use crate::graph;
use crate::identity::{self, Identity, IdentityError, SealingKey};
use crate::jobs::{Clock, Jobs, LateLinks};
use crate::leak;
use crate::model::IdKey;
use crate::query::Runner;
use crate::resolve::Engine;
use crate::store::{Store, StoreError};

/// The path of the OpenAPI document.
const DOCUMENT: &str = "/openapi.json";

/// The configuration of a server. Time and randomness come in here.
pub struct Config {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The stored queries and their runner.
    pub runner: Runner,
    /// The engine with its model.
    pub engine: Arc<Engine>,
    /// The key that ids are hashed with.
    pub id_key: IdKey,
    /// The file of the audit log.
    pub audit: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The identity providers whose tokens are accepted.
    pub identity: identity::Settings,
    /// The key that secrets of local accounts are sealed with.
    pub sealing: SealingKey,
    /// The greatest age in seconds of a caller's authentication for privileged functions.
    pub privileged_seconds: i64,
    /// The text that a user accepts by logging on.
    pub notice: Notice,
    /// TLS; without it the server speaks plain HTTP, for this machine only or behind a proxy.
    pub tls: Option<Tls>,
    /// Bytes that all views in use but the largest may hold for themselves ([`graph::VIEW_BYTES_MAX`]).
    pub view_bytes_max: usize,
    /// Time between two purges of expired data ([`super::PURGE_EVERY`]); the first purge is at the start.
    pub purge_every: Duration,
    /// Number of failed authentications of one address per minute that are logged one by one
    /// ([`super::FAILURES_A_MINUTE`]).
    pub failures_a_minute: u32,
    /// The most open connections ([`super::CONNECTIONS_MAX`]).
    pub connections_max: usize,
    /// True if SIGINT and SIGTERM stop the server, as for a server that has the process to itself.
    pub signals: bool,
    /// The clock.
    pub clock: Clock,
    /// The source of random bytes.
    pub random: Random,
}

/// Reasons for which a server cannot be built.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The audit log cannot be opened or is broken.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Identity cannot be set up: the system does not hash passwords, or secrets are sealed with another key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// TLS cannot be set up as configured.
    #[error("TLS: {0}")]
    Tls(#[from] TlsError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address cannot be listened on, or the system cannot start a thread.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
}

/// A bound server, ready to run.
pub struct Application {
    state: web::Data<State>,
    purge_every: Duration,
    connections: Arc<Connections>,
    server: Server,
    address: SocketAddr,
}

impl Application {
    /// Builds the server and binds its address. Must be called within an actix system.
    ///
    /// # Errors
    /// When the audit log is broken or the address is taken.
    pub fn build(config: Config) -> Result<Self, BuildError> {
        install_provider()?;
        let tls = config.tls.as_ref().map(Tls::server).transpose()?;
        let now = (config.clock)();
        let store = leak::store(config.store, &config.engine);
        let mut nonce = [0; 16];
        nonce.copy_from_slice(&(config.random)()[..16]);
        let links = LateLinks::new(Arc::clone(&store), Arc::clone(&config.engine))?.running()?;
        let links = Arc::new(links);
        let state = web::Data::new(State {
            cache: graph::Cache::new(config.id_key.clone(), Arc::clone(&config.engine))
                .with_links(Arc::clone(&links) as _)
                .with_bytes_max(config.view_bytes_max),
            analyses: Analyses::new(ANALYSES_BYTES_MAX),
            runner: config.runner,
            jobs: Jobs::new(config.id_key.clone(), nonce, Arc::clone(&config.clock), JOB_THREADS)?,
            links,
            audit: AuditLog::open(&config.audit)?,
            metrics: Metrics::new(),
            operations: operations(),
            policies: Policies::default(),
            referred: Checked::default(),
            identity: Identity::new(
                store.as_ref(),
                config.identity,
                config.sealing,
                &*config.random,
                now,
            )?,
            privileged_seconds: config.privileged_seconds,
            notice: config.notice,
            bodies: Budget::default(),
            failures: Failures::new(config.failures_a_minute),
            queues: Queues::default(),
            probe: WriteProbe::default(),
            store,
            engine: config.engine,
            id_key: config.id_key,
            clock: config.clock,
            random: config.random,
        });
        // Entries that an earlier run stored and did not write into the log before it ended.
        state.audit.empty(state.store.as_ref())?;
        later::resume(state.clone().into_inner());
        let document = super::document();
        let methods = web::Data::new(Methods::of(&document, state.operations.public()));
        let shared = state.clone();
        let connections = Arc::new(Connections::new(config.connections_max));
        let accepting = Arc::clone(&connections);
        let published = serde_json::to_string(&Published(&document)).unwrap_or_default();
        let published = Bytes::from(published);
        let server =
            HttpServer::new(move || {
                let published = published.clone();
                App::new()
                    .app_data(shared.clone())
                    .app_data(methods.clone())
                    .configure(routes)
                    .service(web::resource("/").guard(Get()).to(page))
                    .service(web::resource("/docs").guard(Get()).to(page))
                    .service(web::resource(DOCUMENT).guard(Get()).to(move || {
                        let published = published.clone();
                        async move {
                            HttpResponse::Ok().content_type("application/json").body(published)
                        }
                    }))
                    .service(SwaggerUi::new(PAGE).config(docs_config()))
                    .default_service(web::to(nowhere))
                    .wrap(from_fn(guard))
                    .wrap(Compress::default())
                    .wrap(from_fn(noted))
            })
            .on_connect(move |accepted, data| {
                accepting.accept(accepted, data);
                note_certificate(accepted, data);
            })
            .max_connections(config.connections_max.saturating_add(HANDSHAKES_MAX))
            .worker_max_blocking_threads(BLOCKING_THREADS)
            // Without TLS, a head that does not come is answered by [`Connections`].
            .client_request_timeout(if tls.is_some() { REQUEST_TIME } else { Duration::ZERO })
            .shutdown_timeout(SHUTDOWN_SECONDS);
        let server = if config.signals { server } else { server.disable_signals() };
        let server = match tls {
            None => server.bind(config.listen)?,
            // A connection that does not begin with a TLS handshake is cut off, without an answer or a redirect.
            Some(tls) => {
                server.tls_handshake_timeout(HANDSHAKE_TIME).bind_rustls_0_23(config.listen, tls)?
            }
        };
        let address = server.addrs().first().copied().unwrap_or(config.listen);
        let purge_every = config.purge_every;
        Ok(Self { state, purge_every, connections, server: server.run(), address })
    }

    /// Returns the address on which the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns a handle that stops the server from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until it is stopped, by its handle or, where it is configured so, by SIGINT or SIGTERM.
    ///
    /// # Errors
    /// When the system fails the server.
    pub async fn run(self) -> std::io::Result<()> {
        let stop = Arc::new(Notify::new());
        let ended_too = Arc::new(Notify::new());
        let reports =
            super::reporting::report_again_and_again(self.state.clone(), Arc::clone(&ended_too));
        let reports = actix_web::rt::spawn(reports);
        let watch = actix_web::rt::spawn(self.connections.watch());
        let state = self.state.clone();
        let purges = purge_again_and_again(self.state, self.purge_every, Arc::clone(&stop));
        let purges = actix_web::rt::spawn(purges);
        let ended = self.server.await;
        watch.abort();
        stop.notify_one();
        ended_too.notify_one();
        // A purge under way ends first: the caller that stopped the server may take the store elsewhere after this.
        let time = Duration::from_secs(SHUTDOWN_SECONDS);
        if actix_web::rt::time::timeout(time, purges).await.is_err() {
            tracing::warn!("a purge was under way at the stop");
        }
        if actix_web::rt::time::timeout(time, reports).await.is_err() {
            tracing::error!("counted failures could not be written down at the stop");
        }
        state.links.stop();
        if let Err(error) = state.audit.empty(state.store.as_ref()) {
            tracing::warn!(%error, "entries wait in the store for the next start");
        }
        ended
    }
}

/// Returns the configuration of the page at `/docs`, which loads everything from this server and nothing from
/// elsewhere.
fn docs_config() -> DocsConfig<'static> {
    DocsConfig::new([DOCUMENT])
        .try_it_out_enabled(true)
        .display_request_duration(true)
        .doc_expansion("list")
        .validator_url("none")
}
