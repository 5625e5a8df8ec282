//! `GET /v1/paths`: paths between two entities.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::network::Network;
use crate::analyze::paths::{COUNT_MAX, HOPS_MAX, PathOptions, paths};
use crate::api::evidence::StatementView;
use crate::api::examples;
use crate::api::formats::{Attributes, Feature, Forms, Graph, Place, Table};
use crate::api::operation::operation;
use crate::api::problem::{Code, Problem};
use crate::api::query::{Number, query};
use crate::api::scope::CallerScope;
use crate::api::seen::Seen;
use crate::api::seen::Unmask;
use crate::api::shapes::{entity_columns, row};
use crate::api::wire::{EntitySummary, RelationshipView};
use crate::graph::EntityIndex;
use crate::model::EntityId;

/// The default of the most neighbours that an entity on a path may have, its ends aside: through a big employer or a
/// hotel, everyone is connected to everyone.
const HUB_NEIGHBOURS_DEFAULT: u64 = 50;

/// A path.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PathView {
    /// The entities of the path from the first to the last.
    pub entities: Vec<EntitySummary>,
    /// The relationships between the two ends of each step; one step fewer than entities.
    pub steps: Vec<Vec<RelationshipView>>,
}

/// The paths between two entities.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PathsAnswer {
    /// The paths, the shortest first; paths of equal length in order of the ids along them.
    pub paths: Vec<PathView>,
    /// True if these are all paths that were asked for: the first `count`, or all that exist. If false, the search
    /// reached its limit of work and there may be more.
    pub complete: bool,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

query! {
    /// The query parameters of the search for paths.
    PathsQuery {
        /// The entity at which the paths begin
        from "from": EntityId,
        /// The entity at which the paths end
        to "to": EntityId,
        /// The most steps of a path
        max_hops "max_hops": Number<1, { HOPS_MAX as u64 }, 6>,
        /// The most paths
        count "count": Number<1, { COUNT_MAX as u64 }, 5>,
        /// Entities with more neighbours than this are not passed through
        hub_neighbours_max "hub_neighbours_max": Number<1, 1_000_000, HUB_NEIGHBOURS_DEFAULT>,
        /// `true` unmasks people who may be victims, for a victim specialist in whose case the victim is; logged
        unmask "unmask": Unmask,
    }
}

impl PathsQuery {
    fn options(&self) -> PathOptions {
        PathOptions {
            max_hops: self.max_hops.0 as u32,
            count: self.count.0 as usize,
            hub_degree_max: Some(self.hub_neighbours_max.0 as u32),
            avoid: Vec::new(),
        }
    }
}

operation! {
    /// Paths between two entities
    ///
    /// The shortest paths from one entity to another over any relationship, in any direction, without passing through
    /// hubs.
    find_paths = find;
    "network", Consultation, Heavy;
    forms Forms::json()
        .with_table(place, table)
        .with_graph(graph)
        .with_features(features);
    examples {
        "from": examples::PERSON,
        "to": examples::ADDRESS,
    };
    404 "No such entity in the caller's view";
}

fn find(scope: &CallerScope, query: PathsQuery) -> Result<PathsAnswer, Problem> {
    let seen = scope.seen_as(query.unmask)?;
    let ends = seen.entity(query.from).zip(seen.entity(query.to));
    let (from, to) = ends.ok_or_else(|| Problem::new(Code::NotFound))?;
    let snapshot = seen.snapshot();
    let (from, to) = (Network::node_of(snapshot, from), Network::node_of(snapshot, to));
    let found = paths(&Network::of(snapshot), from, to, &query.options())
        .map_err(|error| Problem::new(Code::BadParameter).detail(error.to_string()))?;
    let entity = |node| Network::entity_of(snapshot, node);
    let of_entities = |nodes: Vec<u32>| nodes.into_iter().filter_map(entity).collect();
    let mut ways: Vec<Vec<EntityIndex>> = found.paths.into_iter().map(of_entities).collect();
    let ids = |path: &Vec<EntityIndex>| -> Vec<EntityId> {
        path.iter().map(|entity| seen.listed_id(*entity)).collect()
    };
    ways.sort_by_cached_key(|path| (path.len(), ids(path)));
    Ok(PathsAnswer {
        paths: ways.iter().map(|path| view(&seen, path)).collect(),
        complete: found.complete,
        snapshot: seen.name(),
    })
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

fn place(answer: &PathsAnswer) -> Place {
    Place::of_whole(answer.paths.len(), &answer.snapshot)
}

/// A table with a row for each relationship of each step of each path, together with the two entities of the step.
fn table(answer: &PathsAnswer) -> Table {
    let steps = (1usize..).zip(&answer.paths).flat_map(|(path, view)| {
        let ends = view.entities.windows(2).zip(&view.steps);
        (1usize..).zip(ends).map(move |(step, (ends, related))| (path, step, ends, related))
    });
    let rows = steps.flat_map(|(path, step, ends, related)| {
        related.iter().map(move |it| {
            let number = vec![path.into(), step.into()];
            row([number, ends[0].cells(), ends[1].cells(), it.cells()])
        })
    });
    let number = ["path", "step"].map(str::to_owned);
    let columns = number.into_iter().chain(entity_columns("first")).chain(entity_columns("second"));
    Table::new(columns.chain(RelationshipView::COLUMNS.map(str::to_owned)), rows)
}

fn graph(answer: &PathsAnswer) -> Graph {
    let mut graph = Graph::of("Paths between two entities");
    for path in &answer.paths {
        path.entities.iter().for_each(|it| it.put_into(&mut graph, Attributes::new()));
        path.steps.iter().flatten().for_each(|it| it.put_into(&mut graph));
    }
    graph
}

fn features(answer: &PathsAnswer) -> Vec<Feature> {
    let relationships = answer.paths.iter().flat_map(|path| path.steps.iter().flatten());
    StatementView::features(relationships.flat_map(|it| &it.evidence))
}
