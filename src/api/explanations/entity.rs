//! `GET /v1/explanations/entity/{id}`: how an entity holds together.

use actix_web::{HttpRequest, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze;
use crate::api::entities;
use crate::api::limits::ENTITY_RECORDS_MAX;
use crate::api::parameters::Parameters;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::state::{Context, snapshot_name};
use crate::api::wire::{EntitySummary, LinkView};
use crate::govern::Function;
use crate::graph::Snapshot;
use crate::model::{EntityId, RecordId};

/// How an entity holds together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HowAnswer {
    /// The entity.
    pub entity: EntitySummary,
    /// Pairs of its records.
    pub pairs: usize,
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
    /// The state of the view that this was computed on.
    pub snapshot: String,
}

/// Records that would stay together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GroupView {
    /// How many.
    pub size: usize,
    /// Which, in order of their id; at most 500 in all groups together.
    pub records: Vec<RecordId>,
}

/// Explain how an entity holds together
///
/// The links that connect its records, the weakest one, and what it would fall into without it. It says
/// bits and never what a record says; in what records agree is left out for people who are masked.
#[utoipa::path(
    tag = "explanations",
    operation_id = "explain_entity",
    params(("id" = EntityId, Path, description = "The entity's id")),
    responses(
        (status = 200, body = HowAnswer),
        (status = 404, body = ProblemBody, description = "No such entity in the caller's view"),
    ),
)]
#[get("/v1/explanations/entity/{id}")]
pub async fn explain_entity(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<web::Json<HowAnswer>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::Ask, move |scope| {
            let snapshot = scope.snapshot()?;
            let entity = entities::find(&snapshot, &id)?;
            let how = analyze::how(&snapshot, &scope.state.engine, entity);
            let link = |index: u32| LinkView::of(&snapshot, &snapshot.links[index as usize]);
            let spanning = how.explanation.spanning.iter().take(ENTITY_RECORDS_MAX);
            Ok(HowAnswer {
                entity: EntitySummary::of(&snapshot, entity),
                pairs: how.explanation.pairs,
                links: how.explanation.links,
                cohesion: how.cohesion,
                spanning: spanning.map(|index| link(*index)).collect(),
                weakest: how.weakest.map(link),
                without_weakest: groups(&snapshot, &how.without_weakest),
                snapshot: snapshot_name(&snapshot),
            })
        })
        .await
}

fn groups(snapshot: &Snapshot, groups: &[Vec<u32>]) -> Vec<GroupView> {
    let mut left = ENTITY_RECORDS_MAX;
    let group = |records: &Vec<u32>| {
        let shown = records.iter().take(left);
        let shown: Vec<RecordId> =
            shown.map(|record| snapshot.records[*record as usize].id).collect();
        left -= shown.len();
        GroupView { size: records.len(), records: shown }
    };
    groups.iter().map(group).collect()
}
