//! Files with confidential content: only their owner may read them, whatever the umask.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// The mode of such files.
#[cfg(unix)]
const MODE: u32 = 0o600;

/// Opens a file with these options; a file that this creates is readable and writable by its owner only.
///
/// # Errors
/// When the system does not open it.
pub fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, MODE);
    options.open(path)
}

/// Opens a file as [`open`] does; an existing file that others may use is made its owner's alone.
///
/// # Errors
/// When the system does not open it, or others may use it and it belongs to another user.
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

/// Creates a file, or empties the existing one, which keeps its mode.
///
/// # Errors
/// When the system does not make it.
pub fn create(path: &Path) -> io::Result<File> {
    open(OpenOptions::new().write(true).create(true).truncate(true), path)
}
