//! Telling an agency's desk something, before the answer leaves.

use super::policies::change_book;
use super::problem::Problem;
use super::state::Scope;
use crate::audit::Due;
use crate::govern::{DeskBook, Message, MessageKind, Policy, Purpose};
use crate::model::Timestamp;
use crate::store::Store;

/// Tells the desk of `to` something about `of`: whom to talk to, and nothing of what about.
pub fn tell(
    scope: &Scope,
    policy: &Policy,
    (to, of): (&str, &str),
    kind: MessageKind,
    ticket: &str,
) -> Result<(), Problem> {
    let message = message_about(policy, (of, scope.asked.purpose, scope.at), kind, ticket);
    deliver(scope.state.store.as_ref(), to, &scope.due, |book| book.tell(message.clone()))
}

/// What is told about an agency that asked for a purpose at a time.
pub fn message_about(
    policy: &Policy,
    (of, purpose, at): (&str, Purpose, Timestamp),
    kind: MessageKind,
    ticket: &str,
) -> Message {
    let (desk, channel) = policy.desk(of);
    Message { ticket: ticket.to_owned(), kind, desk, channel, purpose, at }
}

/// Puts something into an agency's book.
pub fn deliver(
    store: &dyn Store,
    to: &str,
    due: &Due,
    mut put: impl FnMut(&mut DeskBook),
) -> Result<(), Problem> {
    change_book(store, to, due, |book| {
        put(book);
        Ok(())
    })
}
