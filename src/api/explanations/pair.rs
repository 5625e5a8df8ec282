//! `GET /v1/explanations/pair`: the score of two records, step by step, and the evidence missing for a link.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze;
use crate::api::basis::BasisView;
use crate::api::examples;
use crate::api::operation::operation;
use crate::api::problem::{Code, Problem};
use crate::api::query::query;
use crate::api::scope::CallerScope;
use crate::api::seen::Unmask;
use crate::api::wire::{EntitySummary, PairView};
use crate::graph::RecordIndex;
use crate::model::{RecordId, Verdict};

/// The explanation of the score of two records.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PairAnswer {
    /// The two records.
    #[serde(flatten)]
    pub pair: PairView,
    /// The entity of record `a` in the caller's view.
    pub entity_a: EntitySummary,
    /// The entity of record `b` in the caller's view.
    pub entity_b: EntitySummary,
    /// True if both records are of the same entity in the caller's view.
    pub same_entity: bool,
    /// True if one of the records is masked: then the answer does not tell in which attributes and how far they agree.
    pub masked: bool,
    /// The attributes in which the records agree, and how far; absent when masked.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub why: Option<WhyView>,
    /// The standing verdict of humans about the pair; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The version of the engine's model.
    pub model: String,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

/// The attributes in which two records agree, and how far, in bits.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WhyView {
    /// The steps from the prior to the posterior, in the model's order of attributes.
    pub steps: Vec<StepView>,
    /// Posterior log2 odds that both records are about the same thing: the total of the last step.
    pub bits: f64,
    /// The probability that corresponds to these odds, 0 to 1.
    pub probability: f64,
    /// The mean bits from which on groups of records are joined.
    pub stop: f64,
    /// The attributes that a record does not state, with the bits that they could add: the questions to ask next, the
    /// most valuable first.
    pub ask: Vec<GainView>,
    /// The evidence that the pair lacks; absent when its bits reach the stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<WhyNotView>,
    /// Number of blocking keys that both records share; records that share none are never compared.
    pub shared_keys: usize,
    /// The reliability of the two records.
    #[serde(flatten)]
    pub basis: BasisView,
    /// True if the engine linked the records in the caller's view.
    pub linked: bool,
    /// The pairs of records between their entities; absent when both records are of one entity. Entities stay apart
    /// while the mean is below the stop, however strong a single pair is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<BetweenView>,
}

/// The kind of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The odds before anything is compared.
    Prior,
    /// The level that an attribute reached.
    Level,
    /// How rare the shared value is (term frequency).
    TermFrequency,
}

/// A step from the prior to the posterior.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StepView {
    /// The kind of the step.
    pub kind: StepKind,
    /// The attribute; absent for the prior.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The comparison level that the attribute reached, `missing` when a record does not state it; only for steps of
    /// the kind `level`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The bits that the step adds.
    pub bits: f64,
    /// The sum of the bits up to and including this step.
    pub total: f64,
}

/// The bits that an attribute would add if it agreed as well as it can.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GainView {
    /// The attribute.
    pub attribute: String,
    /// The comparison level of the attribute now.
    pub level: String,
    /// True if a record does not state the attribute.
    pub missing: bool,
    /// The comparison level with the most bits.
    pub best: String,
    /// The bits that this level would add, without the term frequency of a value that nobody has stated yet.
    pub bits: f64,
}

/// The evidence that a pair below the stop lacks.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WhyNotView {
    /// The bits missing to the stop.
    pub needed: f64,
    /// The bits that each attribute could add, the most first.
    pub gains: Vec<GainView>,
    /// The smallest set of attributes that would lift the pair to the stop; absent when even all of them together would
    /// not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smallest: Option<Vec<String>>,
}

/// The pairs of records between two entities.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BetweenView {
    /// Number of pairs of a record of one entity and a record of the other.
    pub pairs: usize,
    /// Number of these pairs that the engine linked.
    pub links: usize,
    /// Mean bits over all these pairs, unlinked pairs counted as evidence against.
    pub mean_bits: f64,
}

query! {
    /// The query parameters that name two records.
    PairQuery {
        /// One record
        a "a": RecordId,
        /// Another record of the same type
        b "b": RecordId,
        /// `true` unmasks people who may be victims, for a victim specialist in whose case the victim is; logged
        unmask "unmask": Unmask,
    }
}

