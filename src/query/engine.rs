//! The seam between stored queries and the engines that run them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{PropertyGraph, QueryError, StoredQuery, Value};
use crate::govern::View;
use crate::model::{IdKey, hex};

/// Names the graph of one view at one revision of the store. Keyed hashes, so that they say
/// nothing about which classes exist.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewKey {
    /// A hash of the view, the same for all revisions.
    pub(super) view: String,
    /// A hash of the view and the revision; the value of the `view` property in the graph.
    pub(super) tag: String,
    /// The revision of the store that the graph was made from.
    pub(super) revision: u64,
}

impl ViewKey {
    /// Makes the key of the graph of a view at a revision of the store. `masks` tells how the view is masked: other
    /// masks give another key.
    pub fn new(id_key: &IdKey, view: &View, masks: &str, revision: u64) -> Self {
        let mut bytes: Vec<u8> =
            view.classes().iter().flat_map(|class| class.0.to_le_bytes()).collect();
        // Masked records are linked in another way for each agency.
        bytes.extend(format!("{}\n{:?}", view.agency(), view.withheld()).into_bytes());
        let parts: [&[u8]; 3] = [&bytes, masks.as_bytes(), &revision.to_le_bytes()];
        Self {
            view: hex(&id_key.tag("query view", &parts[..2])),
            tag: hex(&id_key.tag("query view revision", &parts)),
            revision,
        }
    }

    /// The value of the `view` property of every node in the graph.
    pub fn tag(&self) -> &str {
        &self.tag
    }
}

impl fmt::Debug for ViewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ViewKey({})", self.tag)
    }
}

/// How much one run may take. Reaching a limit refuses the whole result: a cut one would differ
/// silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows of the result.
    pub rows: usize,
    /// Rows between the clauses of the query (embedded engine).
    pub intermediate_rows: usize,
    /// Relationships walked (embedded engine).
    pub expansions: u64,
    /// Wall-clock time.
    pub time: Duration,
}

impl Default for Limits {
    /// Enough for a view of some hundred thousand nodes, and little enough that one caller does
    /// not hold a core for long.
    fn default() -> Self {
        Self {
            rows: 1_000,
            intermediate_rows: 2_000_000,
            expansions: 20_000_000,
            time: Duration::from_secs(20),
        }
    }
}

/// Stops a run from another thread.
#[derive(Clone, Default)]
pub struct Cancel(Arc<Mutex<CancelState>>);

#[derive(Default)]
struct CancelState {
    cancelled: bool,
    hooks: Vec<Box<dyn FnOnce() + Send>>,
}

impl Cancel {
    /// Stops the run at its next checkpoint.
    pub fn cancel(&self) {
        let hooks = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.cancelled = true;
            std::mem::take(&mut state.hooks)
        };
        hooks.into_iter().for_each(|hook| hook());
    }

    /// Tells if the run was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cancelled
    }

    /// Calls `hook` when the run is cancelled, at once if it already is.
    pub(super) fn on_cancel(&self, hook: impl FnOnce() + Send + 'static) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.cancelled {
            drop(state);
            hook();
        } else {
            state.hooks.push(Box::new(hook));
        }
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cancel({})", self.is_cancelled())
    }
}

/// An engine that holds property graphs of views and runs checked Cypher over one of them. All
/// calls block; never call them on an async executor's thread.
pub trait CypherEngine: Send + Sync {
    /// `embedded` or `neo4j`.
    fn name(&self) -> &'static str;

    /// Tells if the engine runs statements beyond the portable core (`engines: neo4j`).
    fn is_neo4j(&self) -> bool;

    /// Tells if the graph of this view at this revision is loaded and complete.
    ///
    /// # Errors
    /// When the engine does not answer.
    fn holds(&self, view: &ViewKey) -> Result<bool, QueryError>;

    /// Loads the graph of a view, replacing the graphs of its earlier revisions. Loading a graph that is already there
    /// changes nothing.
    ///
    /// # Errors
    /// When the engine does not answer or refuses the graph.
    fn load(&self, view: &ViewKey, graph: &PropertyGraph) -> Result<(), QueryError>;

    /// Runs a stored query over the graph of a view: rows with one value per column of its header,
    /// in its order. `$view` is bound here; `parameters` hold all others.
    ///
    /// # Errors
    /// [`QueryError::NotLoaded`] when the graph is not (or, at the end of the run, no longer)
    /// there, and the limits and failures of [`QueryError`].
    fn run(
        &self,
        view: &ViewKey,
        query: &StoredQuery,
        parameters: &BTreeMap<String, Value>,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<Vec<Vec<Value>>, QueryError>;
}
