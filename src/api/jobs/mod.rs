//! Jobs of the caller's agency. A request for another agency's job is answered like a request for a job that does not
//! exist.

pub mod cancel;
pub mod get;
pub mod list;
