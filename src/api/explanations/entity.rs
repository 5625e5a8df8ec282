//! `GET /v1/explanations/entity/{id}`: the links that hold an entity together.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::{self, EntityExplanation};
use crate::api::basis::BasisView;
use crate::api::examples;
use crate::api::input::Id;
use crate::api::limits::ENTITY_RECORDS_MAX;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::api::seen::{Seen, Unmask};
use crate::api::wire::{EntitySummary, LinkView};
use crate::graph::{EntityIndex, LinkIndex, RecordIndex};
use crate::model::{EntityId, RecordId};

/// The explanation of how an entity holds together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HowAnswer {
    /// The entity.
    pub entity: EntitySummary,
    /// Number of pairs of the entity's records.
    pub pairs: usize,
    /// True if the entity is masked: then the answer does not tell how far its records agree.
    pub masked: bool,
    /// The links that hold the entity together; absent when masked.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub how: Option<HowView>,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

/// The links that hold an entity together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HowView {
    /// The reliability of the entity's records.
    #[serde(flatten)]
    pub basis: BasisView,
    /// Number of pairs that the engine linked.
    pub links: usize,
    /// Mean weight over all pairs in bits, unlinked pairs counted as evidence against; absent for a single record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohesion: Option<f64>,
    /// The strongest links that connect the records (a maximum spanning forest), strongest first, at most 500.
    pub spanning: Vec<LinkView>,
    /// The weakest of the links that connect the records; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakest: Option<LinkView>,
    /// The groups into which the entity would fall without its weakest link, everything else unchanged; a single group
    /// when it would hold.
    pub without_weakest: Vec<GroupView>,
}

/// A group of records that would stay together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GroupView {
    /// Number of records in the group.
    pub size: usize,
    /// The records of the group in order of their id; at most 500 in all groups together.
    pub records: Vec<RecordId>,
}

operation! {
    /// Explain how an entity holds together
    ///
    /// The links that connect the entity's records, the weakest of them, and the groups into which the entity would
    /// fall without it. The answer shows bits and never the content of a record; for masked people it leaves out how
    /// far the records agree.
    explain_entity = explain;
    "explanations", Consultation, Light;
    examples {
        "id": examples::PHONE,
    };
    404 "No such entity in the caller's view";
}

fn explain(
    scope: &CallerScope,
    (Id(id), unmask): (Id<EntityId>, Unmask),
) -> Result<HowAnswer, Problem> {
    let seen = scope.seen_as(unmask)?;
    let entity = seen.find_entity(id)?;
    Ok(how(&seen, entity).0)
}

/// Explains how an entity of the caller's view holds together. The second value is the analysis behind the answer;
/// `None` when the entity is masked.
pub(super) fn how(seen: &Seen<'_>, entity: EntityIndex) -> (HowAnswer, Option<EntityExplanation>) {
    let snapshot = seen.snapshot();
    let records = snapshot.entities()[entity].records.len();
    let found = seen.content_of(&[entity]).map(|it| analyze::how(it, seen.engine(), entity));
    let answer = HowAnswer {
        entity: EntitySummary::of(seen, entity),
        pairs: records * records.saturating_sub(1) / 2,
        masked: found.is_none(),
        how: found.as_ref().map(|found| HowView::of(seen, entity, found)),
        snapshot: seen.name(),
    };
    (answer, found)
}

impl HowView {
    fn of(seen: &Seen<'_>, entity: EntityIndex, found: &EntityExplanation) -> Self {
        let link = |index: &LinkIndex| seen.snapshot().links()[*index].as_ref();
        let spanning = found.explanation.spanning.iter().take(ENTITY_RECORDS_MAX);
        Self {
            basis: seen.basis(entity),
            links: found.explanation.links,
            cohesion: found.cohesion,
            spanning: LinkView::all(seen, spanning.map(link)),
            weakest: found.weakest.as_ref().and_then(|index| LinkView::of(seen, link(index))),
            without_weakest: groups(seen, &found.without_weakest),
        }
    }
}

fn groups(seen: &Seen<'_>, groups: &[Vec<RecordIndex>]) -> Vec<GroupView> {
    let mut left = ENTITY_RECORDS_MAX;
    let group = |records: &Vec<RecordIndex>| {
        let shown = records.iter().take(left);
        let shown: Vec<RecordId> = shown.map(|record| seen.record_id(*record)).collect();
        left -= shown.len();
        GroupView { size: records.len(), records: shown }
    };
    groups.iter().map(group).collect()
}
