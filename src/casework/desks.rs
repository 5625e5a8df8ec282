//! Telling an agency's desk something, before the answer leaves.

use super::documents::change_book;
use super::{Casework, CaseworkError};
use crate::govern::{Message, MessageKind, Policy, Purpose, Question, Ticket};
use crate::model::Timestamp;

/// Sends a message to the desk of agency `to`, with the contact of agency `of` and no content of records.
pub(super) fn tell(
    work: Casework<'_>,
    question: &Question<'_>,
    policy: &Policy,
    (to, of): (&str, &str),
    (kind, ticket): (MessageKind, Ticket),
) -> Result<(), CaseworkError> {
    let message = message_about(policy, (of, question.purpose, question.at), kind, ticket);
    change_book(work.writing(), to, |book| {
        book.tell(message.clone());
        Ok(())
    })
}

/// Sends a message to the desk of an agency unless the desk already has it.
pub(super) fn tell_once(
    work: Casework<'_>,
    to: &str,
    message: &Message,
) -> Result<(), CaseworkError> {
    change_book(work.writing(), to, |book| {
        book.tell_once(message.clone());
        Ok(())
    })
}

/// Makes the message about an agency that asked for a purpose at a time.
pub(super) fn message_about(
    policy: &Policy,
    (of, purpose, at): (&str, Purpose, Timestamp),
    kind: MessageKind,
    ticket: Ticket,
) -> Message {
    let (desk, channel) = policy.desk(of);
    Message { ticket, kind, desk, channel, purpose, at, records: Vec::new(), user: None }
}
