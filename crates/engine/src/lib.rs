//! The matching engine of accord as a library.

pub mod ingest;
pub mod model;
pub mod normalize;
pub mod resolve;
