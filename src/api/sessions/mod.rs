//! Sessions of local accounts.

pub mod begin;
pub mod end;
