//! Source records: submitting and reading them.

pub mod get;
pub mod submit;
pub mod submit_batch;
