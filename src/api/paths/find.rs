//! `GET /v1/paths`: how two entities are connected.

use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::network::Network;
use crate::analyze::paths::{COUNT_MAX, HOPS_MAX, PathOptions, paths};
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::Parameters;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::seen::Seen;
use crate::api::wire::{EntitySummary, RelationshipView};
use crate::govern::Function;
use crate::graph::EntityIndex;
use crate::model::EntityId;

/// Entities with more neighbours are not passed through unless the caller says otherwise: by way of a
/// big employer or a hotel everyone is connected to everyone.
const HUB_NEIGHBOURS_DEFAULT: u64 = 50;

/// A path.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PathView {
    /// The entities from the first to the last.
    pub entities: Vec<EntitySummary>,
    /// For each step what relates its two ends.
    pub steps: Vec<Vec<RelationshipView>>,
}

/// How two entities are connected.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PathsAnswer {
    /// The paths, the shortest first; of equally long ones in order of the ids along them.
    pub paths: Vec<PathView>,
    /// Whether these are all that were asked for. If not, the search came to its limit of work.
    pub complete: bool,
    /// The state of the view that this was computed on.
    pub snapshot: String,
}

/// Paths between two entities
///
/// The shortest ways from one entity to another over any relationship, in any direction, without
/// passing through hubs.
#[utoipa::path(
    tag = "network",
    operation_id = "find_paths",
    params(
        ("from" = EntityId, Query, description = "The entity it goes out from"),
        ("to" = EntityId, Query, description = "The entity it goes to"),
        ("max_hops" = Option<u64>, Query, minimum = 1, maximum = 8, description = "Steps at most; 6 when absent"),
        ("count" = Option<u64>, Query, minimum = 1, maximum = 20, description = "Paths at most; 5 when absent"),
        ("hub_neighbours_max" = Option<u64>, Query, minimum = 1, maximum = 1000000, description = "Entities with more neighbours are not passed through; 50 when absent"),
        ("unmask" = Option<bool>, Query, description = "Join and show what is masked: to a victim specialist in whose case the victim is; logged"),
    ),
    responses(
        (status = 200, body = PathsAnswer),
        (status = 404, body = ProblemBody, description = "No such entity in the caller's view"),
    ),
)]
#[get("/v1/paths")]
pub async fn find_paths(
    context: Context,
    request: HttpRequest,
) -> Result<Answer<PathsAnswer>, Problem> {
    let mut parameters = Parameters::of(&request)?;
    let form = "an entity id: `ent_` and 32 hexadecimal digits";
    let from: EntityId = parameters.required("from", form)?;
    let to: EntityId = parameters.required("to", form)?;
    let options = PathOptions {
        max_hops: parameters.number("max_hops", 1..=u64::from(HOPS_MAX), 6)? as u32,
        count: parameters.number("count", 1..=COUNT_MAX as u64, 5)? as usize,
        hub_degree_max: Some(parameters.number(
            "hub_neighbours_max",
            1..=1_000_000,
            HUB_NEIGHBOURS_DEFAULT,
        )? as u32),
        avoid: Vec::new(),
    };
    let unmask = parameters.unmask()?;
    parameters.finish()?;
    context
        .answer(Function::Ask, move |scope| {
            let seen = scope.seen_as(unmask)?;
            let ends = seen.entity(from).zip(seen.entity(to));
            let (from, to) = ends.ok_or_else(|| Problem::new(Code::NotFound))?;
            let (from, to) = (Network::node_of(from), Network::node_of(to));
            let found = paths(&Network::of(seen.snapshot()), from, to, &options)
                .map_err(|error| Problem::new(Code::BadParameter).detail(error.to_string()))?;
            let of_entities = |nodes: Vec<u32>| nodes.into_iter().map(Network::entity_of).collect();
            let mut ways: Vec<Vec<EntityIndex>> =
                found.paths.into_iter().map(of_entities).collect();
            let ids = |path: &Vec<EntityIndex>| -> Vec<EntityId> {
                path.iter().map(|entity| seen.listed_id(*entity)).collect()
            };
            ways.sort_by_cached_key(|path| (path.len(), ids(path)));
            Ok(PathsAnswer {
                paths: ways.iter().map(|path| view(&seen, path)).collect(),
                complete: found.complete,
                snapshot: seen.name(),
            })
        })
        .await
}

fn view(seen: &Seen<'_>, path: &[EntityIndex]) -> PathView {
    let steps = path.windows(2).map(|ends| {
        let incident = seen.snapshot().incident(ends[0]).iter();
        let between = incident.filter(|(neighbour, _)| *neighbour == ends[1]);
        between.map(|(_, index)| RelationshipView::of(seen, *index)).collect()
    });
    PathView {
        entities: path.iter().map(|entity| EntitySummary::of(seen, *entity)).collect(),
        steps: steps.collect(),
    }
}
