//! Progress bars on the terminal: rate and time left; nothing where the output is not a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over a known number of bytes, with the number of rows as its message.
pub fn bytes_bar(total: u64) -> ProgressBar {
    styled(total, "{msg} [{bar:30}] {percent:>3}% {bytes_per_sec} {eta} left")
}

/// A bar over a known number of things.
pub fn count_bar(total: u64, what: &'static str) -> ProgressBar {
    styled(total, "{msg} [{bar:30}] {human_pos}/{human_len} {per_sec} {eta} left")
        .with_message(what)
}

/// A spinner for a step of unknown length.
pub fn spinner(what: &'static str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

fn styled(total: u64, template: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style)
}
