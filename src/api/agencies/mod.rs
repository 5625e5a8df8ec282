//! Agencies: those that the caller's agency works with, and whom to call there.

pub mod list;
pub mod register;
