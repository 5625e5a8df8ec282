//! `GET /v1/communities`: groups of entities more related within than without.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::communities::communities;
use crate::analyze::network::Network;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::page::{Page, PageRequest, page};
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::wire::EntitySummary;
use crate::govern::Function;
use crate::graph::EntityIndex;
use crate::model::EntityId;

/// Members that one answer shows of a community; `size` counts them all.
const MEMBERS_SHOWN_MAX: usize = 50;

/// A community.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommunityView {
    /// The smallest entity id among its members.
    pub id: EntityId,
    /// How many entities it has.
    pub size: usize,
    /// Its members in order of their id, at most 50.
    pub members: Vec<EntitySummary>,
}

/// The communities of the caller's view.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommunitiesAnswer {
    /// What exactly was computed.
    #[schema(value_type = String)]
    pub convention: &'static str,
    /// The resolution γ.
    pub resolution: f64,
    /// The modularity of the partition, -0.5 to 1.
    pub modularity: f64,
    /// The communities, the largest first, then by id; entities without relationships are left out.
    pub communities: Page<CommunityView>,
    /// The state of the view that this was computed on.
    pub snapshot: String,
}

const CONVENTION: &str = "Leiden (Traag, Waltman and van Eck 2019) for modularity; every community \
is connected; without randomness, in order of entity ids, so the same view gives the same communities; \
undirected, unweighted; a local optimum, not proven the best";

/// Communities
///
/// Groups of entities that are more related among themselves than with others. At a higher
/// resolution they are smaller.
#[utoipa::path(
    tag = "network",
    operation_id = "list_communities",
    params(
        ("resolution" = Option<f64>, Query, minimum = 0.01, maximum = 100, description = "γ; 1 when absent"),
        ("unmask" = Option<bool>, Query, description = "Join and show what is masked: to a victim specialist in whose case the victim is; logged"),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "Items on a page"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, body = CommunitiesAnswer)),
)]
#[get("/v1/communities")]
pub async fn list_communities(
    context: Context,
    request: HttpRequest,
) -> Result<Answer<CommunitiesAnswer>, Problem> {
    let mut parameters = Parameters::of(&request)?;
    let resolution = parameters.decimal("resolution", 0.01..=100.0, 1.0)?;
    let unmask = parameters.unmask()?;
    let asked = PageRequest::read(&mut parameters)?;
    parameters.finish()?;
    context
        .answer(Function::Ask, move |scope| {
            let seen = scope.seen_as(unmask)?;
            let network = Network::of(seen.snapshot());
            let found = communities(&network, resolution);
            let mut members: BTreeMap<u32, Vec<EntityIndex>> = BTreeMap::new();
            for (node, community) in (0u32..).zip(&found.of) {
                if network.degree(node) > 0 {
                    members.entry(*community).or_default().push(Network::entity_of(node));
                }
            }
            let in_order = members.into_values().map(|members| seen.snapshot().in_order(members));
            let mut largest: Vec<(EntityId, Vec<EntityIndex>)> = in_order
                .filter_map(|members| Some((seen.listed_id(*members.first()?), members)))
                .collect();
            largest.sort_by_key(|(id, members)| (Reverse(members.len()), *id));
            let page = page(
                scope,
                &["communities", &resolution.to_string(), unmask.as_str()],
                &asked,
                &largest,
                |(community, _)| community.to_string(),
                |(community, members)| CommunityView {
                    id: *community,
                    size: members.len(),
                    members: members
                        .iter()
                        .take(MEMBERS_SHOWN_MAX)
                        .map(|entity| EntitySummary::of(&seen, *entity))
                        .collect(),
                },
            )?;
            Ok(CommunitiesAnswer {
                convention: CONVENTION,
                resolution,
                modularity: found.modularity,
                communities: page,
                snapshot: seen.name(),
            })
        })
        .await
}
