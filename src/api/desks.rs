//! Telling an agency's desk something, before the answer leaves.

use super::policies::change_book;
use super::problem::Problem;
use super::state::Scope;
use crate::govern::{Message, MessageKind, Policy};

/// Tells the desk of `to` something about `of`: whom to talk to, and nothing of what about.
pub fn tell(
    scope: &Scope,
    policy: &Policy,
    (to, of): (&str, &str),
    kind: MessageKind,
    ticket: &str,
) -> Result<(), Problem> {
    let (desk, channel) = policy.desk(of);
    let (ticket, purpose, at) = (ticket.to_owned(), scope.asked.purpose, scope.at);
    let message = Message { ticket, kind, desk, channel, purpose, at };
    change_book(scope.state.store.as_ref(), to, |book| {
        book.tell(message.clone());
        Ok(())
    })
}
