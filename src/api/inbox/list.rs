//! `GET /v1/inbox`: what the agency's desk has been told.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::inbox::{self, ToRemove};
use crate::govern::{AgreementId, Message, PurgeTask};

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
    pub agreement: AgreementId,
    /// Whose it is.
    pub discloser: String,
    /// What is to be done, and by when.
    #[serde(flatten)]
    pub task: PurgeTask,
}

impl From<ToRemove> for InboxPurge {
    fn from(it: ToRemove) -> Self {
        Self { agreement: it.agreement, discloser: it.discloser, task: it.task }
    }
}

/// The messages with the records that the caller sees, by the ids that they have for it.
fn shown(scope: &CallerScope, mut messages: Vec<Message>) -> Result<Vec<Message>, Problem> {
    if messages.iter().all(|message| message.records.is_empty()) {
        return Ok(messages);
    }
    let seen = scope.seen()?;
    for message in &mut messages {
        message.records = seen.shown_records(std::mem::take(&mut message.records));
    }
    Ok(messages)
}

operation! {
    /// Read the inbox
    ///
    /// Who asked for something that the agency holds, who holds something that it asked for, and whose
    /// operations clash with its own: whom to call, and nothing of what about. Investigators, task-force leads
    /// and the watch desk read these, and that another agency has broken the glass. Approvers and privacy
    /// officers read of break-glass, of onward requests and of what others have removed; who may ask for leave
    /// to hand something on reads what was decided; victim specialists, approvers and privacy officers read of referrals.
    /// A privacy officer reads all.
    read_inbox = read;
    "deconfliction", Consultation;
}

fn read(scope: &CallerScope, (): ()) -> Result<Inbox, Problem> {
    let found = inbox::read(scope.casework(), &scope.question())?;
    let purge = found.purge.into_iter().map(InboxPurge::from).collect();
    Ok(Inbox { messages: shown(scope, found.messages)?, purge })
}
