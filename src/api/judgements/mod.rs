//! Judgements: verdicts of humans about pairs of records.

pub mod submit;
