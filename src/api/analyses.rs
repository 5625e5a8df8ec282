//! A cache of analyses, so that the further pages of a list and a repeated question do not compute them anew.
//!
//! A result is kept for one snapshot and one agency, so that the time that an answer takes does not tell callers of
//! another agency what was asked before. It is dropped when its snapshot is dropped, or when newer results need its
//! space. A caller who asks while the analysis is being computed waits for the result and does not compute it again.

use std::any::{Any, TypeId};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// Approximate number of bytes that all kept results together may take.
pub const ANALYSES_BYTES_MAX: usize = 128 << 20;
/// Number of results that may be kept, however small they are.
const ANALYSES_MAX: usize = 256;

/// The result of an analysis that can be kept.
pub trait Analysis: Send + Sync + 'static {
    /// Returns the approximate size of the result in bytes.
    fn bytes(&self) -> usize;
}

impl<T: Send + Sync + 'static> Analysis for Vec<T> {
    /// Counts the items themselves, without the heap memory that they own.
    fn bytes(&self) -> usize {
        self.len() * size_of::<T>()
    }
}

/// A result and its size in bytes; empty until it has been computed.
type Slot = Arc<OnceLock<(Arc<dyn Any + Send + Sync>, usize)>>;

struct Kept<S> {
    snapshot: Weak<S>,
    /// A keyed hash of the agency and of the analysis with all its parameters; hashed, because parameters may hold
    /// search terms.
    name: [u8; 16],
    result: TypeId,
    slot: Slot,
}

impl<S> Kept<S> {
    fn bytes(&self) -> usize {
        self.slot.get().map_or(0, |(_, bytes)| *bytes)
    }
}

/// The kept results of a server's analyses of snapshots, least recently used first.
pub struct Analyses<S> {
    kept: Mutex<VecDeque<Kept<S>>>,
    bytes_max: usize,
}

impl<S> Analyses<S> {
    /// Creates an empty cache whose results may together take about `bytes_max` bytes.
    pub fn new(bytes_max: usize) -> Self {
        Self { kept: Mutex::new(VecDeque::new()), bytes_max }
    }

    /// Returns the result of an analysis of a snapshot, computed if it is not kept, and whether it was kept. `name` is a
    /// keyed hash of the agency that asks and of the analysis with all parameters that it depends on beside the snapshot.
    /// The answer is always `Some`, since results are kept by their type as well.
    pub fn of<T: Analysis>(
        &self,
        snapshot: &Arc<S>,
        name: [u8; 16],
        compute: impl FnOnce() -> T,
    ) -> Option<(Arc<T>, bool)> {
        let slot = self.slot::<T>(snapshot, name);
        let mut own = None;
        let (kept, _) = slot.get_or_init(|| {
            let result = Arc::new(compute());
            own = Some(Arc::clone(&result));
            let bytes = result.bytes();
            (result as Arc<dyn Any + Send + Sync>, bytes)
        });
        let is_kept = own.is_none();
        let result = own.or_else(|| Arc::clone(kept).downcast::<T>().ok());
        self.make_room();
        Some((result?, is_kept))
    }

    /// Returns the slot of an analysis and marks it as the most recently used.
    fn slot<T: Analysis>(&self, snapshot: &Arc<S>, name: [u8; 16]) -> Slot {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody can ask for results of a snapshot that nobody holds any more.
        kept.retain(|it| it.snapshot.strong_count() > 0);
        let result = TypeId::of::<T>();
        let is_it = |it: &Kept<S>| {
            let same = std::ptr::eq(it.snapshot.as_ptr(), Arc::as_ptr(snapshot));
            same && it.name == name && it.result == result
        };
        let found = kept.iter().position(is_it).and_then(|at| kept.remove(at));
        let found = found.unwrap_or_else(|| Kept {
            snapshot: Arc::downgrade(snapshot),
            name,
            result,
            slot: Slot::default(),
        });
        let slot = Arc::clone(&found.slot);
        kept.push_back(found);
        slot
    }

    /// Drops the least recently used results while the cache exceeds its bounds.
    fn make_room(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes: usize = kept.iter().map(Kept::bytes).sum();
        while bytes > self.bytes_max || kept.len() > ANALYSES_MAX {
            let Some(oldest) = kept.pop_front() else { return };
            bytes -= oldest.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    /// A stand-in for a snapshot: only its identity matters.
    fn snapshot() -> Arc<u8> {
        Arc::new(0)
    }

    #[test]
    fn an_analysis_is_computed_once_for_a_snapshot_a_name_and_a_type() {
        let (analyses, one, other) = (Analyses::new(1 << 20), snapshot(), snapshot());
        let count = AtomicUsize::new(0);
        let ask = |snapshot: &Arc<u8>, name: u8| {
            let compute = || vec![count.fetch_add(1, Ordering::Relaxed)];
            analyses.of(snapshot, [name; 16], compute).unwrap().0[0]
        };
        assert_eq!([ask(&one, 1), ask(&one, 1), ask(&one, 2), ask(&other, 1)], [0, 0, 1, 2]);
        assert_eq!(analyses.of(&one, [1; 16], || vec!["other"]).unwrap().0[0], "other");
        assert_eq!(ask(&one, 1), 0);
    }

    #[test]
    fn many_who_ask_at_once_compute_once() {
        let (analyses, snapshot, count) = (Analyses::new(1 << 20), snapshot(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    analyses.of(&snapshot, [0; 16], || {
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        vec![count.fetch_add(1, Ordering::Relaxed)]
                    })
                });
            }
        });
        assert_eq!(count.into_inner(), 1);
    }

    #[test]
    fn the_bound_holds_and_what_was_used_last_stays() {
        let (analyses, snapshot) = (Analyses::new(3 * 1024), snapshot());
        let ask = |name: u8, bytes: usize| {
            let mut is_computed = false;
            let compute = || {
                is_computed = true;
                vec![0_u8; bytes]
            };
            assert_eq!(analyses.of(&snapshot, [name; 16], compute).unwrap().0.len(), bytes);
            is_computed
        };
        assert!(ask(1, 1024) && ask(2, 1024) && ask(3, 1024));
        assert!(!ask(1, 1024));
        assert!(ask(4, 1024));
        assert!(!ask(1, 1024) && ask(2, 1024));
        // A result larger than the bound is returned and not kept.
        assert!(ask(5, 1 << 20) && ask(5, 1 << 20));
        let bytes: usize = analyses.kept.lock().unwrap().iter().map(Kept::bytes).sum();
        assert!(bytes <= 3 * 1024);
    }

    #[test]
    fn an_analysis_goes_with_its_snapshot() {
        let (analyses, one, other) = (Analyses::new(1 << 20), snapshot(), snapshot());
        analyses.of(&one, [0; 16], || vec![0]).unwrap();
        drop(one);
        analyses.of(&other, [1; 16], || vec![0]).unwrap();
        assert_eq!(analyses.kept.lock().unwrap().len(), 1);
    }
}
