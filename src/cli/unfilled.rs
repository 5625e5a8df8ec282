//! Files that a command makes and takes away again where nothing comes of them.

use std::path::{Path, PathBuf};

/// A file that was not there before. If it is there and empty at the end, it is removed.
pub struct Unfilled(Option<PathBuf>);

impl Unfilled {
    /// Looks whether the file is there.
    pub fn of(path: &Path) -> Self {
        Self((!path.exists()).then(|| path.to_owned()))
    }

    /// Lets it stay.
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
