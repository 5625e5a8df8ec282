//! `GET /v1/entities/{id}/neighbours`: the neighbours of an entity.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::evidence::StatementView;
use crate::api::examples;
use crate::api::formats::{Attributes, Feature, Forms, Graph, Place, Table};
use crate::api::input::Id;
use crate::api::operation::operation;
use crate::api::page::{Page, PageRequest, page};
use crate::api::problem::Problem;
use crate::api::query::query;
use crate::api::scope::CallerScope;
use crate::api::seen::Unmask;
use crate::api::shapes::{entity_columns, row};
use crate::api::wire::{EntitySummary, RelationshipView};
use crate::graph::{EntityIndex, RelationshipIndex, Snapshot};
use crate::model::EntityId;
use crate::model::EntityType;

/// A neighbour of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NeighbourView {
    /// The neighbour.
    pub entity: EntitySummary,
    /// The relationships between the two entities.
    pub relationships: Vec<RelationshipView>,
}

/// The neighbours of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NeighboursAnswer {
    /// The entity whose neighbours are listed.
    pub entity: EntitySummary,
    /// Its neighbours, in order of their id.
    pub neighbours: Page<NeighbourView>,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

query! {
    /// The query parameters of the list of neighbours.
    NeighboursQuery {
        /// Only neighbours of this type
        wanted "type": Option<EntityType>,
        /// `true` unmasks people who may be victims, for a victim specialist in whose case the victim is; logged
        unmask "unmask": Unmask,
        /// The page
        page "": PageRequest,
    }
}

operation! {
    /// Neighbours of an entity
    ///
    /// The entities that a tie or an event relates to the entity, each with all its relationships to it. In order of
    /// id, so that the order ranks nobody.
    list_neighbours = list;
    "entities", Consultation, Light;
    forms Forms::json()
        .with_table(place, table)
        .with_graph(graph)
        .with_features(features);
    examples {
        "id": examples::PHONE,
        "limit": 10,
    };
    404 "No such entity in the caller's view";
}

fn list(
    scope: &CallerScope,
    (Id(id), query): (Id<EntityId>, NeighboursQuery),
) -> Result<NeighboursAnswer, Problem> {
    let NeighboursQuery { wanted, unmask, page: request } = query;
    let seen = scope.seen_as(unmask)?;
    let entity = seen.find_entity(id)?;
    let of_type = wanted.map_or("", EntityType::as_str);
    let list = ["neighbours", &id.to_string(), of_type, unmask.as_str()];
    let around = seen.analysis(&list, |snapshot| around(snapshot, entity, wanted))?;
    let neighbours = page(
        scope,
        &list,
        &request,
        &around,
        |(neighbour, _)| seen.listed_id(*neighbour).to_string(),
        |(neighbour, relationships)| NeighbourView {
            entity: EntitySummary::of(&seen, *neighbour),
            relationships: relationships
                .iter()
                .map(|index| RelationshipView::of(&seen, *index))
                .collect(),
        },
    )?;
    Ok(NeighboursAnswer {
        entity: EntitySummary::of(&seen, entity),
        neighbours,
        snapshot: seen.name(),
    })
}

/// Returns the neighbours of an entity in order of their id, each with its relationships to the entity; only neighbours
/// of the type `wanted`, if given.
fn around(
    snapshot: &Snapshot,
    entity: EntityIndex,
    wanted: Option<EntityType>,
) -> Vec<(EntityIndex, Vec<RelationshipIndex>)> {
    let mut around: BTreeMap<EntityIndex, Vec<RelationshipIndex>> = BTreeMap::new();
    for (neighbour, relationship) in snapshot.incident(entity) {
        let found = snapshot.entities()[*neighbour].entity_type;
        if wanted.is_none_or(|wanted| wanted == found) {
            around.entry(*neighbour).or_default().push(*relationship);
        }
    }
    let in_order = snapshot.in_order(around.keys().copied()).into_iter();
    in_order.filter_map(|neighbour| around.remove_entry(&neighbour)).collect()
}

fn place(answer: &NeighboursAnswer) -> Place {
    answer.neighbours.place(&answer.snapshot)
}

/// A table with a row for each relationship, together with its neighbour.
fn table(answer: &NeighboursAnswer) -> Table {
    let rows = answer.neighbours.items.iter().flat_map(|neighbour| {
        let relationships = neighbour.relationships.iter();
        relationships.map(|it| row([neighbour.entity.cells(), it.cells()]))
    });
    let columns = entity_columns("neighbour").into_iter();
    let columns = columns.chain(RelationshipView::COLUMNS.map(str::to_owned));
    Table::new(columns, rows)
}

fn graph(answer: &NeighboursAnswer) -> Graph {
    let mut graph = Graph::of("Neighbours of an entity");
    answer.entity.put_into(&mut graph, Attributes::new());
    for neighbour in &answer.neighbours.items {
        neighbour.entity.put_into(&mut graph, Attributes::new());
        neighbour.relationships.iter().for_each(|it| it.put_into(&mut graph));
    }
    graph
}

fn features(answer: &NeighboursAnswer) -> Vec<Feature> {
    let relationships = answer.neighbours.items.iter().flat_map(|it| &it.relationships);
    StatementView::features(relationships.flat_map(|it| &it.evidence))
}
