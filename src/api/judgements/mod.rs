//! What humans say of pairs of records.

pub mod submit;
