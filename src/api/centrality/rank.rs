//! `GET /v1/centrality/{measure}`: entities ranked by a measure of centrality.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::centrality::{PageRankOptions, betweenness, degree, normalized, pagerank};
use crate::analyze::network::Network;
use crate::api::analyses::Analysis;
use crate::api::description::Description;
use crate::api::formats::{Cell, Forms, Place, Table};
use crate::api::input::{Arrived, Input};
use crate::api::limits::BETWEENNESS_WORK_MAX;
use crate::api::operation::operation;
use crate::api::page::{Page, PageRequest, page};
use crate::api::problem::{Code, Problem};
use crate::api::query::query;
use crate::api::scope::CallerScope;
use crate::api::seen::Unmask;
use crate::api::shapes::row;
use crate::api::wire::EntitySummary;
use crate::graph::{EntityIndex, Snapshot};
use crate::model::EntityType;

/// An entity and its score.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RankedEntity {
    /// The entity.
    pub entity: EntitySummary,
    /// The entity's score, in the unit that `convention` describes.
    pub score: f64,
}

/// A ranking of the network's entities by a measure of centrality.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CentralityAnswer {
    /// The measure: `degree`, `pagerank` or `betweenness`.
    pub measure: String,
    /// The exact definition of the measure: its reference, parameters and normalisation.
    #[schema(value_type = String)]
    pub convention: &'static str,
    /// True if the scores are exact up to rounding; otherwise `error_bound` bounds their error.
    pub exact: bool,
    /// Upper bound of the sum of the absolute errors of all scores (L1); absent when the scores are exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_bound: Option<f64>,
    /// Number of entities in the network.
    pub entities: usize,
    /// Number of pairs of related entities.
    pub edges: usize,
    /// Number of people who may be victims: part of the network, never ranked.
    pub not_ranked: usize,
    /// The ranked entities by score from the highest, then by id. A high score means that the records show an entity as
    /// well connected; it says nothing about guilt: the best connected entity is often a hotel, and the least visible
    /// person may matter most.
    pub ranking: Page<RankedEntity>,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

/// The measures of centrality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Number of distinct neighbours.
    Degree,
    /// PageRank.
    PageRank,
    /// Betweenness.
    Betweenness,
}

impl Measure {
    const ALL: [Self; 3] = [Self::Degree, Self::PageRank, Self::Betweenness];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Degree => "degree",
            Self::PageRank => "pagerank",
            Self::Betweenness => "betweenness",
        }
    }

    fn convention(self) -> &'static str {
        match self {
            Self::Degree => "number of distinct neighbours; undirected, unweighted",
            Self::PageRank => {
                "PageRank (Page et al. 1999, as in LDBC Graphalytics): damping 0.85, start 1/n, \
                 the mass of entities without neighbours spread evenly, sums to 1; undirected, \
                 unweighted"
            }
            Self::Betweenness => {
                "betweenness (Brandes 2001): share of shortest paths between other pairs, ends \
                 excluded, divided by (n - 1)(n - 2) / 2; undirected, unweighted"
            }
        }
    }

    /// Returns true for a computation that would take too long: betweenness of a network in which entities times edges exceed
    /// the limit.
    fn is_too_much(self, network: &Network) -> bool {
        let work = network.nodes() as u64 * network.edges() as u64;
        self == Self::Betweenness && work > BETWEENNESS_WORK_MAX
    }

    /// Returns the scores by node, and for PageRank the bound of their error in the L1 norm.
    fn scores(self, network: &Network) -> (Vec<f64>, Option<f64>) {
        match self {
            Self::Degree => (degree(network).into_iter().map(f64::from).collect(), None),
            Self::PageRank => {
                let options = PageRankOptions::default();
                let found = pagerank(network, &options);
                // The iteration contracts by the damping factor, which bounds the remaining error.
                let left = found.change * options.damping / (1.0 - options.damping);
                (found.scores, Some(left))
            }
            Self::Betweenness => {
                (normalized(&betweenness(network), network.nodes(), network.directed()), None)
            }
        }
    }
}

/// The measure, in the path.
impl Input for Measure {
    fn read(arrived: &mut Arrived) -> Result<Self, Problem> {
        Self::named(&arrived.path()?).ok_or_else(|| Problem::new(Code::NotFound))
    }

