//! Reasons that people give.

use super::problem::Problem;
use crate::model::is_reason;

/// The text of a member that gives a reason.
///
/// # Errors
/// When it is none.
pub fn reason(text: &str, member: &str) -> Result<String, Problem> {
    if is_reason(text) {
        return Ok(text.trim().to_owned());
    }
    Err(Problem::member(member, "no_reason", "10 to 1,000 characters of text"))
}
