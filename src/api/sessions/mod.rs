//! Sessions of local accounts.

pub mod begin;
pub mod end;
pub mod notice;
