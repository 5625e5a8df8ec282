//! Files that hold what people said: their owner alone reads them, whatever the umask.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// The mode of such files.
#[cfg(unix)]
const MODE: u32 = 0o600;

/// Opens a file by these options; one that they make is its owner's alone.
///
/// # Errors
/// When the system does not open it.
pub fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, MODE);
    options.open(path)
}

/// Opens a file as [`open`] does; one that was there and that others may use becomes its owner's alone.
///
/// # Errors
/// When the system does not open it, or others may use it and it is somebody else's.
pub fn open_closed(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = open(options, path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = file.metadata()?;
        if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(MODE))?;
        }
    }
    Ok(file)
}

/// Makes a file, or empties the one that is there, which keeps its mode.
///
/// # Errors
/// When the system does not make it.
pub fn create(path: &Path) -> io::Result<File> {
    open(OpenOptions::new().write(true).create(true).truncate(true), path)
}
