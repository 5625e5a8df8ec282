//! The promise of governance.md, section 2: two databases that differ only in what a caller may not see
//! give that caller the same bytes, whatever it asks.

mod accounts;
mod asking;
mod drivers;
mod guesses;
mod matrix;
mod mutate;
mod promise;
mod reference;
#[cfg(feature = "seeded-leaks")]
mod seeded;
mod spelling;
mod stores;
mod timing;
mod view;
mod world;

use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use asking::{ask, difference, requests};
use stores::{fill, serve, serve_on};
use world::{Caller, World};

/// The seed of a run; another one by `ACCORD_TWIN_SEED`.
fn seed() -> u64 {
    std::env::var("ACCORD_TWIN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

/// Makes a folder for test databases, in memory if there is a file system for it.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// The random choices of one pair.
fn dice(seed: u64, pair: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(pair))
}

/// A pair of worlds, and their caller.
fn twins(rng: &mut ChaCha8Rng) -> (World, World, Caller) {
    let (world, caller) = (world::world(rng), world::caller(rng));
    let other = mutate::mutated(&world, &caller, rng);
    (world, other, caller)
}
