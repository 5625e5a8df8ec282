//! Events: things that happened, as agencies' rows state them.

pub mod get;
