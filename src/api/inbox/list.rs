//! `GET /v1/inbox`: what the agency's desk has been told.

use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::scope::Scope;
use crate::govern::{Function, Message, PurgeTask};

/// Messages.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Inbox {
    /// The messages that are for the caller's roles, the latest first; of the agency's last 1,000.
    pub messages: Vec<Message>,
    /// What the agency has to remove, since an agreement holds no more for it, and has not confirmed; not to
    /// the watch desk.
    pub purge: Vec<InboxPurge>,
}

/// What is to be removed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct InboxPurge {
    /// The agreement by which it was held; confirmed at `POST /v1/agreements/{id}/purge-receipts`.
    pub agreement: String,
    /// Whose it is.
    pub discloser: String,
    /// What is to be done, and by when.
    #[serde(flatten)]
    pub task: PurgeTask,
}

fn purge(scope: &Scope) -> Result<Vec<InboxPurge>, Problem> {
    if !scope.principal.reads(&PurgeTask::READERS) {
        return Ok(Vec::new());
    }
    let (policy, agency) = (scope.policy()?, &scope.caller.agency);
    let mut found = Vec::new();
    for (id, agreement) in policy.agreements.iter().filter(|(_, it)| it.has_side(agency)) {
        for task in agreement.purge_tasks(scope.at) {
            if task.recipient == *agency && task.receipt.is_none() {
                let terms = &agreement.versions[task.version - 1].terms;
                let (agreement, discloser) = (id.clone(), terms.discloser.clone());
                found.push(InboxPurge { agreement, discloser, task });
            }
        }
    }
    Ok(found)
}

/// Read the inbox
///
/// Who asked for something that the agency holds, who holds something that it asked for, and whose
/// operations clash with its own: whom to call, and nothing of what about. Investigators, task-force leads
/// and the watch desk read these, and that another agency has broken the glass. Approvers and privacy
/// officers read of break-glass, of onward requests and of what others have removed; who may ask for leave
/// to hand something on reads what was decided. A privacy officer reads all.
#[utoipa::path(
    tag = "deconfliction",
    operation_id = "read_inbox",
    responses((status = 200, body = Inbox)),
)]
#[get("/v1/inbox")]
pub async fn read_inbox(context: Context, request: HttpRequest) -> Result<Answer<Inbox>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::ReadInbox, |scope| {
            let book = scope.book(&scope.caller.agency)?;
            let read = |it: &Message| scope.principal.reads(it.kind.readers());
            let messages = book.messages.into_iter().rev().filter(read).collect();
            Ok(Inbox { messages, purge: purge(scope)? })
        })
        .await
}
