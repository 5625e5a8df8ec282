//! Cases and task forces: who works together, across agencies, and until when. A case that the caller
//! does not work on answers as one that does not exist.

pub mod change;
pub mod list;
pub mod open;
