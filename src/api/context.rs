//! The frame around every handler: it checks the caller's right to the function, the purpose and the case, and runs the
//! handler within the caller's view on a thread for blocking work.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, web};

use super::answer::Answer;
use super::objects::object;
use super::problem::{Code, Problem};
use super::purpose_and_case::{PurposeAndCase, Understood};
use super::queues::Work;
use super::scope::{CallerScope, Ledger};
use super::state::State;
use crate::audit::Due;
use crate::govern::{Function, Principal};
use crate::model::Timestamp;

/// One authenticated request. Every operation on a view answers through [`Context::answer`].
pub struct Context {
    state: web::Data<State>,
    principal: Principal,
    since: Since,
    asked: Result<PurposeAndCase, Problem>,
    due: Arc<Due>,
}

/// The audit entry that is due for a request; it is committed together with the request's writes.
#[derive(Clone)]
pub struct Acting(pub Arc<Due>);

/// The time at which the caller was authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Since(pub Timestamp);

impl Context {
    /// Returns the context of a request, in which the guard has put the principal. A request without a principal is
    /// refused.
    ///
    /// # Errors
    /// When the request has no authenticated caller.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let principal = request.extensions().get::<Principal>().cloned();
        let since = request.extensions().get::<Since>().copied();
        let state = request.app_data::<web::Data<State>>().cloned();
        let understood = request.extensions().get::<Understood>().cloned();
        let acting = request.extensions().get::<Acting>().cloned();
        match (principal, since, understood, state.zip(acting)) {
            (Some(principal), Some(since), Some(Understood(asked)), Some((state, Acting(due)))) => {
                due.amend(|entry| entry.object = object(request));
                Ok(Self { state, principal, since, asked, due })
            }
            _ => Err(Problem::new(Code::Unauthenticated)),
        }
    }

    /// Waits for a turn in the queue of the operation, and runs `work` on a thread for blocking work, within the caller's view as of now, and answers with its result and
    /// with the ids of the objects that it showed. `function` is the function that the operation belongs to: a caller
    /// without this function is refused before any data are read.
    pub async fn answer<T: Send + 'static>(
        self,
        function: Function,
        (queue, request): (Work, &HttpRequest),
        work: impl FnOnce(&CallerScope) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Answer<T>, Problem> {
        if !self.principal.may(function) {
            return Err(Problem::forbidden(function));
        }
        if function.is_privileged() {
            self.shown_lately()?;
        }
        let asked = self.asked?;
        let (state, principal, due) = (self.state.into_inner(), self.principal, self.due);
        let shared = Arc::clone(&state);
        let turn = state.queues.turn(queue, request).await?;
        let work = move || {
            let _turn = turn;
            let told = Ledger::default();
            let scope = CallerScope::new(state, principal, asked, (Rc::clone(&told), due));
            let scope = scope.map_err(|problem| problem.with(told.take()))?;
            // Every answer about records says on which purpose, case and agreements it rests.
            let rests_on = (function == Function::Ask).then_some(&scope.rests_on);
            // A refusal carries its marks for the audit log, too.
            match work(&scope) {
                Ok(body) => Ok(Answer::new(body, told.take()).resting_on(rests_on)),
                Err(problem) => Err(problem.with(told.take()).resting_on(rests_on)),
            }
        };
        let answer = web::block(work).await.unwrap_or_else(|_| Err(Problem::new(Code::Internal)));
        answer.map(|mut answer| {
            answer.take_later().into_iter().for_each(|later| later.begin(Arc::clone(&shared)));
            answer
        })
    }

    /// Refuses a caller whose authentication is too old for a privileged function (RFC 9470).
    fn shown_lately(&self) -> Result<(), Problem> {
        let seconds = self.state.privileged_seconds;
        let ago = (self.state.clock)().as_micros().saturating_sub(self.since.0.as_micros());
        if ago <= seconds.saturating_mul(1_000_000) {
            return Ok(());
        }
        Err(Problem::sign_in_anew(&format!(", max_age=\"{seconds}\"")))
    }
}
