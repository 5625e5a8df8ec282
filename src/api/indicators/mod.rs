//! Ring indicators, with evidence.

pub mod shared_hub;
