//! Source records: submitting and reading them.

pub mod get;
pub mod list_reviews;
pub mod review;
pub mod submit;
pub mod submit_batch;