operation! {
    /// Explain a pair of records
    ///
    /// The steps from the prior to the posterior in bits; the attributes to ask for next; and, below the stop, the
    /// evidence that the pair lacks. The answer shows attributes, levels and bits and never the content of a record;
    /// where a record is about a person who may be a victim, it tells only if the two records are of one entity, unless
    /// `unmask` is set by a victim specialist in whose case the victim is, which is logged.
    explain_pair = explain;
    "explanations", Combination, Light;
    examples {
        "a": examples::PERSON_RECORD,
        "b": examples::OTHER_PERSON_RECORD,
    };
    404 "No such record in the caller's view";
    422 "Not two records of one type";
}

/// Explains a pair of records. It first checks that both records are in the view, so that all further answers are about
/// visible records only.
pub(super) fn explain(scope: &CallerScope, query: PairQuery) -> Result<PairAnswer, Problem> {
    let PairQuery { a, b, unmask } = query;
    let seen = scope.seen_as(unmask)?;
    let (a, b) = seen.record(a).zip(seen.record(b)).ok_or_else(|| Problem::new(Code::NotFound))?;
    let snapshot = seen.snapshot();
    let type_of = |record: RecordIndex| snapshot.records()[record].entity_type();
    if a == b || type_of(a) != type_of(b) {
        return Err(Problem::not_a_pair());
    }
    let entities = [a, b].map(|record| snapshot.entity_of(record));
    let ids = [a, b].map(|record| seen.record_id(record));
    let [first, second] = if ids[0] < ids[1] { entities } else { [entities[1], entities[0]] };
    let engine = scope.engine();
    let content = seen.content_to_score(&entities);
    let why = content.and_then(|content| {
        let why = analyze::why(content, engine, a, b)?;
        let records = [a, b].map(|record| content.records()[record].as_ref());
        Some(WhyView::of(&why, analyze::Basis::of(records)))
    });
    Ok(PairAnswer {
        pair: PairView::of(ids[0], ids[1]),
        entity_a: EntitySummary::of(&seen, first),
        entity_b: EntitySummary::of(&seen, second),
        same_entity: entities[0] == entities[1],
        masked: why.is_none(),
        why,
        verdict: snapshot.verdicts().get(&(a.min(b), a.max(b))).copied(),
        model: engine.model().version.clone(),
        snapshot: seen.name(),
    })
}

impl WhyView {
    fn of(why: &analyze::PairExplanation, basis: analyze::Basis) -> Self {
        Self {
            steps: why.steps.iter().map(StepView::of).collect(),
            bits: why.score.bits,
            probability: why.score.probability(),
            stop: why.stop,
            ask: why.ask.iter().map(GainView::of).collect(),
            why_not: why.why_not.as_ref().map(WhyNotView::of),
            shared_keys: why.shared_keys,
            basis: basis.into(),
            linked: why.linked,
            between: why.between.as_ref().map(|between| BetweenView {
                pairs: between.pairs,
                links: between.links,
                mean_bits: between.mean_bits,
            }),
        }
    }
}

impl StepView {
    fn of(step: &analyze::Step) -> Self {
        let (kind, attribute, level) = match step {
            analyze::Step::Prior { .. } => (StepKind::Prior, None, None),
            analyze::Step::Level { attribute, level, .. } => {
                (StepKind::Level, Some(attribute.clone()), Some(level.clone()))
            }
            analyze::Step::TermFrequency { attribute, .. } => {
                (StepKind::TermFrequency, Some(attribute.clone()), None)
            }
        };
        Self { kind, attribute, level, bits: step.bits(), total: step.total() }
    }
}

impl GainView {
    fn of(gain: &analyze::Gain) -> Self {
        Self {
            attribute: gain.attribute.clone(),
            level: gain.level.clone(),
            missing: gain.missing,
            best: gain.best.clone(),
            bits: gain.bits,
        }
    }
}

impl WhyNotView {
    fn of(why_not: &analyze::WhyNot) -> Self {
        let first = |count: usize| {
            why_not.gains.iter().take(count).map(|gain| gain.attribute.clone()).collect()
        };
        Self {
            needed: why_not.needed,
            gains: why_not.gains.iter().map(GainView::of).collect(),
            smallest: why_not.smallest.map(first),
        }
    }
}
