//! Agencies: the list of the agencies that the caller's agency knows, each with its general desk, and registration.

pub mod list;
pub mod register;
