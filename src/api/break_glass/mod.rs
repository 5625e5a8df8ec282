//! Break-glass: in imminent danger, full sight for an hour of objects for which an agreement otherwise gives a pointer
//! only.

pub mod list;
pub mod open;
pub mod review;
