//! Break-glass: in imminent danger, what an agreement lets a caller only be pointed to, for an hour.

pub mod list;
pub mod open;
pub mod review;
