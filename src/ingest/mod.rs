//! From files to records: mapping files say which column is which field; readers stream rows; a
//! row that cannot be taken is reported with row, column and reason, never with its content.

pub mod mapping;
