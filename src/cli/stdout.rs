//! Standard output of the commands. A reader that goes away (`accord openapi | head -1`) ends the command quietly; any
//! other failure to print is reported.

use std::fmt::Display;
use std::io::{self, ErrorKind, StdoutLock, Write};

use serde::Serialize;
use thiserror::Error;

use super::CommandError;

/// The exit code of a command whose reader went away: the code that shells report for a program ended by SIGPIPE.
pub const READER_GONE: u8 = 128 + 13;

/// The error that nothing reads standard output any more.
#[derive(Debug, Error)]
#[error("nobody reads the output")]
struct ReaderGone;

/// Standard output; its errors are marked as its own.
pub struct Stdout(StdoutLock<'static>);

/// Locks standard output for this thread until the result is dropped.
pub fn lock() -> Stdout {
    Stdout(io::stdout().lock())
}

fn own(error: io::Error) -> io::Error {
    match error.kind() {
        // `write_all` tries again.
        ErrorKind::Interrupted => error,
        ErrorKind::BrokenPipe => io::Error::new(ErrorKind::BrokenPipe, ReaderGone),
        kind => io::Error::new(kind, format!("standard output: {error}")),
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(own)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(own)
    }
}

/// Prints a text without a newline at its end.
pub fn print(text: impl Display) -> Result<(), CommandError> {
    let mut out = lock();
    write!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Prints a text and a newline.
pub fn line(text: impl Display) -> Result<(), CommandError> {
    print(format_args!("{text}\n"))
}

/// Prints a value as JSON for programs.
pub fn json(value: &impl Serialize) -> Result<(), CommandError> {
    line(serde_json::to_string_pretty(value)?)
}

/// Tells if a command failed because nothing reads its output any more.
pub fn is_reader_gone(error: &CommandError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error.as_ref());
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if inner.is_some_and(|inner| inner.is::<ReaderGone>()) {
            return true;
        }
        cause = error.source();
    }
    false
}
