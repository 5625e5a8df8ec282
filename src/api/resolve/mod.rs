//! Identification: the entities that a description may be about ("Who is this?").

pub mod identify;
