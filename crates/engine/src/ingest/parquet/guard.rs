//! A last line of defence: a decoder that runs into a wall on a corrupt file must not take the
//! program with it. What is known to do so is checked before; this is for what is not known.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use super::fault::ParquetFault;

thread_local! {
    /// True while this thread is inside [`guarded`], where a panic is not reported on the terminal.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs a decoder that may panic on corrupt bytes, and returns a panic as a fault. Whatever the decoder touched must
/// not be used again after a fault.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T, ParquetFault>) -> Result<T, ParquetFault> {
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                usual(info);
            }
        }));
    });
    let before = GUARDED.replace(true);
    let ended = panic::catch_unwind(AssertUnwindSafe(run));
    GUARDED.set(before);
    ended.unwrap_or(Err(ParquetFault::Corrupt("values that cannot be decoded")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_fault() {
        let nothing: Vec<u8> = Vec::new();
        assert_eq!(
            guarded(|| Ok(nothing[0])),
            Err(ParquetFault::Corrupt("values that cannot be decoded"))
        );
        assert_eq!(guarded(|| Ok(1)), Ok(1));
    }
}
