//! Communities: groups of entities that are more related among themselves than with others.

pub mod list;
