//! Onward requests: a recipient asks the owner's leave to hand a record on.

pub mod ask;
pub mod decide;
pub mod list;

use crate::api::problem::{Code, Problem};
use crate::govern::OnwardRequest;

/// Reads what the store keeps of a request.
fn parse(text: &str) -> Result<OnwardRequest, Problem> {
    serde_json::from_str(text).map_err(|_| {
        tracing::error!("an onward request cannot be read");
        Problem::new(Code::Unavailable)
    })
}

fn text(request: &OnwardRequest) -> Result<String, Problem> {
    serde_json::to_string(request).map_err(|_| Problem::new(Code::Internal))
}
