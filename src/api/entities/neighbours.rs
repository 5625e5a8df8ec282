//! `GET /v1/entities/{id}/neighbours`: what is around an entity.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::page::{Page, PageRequest, page};
use crate::api::parameters::Parameters;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::wire::{EntitySummary, RelationshipView};
use crate::govern::Function;
use crate::graph::{EntityIndex, RelationshipIndex};
use crate::model::EntityId;

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

/// Neighbours of an entity
///
/// The entities that a tie or an event relates to it, with all that relates them. In order of id, so
/// that the order ranks nobody.
#[utoipa::path(
    tag = "entities",
    operation_id = "list_neighbours",
    params(
        ("id" = EntityId, Path, description = "The entity's id"),
        ("type" = Option<crate::model::EntityType>, Query, description = "Only neighbours of this type"),
        ("unmask" = Option<bool>, Query, description = "Join and show what is masked: to a victim specialist in whose case the victim is; logged"),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "Items on a page"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, body = NeighboursAnswer),
        (status = 404, body = ProblemBody, description = "No such entity in the caller's view"),
    ),
)]
#[get("/v1/entities/{id}/neighbours")]
pub async fn list_neighbours(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<NeighboursAnswer>, Problem> {
    let mut parameters = Parameters::of(&request)?;
    let wanted = parameters.entity_type("type")?;
    let unmask = parameters.unmask()?;
    let asked = PageRequest::read(&mut parameters)?;
    parameters.finish()?;
    context
        .answer(Function::Ask, move |scope| {
            let seen = scope.seen_as(unmask)?;
            let (snapshot, entity) = (seen.snapshot(), seen.find_entity(&id)?);
            let mut around: BTreeMap<EntityIndex, Vec<RelationshipIndex>> = BTreeMap::new();
            for (neighbour, relationship) in snapshot.incident(entity) {
                let found = snapshot.entities()[*neighbour].entity_type;
                if wanted.is_none_or(|wanted| wanted == found) {
                    around.entry(*neighbour).or_default().push(*relationship);
                }
            }
            let around: Vec<(EntityIndex, Vec<RelationshipIndex>)> = snapshot
                .in_order(around.keys().copied())
                .into_iter()
                .filter_map(|neighbour| around.remove_entry(&neighbour))
                .collect();
            let wanted = wanted.map_or("", |wanted| wanted.as_str());
            let list = ["neighbours", &id, wanted, unmask.as_str()];
            let neighbours = page(
                scope,
                &list,
                &asked,
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
        })
        .await
}
