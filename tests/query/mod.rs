//! Stored queries: the same rows on both engines, and the check that guards them.

mod check;
mod embedded;
mod graphs;
mod parity;
mod variations;
