//! The footer of a Parquet file, checked before the library reads it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::fault::ParquetFault;
use super::guard::guarded;
use super::thrift::{Malformed, Walker};

/// The longest footer. A hundred columns in a thousand row groups take half of it.
const FOOTER_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// How deep groups of columns may lie in each other: the library walks them by recursion.
const GROUPS_MAX: usize = 32;

const MAGIC: &[u8; 4] = b"PAR1";
const ENCRYPTED: &[u8; 4] = b"PARE";
/// The footer's length and the magic, at the end of the file.
const TAIL_BYTES: u64 = 8;

/// A file that several columns read from.
#[derive(Clone)]
pub(super) struct Input {
    file: Arc<Mutex<File>>,
    length: u64,
}

impl Input {
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(Mutex::new(file)), length })
    }

    /// Bytes of the whole file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads `count` bytes from the position `at`; the caller has checked that so much memory may be set aside.
    pub fn bytes(&self, at: u64, count: usize) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        let mut bytes = vec![0; count];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Reads the footer.
pub(super) fn read(input: &Input) -> Result<ParquetMetaData, ParquetFault> {
    let length = input.length();
    if length < TAIL_BYTES + MAGIC.len() as u64 {
        return Err(ParquetFault::NotParquet);
    }
    let tail = input.bytes(length - TAIL_BYTES, TAIL_BYTES as usize)?;
    let begin = input.bytes(0, MAGIC.len())?;
    if tail.ends_with(ENCRYPTED) {
        return Err(ParquetFault::Encrypted);
    }
    if !tail.ends_with(MAGIC) || begin != MAGIC {
        return Err(ParquetFault::NotParquet);
    }
    let stated = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    if stated > length - TAIL_BYTES - MAGIC.len() as u64 {
        return Err(ParquetFault::Corrupt("its footer is longer than the file"));
    }
    if stated > FOOTER_BYTES_MAX {
        return Err(ParquetFault::TooLarge("its footer is longer than 32 MiB"));
    }
    let footer = input.bytes(length - TAIL_BYTES - stated, stated as usize)?;
    check(&footer).map_err(|Malformed| ParquetFault::Corrupt("its footer cannot be read"))?;
    guarded(|| {
        ParquetMetaDataReader::decode_metadata(&footer)
            .map_err(|_| ParquetFault::Corrupt("its footer cannot be read"))
    })
}

/// Steps through the whole footer, so that every list is as long as it says, and through the tree
/// of columns, so that it is one and not too deep.
fn check(footer: &[u8]) -> Result<(), Malformed> {
    const SCHEMA: i16 = 2;
    const CHILDREN: i16 = 5;
    Walker::new(footer).structure(|walker, number, kind| {
        if number != SCHEMA {
            return Ok(false);
        }
        let count = walker.list_of_structures(kind)?;
        // Children that are still to come, of each group that is open.
        let mut open: Vec<i64> = Vec::new();
        for left in (0..count).rev() {
            let mut children = 0;
            walker.structure(|walker, number, kind| {
                if number == CHILDREN {
                    children = walker.integer(kind)?;
                }
                Ok(number == CHILDREN)
            })?;
            if let Some(siblings) = open.last_mut() {
                *siblings -= 1;
            }
            if !(0..=left as i64).contains(&children) || open.len() > GROUPS_MAX {
                return Err(Malformed);
            }
            open.push(children);
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        if open.is_empty() { Ok(true) } else { Err(Malformed) }
    })
}
