//! Texts that people give: reasons, and references of their agencies.

use super::{Casework, CaseworkError};
use crate::govern::Reference;
use crate::model::is_reason;

/// The text of a member that gives a reason.
pub(super) fn reason(text: &str, member: &str) -> Result<String, CaseworkError> {
    if is_reason(text) {
        return Ok(text.trim().to_owned());
    }
    Err(CaseworkError::input(member, "no_reason", "10 to 1,000 characters of text"))
}

/// Refuses a reference that is not of the form of an agency's: it may be a name.
pub(super) fn check_form(
    work: Casework<'_>,
    agency: &str,
    reference: &Reference,
) -> Result<(), CaseworkError> {
    let checked = work.policy()?.check_form(agency, reference);
    checked.map_err(|error| CaseworkError::input("reference", "bad_reference", error.to_string()))
}
