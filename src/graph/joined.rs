//! The snapshot of a view with all links, including those by which hidden content would show: to find out what an
//! answer would be if the caller's records were linked to other agencies' masked ones. It is never shown.

use super::{Setting, Snapshot, build_in};
use crate::govern::View;
use crate::model::IdKey;
use crate::resolve::Engine;
use crate::store::{Store, StoreError};

/// The snapshot of a view with all links. Only `analyze` may read it.
pub struct Joined(Snapshot);

impl Joined {
    /// Builds the snapshot from the store, without any cache.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn build(
        store: &dyn Store,
        view: &View,
        id_key: &IdKey,
        engine: &Engine,
    ) -> Result<Self, StoreError> {
        Ok(Self(build_in(store, view, id_key, engine, &Setting::default())?.0))
    }

    /// The snapshot, which must never get into an answer.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.0
    }
}
