//! What all requests share, and what one request may use of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};
use tokio::sync::Semaphore;

use super::asked::Asked;
use super::body;
use super::guard::object;
use super::limits::BODY_BYTES_MAX;
use super::logged::{LoggedAct, LoggedBreakGlass};
use super::metrics::Metrics;
use super::policies::{Granted, Policies, book};
use super::problem::{Code, Problem};
use super::sessions::notice::Notice;
use crate::audit::{AuditLog, Due};
use crate::govern::{Act, Caller, DeskBook, Function, Principal, Question, Rules, View};
use crate::graph::{self, Snapshot};
use crate::identity::Identity;
use crate::jobs::{Clock, Jobs};
use crate::model::{IdKey, RecordId, Timestamp, hex};
use crate::query::{Runner, ViewKey};
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
    pub(super) policies: Policies,
    pub(super) identity: Identity,
    /// How long ago, in seconds, a caller may have shown who they are to use a privileged function.
    pub(super) privileged_seconds: i64,
    /// What a user accepts by logging on.
    pub(super) notice: Notice,
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
    since: Since,
    asked: Result<Asked, Problem>,
    broken: LoggedBreakGlass,
    due: Arc<Due>,
}

/// When the caller has shown who they are.
#[derive(Debug, Clone, Copy)]
pub struct Since(pub Timestamp);

impl FromRequest for Context {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    /// The guard has put the principal there; without one the request goes no further.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let principal = request.extensions().get::<Principal>().cloned();
        let since = request.extensions().get::<Since>().copied();
        let state = request.app_data::<web::Data<State>>().cloned();
        let asked = Asked::of(request.headers());
        let broken = LoggedBreakGlass::of(request);
        let due = LoggedAct::of(request);
        ready(match (principal, since, state, due) {
            (Some(principal), Some(since), Some(state), Some(due)) => {
                due.amend(|entry| entry.object = object(request));
                Ok(Self { state, principal, since, asked, broken, due })
            }
            _ => Err(Problem::new(Code::Unauthenticated)),
        })
    }
}

impl Context {
    /// Runs `work` on a thread for blocking work, within the caller's view as of now. `function` is
    /// what the operation does: who may not do it at all is refused before anything is looked at.
    pub async fn answer<T: Send + 'static>(
        self,
        function: Function,
        work: impl FnOnce(&Scope) -> Result<T, Problem> + Send + 'static,
    ) -> Result<web::Json<T>, Problem> {
        if !self.principal.may(function) {
            return Err(Problem::new(Code::Forbidden));
        }
        if function.is_privileged() {
            self.shown_lately()?;
        }
        let asked = self.asked?;
        let (state, principal) = (self.state.into_inner(), self.principal);
        let marks = (self.broken, self.due);
        match web::block(move || work(&Scope::new(state, principal, asked, marks)?)).await {
            Ok(result) => result.map(web::Json),
            Err(_) => Err(Problem::new(Code::Internal)),
        }
    }

    /// Refuses who has shown too long ago who they are (RFC 9470).
    fn shown_lately(&self) -> Result<(), Problem> {
        let seconds = self.state.privileged_seconds;
        let ago = (self.state.clock)().as_micros().saturating_sub(self.since.0.as_micros());
        if ago <= seconds.saturating_mul(1_000_000) {
            return Ok(());
        }
        Err(Problem::sign_in_anew(&format!(", max_age=\"{seconds}\"")))
    }

    /// Reads the body of a request, which must be JSON, and runs `work` on it, as
    /// [`Context::answer`] does.
    pub async fn answer_to<B: DeserializeOwned, T: Send + 'static>(
        self,
        function: Function,
        body: Body<'_>,
        work: impl FnOnce(&Scope, B) -> Result<T, Problem> + Send + 'static,
    ) -> Result<web::Json<T>, Problem> {
        body::check(body.request, &body.bytes, body.bytes_max)?;
        let bytes = body.bytes;
        self.answer(function, move |scope| work(scope, body::object(&bytes)?)).await
    }

    /// The same for a request about one thing, whose id is in the path.
    pub async fn answer_about<B: DeserializeOwned, T: Send + 'static>(
        self,
        function: Function,
        id: web::Path<String>,
        body: Body<'_>,
        work: impl FnOnce(&Scope, &str, B) -> Result<T, Problem> + Send + 'static,
    ) -> Result<web::Json<T>, Problem> {
        self.answer_to(function, body, move |scope, asked| work(scope, &id, asked)).await
    }

    /// The server's metrics, for who runs it.
    pub fn metrics(&self) -> Result<String, Problem> {
        if !self.principal.may(Function::ReadMetrics) {
            return Err(Problem::new(Code::Forbidden));
        }
        Ok(self.state.metrics.render())
    }
}

/// What one question is computed on: the caller, what for and about which case, and the caller's view.
pub struct Scope {
    pub(super) state: Arc<State>,
    /// Who asks, as authenticated.
    pub principal: Principal,
    /// What for and about which case.
    pub asked: Asked,
    /// Who asks.
    pub caller: Caller,
    /// What the caller may see now.
    pub view: View,
    /// When it was decided.
    pub at: Timestamp,
    pseudonyms: String,
    unmasked: BTreeSet<RecordId>,
    broken: LoggedBreakGlass,
    /// The entry that is due for what the question writes.
    pub due: Arc<Due>,
}

