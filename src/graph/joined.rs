//! The snapshot of a view with all links, those too by which what is hidden would show: to find out what an
//! answer would be if the caller's records met other agencies' masked ones. Nothing is ever shown of it.

use super::{Setting, Snapshot, build_in};
use crate::govern::View;
use crate::model::IdKey;
use crate::resolve::Engine;
use crate::store::{Store, StoreError};

/// A view with all links. What is in it is for `analyze` alone.
pub struct Joined(Snapshot);

impl Joined {
    /// Builds it from the store; it is kept nowhere.
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

    /// The snapshot, never to be put into an answer.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.0
    }
}
