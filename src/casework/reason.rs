//! Checks of texts that users give: reasons, and references of their agencies.

use super::{Casework, CaseworkError};
use crate::govern::Reference;
use crate::model::is_reason;

/// Returns the trimmed text of a member that gives a reason, or refuses it.
pub(super) fn reason(text: &str, member: &str) -> Result<String, CaseworkError> {
    if is_reason(text) {
        return Ok(text.trim().to_owned());
    }
    Err(CaseworkError::input(member, "no_reason", "10 to 1,000 characters of text"))
}

/// Refuses a reference that does not have the form that applies to the agency's references: it might be a person's
/// name.
pub(super) fn check_form(
    work: Casework<'_>,
    agency: &str,
    reference: &Reference,
) -> Result<(), CaseworkError> {
    let checked = work.policy()?.check_form(agency, reference);
    checked.map_err(|error| CaseworkError::input("reference", "bad_reference", error.to_string()))
}
