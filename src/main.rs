//! The command line of accord: reads arguments, calls the library, prints.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::SUCCESS
}