impl Scope {
    fn new(
        state: Arc<State>,
        principal: Principal,
        asked: Asked,
        (broken, due): (LoggedBreakGlass, Arc<Due>),
    ) -> Result<Self, Problem> {
        let at = (state.clock)();
        let granted = state.policies.grant(state.store.as_ref(), &principal, &asked, at)?;
        let Granted { view, pseudonyms, unmasked, break_glass } = granted;
        broken.add(break_glass);
        due.amend(|entry| entry.break_glass = broken.ids());
        let caller = Caller { agency: principal.agency.clone(), user: principal.user.clone() };
        Ok(Self { state, principal, asked, caller, view, at, pseudonyms, unmasked, broken, due })
    }

    /// The same caller with the view as of now: after a write it may hold a class more.
    pub fn renewed(&self) -> Result<Self, Problem> {
        let (principal, asked) = (self.principal.clone(), self.asked.clone());
        Self::new(
            Arc::clone(&self.state),
            principal,
            asked,
            (self.broken.clone(), Arc::clone(&self.due)),
        )
    }

    /// What is asked, as policy decides it.
    pub fn question(&self) -> Question<'_> {
        let (principal, case) = (&self.principal, &self.asked.case);
        Question { principal, purpose: self.asked.purpose, case, at: self.at }
    }

    /// What the caller does now, to be written down.
    pub fn act(&self) -> Act {
        let Caller { agency, user } = self.caller.clone();
        Act { agency, user, at: self.at }
    }

    /// The policy as of now.
    pub fn policy(&self) -> Result<Arc<Rules>, Problem> {
        Ok(self.state.policies.policy(self.state.store.as_ref())?.1)
    }

    /// What an agency's desk keeps.
    pub fn book(&self, agency: &str) -> Result<DeskBook, Problem> {
        book(self.state.store.as_ref(), &DeskBook::document(agency))
    }

    /// The snapshot of the view as of now, without what may not be shown of people who may be victims.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, Problem> {
        Ok(self.snapshot_and_revision()?.0)
    }

    /// The snapshot of [`Scope::snapshot`], and the store's revision it is of, which never goes into
    /// an answer.
    pub fn snapshot_and_revision(&self) -> Result<(Arc<Snapshot>, u64), Problem> {
        let store = self.state.store.as_ref();
        Ok(self.state.cache.masked(store, &self.view, &self.unmasked, &self.pseudonyms)?)
    }

    /// The snapshot of the whole store.
    #[cfg(feature = "seeded-leaks")]
    pub fn whole(&self) -> Result<Arc<Snapshot>, Problem> {
        let store = self.state.store.as_ref();
        let view = View::whole_store(&store.classes()?);
        Ok(self.state.cache.snapshot(store, &view)?.0)
    }

    /// How many neighbours an entity has in the whole store.
    #[cfg(feature = "seeded-leaks")]
    pub fn whole_degree(&self, snapshot: &Snapshot, entity: u32) -> Result<usize, Problem> {
        let whole = self.whole()?;
        let first = snapshot.records[snapshot.entities[entity as usize].records[0] as usize].id;
        let entity = whole.record(first).map(|record| whole.entity_of[record as usize]);
        Ok(entity.map_or(0, |entity| whole.neighbours_of(entity).len()))
    }

    /// The key of the stored queries' graph of [`Scope::snapshot`] at a revision: it holds pseudonyms, and
    /// who is one depends on who is unmasked.
    pub fn query_key(&self, revision: u64) -> ViewKey {
        let masks = format!("{}\n{:?}", self.pseudonyms, self.unmasked);
        ViewKey::new(&self.state.id_key, &self.view, &masks, revision)
    }

    /// What to show of an entity of a snapshot: with `unmask`, all of it, if the caller is a victim
    /// specialist in whose case every record about the victim is; else what the snapshot shows.
    pub fn shown<'s>(&self, snapshot: &'s Snapshot, entity: u32, unmask: bool) -> &'s Snapshot {
        if unmask && self.may_unmask(snapshot, entity) { snapshot.original() } else { snapshot }
    }

    /// Whether the caller may see an entity unmasked. A phone or an address is a victim's as long as a
    /// person who may be one is related to it.
    pub fn may_unmask(&self, snapshot: &Snapshot, entity: u32) -> bool {
        let mut people = vec![entity];
        people.extend(snapshot.neighbours_of(entity));
        let contact = !snapshot.is_protected(entity);
        let concerned =
            people.into_iter().filter(|&it| it == entity || (contact && snapshot.is_protected(it)));
        let records = concerned.flat_map(|it| &snapshot.entities[it as usize].records);
        let victims = records.map(|record| &snapshot.records[*record as usize]);
        let mut victims = victims.filter(|record| record.label.category.is_victim()).peekable();
        victims.peek().is_some() && victims.all(|record| self.unmasked.contains(&record.id))
    }
}

/// The name of a snapshot in answers.
pub fn snapshot_name(snapshot: &Snapshot) -> String {
    format!("snap_{}", hex(&snapshot.tag))
}
