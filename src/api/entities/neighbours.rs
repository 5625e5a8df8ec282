//! `GET /v1/entities/{id}/neighbours`: what is around an entity.

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

/// An entity next to another.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NeighbourView {
    /// The neighbour.
    pub entity: EntitySummary,
    /// What relates the two.
    pub relationships: Vec<RelationshipView>,
}

/// What is around an entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NeighboursAnswer {
    /// The entity asked about.
    pub entity: EntitySummary,
    /// Its neighbours, in order of their id.
    pub neighbours: Page<NeighbourView>,
    /// The state of the view that this was computed on.
    pub snapshot: String,
}

query! {
    /// Which neighbours are listed.
    NeighboursQuery {
        /// Only neighbours of this type
        wanted "type": Option<EntityType>,
        /// Whether to unmask
        unmask "unmask": Unmask,
        /// The page
        page "": PageRequest,
    }
}

operation! {
    /// Neighbours of an entity
    ///
    /// The entities that a tie or an event relates to it, with all that relates them. In order of id, so
    /// that the order ranks nobody.
    list_neighbours = list;
    "entities", Consultation;
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

/// The neighbours of an entity, of a type where one is wanted, in order of their id, with what relates them to it.
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

/// A row for each relationship, with the neighbour that it relates.
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
