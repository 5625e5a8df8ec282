//! The library of a running server: what comes with the program, and own queries of a folder, which are read again
//! when the folder changes.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use super::{Library, Refusal, RefusedFile};

/// The longest file of a query, in bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// The most files of a folder.
const FILES_MAX: usize = 500;

/// What a folder looks like from outside: its files with their sizes and times. Whoever writes a file changes it.
type Stamp = BTreeMap<String, (u64, Option<SystemTime>, (u64, i64, i64))>;

/// A library that others read while it is replaced. Who asks for it has it as a whole, of one state of the folder.
pub struct LiveLibrary {
    shipped: Library,
    folder: Option<PathBuf>,
    current: RwLock<Arc<Library>>,
    looks: Mutex<Looks>,
}

/// What was seen of the folder.
#[derive(Default)]
struct Looks {
    /// What the folder looked like at the last look; nothing where it could not be read.
    seen: Option<Stamp>,
    /// What it looked like when it was last taken over.
    taken: Option<Stamp>,
    /// Why it could not be read at the last look.
    failing: Option<String>,
}

impl From<Library> for Arc<LiveLibrary> {
    /// A library that stays as it is.
    fn from(library: Library) -> Self {
        Arc::new(LiveLibrary {
            shipped: library.clone(),
            folder: None,
            current: RwLock::new(Arc::new(library)),
            looks: Mutex::default(),
        })
    }
}

impl LiveLibrary {
    /// These queries and the own ones of a folder. Files that are refused are left out, and stand in
    /// [`Library::refused`].
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn with_folder(shipped: Library, folder: &Path) -> io::Result<Self> {
        let library = shipped.with_own(read(folder)?);
        Ok(Self {
            shipped,
            folder: Some(folder.to_owned()),
            current: RwLock::new(Arc::new(library)),
            // Not known yet: the first look reads it once more.
            looks: Mutex::default(),
        })
    }

    /// Whether own queries are looked for.
    pub fn has_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// The library as it is now.
    pub fn current(&self) -> Arc<Library> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks whether the folder has changed, and takes it over as a whole once it stood still from one look to the
    /// next. The new library where it is another one. A folder that cannot be read leaves the queries as they are,
    /// and the library says so.
    pub fn look(&self) -> Option<Arc<Library>> {
        let folder = self.folder.as_deref()?;
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let found = stamp(folder).and_then(|now| {
            let still = looks.seen.as_ref() == Some(&now);
            let is_new = looks.taken.as_ref() != Some(&now);
            let files = if still && is_new { Some(read(folder)?) } else { None };
            // What changed while it was read is read again at the next look.
            let files = if stamp(folder)? == now { files } else { None };
            Ok((now, files))
        });
        match found {
            Ok((now, files)) => {
                let failed = looks.failing.take().is_some();
                if failed {
                    looks.taken = None;
                }
                if files.is_some() {
                    looks.taken = Some(now.clone());
                }
                looks.seen = Some(now);
                self.replace(self.shipped.with_own(files?))
            }
            Err(error) => {
                looks.seen = None;
                let why = error.to_string();
                if looks.failing.as_ref() == Some(&why) {
                    return None;
                }
                let reason =
                    format!("the folder cannot be read: {why}; its queries stay as they were");
                looks.failing = Some(why);
                let refused = RefusedFile { file: ".".into(), line: 1, column: 1, reason };
                self.replace(self.current().with_refused(refused))
            }
        }
    }

    fn replace(&self, library: Library) -> Option<Arc<Library>> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if **current == library {
            return None;
        }
        *current = Arc::new(library);
        Some(Arc::clone(&current))
    }
}

/// The queries' files in a folder, with what they are: those that end with `.cypher`, hidden ones left out.
fn files(folder: &Path) -> io::Result<BTreeMap<String, (PathBuf, io::Result<Metadata>)>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(".cypher") || name.starts_with('.') {
            continue;
        }
        let metadata = fs::metadata(&path);
        files.insert(name, (path, metadata));
        if files.len() > FILES_MAX {
            return Err(io::Error::other(format!("more than {FILES_MAX} files of queries")));
        }
    }
    Ok(files)
}

fn stamp(folder: &Path) -> io::Result<Stamp> {
    let of = |metadata: &Metadata| (metadata.len(), metadata.modified().ok(), identity(metadata));
    let files = files(folder)?.into_iter();
    // What cannot be looked at is different from all that can.
    Ok(files
        .map(|(name, (_, it))| (name, it.as_ref().map_or((u64::MAX, None, (0, 0, 0)), of)))
        .collect())
}

/// Number and time of change of what lies there: they differ after a file was replaced by one of the same size and
/// time.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

/// The texts of the queries' files, by name.
fn read(folder: &Path) -> io::Result<Vec<(String, Result<String, Refusal>)>> {
    let files = files(folder)?;
    Ok(files.into_iter().map(|(name, (path, it))| (name, text(&path, it))).collect())
}

fn text(path: &Path, metadata: io::Result<Metadata>) -> Result<String, Refusal> {
    let first = |reason: String| Refusal { line: 1, column: 1, reason };
    let unread = |error: io::Error| first(format!("cannot be read: {error}"));
    let metadata = metadata.map_err(unread)?;
    // Reading a pipe would wait for who writes.
    if !metadata.is_file() {
        return Err(first("is not a file".into()));
    }
    if metadata.len() > FILE_BYTES_MAX {
        return Err(first(format!("has more than {FILE_BYTES_MAX} bytes")));
    }
    let bytes = fs::read(path).map_err(unread)?;
    String::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let last = good.rsplit('\n').next().unwrap_or_default();
        let (line, column) = (good.matches('\n').count() + 1, last.chars().count() + 1);
        Refusal { line, column, reason: "is not UTF-8".into() }
    })
}
