//! Progress bars on the terminal: rate and time left; nothing where the output is not a terminal.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Time between two redraws of a moving bar.
const TICK: Duration = Duration::from_millis(120);

/// A bar over a known number of bytes, with the number of rows as its message.
pub fn bytes_bar(total: u64) -> ProgressBar {
    styled(total, "{msg} [{bar:30}] {percent:>3}% {bytes_per_sec} {eta} left")
}

/// A bar over the bytes of an import: its prefix names the step, its message the progress. It is redrawn regularly,
/// since the linking of a batch takes some seconds in a large store.
pub fn import_bar(total: u64) -> ProgressBar {
    let bar =
        styled(total, "{spinner} {prefix} [{bar:30}] {percent:>3}% {elapsed} {eta} left {msg}");
    bar.set_prefix("reading");
    bar.enable_steady_tick(TICK);
    bar
}

/// A bar over files that are read one after the other: its message counts the rows read.
pub struct FilesBar {
    bar: ProgressBar,
    /// Total bytes of the files that have been read.
    before: u64,
    rows: u64,
}

impl FilesBar {
    /// A bar over all these files.
    pub fn new<'a>(files: impl IntoIterator<Item = &'a Path>) -> Self {
        let size = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
        let bar = bytes_bar(files.into_iter().map(size).sum()).with_message("reading");
        Self { bar, before: 0, rows: 0 }
    }

    /// Adds rows that have been read; `bytes_done` is the position in the present file.
    pub fn rows(&mut self, count: u64, bytes_done: u64) {
        let before = self.rows;
        self.rows += count;
        // Not for every row: drawing is slower than reading.
        if before / 4_096 != self.rows / 4_096 {
            self.bar.set_position(self.before + bytes_done);
            self.bar.set_message(format!("reading, {} rows", self.rows));
        }
    }

    /// Adds a file that has been read to its end.
    pub fn file(&mut self, bytes: u64) {
        self.before += bytes;
        self.bar.set_position(self.before);
    }

    /// Removes the bar after the last file.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// A bar over a known number of items.
pub fn count_bar(total: u64, what: &'static str) -> ProgressBar {
    styled(total, "{msg} [{bar:30}] {human_pos}/{human_len} {per_sec} {eta} left")
        .with_message(what)
}

/// A spinner for a step of unknown length.
pub fn spinner(what: impl Into<Cow<'static, str>>) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(TICK);
    spinner
}

fn styled(total: u64, template: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style)
}
