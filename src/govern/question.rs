//! What a decision is asked for.

use super::{CaseRef, Principal, Purpose};
use crate::model::Timestamp;

/// Who asks, what for, about which case, and when.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// What for.
    pub purpose: Purpose,
    /// The case.
    pub case: &'a CaseRef,
    /// When.
    pub at: Timestamp,
}
