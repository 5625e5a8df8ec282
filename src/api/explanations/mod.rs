//! Why two records score as they do, what would be needed where that is not enough, and how an entity
//! holds together.

pub mod entity;
pub mod entity_picture;
pub mod pair;
pub mod picture;
mod tree;
