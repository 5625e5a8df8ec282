//! Files that a command creates, and removes again if they stay empty.

use std::path::{Path, PathBuf};

/// A file that may be created. If it did not exist before and is empty at the end, it is removed.
pub struct Unfilled(Option<PathBuf>);

impl Unfilled {
    /// Notes if the file exists already.
    pub fn of(path: &Path) -> Self {
        Self((!path.exists()).then(|| path.to_owned()))
    }

    /// Keeps the file, even an empty one.
    pub fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfilled {
    fn drop(&mut self) {
        let Some(path) = &self.0 else { return };
        if path.metadata().is_ok_and(|file| file.is_file() && file.len() == 0) {
            let _ = std::fs::remove_file(path);
        }
    }
}
