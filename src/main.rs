//! The command line of accord: reads arguments, calls the library, prints.

mod cli;

use std::process::ExitCode;

/// Normalizing a million records takes and gives back many small pieces of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
