//! The log as a file.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::chain::{Entry, Head, Line};

/// What can go wrong with the log.
#[derive(Debug, Error)]
pub enum AuditError {
    /// The file cannot be read or written.
    #[error("audit log {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The chain is broken: the line was altered, or lines before it were removed or reordered.
    #[error("audit log {path}: line {line} does not follow from the line before it")]
    Broken {
        /// The file.
        path: PathBuf,
        /// The first bad line, from 1.
        line: u64,
    },
    /// An earlier write failed; the log takes nothing more until it is opened anew.
    #[error("audit log {path}: an earlier write failed")]
    Stopped {
        /// The file.
        path: PathBuf,
    },
}

/// An open log. Appending is serialized, also between processes (a command may write while the server
/// runs); an entry is on disk when [`AuditLog::append`] returns.
#[derive(Debug)]
pub struct AuditLog {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    read: Read,
    stopped: bool,
}

/// What is known of the log's first lines.
#[derive(Debug)]
struct Read {
    head: Head,
    /// Bytes of the file that the head is of.
    bytes: u64,
    /// Entries that bear the mark of each use of break-glass.
    marked: BTreeMap<String, u64>,
}

impl Read {
    fn nothing() -> Self {
        Self { head: Head::empty(), bytes: 0, marked: BTreeMap::new() }
    }

    /// Takes in the line that comes next, without its newline.
    fn take(&mut self, text: &str, entry: &Entry) {
        self.head = self.head.after(text);
        self.bytes += text.len() as u64 + 1;
        for id in &entry.break_glass {
            *self.marked.entry(id.clone()).or_default() += 1;
        }
    }
}

impl State {
    /// Reads on what another process has appended. The lock is held.
    fn catch_up(&mut self, path: &Path) -> Result<(), AuditError> {
        let io = |source| AuditError::Io { path: path.to_owned(), source };
        if self.file.metadata().map_err(io)?.len() == self.read.bytes {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.read.bytes)).map_err(io)?;
        read_chain(path, &self.file, &mut self.read)?;
        // What that process left torn when it died.
        self.file.set_len(self.read.bytes).map_err(io)
    }

    /// Writes an entry at the end and makes it durable. The lock is held.
    fn write(&mut self, path: &Path, entry: Entry) -> Result<(), AuditError> {
        let io = |source| AuditError::Io { path: path.to_owned(), source };
        let line = self.read.head.line(entry);
        let text =
            serde_json::to_string(&line).map_err(|error| io(std::io::Error::other(error)))?;
        self.file.write_all(format!("{text}\n").as_bytes()).map_err(io)?;
        self.file.sync_data().map_err(io)?;
        self.read.take(&text, &line.entry);
        Ok(())
    }
}

impl AuditLog {
    /// Opens or creates a log, checking its whole chain. A torn last line (a crash while writing
    /// an entry whose answer never left) is cut off.
    ///
    /// # Errors
    /// When the file cannot be read or written, or its chain is broken.
    pub fn open(path: &Path) -> Result<Self, AuditError> {
        let io = |source| AuditError::Io { path: path.to_owned(), source };
        let mut file =
            OpenOptions::new().create(true).read(true).append(true).open(path).map_err(io)?;
        file.lock().map_err(io)?;
        let mut read = Read::nothing();
        read_chain(path, &file, &mut read)?;
        file.set_len(read.bytes).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
        file.sync_all().map_err(io)?;
        file.unlock().map_err(io)?;
        let state = State { file, read, stopped: false };
        Ok(Self { path: path.to_owned(), state: Mutex::new(state) })
    }

    /// Appends one entry and makes it durable.
    ///
    /// # Errors
    /// When it could not be made durable; the answer must then not leave. After a failed write the
    /// log is stopped: what a failed sync left on disk is unknown.
    pub fn append(&self, entry: Entry) -> Result<(), AuditError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.stopped {
            return Err(AuditError::Stopped { path: self.path.clone() });
        }
        let io = |source| AuditError::Io { path: self.path.clone(), source };
        state.stopped = true;
        state.file.lock().map_err(io)?;
        let written = state.catch_up(&self.path).and_then(|()| state.write(&self.path, entry));
        state.file.unlock().map_err(io)?;
        written?;
        state.stopped = false;
        Ok(())
    }

    /// Where the log stands.
    pub fn head(&self) -> Head {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).read.head.clone()
    }

    /// How many entries bear the mark of a use of break-glass; of another process those that were there
    /// when this one wrote last.
    pub fn marked(&self, break_glass: &str) -> u64 {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.read.marked.get(break_glass).copied().unwrap_or_default()
    }
}

/// Checks a log's chain from its first line to its last and returns its head.
///
/// # Errors
/// When the file cannot be read, or the chain is broken; a torn last line counts as broken here.
pub fn verify(path: &Path) -> Result<Head, AuditError> {
    let io = |source| AuditError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io)?;
    let size = file.metadata().map_err(io)?.len();
    let mut read = Read::nothing();
    read_chain(path, &file, &mut read)?;
    if read.bytes < size {
        return Err(AuditError::Broken { path: path.to_owned(), line: read.head.length + 1 });
    }
    Ok(read.head)
}

