//! Stored queries: the same rows on both engines, the check that guards them, and own ones.

mod check;
mod embedded;
mod graphs;
mod hostile;
mod own;
mod parity;
mod variations;
