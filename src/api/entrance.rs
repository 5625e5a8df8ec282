//! The entrance: what the operations use that log a user on or off, or for which nobody needs to be known. Of what
//! the server shares they get what stands here, and nothing else.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, web};
use tokio::sync::SemaphorePermit;

use super::access::Access;
use super::context::Acting;
use super::limits::HASHING_WAIT;
use super::notice::Notice;
use super::problem::{Code, Problem};
use super::public::PublicOperation;
use super::state::State;
use crate::audit::{self, Due};
use crate::govern::Principal;
use crate::identity::{IdentityError, LogOn, LogOnDues, LogOnError, SessionId};
use crate::model::Timestamp;

/// The entrance of a server.
pub struct Entrance {
    state: web::Data<State>,
    due: Option<Arc<Due>>,
    session: Option<SessionId>,
}

/// The user who has logged on, the token of the session, and the latest time at which the session ends.
type Begun = (Principal, String, Timestamp);

impl Entrance {
    /// The entrance for a request, for whom it is open.
    ///
    /// # Errors
    /// Nobody is known to ask, or not somebody who has the function.
    pub fn of(request: &HttpRequest, access: Access) -> Result<Self, Problem> {
        let state = request.app_data::<web::Data<State>>().cloned();
        let state = state.ok_or_else(|| Problem::new(Code::Internal))?;
        let extensions = request.extensions();
        let known = extensions.get::<Principal>();
        match (access, known) {
            (Access::Public(_), _) | (Access::Known, Some(_)) => {}
            (Access::May(function), Some(principal)) if principal.may(function) => {}
            (Access::May(function), Some(_)) => return Err(Problem::forbidden(function)),
            (Access::Known | Access::May(_), None) => {
                return Err(Problem::new(Code::Unauthenticated));
            }
        }
        let due = extensions.get::<Acting>().map(|acting| Arc::clone(&acting.0));
        Ok(Self { state, due, session: extensions.get::<SessionId>().cloned() })
    }

    /// The entry that is due for the request.
    fn due(&self) -> Result<Arc<Due>, Problem> {
        self.due.clone().ok_or_else(|| Problem::new(Code::Internal))
    }

    /// The server's metrics as Prometheus reads them.
    pub fn metrics(&self) -> String {
        self.state.metrics.render()
    }

    /// The operations that need no credentials.
    pub fn public_operations(&self) -> &[PublicOperation] {
        self.state.operations.public()
    }

    /// The session whose token the request shows.
    pub fn session(&self) -> Option<SessionId> {
        self.session.clone()
    }

    /// The text that a user accepts by logging on.
    pub fn notice(&self) -> &Notice {
        &self.state.notice
    }

    /// A turn to hash a password, for as long as it is held.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn hashing_turn(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let unavailable = || Problem::new(Code::Unavailable);
        let turn = tokio::time::timeout(HASHING_WAIT, self.state.hashings.acquire()).await;
        turn.map_err(|_| unavailable())?.map_err(|_| unavailable())
    }

    /// Tries to log a user on, on a thread for blocking work.
    ///
    /// # Errors
    /// When the thread is lost; what becomes of the try stands within.
    pub async fn log_on(&self, shown: LogOn) -> Result<Result<Begun, LogOnError>, Problem> {
        let (state, due) = (self.state.clone(), self.due()?);
        let try_it = move || {
            let now = (state.clock)();
            // Stored with a session or a lock only, so that the account is there.
            due.amend(|entry| {
                entry.agency = Some(shown.agency.clone());
                entry.user = Some(shown.user.clone());
                entry.object = Some(state.notice.id.clone());
            });
            let request = due.first().map(|entry| entry.request).unwrap_or_default();
            let lock = "account lock".to_owned();
            let lock = Due::of(audit::Entry::apart(
                (now, request),
                &shown.agency,
                Some(&shown.user),
                lock,
            ));
            let dues = LogOnDues { log_on: &due, lock: &lock };
            state.identity.log_on(state.store.as_ref(), &shown, &*state.random, now, dues)
        };
        web::block(try_it).await.map_err(|_| Problem::new(Code::Internal))
    }

    /// Ends a session, on a thread for blocking work.
    ///
    /// # Errors
    /// When the thread is lost; what becomes of it stands within.
    pub async fn log_off(self, session: SessionId) -> Result<Result<(), IdentityError>, Problem> {
        let due = self.due()?;
        let Self { state, .. } = self;
        let end = move || state.identity.log_off(state.store.as_ref(), &session, &due);
        web::block(end).await.map_err(|_| Problem::new(Code::Internal))
    }

    /// Asks the store, and whether the audit log can be written.
    ///
    /// # Errors
    /// When the server cannot answer questions.
    pub async fn readiness(self) -> Result<(), Problem> {
        let Self { state, .. } = self;
        let asked = web::block(move || {
            state.store.ping()?;
            let unwritable =
                |_| Problem::new(Code::Unavailable).detail("the audit log cannot be written");
            state.audit.probe(state.store.as_ref()).map_err(unwritable)?;
            match state.links.is_failing() {
                true => Err(Problem::new(Code::Unavailable).detail("links cannot be completed")),
                false => Ok(()),
            }
        });
        asked.await.map_err(|_| Problem::new(Code::Internal))?
    }
}
