//! The versions of a store that a program knows.

use super::StoreError;

/// Why stores of before [`Versions::oldest`] are not carried on: what they lack cannot be made up from what they hold.
const TOO_OLD: &str = "stores so old cannot be carried on: the phone's siblings in a victim's row bear no victim's \
                       label there, and would be readable; import the rows into a new store";

/// The versions that a program knows.
pub(super) struct Versions {
    /// The oldest that it carries on.
    pub oldest: i64,
    /// The one that it reads and writes.
    pub newest: i64,
}

impl Versions {
    /// The number of the step that leads on from a version; none for the newest.
    ///
    /// # Errors
    /// [`StoreError::Format`] for a version that is none of these.
    pub fn step_from(&self, version: i64) -> Result<Option<usize>, StoreError> {
        let Self { oldest, newest } = self;
        let knows =
            format!("format version {version}; this program knows versions {oldest} to {newest}");
        if version > *newest {
            return Err(StoreError::Format(format!(
                "{knows}: the store is newer than the program"
            )));
        }
        match usize::try_from(version - oldest) {
            Ok(step) => Ok((version < *newest).then_some(step)),
            Err(_) => Err(StoreError::Format(format!("{knows}: {TOO_OLD}"))),
        }
    }
}
