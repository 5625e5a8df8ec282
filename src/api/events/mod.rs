//! Events: what happened.

pub mod get;
