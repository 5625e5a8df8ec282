//! The library of a running server: the queries that come with the program, and the own queries of a folder, which is
//! read again when it changes.

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

/// A fingerprint of a folder: its files with their sizes, times of modification and identities. Writing a file changes
/// it.
type Stamp = BTreeMap<String, (u64, Option<SystemTime>, (u64, i64, i64))>;

/// A library that can be replaced while others read it. A reader has the whole library of one state of the folder.
pub struct LiveLibrary {
    shipped: Library,
    folder: Option<PathBuf>,
    current: RwLock<Arc<Library>>,
    looks: Mutex<Looks>,
}

/// The state of looking at the folder.
#[derive(Default)]
struct Looks {
    /// The fingerprint of the folder at the last look; `None` if it could not be read.
    seen: Option<Stamp>,
    /// The fingerprint of the folder when its queries were last taken over.
    taken: Option<Stamp>,
    /// The error of the last look; `None` if the folder could be read.
    failing: Option<String>,
}

impl From<Library> for Arc<LiveLibrary> {
    /// Makes a library without a folder, which never changes.
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
    /// Makes the library of these queries and the own queries of a folder. Refused files are left out, and listed in
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
            // The fingerprint is not known yet: the first look reads the folder once more.
            looks: Mutex::default(),
        })
    }

    /// Tells if the library has a folder of own queries.
    pub fn has_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// The current library.
    pub fn current(&self) -> Arc<Library> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Checks if the folder has changed, and takes over its queries once it is the same at two looks in a row. Returns
    /// the new library if it differs from the last one. If the folder cannot be read the queries stay as they are, and
    /// the library lists the error as a refusal.
    pub fn look(&self) -> Option<Arc<Library>> {
        let folder = self.folder.as_deref()?;
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let found = stamp(folder).and_then(|now| {
            let still = looks.seen.as_ref() == Some(&now);
            let is_new = looks.taken.as_ref() != Some(&now);
            let files = if still && is_new { Some(read(folder)?) } else { None };
            // A folder that changed while it was read is read again at the next look.
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

/// Lists the files of queries in a folder, with their metadata: files that end with `.cypher`, without hidden ones.
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
    // Files without metadata get a value that differs from all others.
    Ok(files
        .map(|(name, (_, it))| (name, it.as_ref().map_or((u64::MAX, None, (0, 0, 0)), of)))
        .collect())
}

/// Returns inode number and time of change of a file: they differ after the file was replaced by one of the same size
/// and time of modification.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

/// Reads the texts of the files of queries, by name.
fn read(folder: &Path) -> io::Result<Vec<(String, Result<String, Refusal>)>> {
    let files = files(folder)?;
    Ok(files.into_iter().map(|(name, (path, it))| (name, text(&path, it))).collect())
}

fn text(path: &Path, metadata: io::Result<Metadata>) -> Result<String, Refusal> {
    let first = |reason: String| Refusal { line: 1, column: 1, reason };
    let unread = |error: io::Error| first(format!("cannot be read: {error}"));
    let metadata = metadata.map_err(unread)?;
    // Reading a pipe would wait for a writer.
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
