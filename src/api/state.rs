//! What all requests share, and what one request may use of it.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};
use tokio::sync::Semaphore;

use super::body;
use super::limits::BODY_BYTES_MAX;
use super::metrics::Metrics;
use super::problem::{Code, Problem};
use crate::audit::AuditLog;
use crate::govern::{Caller, Principal, Role, View};
use crate::graph::{self, Snapshot};
use crate::identity::Identity;
use crate::jobs::{Clock, Jobs};
use crate::model::{IdKey, hex};
use crate::query::Runner;
use crate::resolve::Engine;
use crate::store::Store;

/// Gives random bytes.
pub type Random = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// What all requests of a server share.
pub struct State {
    pub(super) store: Arc<dyn Store>,
    pub(super) engine: Arc<Engine>,
    pub(super) id_key: IdKey,
    pub(super) cache: graph::Cache,
    pub(super) runner: Runner,
    pub(super) jobs: Jobs,
    pub(super) audit: AuditLog,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) metrics: Metrics,
    pub(super) identity: Identity,
    /// Turns to hash a password.
    pub(super) hashings: Semaphore,
}

/// The body of a request, not yet read.
pub struct Body<'a> {
    request: &'a HttpRequest,
    bytes: web::Bytes,
    bytes_max: usize,
}

impl<'a> Body<'a> {
    /// A body of the usual size.
    pub fn of(request: &'a HttpRequest, bytes: web::Bytes) -> Self {
        Self { request, bytes, bytes_max: BODY_BYTES_MAX }
    }

    /// A body that may have so many bytes.
    pub fn up_to(request: &'a HttpRequest, bytes: web::Bytes, bytes_max: usize) -> Self {
        Self { request, bytes, bytes_max }
    }
}

/// One authenticated request. Handlers take it and answer through [`Context::answer`].
pub struct Context {
    state: web::Data<State>,
    principal: Principal,
}

impl FromRequest for Context {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    /// The guard has put the caller there; without one the request goes no further.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let principal = request.extensions().get::<Principal>().cloned();
        let state = request.app_data::<web::Data<State>>().cloned();
        ready(match (principal, state) {
            (Some(principal), Some(state)) => Ok(Self { state, principal }),
            _ => Err(Problem::new(Code::Unauthenticated)),
        })
    }
}

impl Context {
    /// Runs `work` on a thread for blocking work, within the caller's view as of now.
    pub async fn answer<T: Send + 'static>(
        self,
        work: impl FnOnce(&Scope) -> Result<T, Problem> + Send + 'static,
    ) -> Result<web::Json<T>, Problem> {
        // Who runs the server reads no content, whatever other role came with it.
        let roles = &self.principal.roles;
        if roles.is_empty() || roles.contains(&Role::SystemAdministrator) {
            return Err(Problem::new(Code::Forbidden));
        }
        let blocking = move || {
            let Principal { agency, user, .. } = self.principal;
            let caller = Caller { agency, user };
            let view = View::decide(&caller, &self.state.store.classes()?);
            work(&Scope { state: self.state.into_inner(), caller, view })
        };
        match web::block(blocking).await {
            Ok(result) => result.map(web::Json),
            Err(_) => Err(Problem::new(Code::Internal)),
        }
    }

    /// Reads the body of a request, which must be JSON, and runs `work` on it, as
    /// [`Context::answer`] does.
    pub async fn answer_to<B: DeserializeOwned, T: Send + 'static>(
        self,
        body: Body<'_>,
        work: impl FnOnce(&Scope, B) -> Result<T, Problem> + Send + 'static,
    ) -> Result<web::Json<T>, Problem> {
        body::check(body.request, &body.bytes, body.bytes_max)?;
        let bytes = body.bytes;
        self.answer(move |scope| work(scope, body::object(&bytes)?)).await
    }

    /// The server's metrics, for those who run it.
    pub fn metrics(&self) -> Result<String, Problem> {
        if !self.principal.roles.contains(&Role::SystemAdministrator) {
            return Err(Problem::new(Code::Forbidden));
        }
        Ok(self.state.metrics.render())
    }
}

/// What one question is computed on: the caller and the caller's view.
pub struct Scope {
    pub(super) state: Arc<State>,
    /// Who asks.
    pub caller: Caller,
    /// What the caller may see now.
    pub view: View,
}

impl Scope {
    /// The same caller with the view as of now: after a write it may hold a class more.
    pub fn renewed(&self) -> Result<Self, Problem> {
        let view = View::decide(&self.caller, &self.state.store.classes()?);
        Ok(Self { state: Arc::clone(&self.state), caller: self.caller.clone(), view })
    }

    /// The snapshot of the view as of now.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, Problem> {
        Ok(self.snapshot_and_revision()?.0)
    }

    /// The snapshot of the view as of now, and the store's revision it is of, which never goes into
    /// an answer.
    pub fn snapshot_and_revision(&self) -> Result<(Arc<Snapshot>, u64), Problem> {
        Ok(self.state.cache.snapshot(self.state.store.as_ref(), &self.view)?)
    }
}

/// The name of a snapshot in answers.
pub fn snapshot_name(snapshot: &Snapshot) -> String {
    format!("snap_{}", hex(&snapshot.tag))
}
