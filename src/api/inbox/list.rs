//! `GET /v1/inbox`: messages to the agency's desk.

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
    /// The messages for the caller's roles among the agency's last 1,000 messages, the latest first.
    pub messages: Vec<Message>,
    /// The agency's unconfirmed duties to remove copies, since an agreement no longer holds for it; not shown to the
    /// watch desk.
    pub purge: Vec<InboxPurge>,
}

/// A duty to remove copies.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct InboxPurge {
    /// The agreement under which the copies were held; removal is confirmed at
    /// `POST /v1/agreements/{id}/purge-receipts`.
    pub agreement: AgreementId,
    /// The agency that disclosed the objects.
    pub discloser: String,
    /// The duty and its due time.
    #[serde(flatten)]
    pub task: PurgeTask,
}

impl From<ToRemove> for InboxPurge {
    fn from(it: ToRemove) -> Self {
        Self { agreement: it.agreement, discloser: it.discloser, task: it.task }
    }
}

/// Reduces the records in messages to the records that the caller sees, with the ids under which it sees them.
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
    /// Messages about agencies that asked for something that the caller's agency holds, that hold something that it
    /// asked for, or whose operations clash with its own: they name the desk to call, and nothing of the matter.
    /// Investigators, task-force leads and the watch desk read these messages, and messages that another agency has
    /// broken the glass. Approvers and privacy officers read messages about break-glass, onward requests and purges by
    /// others; users who may ask for leave to hand a record on read the decisions; victim specialists, approvers and
    /// privacy officers read messages about referrals. A privacy officer reads all messages.
    read_inbox = read;
    "deconfliction", Consultation, Light;
}

fn read(scope: &CallerScope, (): ()) -> Result<Inbox, Problem> {
    let found = inbox::read(scope.casework(), &scope.question())?;
    let purge = found.purge.into_iter().map(InboxPurge::from).collect();
    Ok(Inbox { messages: shown(scope, found.messages)?, purge })
}