/// Reads whole lines from where the file stands, which is after what was read.
fn read_chain(path: &Path, file: &File, read: &mut Read) -> Result<(), AuditError> {
    let mut reader = BufReader::new(file);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        reader
            .read_until(b'\n', &mut bytes)
            .map_err(|source| AuditError::Io { path: path.to_owned(), source })?;
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
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::*;
    use crate::model::Timestamp;

    fn entry(request: &str) -> Entry {
        Entry {
            at: Timestamp::from_micros(1_000_000).unwrap(),
            request: request.into(),
            agency: Some("a".into()),
            user: Some("u".into()),
            operation: "POST /v1/resolve".into(),
            object: None,
            purpose: None,
            case: None,
            break_glass: Vec::new(),
            shown: BTreeMap::new(),
            unmasked: false,
            write: None,
            source: None,
            count: None,
            outcome: Outcome::Done,
            status: 200,
        }
    }

    fn log_of(lines: usize) -> (tempfile::TempDir, PathBuf, Head) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.jsonl");
        let log = AuditLog::open(&path).unwrap();
        for index in 0..lines {
            log.append(entry(&format!("r{index}"))).unwrap();
        }
        let head = log.head();
        (dir, path, head)
    }

    #[test]
    fn a_log_verifies_and_goes_on_where_it_stopped() {
        let (_dir, path, head) = log_of(3);
        assert_eq!(verify(&path).unwrap(), head);
        AuditLog::open(&path).unwrap().append(entry("later")).unwrap();
        assert_eq!(verify(&path).unwrap().length, 4);
    }

    #[test]
    fn what_is_optional_in_an_entry_is_absent_where_it_is_empty_so_old_logs_verify() {
        let text = serde_json::to_string(&entry("r")).unwrap();
        for optional in ["break_glass", "object", "shown", "unmasked", "write"] {
            assert!(!text.contains(optional), "{text}");
        }
        let (_dir, path, _) = log_of(1);
        let marked = Entry { break_glass: vec!["bgl_1".into()], ..entry("r") };
        let logs = [AuditLog::open(&path).unwrap(), AuditLog::open(&path).unwrap()];
        logs[0].append(marked.clone()).unwrap();
        logs[1].append(marked).unwrap();
        assert_eq!(verify(&path).unwrap().length, 3);
        // Counted as it is written, as another has written it, and as it is read again.
        let count = |log: &AuditLog| (log.marked("bgl_1"), log.marked("bgl_2"));
        assert_eq!((count(&logs[0]), count(&logs[1])), ((1, 0), (2, 0)));
        assert_eq!(count(&AuditLog::open(&path).unwrap()), (2, 0));
    }

    #[test]
    fn two_that_have_the_log_open_write_one_chain() {
        let (_dir, path, _) = log_of(1);
        let logs = [AuditLog::open(&path).unwrap(), AuditLog::open(&path).unwrap()];
        std::thread::scope(|scope| {
            for log in &logs {
                scope.spawn(|| (0..20).for_each(|_| log.append(entry("r")).unwrap()));
            }
        });
        assert_eq!(verify(&path).unwrap().length, 41);
        logs[0].append(entry("last")).unwrap();
        assert_eq!(logs[0].head(), verify(&path).unwrap());
    }

    #[test]
    fn what_another_left_torn_is_cut_before_the_next_entry() {
        let (_dir, path, _) = log_of(1);
        let log = AuditLog::open(&path).unwrap();
        AuditLog::open(&path).unwrap().append(entry("other")).unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"index\":2").unwrap();
        log.append(entry("next")).unwrap();
        assert_eq!(verify(&path).unwrap().length, 3);
    }

    #[test]
    fn any_change_within_the_log_is_found_at_its_line() {
        let (_dir, path, _) = log_of(4);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let altered = text.replacen("\"r1\"", "\"rX\"", 1);
        let removed = [lines[0], lines[2], lines[3], ""].join("\n");
        let swapped = [lines[0], lines[2], lines[1], lines[3], ""].join("\n");
        for (bad, first) in [(altered, 3), (removed, 2), (swapped, 2)] {
            std::fs::write(&path, bad).unwrap();
            match verify(&path) {
                Err(AuditError::Broken { line, .. }) => assert_eq!(line, first),
                other => panic!("{other:?}"),
            }
            assert!(AuditLog::open(&path).is_err());
        }
    }

    #[test]
    fn a_torn_last_line_is_cut_when_the_log_is_opened_again() {
        let (_dir, path, head) = log_of(2);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"index\":2,\"prev").unwrap();
        assert!(matches!(verify(&path), Err(AuditError::Broken { line: 3, .. })));
        assert_eq!(AuditLog::open(&path).unwrap().head(), head);
        assert_eq!(verify(&path).unwrap(), head);
    }
}
