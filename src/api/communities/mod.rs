//! Communities: groups more related within than without.

pub mod list;
