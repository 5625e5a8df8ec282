//! The agency's inbox.

use crate::govern::{AgreementId, Message, PurgeTask, Question};

use super::documents::book;
use super::{Casework, CaseworkError};

/// The messages and tasks of an agency's desk that the asker may read.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbox {
    /// The messages that are for the asker's roles, the latest first.
    pub messages: Vec<Message>,
    /// The purge tasks that the agency has not confirmed.
    pub purge: Vec<ToRemove>,
}

/// A purge task of the agency.
#[derive(Debug, Clone, PartialEq)]
pub struct ToRemove {
    /// The agreement by which the agency held the objects.
    pub agreement: AgreementId,
    /// The agency that disclosed the objects.
    pub discloser: String,
    /// The task, with its due time.
    pub task: PurgeTask,
}

/// Reads the inbox of the asker's agency.
///
/// # Errors
/// When the store does not answer.
pub fn read(work: Casework<'_>, question: &Question<'_>) -> Result<Inbox, CaseworkError> {
    let principal = question.principal;
    let book = book(work.store, &principal.agency)?;
    let messages = book.messages.into_iter().rev().filter(|it| it.is_for(principal)).collect();
    Ok(Inbox { messages, purge: to_remove(work, question)? })
}

fn to_remove(work: Casework<'_>, question: &Question<'_>) -> Result<Vec<ToRemove>, CaseworkError> {
    if !question.principal.reads(&PurgeTask::READERS) {
        return Ok(Vec::new());
    }
    let (policy, agency) = (work.policy()?, &question.principal.agency);
    let mut found = Vec::new();
    for (id, agreement) in policy.agreements.iter().filter(|(_, it)| it.has_side(agency)) {
        for task in agreement.purge_tasks(question.at) {
            if task.recipient == *agency && task.receipt.is_none() {
                let terms = &agreement.versions[task.version - 1].terms;
                let (agreement, discloser) = (*id, terms.discloser.clone());
                found.push(ToRemove { agreement, discloser, task });
            }
        }
    }
    Ok(found)
}
