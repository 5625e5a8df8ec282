//! `GET /v1/explanations/entity/{id}`: how an entity holds together.

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

/// How an entity holds together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HowAnswer {
    /// The entity.
    pub entity: EntitySummary,
    /// Pairs of its records.
    pub pairs: usize,
    /// Whether it is masked: then it is not told how far its records agree.
    pub masked: bool,
    /// What holds it together; absent when masked.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub how: Option<HowView>,
    /// The state of the view that this was computed on.
    pub snapshot: String,
}

/// What holds an entity together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HowView {
    /// How far its records are to be believed.
    #[serde(flatten)]
    pub basis: BasisView,
    /// Pairs that the engine linked.
    pub links: usize,
    /// Mean bits over all pairs, unlinked ones counted as evidence against; absent for a single
    /// record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohesion: Option<f64>,
    /// The strongest links that connect the records, the strongest first, at most 500.
    pub spanning: Vec<LinkView>,
    /// The weakest of the links that connect the records; absent when none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakest: Option<LinkView>,
    /// What it would fall into without its weakest link, with everything else as it is. One group when
    /// it would hold.
    pub without_weakest: Vec<GroupView>,
}

/// Records that would stay together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GroupView {
    /// How many.
    pub size: usize,
    /// Which, in order of their id; at most 500 in all groups together.
    pub records: Vec<RecordId>,
}

operation! {
    /// Explain how an entity holds together
    ///
    /// The links that connect its records, the weakest one, and what it would fall into without it. It says
    /// bits and never what a record says; in what records agree is left out for people who are masked.
    explain_entity = explain;
    "explanations", Consultation;
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

/// How an entity of the caller's view holds together; what was found where it is not masked.
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
