//! "Who is this?"

pub mod identify;
