//! `GET /v1/entities/{id}`: an entity with its records and the evidence that they are one entity.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze;
use crate::api::basis::BasisView;
use crate::api::examples;
use crate::api::formats::{Forms, Place, Table};
use crate::api::input::Id;
use crate::api::limits::ENTITY_RECORDS_MAX;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::api::seen::Seen;
use crate::api::seen::Unmask;
use crate::api::wire::{EntitySummary, LinkView, PairView, RecordView};
use crate::graph::EntityIndex;
use crate::model::{EntityId, RecordId, Timestamp, Verdict};

/// An entity with its records and the evidence that they are one entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EntityAnswer {
    /// The entity.
    pub entity: EntitySummary,
    /// Its visible records in order of their id, at most 500; `entity.records` counts them all.
    pub records: Vec<RecordView>,
    /// The reliability of the entity's records.
    #[serde(flatten)]
    pub basis: BasisView,
    /// The evidence that the records are one entity.
    pub why: Why,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

/// The evidence that records are one entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Why {
    /// The rule by which records are joined into an entity.
    #[schema(value_type = String)]
    pub rule: &'static str,
    /// Number of pairs of the entity's records.
    pub pairs: usize,
    /// The links that the engine found between the records; absent when the entity is masked.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// Human judgements of pairs of the entity's records.
    pub judgements: Vec<JudgementView>,
}

/// The links that the engine found between an entity's records.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Found {
    /// Number of pairs that the engine linked.
    pub links: usize,
    /// The strongest links that connect the records (a maximum spanning forest), strongest first, at most 500. The last
    /// of these links is the weakest point of the entity.
    pub strongest: Vec<LinkView>,
}

/// A human judgement of a pair of records.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JudgementView {
    /// The smaller record id.
    pub a: RecordId,
    /// The greater record id.
    pub b: RecordId,
    /// The verdict: the same or not the same.
    pub verdict: Verdict,
    /// The agency of the user who judged.
    pub agency: String,
    /// The time of the judgement.
    pub at: Timestamp,
}

/// The rule, in words.
const RULE: &str = "average link: two groups of records join when the mean weight in bits over all \
pairs between them, unlinked pairs counted as evidence against, is above the model's limit; what a \
human called the same always joins, and what a human called not the same never does";

operation! {
    /// Get an entity
    ///
    /// The visible records about the entity, and the evidence that they are one entity: the links that hold them
    /// together, each with its comparison levels in bits. The content of records about a person who may be a victim is
    /// masked unless `unmask` is set, which is logged.
    get_entity = get;
    "entities", Consultation, Light;
    forms Forms::json().with_table(place, table);
    examples {
        "id": examples::PHONE,
    };
    404 "No such entity in the caller's view";
}

fn get(
    scope: &CallerScope,
    (Id(id), unmask): (Id<EntityId>, Unmask),
) -> Result<EntityAnswer, Problem> {
    let seen = scope.seen_as(unmask)?;
    let entity = seen.find_entity(id)?;
    let records = seen.snapshot().records_of(entity).into_iter().take(ENTITY_RECORDS_MAX);
    let records = records.map(|record| RecordView::of(&seen, record));
    Ok(EntityAnswer {
        entity: EntitySummary::of(&seen, entity),
        records: records.collect(),
        basis: seen.basis(entity),
        why: why(&seen, entity),
        snapshot: seen.name(),
    })
}

fn why(seen: &Seen<'_>, entity: EntityIndex) -> Why {
    let snapshot = seen.snapshot();
    let explanation = analyze::explain(snapshot, entity);
    let links = explanation.spanning.iter().take(ENTITY_RECORDS_MAX);
    let links = links.map(|index| snapshot.links()[*index].as_ref());
    let found = || Found { links: explanation.links, strongest: LinkView::all(seen, links) };
    let judgements = explanation.judgements.iter().filter_map(|index| {
        let judgement = &snapshot.judgements()[*index];
        let pair = PairView::of(seen.shown_record(judgement.a)?, seen.shown_record(judgement.b)?);
        Some(JudgementView {
            a: pair.a,
            b: pair.b,
            verdict: judgement.verdict,
            agency: judgement.label.agency.clone(),
            at: judgement.at,
        })
    });
    Why {
        rule: RULE,
        pairs: explanation.pairs,
        found: (!seen.is_masked(entity)).then(found),
        judgements: judgements.collect(),
    }
}

fn place(answer: &EntityAnswer) -> Place {
    Place::of_whole(answer.entity.records, &answer.snapshot)
}

fn table(answer: &EntityAnswer) -> Table {
    Table::new(RecordView::COLUMNS, answer.records.iter().map(RecordView::cells))
}
