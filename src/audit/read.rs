//! Reading a log's chain.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

use super::AuditError;
use super::chain::{Entry, Head, Line};
use crate::govern::BreakGlassId;

/// Number of ids of the last entries from a store that are remembered. More than can be in the log and in the store at
/// once: at most [`super::log::UNSYNCED_MAX`] and one batch.
const WRITES_KEPT: usize = 4096;

/// The state of the log after the lines that have been read.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub head: Head,
    /// Bytes of the file up to the head.
    pub bytes: u64,
    /// Number of entries with the mark of each use of break-glass.
    pub marked: BTreeMap<BreakGlassId, u64>,
    writes: BTreeSet<String>,
    writes_in_order: VecDeque<String>,
}

impl Read {
    pub fn nothing() -> Self {
        Self {
            head: Head::empty(),
            bytes: 0,
            marked: BTreeMap::new(),
            writes: BTreeSet::new(),
            writes_in_order: VecDeque::new(),
        }
    }

    /// Adds the next line, without its newline.
    pub fn take(&mut self, text: &str, entry: &Entry) {
        self.head = self.head.after(text);
        self.bytes += text.len() as u64 + 1;
        for id in &entry.break_glass {
            *self.marked.entry(*id).or_default() += 1;
        }
        let Some(write) = &entry.write else { return };
        self.writes.insert(write.clone());
        self.writes_in_order.push_back(write.clone());
        if self.writes_in_order.len() > WRITES_KEPT
            && let Some(oldest) = self.writes_in_order.pop_front()
        {
            self.writes.remove(&oldest);
        }
    }

    /// Tells if the log holds the entry with this id. Only the last entries from a store are known, which include all
    /// that may still be in the store.
    pub fn holds(&self, write: &str) -> bool {
        self.writes.contains(write)
    }
}

/// Reads whole lines from the file's position, which is the end of `read`, checks their chain and adds them to `read`.
pub(super) fn read_chain(path: &Path, file: &File, read: &mut Read) -> Result<(), AuditError> {
    read_chain_up_to(path, file, read, u64::MAX)
}

/// Reads whole lines as [`read_chain`] does, until the log has `lines` lines.
pub(super) fn read_chain_up_to(
    path: &Path,
    file: &File,
    read: &mut Read,
    lines: u64,
) -> Result<(), AuditError> {
    // Up to the file's present length: an endless device is no log.
    let size = file.metadata().map_err(|source| AuditError::io(path, source))?.len();
    let mut reader = BufReader::new(file.take(size.saturating_sub(read.bytes)));
    let mut bytes = Vec::new();
    while read.head.length < lines {
        bytes.clear();
        reader.read_until(b'\n', &mut bytes).map_err(|source| AuditError::io(path, source))?;
        if bytes.pop() != Some(b'\n') {
            return Ok(());
        }
        let broken = || AuditError::Broken { path: path.to_owned(), line: read.head.length + 1 };
        let text = std::str::from_utf8(&bytes).map_err(|_| broken())?;
        let line: Line = serde_json::from_str(text).map_err(|_| broken())?;
        if !read.head.accepts(&line) {
            return Err(broken());
        }
        read.take(text, &line.entry);
    }
    Ok(())
}

/// Checks a log's chain from its first line to its last and returns its head. Waits for a line that is being written.
///
/// # Errors
/// When the file cannot be read, or the chain is broken; a torn last line counts as broken here.
pub fn verify(path: &Path) -> Result<Head, AuditError> {
    let io = |source| AuditError::io(path, source);
    let file = File::open(path).map_err(io)?;
    file.lock_shared().map_err(io)?;
    let size = file.metadata().map_err(io)?.len();
    let mut read = Read::nothing();
    read_chain(path, &file, &mut read)?;
    file.unlock().map_err(io)?;
    if read.bytes < size {
        return Err(AuditError::Broken { path: path.to_owned(), line: read.head.length + 1 });
    }
    Ok(read.head)
}
