//! Laws of the engine: what holds of any two records under the shipped model.

mod blocking;
mod bodies;
mod scores;
