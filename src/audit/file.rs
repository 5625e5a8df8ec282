//! The log's file: the state of its chain, the check that it is still the one at the log's path, and the recovery after
//! a failed write.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::AuditError;
use super::chain::{Entry, Head};
use super::read::{Read, read_chain, read_chain_up_to};
use crate::private;

/// Bytes that are written and removed again to test for free space: more than most lines have.
const PROBE: [u8; 2048] = [b' '; 2048];

/// An open file of a log.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    pub read: Read,
    synced: Synced,
    doubt: Doubt,
    /// The file at the log's path that was found not to be the log.
    wrong: Option<Identity>,
}

/// The end of the lines that are known to be durable.
#[derive(Debug, Clone)]
struct Synced {
    head: Head,
    bytes: u64,
}

/// The recovery that is needed before the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    Nothing,
    /// A write or a sync failed: the lines after the durable ones are read and written again.
    Written,
    /// The file was shorter than its known length: it is read from its beginning.
    All,
}

/// The identity of a file as last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    place: (u64, u64),
    length: u64,
    modified: Option<std::time::SystemTime>,
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        let (length, modified) = (metadata.len(), metadata.modified().ok());
        Self { place: place(metadata), length, modified }
    }
}

/// Device and inode of a file.
#[cfg(unix)]
fn place(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn place(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    options
}

impl LogFile {
    /// Opens or creates a log, checking its whole chain. A torn last line (a crash while it was written) is cut off.
    pub fn open(path: &Path) -> Result<Self, AuditError> {
        let io = |source| AuditError::io(path, source);
        let file = private::open_closed(options().create(true), path).map_err(io)?;
        file.lock().map_err(io)?;
        let mut read = Read::nothing();
        read_chain(path, &file, &mut read)?;
        file.set_len(read.bytes).map_err(io)?;
        file.sync_all().map_err(io)?;
        file.unlock().map_err(io)?;
        let synced = Synced { head: read.head.clone(), bytes: read.bytes };
        let path = path.to_owned();
        Ok(Self { path, file, read, synced, doubt: Doubt::Nothing, wrong: None })
    }

    fn io(&self) -> impl Fn(std::io::Error) -> AuditError {
        let path = self.path.clone();
        move |source| AuditError::io(&path, source)
    }

    /// Locks out other processes' writes, and brings the known state of the log up to date: to be followed by
    /// [`Self::unlock`] where it succeeds.
    pub fn lock(&mut self) -> Result<(), AuditError> {
        if !self.is_in_place()? {
            self.take_up()?;
        }
        self.file.lock().map_err(self.io())?;
        let caught_up = self.catch_up();
        if caught_up.is_err() {
            self.unlock()?;
        }
        caught_up
    }

    /// Lets other processes write again.
    pub fn unlock(&mut self) -> Result<(), AuditError> {
        self.file.unlock().map_err(self.io())
    }

    /// Checks, by metadata only, that the file is the one at the log's path and is not shorter than its known length.
    pub fn look(&mut self) -> Result<(), AuditError> {
        if !self.is_in_place()? {
            return Err(AuditError::Replaced { path: self.path.clone() });
        }
        self.length().map(|_| ())
    }

    fn is_in_place(&self) -> Result<bool, AuditError> {
        let there = match std::fs::metadata(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(AuditError::Missing { path: self.path.clone() });
            }
            there => there.map_err(self.io())?,
        };
        Ok(place(&there) == place(&self.file.metadata().map_err(self.io())?))
    }

    /// Returns the length of the file; an error if it is shorter than its known length.
    fn length(&mut self) -> Result<u64, AuditError> {
        let length = self.file.metadata().map_err(self.io())?.len();
        if length < self.read.bytes {
            self.doubt = Doubt::All;
            return Err(AuditError::Cut { path: self.path.clone() });
        }
        Ok(length)
    }

    /// Opens the file that now is at the log's path, if it continues the known chain.
    fn take_up(&mut self) -> Result<(), AuditError> {
        let replaced = || AuditError::Replaced { path: self.path.clone() };
        let there = std::fs::metadata(&self.path).map_err(self.io())?;
        if !there.is_file() || self.wrong == Some(Identity::of(&there)) {
            return Err(replaced());
        }
        let file = private::open_closed(&mut options(), &self.path).map_err(self.io())?;
        file.lock().map_err(self.io())?;
        let found = self.read_anew(&file, &self.read.head);
        file.unlock().map_err(self.io())?;
        let Ok(read) = found else {
            self.wrong = Some(Identity::of(&there));
            return Err(replaced());
        };
        let path = self.path.display();
        tracing::warn!(%path, "another file was put in the audit log's place; it goes on from the log and is used");
        (self.file, self.read, self.wrong) = (file, read, None);
        // It is unknown if its lines are durable.
        self.synced = Synced { head: Head::empty(), bytes: 0 };
        self.doubt = Doubt::Nothing;
        Ok(())
    }

    /// Reads a file from its beginning; its chain must contain the head `known`.
    fn read_anew(&self, mut file: &File, known: &Head) -> Result<Read, AuditError> {
        let mut read = Read::nothing();
        file.seek(SeekFrom::Start(0)).map_err(self.io())?;
        read_chain_up_to(&self.path, file, &mut read, known.length)?;
        if read.head != *known {
            return Err(AuditError::Cut { path: self.path.clone() });
        }
        file.seek(SeekFrom::Start(read.bytes)).map_err(self.io())?;
        read_chain(&self.path, file, &mut read)?;
        Ok(read)
    }

    /// Recovers from doubts, reads the lines that another process has appended, and removes the torn line that it left
    /// if it died. The lock is held.
    fn catch_up(&mut self) -> Result<(), AuditError> {
        if !self.is_in_place()? {
            return Err(AuditError::Replaced { path: self.path.clone() });
        }
        match self.doubt {
            Doubt::Nothing => {}
            Doubt::Written => self.write_again()?,
            Doubt::All => {
                self.length()?;
                self.read = self.read_anew(&self.file, &self.read.head)?;
            }
        }
        self.doubt = Doubt::Nothing;
        if self.length()? > self.read.bytes {
            self.file.seek(SeekFrom::Start(self.read.bytes)).map_err(self.io())?;
            read_chain(&self.path, &self.file, &mut self.read)?;
            self.file.set_len(self.read.bytes).map_err(self.io())?;
        }
        Ok(())
    }

    /// After a failed write or sync the content of the disk is unknown: the file is opened anew, and the lines after
    /// the last durable one are read and written again. A sync alone would report success, since the system forgets
    /// what it could not write.
    fn write_again(&mut self) -> Result<(), AuditError> {
        use std::io::Read as _;
        let file = private::open(&mut options(), &self.path).map_err(self.io())?;
        // A process does not wait for a lock that it holds on another handle of the file.
        self.file.unlock().map_err(self.io())?;
        self.file = file;
        self.file.lock().map_err(self.io())?;
        self.length()?;
        // Lines that were not durable may be gone; a store has the ones that it committed.
        self.read = self.read_anew(&self.file, &self.synced.head)?;
        self.file.set_len(self.read.bytes).map_err(self.io())?;
        let mut plain =
            OpenOptions::new().read(true).write(true).open(&self.path).map_err(self.io())?;
        let mut text = Vec::new();
        plain.seek(SeekFrom::Start(self.synced.bytes)).map_err(self.io())?;
        plain.read_to_end(&mut text).map_err(self.io())?;
        plain.seek(SeekFrom::Start(self.synced.bytes)).map_err(self.io())?;
        plain.write_all(&text).and_then(|()| plain.sync_all()).map_err(self.io())?;
        self.mark_synced();
        Ok(())
    }

    /// Writes entries at the end; they are durable after the next [`Self::sync`]. The lock is held.
    pub fn write(&mut self, entries: Vec<Entry>) -> Result<(), AuditError> {
        let mut head = self.read.head.clone();
        let (mut lines, mut bytes) = (Vec::new(), String::new());
        for entry in entries {
            let line = head.line(entry);
            let text = serde_json::to_string(&line)
                .map_err(|error| AuditError::io(&self.path, std::io::Error::other(error)))?;
            head = head.after(&text);
            bytes += &text;
            bytes.push('\n');
            lines.push((text, line.entry));
        }
        if let Err(error) = self.file.write_all(bytes.as_bytes()) {
            return Err(self.failed(error));
        }
        for (text, entry) in lines {
            self.read.take(&text, &entry);
        }
        Ok(())
    }

    /// Makes all written lines durable. The lock is held.
    pub fn sync(&mut self) -> Result<(), AuditError> {
        if self.synced.bytes < self.read.bytes {
            self.file.sync_data().map_err(|error| self.failed(error))?;
            self.mark_synced();
        }
        Ok(())
    }

    /// Checks that the log can be written and made durable, by doing so and removing it again. The lock is held.
    pub fn probe(&mut self) -> Result<(), AuditError> {
        let written = self.file.write_all(&PROBE).and_then(|()| self.file.sync_data());
        written.map_err(|error| self.failed(error))?;
        let taken_back = self.file.set_len(self.read.bytes);
        taken_back.map_err(|error| self.failed(error))?;
        self.mark_synced();
        Ok(())
    }

    fn mark_synced(&mut self) {
        self.synced = Synced { head: self.read.head.clone(), bytes: self.read.bytes };
    }

    fn failed(&mut self, source: std::io::Error) -> AuditError {
        self.doubt = self.doubt.max(Doubt::Written);
        // If this fails as well, the torn line is cut when the log is recovered.
        let _ = self.file.set_len(self.read.bytes);
        AuditError::io(&self.path, source)
    }

    /// Makes the next write fail, as a full disk does.
    #[cfg(test)]
    pub fn fail_next_write(&mut self) {
        self.file = File::open(&self.path).unwrap();
    }
}
