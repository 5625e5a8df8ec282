//! `POST /v1/resolve`: finds the entities that a description may be about. Nothing is stored.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::analyze;
use crate::api::basis::BasisView;
use crate::api::formats::{Cell, Forms, Place, Table};
use crate::api::input::Json;
use crate::api::limits::CANDIDATES_MAX;
use crate::api::operation::operation;
use crate::api::shapes::row;

use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::api::seen::{Seen, Unmask};
use crate::api::wire::EntitySummary;
use crate::ingest::SubmittedRow;
use crate::ingest::submission::SubmittedRecord;
use crate::model::{Body, LevelHit, Record, RecordId, SubjectCategory};
use crate::resolve::probability;

/// The number of candidates in an answer when the caller gives no limit.
const CANDIDATES_DEFAULT: u64 = 10;

/// A description of a person or a thing, to find its entity.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveRequest {
    /// The description, in the form of a record's content.
    pub body: Body,
    /// The most candidates to return, 1 to 50; 10 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 50)]
    pub limit: Option<u64>,
}

/// A candidate: an entity that the description may be about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ResolveCandidate {
    /// The entity.
    pub entity: EntitySummary,
    /// Posterior log2 odds that the description is about the entity.
    pub bits: f64,
    /// The probability that corresponds to these odds, 0 to 1.
    pub probability: f64,
    /// The model's prior in bits; with the levels it adds up to `bits`.
    pub prior_bits: f64,
    /// The record of the entity that agrees best, which the reasons are about.
    pub record: RecordId,
    /// The reasons: the comparison level that each attribute reached, with its Bayes factor in bits.
    pub levels: Vec<LevelHit>,
    /// The reliability of the entity's records.
    #[serde(flatten)]
    pub basis: BasisView,
    /// Number of records of the entity that were compared.
    pub records_compared: usize,
}

/// The candidates for a description.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ResolveAnswer {
    /// The candidates, the best first. The answer does not claim that any of them is the right one.
    pub candidates: Vec<ResolveCandidate>,
    /// Number of candidates in all.
    pub total: usize,
    /// The version of the model that gave the scores.
    pub model: String,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

operation! {
    /// Resolve a description to entities
    ///
    /// Ranks the entities of the caller's view that the description may be about, each with its score and the reasons
    /// for it. Nothing is stored. People who may be victims, their phones and addresses are found only by a victim
    /// specialist in whose case they are, with `unmask`, which is logged.
    resolve = find;
    "resolve", Combination, Light;
    forms Forms::json().with_table(place, table);
    examples {
        "body": {
            "body": {
                "type": "person",
                "names": [{ "full": "Khadka, Maia" }],
                "birth_date": "2002-09",
            },
            "limit": 5,
        },
    };
    422 "Not a description";
}

fn find(
    scope: &CallerScope,
    (unmask, Json(asked)): (Unmask, Json<ResolveRequest>),
) -> Result<ResolveAnswer, Problem> {
    let limit = asked.limit.unwrap_or(CANDIDATES_DEFAULT);
    if !(1..=CANDIDATES_MAX).contains(&limit) {
        let range = format!("a whole number from 1 to {CANDIDATES_MAX}");
        return Err(Problem::parameter("limit", range));
    }
    let probe = probe(scope, asked.body)?;
    let seen = scope.seen_as(unmask)?;
    let found = seen.identify(&probe)?;
    Ok(ResolveAnswer {
        total: found.len(),
        candidates: found
            .into_iter()
            .take(limit as usize)
            .map(|candidate| ResolveCandidate::of(&seen, candidate))
            .collect(),
        model: seen.engine().model().version.clone(),
        snapshot: seen.name(),
    })
}

impl ResolveCandidate {
    fn of(seen: &Seen<'_>, candidate: analyze::Candidate) -> Self {
        Self {
            entity: EntitySummary::of(seen, candidate.entity),
            bits: candidate.score.bits,
            probability: probability(candidate.score.bits),
            prior_bits: candidate.score.prior_bits,
            record: seen.record_id(candidate.record),
            levels: candidate.score.levels,
            basis: seen.basis(candidate.entity),
            records_compared: candidate.compared,
        }
    }
}

/// Makes a record of the description, with the checks of a submitted record; it is never stored.
fn probe(scope: &CallerScope, body: Body) -> Result<Record, Problem> {
    let row = SubmittedRow {
        local_id: "probe".to_owned(),
        source: "resolve".to_owned(),
        category: Some(SubjectCategory::Unknown),
        records: vec![SubmittedRecord { slot: "probe".to_owned(), public: false, body }],
        ..SubmittedRow::default()
    };
    let output = row.into_output(&scope.caller.agency, scope.id_key()).map_err(|mut error| {
        error.column = error.column.map(|path| match path.strip_prefix("records.0.") {
            Some(path) => path.to_owned(),
            None => path,
        });
        Problem::row(None, error)
    })?;
    let mut records = output.records.into_iter();
    records.next().ok_or_else(|| Problem::new(crate::api::Code::InvalidInput))
}

fn place(answer: &ResolveAnswer) -> Place {
    Place::of_whole(answer.total, &answer.snapshot)
}

fn table(answer: &ResolveAnswer) -> Table {
    let own =
        ["bits", "probability", "prior_bits", "record", "levels", "records_compared", "model"];
    let rows = answer.candidates.iter().map(|it| {
        let levels = it.levels.iter().map(|hit| format!("{}:{}", hit.attribute, hit.level));
        let own = vec![
            it.bits.into(),
            it.probability.into(),
            it.prior_bits.into(),
            Cell::of(it.record),
            Cell::texts(levels),
            it.records_compared.into(),
            Cell::of(&answer.model),
        ];
        row([it.entity.cells(), own])
    });
    Table::new(EntitySummary::COLUMNS.into_iter().chain(own), rows)
}
