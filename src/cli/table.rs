//! CSV tables that commands read beside the files of a mapping.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use super::CommandError;

/// Opens a CSV file.
pub fn open(path: &Path) -> Result<csv::Reader<File>, CommandError> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = File::open(path).map_err(failed)?;
    let mut begin = Vec::new();
    file.by_ref().take(2).read_to_end(&mut begin).map_err(failed)?;
    if [[0xff, 0xfe], [0xfe, 0xff]].contains(&[0, 1].map(|at| begin.get(at).copied().unwrap_or(0)))
    {
        return Err(format!("{}: the file is UTF-16; save it as UTF-8", path.display()).into());
    }
    file.rewind().map_err(failed)?;
    Ok(csv::Reader::from_reader(file))
}
