//! Reasons that people give: long enough to be one.

use super::problem::Problem;

/// The shortest and the longest reason, in characters.
const REASON_CHARS: std::ops::RangeInclusive<usize> = 10..=1_000;

/// The text of a member that gives a reason.
///
/// # Errors
/// When it is none.
pub fn reason(text: &str, member: &str) -> Result<String, Problem> {
    let text = text.trim();
    let control = |character: char| character.is_control() && character != '\n';
    if REASON_CHARS.contains(&text.chars().count()) && !text.chars().any(control) {
        return Ok(text.to_owned());
    }
    Err(Problem::member(member, "no_reason", "10 to 1,000 characters of text"))
}
