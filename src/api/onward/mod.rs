//! Onward requests: a recipient asks the owner's leave to hand a record on.

pub mod ask;
pub mod decide;
pub mod list;