    fn describe(description: &mut Description<'_>) {
        let about = "`degree`, `pagerank` or `betweenness`";
        description.in_path(about, Description::text());
    }
}

query! {
    /// The query parameters of the ranking.
    CentralityQuery {
        /// Rank only entities of this type
        wanted "type": Option<EntityType>,
        /// `true` unmasks people who may be victims, for a victim specialist in whose case the victim is; logged
        unmask "unmask": Unmask,
        /// The page
        page "": PageRequest,
    }
}

operation! {
    /// Centrality
    ///
    /// Degree, PageRank or betweenness of the entities of the caller's view, with the exact convention.
    /// People who may be victims take part in the network and are never ranked.
    rank_entities = rank;
    "network", Consultation, Heavy;
    forms Forms::json().with_table(place, table);
    examples {
        "measure": "pagerank",
        "limit": 10,
    };
    404 "No such measure";
}

/// The result of a measure on a network: the entities in order of their scores.
struct Ranking {
    /// Entities with their scores, by score from the highest, then by id.
    ranked: Vec<(EntityIndex, f64)>,
    error_bound: Option<f64>,
    entities: usize,
    edges: usize,
    not_ranked: usize,
}

/// `None` where the measure would take too long.
impl Analysis for Option<Ranking> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, |ranking| ranking.ranked.bytes())
    }
}

impl Ranking {
    fn of(snapshot: &Snapshot, measure: Measure, wanted: Option<EntityType>) -> Option<Self> {
        let network = Network::of(snapshot);
        if measure.is_too_much(&network) {
            return None;
        }
        let (scores, error_bound) = measure.scores(&network);
        let of_type = |entity: &EntityIndex| {
            let found = snapshot.entities()[*entity].entity_type;
            wanted.is_none_or(|wanted| wanted == found)
        };
        let (protected, ranked): (Vec<EntityIndex>, Vec<EntityIndex>) = snapshot
            .entities()
            .indexes()
            .filter(of_type)
            .partition(|entity| snapshot.is_protected(*entity));
        let node = |entity| Network::node_of(snapshot, entity);
        let score = |entity: EntityIndex| (entity, scores[node(entity) as usize]);
        // The sort is stable: entities of equal scores stay in the order of their ids.
        let mut ranked: Vec<_> = snapshot.in_order(ranked).into_iter().map(score).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (entities, edges) = (network.nodes(), network.edges());
        Some(Self { ranked, error_bound, entities, edges, not_ranked: protected.len() })
    }
}

fn rank(
    scope: &CallerScope,
    (measure, query): (Measure, CentralityQuery),
) -> Result<CentralityAnswer, Problem> {
    scope.is_about(measure.name());
    let CentralityQuery { wanted, unmask, page: request } = query;
    let seen = scope.seen_as(unmask)?;
    let of_type = wanted.map_or("", EntityType::as_str);
    let list = ["centrality", measure.name(), of_type, unmask.as_str()];
    let found = seen.analysis(&list, |snapshot| Ranking::of(snapshot, measure, wanted))?;
    let found = found.as_ref().as_ref().ok_or_else(|| {
        let detail = "the network is too large for an exact betweenness";
        Problem::new(Code::LimitReached).detail(detail)
    })?;
    let ranking = page(
        scope,
        &list,
        &request,
        &found.ranked,
        |(entity, _)| seen.listed_id(*entity).to_string(),
        |(entity, score)| RankedEntity { entity: EntitySummary::of(&seen, *entity), score: *score },
    )?;
    Ok(CentralityAnswer {
        measure: measure.name().to_owned(),
        convention: measure.convention(),
        exact: found.error_bound.is_none(),
        error_bound: found.error_bound,
        entities: found.entities,
        edges: found.edges,
        not_ranked: found.not_ranked,
        ranking,
        snapshot: seen.name(),
    })
}

fn place(answer: &CentralityAnswer) -> Place {
    answer.ranking.place(&answer.snapshot)
}

fn table(answer: &CentralityAnswer) -> Table {
    let rows = answer.ranking.items.iter().map(|ranked| {
        row([ranked.entity.cells(), vec![Cell::of(&answer.measure), ranked.score.into()]])
    });
    Table::new(EntitySummary::COLUMNS.into_iter().chain(["measure", "score"]), rows)
}
