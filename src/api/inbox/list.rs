//! `GET /v1/inbox`: what the agency's desk has been told.

use actix_web::{HttpRequest, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::state::Context;
use crate::govern::{Function, Message};

/// Messages.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Inbox {
    /// The messages, the latest first; at most the last 1,000.
    pub messages: Vec<Message>,
}

/// Read the inbox
///
/// Who asked for something that the agency holds, who holds something that it asked for, and whose
/// operations clash with its own: whom to call, and nothing of what about.
#[utoipa::path(
    tag = "deconfliction",
    operation_id = "read_inbox",
    responses((status = 200, body = Inbox)),
)]
#[get("/v1/inbox")]
pub async fn read_inbox(
    context: Context,
    request: HttpRequest,
) -> Result<web::Json<Inbox>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::ReadInbox, |scope| {
            let book = scope.book(&scope.caller.agency)?;
            Ok(Inbox { messages: book.messages.into_iter().rev().collect() })
        })
        .await
}
