//! Agreements: versioned, signed by both sides, suspended by the discloser alone. A request for an agreement that the
//! caller's agency is not a side of is answered like a request for an agreement that does not exist.

pub mod draft;
pub mod get;
pub mod list;
pub mod preview;
pub mod purge;
pub mod sign;
pub mod suspend;
