//! The command line of accord: reads arguments, calls the library, prints.

mod cli;

use std::process::ExitCode;

/// Normalizing a million records allocates and frees many small blocks of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
