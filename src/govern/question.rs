//! The question about which the policy decides.

use super::{CaseRef, Principal, Purpose};
use crate::model::Timestamp;

/// A question: the principal who asks, the purpose, the case and the time.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The authenticated user who asks.
    pub principal: &'a Principal,
    /// The purpose of the question.
    pub purpose: Purpose,
    /// The case that the principal names for it.
    pub case: &'a CaseRef,
    /// The time of the question.
    pub at: Timestamp,
}
