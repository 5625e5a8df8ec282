//! The question about which the policy decides.

use super::{CaseRef, Principal, Purpose};
use crate::model::Timestamp;

/// A question: its author, purpose, case and time.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The authenticated author of the question.
    pub principal: &'a Principal,
    /// The purpose that it is asked for.
    pub purpose: Purpose,
    /// The case that the principal names for it.
    pub case: &'a CaseRef,
    /// The time of the question.
    pub at: Timestamp,
}
