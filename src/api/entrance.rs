//! The entrance: what the operations use that log a user on or off, or for which nobody needs to be known. Of what
//! the server shares they get what stands here, and nothing else.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use tokio::sync::SemaphorePermit;

use super::limits::HASHING_WAIT;
use super::notice::Notice;
use super::problem::{Code, Problem};
use super::state::State;
use crate::audit::{Due, Entry};
use crate::govern::Principal;
use crate::identity::{IdentityError, LogOn, LogOnDues, LogOnError, SessionId};
use crate::model::Timestamp;

/// The entrance of a server.
pub struct Entrance {
    state: web::Data<State>,
}

/// The user who has logged on, the token of the session, and the latest time at which the session ends.
type Begun = (Principal, String, Timestamp);

impl FromRequest for Entrance {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<State>>().cloned();
        ready(state.map(|state| Self { state }).ok_or_else(|| Problem::new(Code::Internal)))
    }
}

impl Entrance {
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

    /// Tries to log a user on, on a thread for blocking work. `due` is the entry of the request.
    ///
    /// # Errors
    /// When the thread is lost; what becomes of the try stands within.
    pub async fn log_on(
        &self,
        shown: LogOn,
        due: Arc<Due>,
    ) -> Result<Result<Begun, LogOnError>, Problem> {
        let state = self.state.clone();
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
            let lock =
                Due::of(Entry::apart((now, request), &shown.agency, Some(&shown.user), lock));
            let dues = LogOnDues { log_on: &due, lock: &lock };
            state.identity.log_on(state.store.as_ref(), &shown, &*state.random, now, dues)
        };
        web::block(try_it).await.map_err(|_| Problem::new(Code::Internal))
    }

    /// Ends a session, on a thread for blocking work.
    ///
    /// # Errors
    /// When the thread is lost; what becomes of it stands within.
    pub async fn log_off(
        self,
        session: SessionId,
        due: Arc<Due>,
    ) -> Result<Result<(), IdentityError>, Problem> {
        let Self { state } = self;
        let end = move || state.identity.log_off(state.store.as_ref(), &session, &due);
        web::block(end).await.map_err(|_| Problem::new(Code::Internal))
    }

    /// Asks the store, and whether the audit log can be written.
    ///
    /// # Errors
    /// When the server cannot answer questions.
    pub async fn readiness(self) -> Result<(), Problem> {
        let Self { state } = self;
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
