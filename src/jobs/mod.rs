//! Long work: progress, cancel, result.
