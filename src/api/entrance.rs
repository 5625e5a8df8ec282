//! The entrance: the part of the server's shared state for operations that log a user on or off, or that need no view.
//! These operations reach nothing else of the shared state.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, web};

use super::access::Access;
use super::context::Acting;
use super::limits::READINESS_TIME;
use super::notice::Notice;
use super::problem::{Code, Problem};
use super::public::PublicOperation;
use super::queues::{Overloaded, Turn, Work};
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
    turn: Option<Turn>,
}

/// The user who has logged on, the token of the session, and the latest time at which the session ends.
type Begun = (Principal, String, Timestamp);

impl Entrance {
    /// Returns the entrance for a request if the operation's access rule allows the caller.
    ///
    /// # Errors
    /// When the rule asks for an authenticated caller and there is none, or for a function that the caller does not
    /// have.
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
        let session = extensions.get::<SessionId>().cloned();
        Ok(Self { state, due, session, turn: None })
    }

    /// Waits for a turn in the queue of the operation.
    ///
    /// # Errors
    /// When too much of this work waits already, or the turn does not come in time.
    pub async fn in_turn(self, work: Work, request: &HttpRequest) -> Result<Self, Overloaded> {
        let turn = self.state.queues.turn(work, request).await?;
        Ok(Self { turn: Some(turn), ..self })
    }

    /// Returns the audit entry that is due for the request.
    fn due(&self) -> Result<Arc<Due>, Problem> {
        self.due.clone().ok_or_else(|| Problem::new(Code::Internal))
    }

    /// Returns the server's metrics in the text format of Prometheus.
    pub fn metrics(&self) -> String {
        self.state.metrics.render()
    }

    /// Returns the operations that need no credentials.
    pub fn public_operations(&self) -> &[PublicOperation] {
        self.state.operations.public()
    }

    /// Returns the session whose token the request shows, if it shows one.
    pub fn session(&self) -> Option<SessionId> {
        self.session.clone()
    }

    /// Returns the text that a user accepts by logging on.
    pub fn notice(&self) -> &Notice {
        &self.state.notice
    }

    /// Tries to log a user on, on a thread for blocking work.
    ///
    /// # Errors
    /// When the thread is lost; the inner result tells the outcome of the log-on.
    pub async fn log_on(&self, shown: LogOn) -> Result<Result<Begun, LogOnError>, Problem> {
        let (state, due, turn) = (self.state.clone(), self.due()?, self.turn.clone());
        let try_it = move || {
            let _turn = turn;
            let now = (state.clock)();
            // The entry is stored only together with a session or a lock, so the account exists.
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
    /// When the thread is lost; the inner result tells the outcome of the log-off.
    pub async fn log_off(self, session: SessionId) -> Result<Result<(), IdentityError>, Problem> {
        let due = self.due()?;
        let Self { state, turn, .. } = self;
        let end = move || {
            let _turn = turn;
            state.identity.log_off(state.store.as_ref(), &session, &due)
        };
        web::block(end).await.map_err(|_| Problem::new(Code::Internal))
    }

    /// Checks that the store answers and takes writes, that the audit log can be written, and that links can be completed.
    ///
    /// # Errors
    /// When the server cannot answer questions.
    pub async fn readiness(self) -> Result<(), Problem> {
        let Self { state, turn, .. } = self;
        let asked = web::block(move || {
            let _turn = turn;
            state.store.ping()?;
            let unwritable =
                |_| Problem::new(Code::Unavailable).detail("the audit log cannot be written");
            state.audit.probe(state.store.as_ref()).map_err(unwritable)?;
            let takes_none =
                |_| Problem::new(Code::Unavailable).detail("the store takes no writes");
            state.probe.check(state.store.as_ref()).map_err(takes_none)?;
            match state.links.is_failing() {
                true => Err(Problem::new(Code::Unavailable).detail("links cannot be completed")),
                false => Ok(()),
            }
        });
        let asked = tokio::time::timeout(READINESS_TIME, asked).await;
        let in_vain = |_| Problem::new(Code::Unavailable).detail("the check does not end");
        asked.map_err(in_vain)?.map_err(|_| Problem::new(Code::Internal))?
    }
}
