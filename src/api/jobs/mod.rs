//! Jobs of the caller's agency. Another agency's job answers as one that does not exist.

pub mod cancel;
pub mod get;
pub mod list;
