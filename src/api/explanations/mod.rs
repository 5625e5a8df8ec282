//! Why two records score as they do, what would be needed where that is not enough, and how an entity
//! holds together.

pub mod entity;
mod entity_picture;
pub mod pair;
mod picture;
mod tree;
