//! Bringing a snapshot up to date: what a commit changed is put into the lists, only the clusters that it touches are
//! clustered anew, and only their relationships are derived again. What comes out is, but for positions, the snapshot
//! that a build from nothing gives; the cost depends on what changed and on what is connected with it, not on how
//! large the view is. The snapshot before stays as it is, for who still reads it.

mod delta;
mod entities;
mod links;
mod lists;
mod masking;
mod relate;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::evidence::Coded;
use super::layered::Crowded;
use super::masks::Hides;
use super::shared_objects::SharedObjects;
use super::{EntityIndex, LeftOut, LinkIndex, RecordIndex, RelationshipIndex, Snapshot};
use crate::govern::View;
use crate::model::RecordId;
use crate::resolve::Engine;
use crate::store::Changes;
use delta::Delta;
use lists::Lists;

/// The changes cannot be put into the snapshot: it must be built anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anew;

impl From<Crowded> for Anew {
    fn from(_: Crowded) -> Self {
        Self
    }
}

/// The view, engine and options that a snapshot is made with, besides the objects of its view.
#[derive(Clone, Copy)]
pub(super) struct Making<'a> {
    pub view: &'a View,
    pub engine: &'a Engine,
    /// As [`super::Setting::unmasked`].
    pub unmasked: Option<&'a BTreeSet<RecordId>>,
    /// The objects of the snapshots in use; an object that is equal to one of them is held once.
    pub shared: &'a SharedObjects,
}

/// The positions at which a snapshot differs from the one before it; of objects that are gone too.
#[derive(Debug, Default)]
struct Touched {
    /// Records that are new.
    fresh: BTreeSet<RecordIndex>,
    /// Records that are gone.
    gone: BTreeSet<RecordIndex>,
    /// Records with another label.
    replaced: BTreeSet<RecordIndex>,
    /// Records of which a link or a judgement came, went or changed.
    joints: BTreeSet<RecordIndex>,
    /// Records of which a judgement came, went or changed.
    judged: BTreeSet<RecordIndex>,
    /// Links that came, went or changed.
    links: BTreeSet<LinkIndex>,
    /// Ties and events that came, went or changed, or that show another relationship than before.
    statements: BTreeSet<Coded>,
    /// Entities that came, went or have other records.
    entities: BTreeSet<EntityIndex>,
    /// Records that belong to another entity than before, new ones too.
    moved: BTreeSet<RecordIndex>,
    /// Relationships that came, went or changed.
    relationships: BTreeSet<RelationshipIndex>,
}

/// Returns the snapshot with these changes of its view, or itself if none of them shows in it. `shown` is masked if
/// `making` says so.
///
/// # Errors
/// When the snapshot must be built anew.
pub(super) fn advanced(
    shown: &Arc<Snapshot>,
    changes: &Changes,
    making: Making<'_>,
) -> Result<Arc<Snapshot>, Anew> {
    let before = shown.left_out.original.as_ref().unwrap_or(shown);
    let delta = Delta::of(before, changes, making)?;
    if delta.is_empty() {
        return Ok(Arc::clone(shown));
    }
    let mut touched = Touched::default();
    let lists = Lists::of(before, delta, making, &mut touched)?;
    let next = Arc::new(assembled(before, lists, making, &mut touched)?);
    Ok(match making.unmasked {
        Some(_) => Arc::new(masking::masked(shown, &next, &touched, making.shared)),
        None => next,
    })
}

/// The snapshot of the changed lists, without masking.
fn assembled(
    before: &Snapshot,
    lists: Lists,
    making: Making<'_>,
    touched: &mut Touched,
) -> Result<Snapshot, Anew> {
    let (entities, entity_of) = entities::of(before, &lists, making.engine, touched)?;
    let Lists { records, ties, events, links, judgements, naming, forms, keys, sum, left_out } =
        lists;
    let mut next = Snapshot {
        tag: sum.tag(&before.id_key),
        sum,
        id_key: before.id_key.clone(),
        records,
        entities,
        entity_of,
        ties,
        events,
        links,
        judgements,
        relationships: before.relationships.clone(),
        adjacency: before.adjacency.clone(),
        evidence: before.evidence.clone(),
        naming,
        forms,
        keys: keys.into(),
        left_out,
    };
    relate::relate(before, &mut next, touched)?;
    Ok(next)
}

impl LeftOut {
    /// The state before masking, with other records that the caller may and may not see unmasked.
    fn hiding(&self) -> Hides {
        Hides { sighted: Arc::clone(&self.sighted), foreign: Arc::clone(&self.foreign) }
    }
}
