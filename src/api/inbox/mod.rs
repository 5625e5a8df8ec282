//! The agency's inbox.

pub mod list;
