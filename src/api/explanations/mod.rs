//! Explanations: the score of two records and the evidence missing for a link, and the links that hold an entity
//! together.

pub mod entity;
pub mod entity_picture;
pub mod pair;
pub mod picture;
mod tree;
