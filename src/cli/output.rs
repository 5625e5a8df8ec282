//! Output files that a command writes at its end, with records or results about them: new ones are readable by their
//! owner alone. A command checks at its start that it can write them, and their old content stays until its end.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use accord::private;
use rayon::prelude::*;

use super::CommandError;

/// Rows that one thread makes at a time, and rows that are held before they are written.
const ROWS: usize = 8192;
const ROWS_HELD: usize = 32 * ROWS;

/// A file that was found to be writable.
pub struct Output {
    path: PathBuf,
    /// True if the file was made for this command and is still empty.
    is_new: bool,
}

impl Output {
    /// Checks that a file can be written, without changing it, and that it is not one of the inputs.
    pub fn prepare(path: &Path, inputs: &[&Path]) -> Result<Self, CommandError> {
        let real = path.canonicalize().ok();
        if real.is_some() && inputs.iter().any(|input| input.canonicalize().ok() == real) {
            return Err(format!("{}: is read, so it is not written", path.display()).into());
        }
        let is_new = !path.exists();
        let opened = private::open(File::options().append(true).create(true), path);
        opened.map_err(|error| format!("{}: cannot be written: {error}", path.display()))?;
        Ok(Self { path: path.to_owned(), is_new })
    }

    /// Replaces the content of the file.
    pub fn write<T>(
        mut self,
        fill: impl FnOnce(&mut BufWriter<File>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        use std::io::Write;
        self.is_new = false;
        let name = self.path.display();
        let file = private::create(&self.path);
        let file = file.map_err(|error| format!("{name}: cannot be written: {error}"))?;
        let mut writer = BufWriter::new(file);
        let filled = fill(&mut writer)?;
        writer.flush().map_err(|error| format!("{name}: cannot be written: {error}"))?;
        Ok(filled)
    }

    /// Replaces the content by a CSV of many rows, which several threads make: `fill` writes the row of a number.
    pub fn csv_of(
        self,
        header: &[&str],
        rows: usize,
        fill: impl Fn(usize, &mut csv::Writer<Vec<u8>>) -> Result<(), csv::Error> + Sync,
    ) -> Result<(), CommandError> {
        use std::io::Write;
        let name = self.path.display().to_string();
        let failed = |error: &dyn std::fmt::Display| format!("{name}: cannot be written: {error}");
        let part = |rows: std::ops::Range<usize>| -> Result<Vec<u8>, CommandError> {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in rows {
                fill(row, &mut writer).map_err(|error| failed(&error))?;
            }
            Ok(writer.into_inner().map_err(|error| failed(&error))?)
        };
        self.write(|file| {
            writeln!(file, "{}", header.join(",")).map_err(|error| failed(&error))?;
            for start in (0..rows).step_by(ROWS_HELD) {
                let end = (start + ROWS_HELD).min(rows);
                let starts: Vec<usize> = (start..end).step_by(ROWS).collect();
                let parts: Result<Vec<Vec<u8>>, CommandError> =
                    starts.into_par_iter().map(|at| part(at..(at + ROWS).min(end))).collect();
                for part in parts? {
                    file.write_all(&part).map_err(|error| failed(&error))?;
                }
            }
            Ok(())
        })
    }

    /// Replaces the content by a CSV.
    pub fn csv(
        self,
        fill: impl FnOnce(&mut csv::Writer<&mut BufWriter<File>>) -> Result<(), csv::Error>,
    ) -> Result<(), CommandError> {
        let name = self.path.display().to_string();
        self.write(|file| {
            let mut writer = csv::Writer::from_writer(file);
            fill(&mut writer)
                .and_then(|()| writer.flush().map_err(csv::Error::from))
                .map_err(|error| format!("{name}: cannot be written: {error}").into())
        })
    }
}

impl Drop for Output {
    /// A command that failed leaves no empty file behind.
    fn drop(&mut self) {
        if self.is_new {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stood_there_stays_until_it_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        drop(Output::prepare(&path, &[]).unwrap());
        assert!(!path.exists(), "nothing was there, so nothing is left");
        std::fs::write(&path, "before").unwrap();
        let output = Output::prepare(&path, &[folder.path()]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");
        output.csv(|writer| writer.write_record(["a", "b"])).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b\n");
        assert!(Output::prepare(&path, &[&path]).is_err(), "what is read is not written");
        for nowhere in [folder.path(), &folder.path().join("none/out.csv")] {
            let error = Output::prepare(nowhere, &[]).map(drop).unwrap_err().to_string();
            assert!(error.contains("cannot be written"), "{error}");
        }
    }
}
