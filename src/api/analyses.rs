//! Analyses that are kept, so that the pages of a list and the same question asked again do not compute them anew.
//!
//! An analysis is kept for one snapshot and one agency: another agency's callers do not learn from the time that an
//! answer takes what was asked before them. It goes when its snapshot goes, or when others need its place. Who asks
//! while it is being computed waits for it and does not compute it again.

use std::any::{Any, TypeId};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// Bytes that all analyses together may take, about.
pub const ANALYSES_BYTES_MAX: usize = 128 << 20;
/// Analyses that may be kept, however small.
const ANALYSES_MAX: usize = 256;

/// The result of an analysis that can be kept.
pub trait Analysis: Send + Sync + 'static {
    /// About how many bytes it takes.
    fn bytes(&self) -> usize;
}

impl<T: Send + Sync + 'static> Analysis for Vec<T> {
    /// Without what its items hold elsewhere.
    fn bytes(&self) -> usize {
        self.len() * size_of::<T>()
    }
}

/// A result, once it is there, and its bytes.
type Slot = Arc<OnceLock<(Arc<dyn Any + Send + Sync>, usize)>>;

struct Kept<S> {
    snapshot: Weak<S>,
    /// A keyed hash of the agency and of the analysis with all its parameters: these may be what somebody searched for.
    name: [u8; 16],
    result: TypeId,
    slot: Slot,
}

impl<S> Kept<S> {
    fn bytes(&self) -> usize {
        self.slot.get().map_or(0, |(_, bytes)| *bytes)
    }
}

/// The analyses of a server on snapshots, the one used last at the end.
pub struct Analyses<S> {
    kept: Mutex<VecDeque<Kept<S>>>,
    bytes_max: usize,
}

impl<S> Analyses<S> {
    /// None yet; together they may take so many bytes, about.
    pub fn new(bytes_max: usize) -> Self {
        Self { kept: Mutex::new(VecDeque::new()), bytes_max }
    }

    /// The result of an analysis of a snapshot, computed where it is not kept. `name` is a keyed hash of the agency that
    /// asks and of the analysis with all that it depends on beside the snapshot. Tells also if the result was kept. `None`
    /// never comes: a result is kept by its type as well.
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

    /// The place of an analysis, which is the one used last from now on.
    fn slot<T: Analysis>(&self, snapshot: &Arc<S>, name: [u8; 16]) -> Slot {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // What is held by nobody any more is asked for by nobody any more.
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

    /// Drops what was used longest ago while there is too much.
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
    /// Of these nothing is asked: one is only told from another.
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
        // One that is larger than the bound is given and not kept.
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
