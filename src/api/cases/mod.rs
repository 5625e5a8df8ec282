//! Cases and task forces: users who work together, across agencies, until a set time. A request for a case that the
//! caller does not work on is answered like a request for a case that does not exist.

pub mod change;
pub mod list;
pub mod open;
