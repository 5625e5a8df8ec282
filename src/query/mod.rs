//! The library of stored Cypher.
