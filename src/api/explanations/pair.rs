//! `GET /v1/explanations/pair` and its picture: why two records score as they do, or why not.

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

/// Why two records score as they do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PairAnswer {
    /// The two records.
    #[serde(flatten)]
    pub pair: PairView,
    /// The entity that `a` speaks of in the caller's view.
    pub entity_a: EntitySummary,
    /// The entity that `b` speaks of in the caller's view.
    pub entity_b: EntitySummary,
    /// Whether that is the same one.
    pub same_entity: bool,
    /// Whether one of them is masked: then it is not told in what and how far they agree.
    pub masked: bool,
    /// In what and how far they agree; absent when masked.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub why: Option<WhyView>,
    /// The verdict of humans that stands on the pair; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The version of the model.
    pub model: String,
    /// The state of the view that this was computed on.
    pub snapshot: String,
}

/// In what and how far two records agree.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WhyView {
    /// From the prior to the posterior, in the model's order of attributes.
    pub steps: Vec<StepView>,
    /// Posterior log2 odds that both speak of the same: the total of the last step.
    pub bits: f64,
    /// The probability these odds stand for, 0 to 1.
    pub probability: f64,
    /// From how many mean bits on groups of records join.
    pub stop: f64,
    /// What a side does not state, and what it would be worth: what to ask next, the best first.
    pub ask: Vec<GainView>,
    /// What the pair would need; absent when its bits reach the stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<WhyNotView>,
    /// Blocking keys that both share; records that share none are never compared.
    pub shared_keys: usize,
    /// How far the two records are to be believed.
    #[serde(flatten)]
    pub basis: BasisView,
    /// Whether the engine linked them in the caller's view.
    pub linked: bool,
    /// The pairs between their entities; absent when both are one. Entities stay apart while the mean
    /// is below the stop, however strong one pair is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<BetweenView>,
}

/// What a step counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// What is known before anything is compared.
    Prior,
    /// The level that an attribute reached.
    Level,
    /// How rare the shared value is (term frequency).
    TermFrequency,
}

/// A step from the prior to the posterior.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StepView {
    /// What it counts.
    pub kind: StepKind,
    /// The attribute; absent for the prior.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The level it reached, `missing` where a side does not state it; levels only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// What it adds.
    pub bits: f64,
    /// The sum up to and with it.
    pub total: f64,
}

/// What an attribute would add if it agreed as well as it can.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GainView {
    /// The attribute.
    pub attribute: String,
    /// The level it has now.
    pub level: String,
    /// Whether a side does not state it.
    pub missing: bool,
    /// The level that is worth most.
    pub best: String,
    /// What that level would add, without the term frequency of a value that nobody has stated yet.
    pub bits: f64,
}

/// What a pair below the stop would need.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WhyNotView {
    /// Bits missing.
    pub needed: f64,
    /// What each attribute could add, the most first.
    pub gains: Vec<GainView>,
    /// The smallest set of attributes that would lift the pair to the stop; absent when all together
    /// would not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smallest: Option<Vec<String>>,
}

/// The pairs between two entities.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BetweenView {
    /// Pairs of a record of the one and a record of the other.
    pub pairs: usize,
    /// Those the engine linked.
    pub links: usize,
    /// Mean bits over all of them, unlinked ones counted as evidence against.
    pub mean_bits: f64,
}

query! {
    /// The two records that are asked about.
    PairQuery {
        /// One record
        a "a": RecordId,
        /// Another record of the same type
        b "b": RecordId,
        /// Whether to unmask
        unmask "unmask": Unmask,
    }
}

operation! {
    /// Explain a pair of records
    ///
    /// The way from the prior to the posterior, step by step in bits; what to ask next; below the stop, what
    /// the pair would need. It says attributes, levels and bits and never what a record says; where a record
    /// is about a person who may be a victim it says no more than whether the two are one, unless `unmask`
    /// is set by a victim specialist in whose case the victim is, which is logged.
    explain_pair = explain;
    "explanations", Combination;
    examples {
        "a": examples::PERSON_RECORD,
        "b": examples::OTHER_PERSON_RECORD,
    };
    404 "No such record in the caller's view";
    422 "Not two records of one type";
}

/// Whether both exist in the view is settled first: what follows speaks of visible records only.
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
