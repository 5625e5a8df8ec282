//! `GET /v1/explanations/entity/{id}` and its picture: how an entity holds together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::entity_picture::{self, Picture};
use super::picture;
use crate::analyze::{self, EntityExplanation};
use crate::api::entities;
use crate::api::limits::ENTITY_RECORDS_MAX;
use crate::api::parameters::Parameters;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::state::{Context, Scope, snapshot_name};
use crate::api::wire::{BasisView, EntitySummary, LinkView};
use crate::govern::Function;
use crate::graph::Snapshot;
use crate::model::{EntityId, RecordId, Verdict};

/// How an entity holds together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HowAnswer {
    /// The entity.
    pub entity: EntitySummary,
    /// How far its records are to be believed.
    #[serde(flatten)]
    pub basis: BasisView,
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
    context.answer(Function::Ask, move |scope| Ok(how(scope, &id)?.answer)).await
}

/// Picture how an entity holds together
///
/// The same as a picture: its records as a tree of the links that connect them, with their bits, the
/// weakest marked, and in colours what it would fall into without it; up to 60 records, and how many
/// are left out. One SVG file without scripts or anything from elsewhere.
#[utoipa::path(
    tag = "explanations",
    operation_id = "picture_entity",
    params(("id" = EntityId, Path, description = "The entity's id")),
    responses(
        (status = 200, body = String, content_type = "image/svg+xml"),
        (status = 404, body = ProblemBody, description = "No such entity in the caller's view"),
    ),
)]
#[get("/v1/explanations/entity/{id}.svg")]
pub async fn picture_entity(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    Parameters::of(&request)?.finish()?;
    let drawn = context.answer(Function::Ask, move |scope| {
        let how = how(scope, &id)?;
        let picture = picture_of(&how.snapshot, how.entity, &how.found);
        Ok(entity_picture::entity(&how.answer, &picture))
    });
    Ok(picture::response(drawn.await?.into_inner()))
}

/// How an entity of the caller's view holds together.
struct How {
    snapshot: Arc<Snapshot>,
    entity: u32,
    found: EntityExplanation,
    answer: HowAnswer,
}

fn how(scope: &Scope, id: &str) -> Result<How, Problem> {
    let snapshot = scope.snapshot()?;
    let entity = entities::find(&snapshot, id)?;
    let found = analyze::how(&snapshot, &scope.state.engine, entity);
    let link = |index: u32| LinkView::of(&snapshot, &snapshot.links[index as usize]);
    let spanning = found.explanation.spanning.iter().take(ENTITY_RECORDS_MAX);
    let answer = HowAnswer {
        entity: EntitySummary::of(&snapshot, entity),
        basis: analyze::Basis::of_entity(&snapshot, entity).into(),
        pairs: found.explanation.pairs,
        links: found.explanation.links,
        cohesion: found.cohesion,
        spanning: spanning.map(|index| link(*index)).collect(),
        weakest: found.weakest.map(link),
        without_weakest: groups(&snapshot, &found.without_weakest),
        snapshot: snapshot_name(&snapshot),
    };
    Ok(How { snapshot, entity, found, answer })
}

/// What the picture shows beyond the answer: of the view and of nothing else, as the answer is.
fn picture_of(snapshot: &Snapshot, entity: u32, found: &EntityExplanation) -> Picture {
    let records = &snapshot.entities[entity as usize].records;
    let at: BTreeMap<u32, usize> = records.iter().copied().zip(0..).collect();
    let link = |index: &u32| {
        let link = &snapshot.links[*index as usize];
        let (a, b) = snapshot.stored(link.a).zip(snapshot.stored(link.b))?;
        Some((*at.get(&a)?, *at.get(&b)?, link.bits))
    };
    let group_of: BTreeMap<u32, usize> = (0..)
        .zip(&found.without_weakest)
        .flat_map(|(group, records)| records.iter().map(move |record| (*record, group)))
        .collect();
    let spanning: BTreeSet<u32> = found.explanation.spanning.iter().copied().collect();
    let others = found.links.iter().filter(|it| !spanning.contains(it));
    let verdicts = snapshot.verdicts();
    let judged = verdicts.iter().filter(|(_, verdict)| **verdict == Verdict::Same);
    let named = |record: &u32| {
        let agency = &snapshot.records[*record as usize].label.agency;
        (snapshot.record_id(*record), agency.clone())
    };
    Picture {
        records: records.iter().map(named).collect(),
        groups: records.iter().map(|it| group_of.get(it).copied().unwrap_or(0)).collect(),
        spanning: found.explanation.spanning.iter().filter_map(link).collect(),
        others: others.filter_map(link).collect(),
        judged: judged.filter_map(|((a, b), _)| Some((*at.get(a)?, *at.get(b)?))).collect(),
    }
}

fn groups(snapshot: &Snapshot, groups: &[Vec<u32>]) -> Vec<GroupView> {
    let mut left = ENTITY_RECORDS_MAX;
    let group = |records: &Vec<u32>| {
        let shown = records.iter().take(left);
        let shown: Vec<RecordId> = shown.map(|record| snapshot.record_id(*record)).collect();
        left -= shown.len();
        GroupView { size: records.len(), records: shown }
    };
    groups.iter().map(group).collect()
}
