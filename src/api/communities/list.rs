//! `GET /v1/communities`: groups of entities that are more related among themselves than with others.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::communities::communities;
use crate::analyze::network::Network;
use crate::api::analyses::Analysis;
use crate::api::description::Description;
use crate::api::formats::{Cell, Forms, Graph, Place, Table};
use crate::api::operation::operation;
use crate::api::page::{Page, PageRequest, page};
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::query::{Parameter, query};
use crate::api::scope::CallerScope;
use crate::api::seen::Unmask;
use crate::api::shapes::row;
use crate::api::wire::EntitySummary;
use crate::graph::{EntityIndex, Snapshot};
use crate::model::EntityId;
use std::ops::RangeInclusive;

/// The most members of a community that one answer shows; `size` counts all of them.
const MEMBERS_SHOWN_MAX: usize = 50;

/// A community.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommunityView {
    /// The smallest entity id among its members.
    pub id: EntityId,
    /// Number of entities in the community.
    pub size: usize,
    /// Its members in order of their id, at most 50.
    pub members: Vec<EntitySummary>,
}

/// The communities of the caller's view.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommunitiesAnswer {
    /// The exact definition of the communities: the algorithm, its measure and its conventions.
    #[schema(value_type = String)]
    pub convention: &'static str,
    /// The resolution γ.
    pub resolution: f64,
    /// The modularity of the partition, -0.5 to 1.
    pub modularity: f64,
    /// The communities, the largest first, then by id; entities without relationships are left out.
    pub communities: Page<CommunityView>,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

const CONVENTION: &str = "Leiden (Traag, Waltman and van Eck 2019) for modularity; every community \
is connected; without randomness, in order of entity ids, so the same view gives the same communities; \
undirected, unweighted; a local optimum, not proven the best";

query! {
    /// The query parameters of the list of communities.
    CommunitiesQuery {
        /// The resolution γ, 0.01 to 100: the higher, the smaller the communities
        resolution "resolution": Resolution,
        /// `true` unmasks people who may be victims, for a victim specialist in whose case the victim is; logged
        unmask "unmask": Unmask,
        /// The page
        page "": PageRequest,
    }
}

/// The resolution γ of the modularity, from 0.01 to 100; 1 when absent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolution(f64);

impl Parameter for Resolution {
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, Problem> {
        parameters.decimal(name, RESOLUTION, 1.0).map(Self)
    }

    fn describe(description: &mut Description<'_>, name: &str, about: &str) {
        let range = Description::decimal(*RESOLUTION.start(), *RESOLUTION.end());
        description.in_query(name, &format!("{about}; 1 when absent"), range);
    }
}

/// The range of the resolution γ.
const RESOLUTION: RangeInclusive<f64> = 0.01..=100.0;

operation! {
    /// Communities
    ///
    /// Groups of entities that are more related among themselves than with others. The higher the resolution, the
    /// smaller the groups.
    list_communities = list;
    "network", Consultation, Heavy;
    forms Forms::json().with_table(place, table).with_graph(graph);
    examples {
        "limit": 10,
    };
}

/// The communities of a snapshot.
struct Division {
    /// Communities by size from the largest, then by id: the smallest entity id of its members, and the members in
    /// order of their id.
    largest: Vec<(EntityId, Vec<EntityIndex>)>,
    modularity: f64,
}

impl Analysis for Division {
    fn bytes(&self) -> usize {
        self.largest.bytes()
            + self.largest.iter().map(|(_, members)| members.bytes()).sum::<usize>()
    }
}

impl Division {
    fn of(snapshot: &Snapshot, resolution: f64) -> Self {
        let network = Network::of(snapshot);
        let found = communities(&network, resolution);
        let mut members: BTreeMap<u32, Vec<EntityIndex>> = BTreeMap::new();
        for ((node, community), entity) in
            (0u32..).zip(&found.of).zip(snapshot.entities().indexes())
        {
            if network.degree(node) > 0 {
                members.entry(*community).or_default().push(entity);
            }
        }
        let in_order = members.into_values().map(|members| snapshot.in_order(members));
        let named =
            |members: Vec<EntityIndex>| Some((snapshot.entity_id(*members.first()?), members));
        let mut largest: Vec<_> = in_order.filter_map(named).collect();
        largest.sort_by_key(|(id, members)| (Reverse(members.len()), *id));
        Self { largest, modularity: found.modularity }
    }
}

fn list(scope: &CallerScope, query: CommunitiesQuery) -> Result<CommunitiesAnswer, Problem> {
    let CommunitiesQuery { resolution: Resolution(resolution), unmask, page: request } = query;
    let seen = scope.seen_as(unmask)?;
    let list = ["communities", &resolution.to_string(), unmask.as_str()];
    let found = seen.analysis(&list, |snapshot| Division::of(snapshot, resolution))?;
    let page = page(
        scope,
        &list,
        &request,
        &found.largest,
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
}

fn place(answer: &CommunitiesAnswer) -> Place {
    answer.communities.place(&answer.snapshot)
}

/// A table with a row for each shown member.
fn table(answer: &CommunitiesAnswer) -> Table {
    let rows = answer.communities.items.iter().flat_map(|community| {
        let own = || vec![Cell::of(community.id), community.size.into()];
        community.members.iter().map(move |member| row([own(), member.cells()]))
    });
    let own = ["community", "community_size"];
    Table::new(own.into_iter().chain(EntitySummary::COLUMNS), rows)
}

/// A graph of the shown members, each with its community, without edges: the relationships of a member are in the list
/// of its neighbours.
fn graph(answer: &CommunitiesAnswer) -> Graph {
    let mut graph = Graph::of("Communities");
    for community in &answer.communities.items {
        for member in &community.members {
            let own =
                [("community", Cell::of(community.id)), ("community_size", community.size.into())];
            member.put_into(&mut graph, own.into());
        }
    }
    graph
}
