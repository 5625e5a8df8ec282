//! Reasons that people give.

use super::CaseworkError;
use crate::model::is_reason;

/// The text of a member that gives a reason.
pub(super) fn reason(text: &str, member: &str) -> Result<String, CaseworkError> {
    if is_reason(text) {
        return Ok(text.trim().to_owned());
    }
    Err(CaseworkError::input(member, "no_reason", "10 to 1,000 characters of text"))
}
