//! The write path and long work: rows become linked records in the store, in batches of a file or live; jobs run with
//! progress, cancellation and a result.
//!
//! Batch and live are one code path ([`import()`] and [`submit()`] both go through `apply`). Nothing here knows of
//! HTTP, tokens or terminals. The result of a job is visible to its owner agency alone.

mod admit;
mod apply;
mod gate;
mod import;
mod judge;
mod late;
mod link;
mod registry;
mod submit;
mod unlinked;

#[cfg(test)]
mod tests;

pub use gate::InProgress;
pub use import::{
    BATCH_ROWS, FileReport, ImportError, ImportReport, Observer, Progress, Refusal, import,
    import_readers,
};
pub use judge::judge;
pub use late::{LateLinks, link_what_is_left};
pub use link::Linker;
pub use registry::{
    Clock, JobError, JobHandle, JobId, JobOwner, JobProgress, JobState, JobStatus, Jobs, StartError,
};
pub use submit::{RefusedRow, SubmitError, SubmitReport, submit};
