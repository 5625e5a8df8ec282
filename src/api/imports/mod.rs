//! Importing files as a job.

pub mod start;
