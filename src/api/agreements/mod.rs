//! Agreements: versioned, signed by both sides, suspended by the discloser alone. An agreement of which
//! the caller's agency is no side answers as one that does not exist.

pub mod draft;
pub mod get;
pub mod list;
pub mod preview;
pub mod purge;
pub mod sign;
pub mod suspend;
