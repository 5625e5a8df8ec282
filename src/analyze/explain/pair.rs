//! Why a pair of records scores as it does, and what it would need where that is not enough.

use super::mean_bits;
use super::spanning::links_from;
use crate::graph::{RecordIndex, Snapshot};
use crate::model::{EntityType, LevelHit, Verdict};
use crate::resolve::{Engine, LevelModel, Score};

/// A step from the prior to the posterior.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// What is known before anything is compared.
    Prior {
        /// Its log2 odds.
        bits: f64,
        /// The sum so far.
        total: f64,
    },
    /// What the level that an attribute reached is worth.
    Level {
        /// The attribute.
        attribute: String,
        /// The level; `missing` where a side does not state it.
        level: String,
        /// log2 of its Bayes factor.
        bits: f64,
        /// The sum so far.
        total: f64,
    },
    /// What the term frequency of the shared value adds or takes (term frequency).
    TermFrequency {
        /// The attribute.
        attribute: String,
        /// What it adds.
        bits: f64,
        /// The sum so far.
        total: f64,
    },
}

impl Step {
    /// What the step adds.
    pub fn bits(&self) -> f64 {
        match self {
            Self::Prior { bits, .. }
            | Self::Level { bits, .. }
            | Self::TermFrequency { bits, .. } => *bits,
        }
    }

    /// The sum up to and with the step.
    pub fn total(&self) -> f64 {
        match self {
            Self::Prior { total, .. }
            | Self::Level { total, .. }
            | Self::TermFrequency { total, .. } => *total,
        }
    }
}

/// What an attribute would add if it agreed as well as it can.
#[derive(Debug, Clone, PartialEq)]
pub struct Gain {
    /// The attribute.
    pub attribute: String,
    /// The level it has now.
    pub level: String,
    /// Whether a side does not state it, so that asking for it may help.
    pub missing: bool,
    /// The level that is worth most.
    pub best: String,
    /// What that level would add to the posterior. The term frequency of a value that nobody has stated yet is
    /// not known and not counted.
    pub bits: f64,
}

/// What a pair below the stop would need to reach it.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyNot {
    /// Bits missing.
    pub needed: f64,
    /// What each attribute could add, the most first; of equal ones by name.
    pub gains: Vec<Gain>,
    /// How many of `gains`, from the first, would lift the pair to the stop. No smaller set does.
    /// `None` when all together would not.
    pub smallest: Option<usize>,
}

/// The pairs between the entities of two records that are not one.
#[derive(Debug, Clone, PartialEq)]
pub struct Between {
    /// Pairs of a record of the one and a record of the other.
    pub pairs: usize,
    /// Those the engine linked.
    pub links: usize,
    /// Mean bits over all of them, unlinked ones counted as evidence against: what clustering holds
    /// against the stop.
    pub mean_bits: f64,
}

/// Why a pair of records scores as it does.
#[derive(Debug, Clone, PartialEq)]
pub struct PairExplanation {
    /// The smaller record.
    pub a: RecordIndex,
    /// The greater record.
    pub b: RecordIndex,
    /// From the prior to the posterior, in the model's order of attributes. Attributes that a side does
    /// not state are steps of 0 bits.
    pub steps: Vec<Step>,
    /// The score: its bits are the last step's total.
    pub score: Score,
    /// From how many mean bits on groups of records join.
    pub stop: f64,
    /// What a side does not state, and what it would be worth: what to ask next, the best first.
    pub ask: Vec<Gain>,
    /// What would be needed, when the pair is below the stop.
    pub why_not: Option<WhyNot>,
    /// Blocking keys that both share: with none they are never compared.
    pub shared_keys: usize,
    /// Whether they are linked in the view.
    pub linked: bool,
    /// Whether they are one entity in the view.
    pub same_entity: bool,
    /// The verdict that stands on the pair.
    pub verdict: Option<Verdict>,
    /// The pairs between their entities, when they are two.
    pub between: Option<Between>,
}

/// Explains a pair of records of the snapshot. The score is computed anew: it is a
/// function of the two records and the model, linked or not. `None` for the same record twice or
/// records of two types. Symmetric.
pub fn why(
    snapshot: &Snapshot,
    engine: &Engine,
    a: RecordIndex,
    b: RecordIndex,
) -> Option<PairExplanation> {
    if a == b {
        return None;
    }
    let (a, b) = (a.min(b), a.max(b));
    let records = [&snapshot.records()[a], &snapshot.records()[b]];
    let prepared = records.map(|record| engine.prepare(record));
    let score = engine.score(&prepared[0], &prepared[1])?;
    let stop = engine.cluster_parameters(records[0].entity_type()).stop;
    let gains = gains(engine, records[0].entity_type(), &score);
    let [keys, others] = prepared.each_ref().map(|prepared| engine.keys(prepared));
    let pair = (records[0].id, records[1].id);
    let same_entity = snapshot.entity_of(a) == snapshot.entity_of(b);
    Some(PairExplanation {
        a,
        b,
        steps: steps(&score),
        stop,
        ask: gains.iter().filter(|gain| gain.missing).cloned().collect(),
        why_not: (score.bits < stop).then(|| why_not(score.bits, stop, gains)),
        score,
        shared_keys: keys.iter().filter(|key| others.binary_search(key).is_ok()).count(),
        linked: snapshot.links().binary_search_by_key(&pair, |link| (link.a, link.b)).is_ok(),
        same_entity,
        verdict: snapshot.verdicts().get(&(a, b)).copied(),
        between: if same_entity { None } else { between(snapshot, engine, a, b) },
    })
}

/// Added up in the engine's order, so that the last total is the score to the last bit.
fn steps(score: &Score) -> Vec<Step> {
    let mut total = score.prior_bits;
    let mut steps = vec![Step::Prior { bits: total, total }];
    for LevelHit { attribute, level, bits, tf_bits } in &score.levels {
        let attribute = || attribute.clone();
        total += bits;
        steps.push(Step::Level {
            attribute: attribute(),
            level: level.clone(),
            bits: *bits,
            total,
        });
        if *tf_bits != 0.0 {
            total += tf_bits;
            steps.push(Step::TermFrequency { attribute: attribute(), bits: *tf_bits, total });
        }
    }
    steps
}

/// Attributes that could add something, the most first.
fn gains(engine: &Engine, entity_type: EntityType, score: &Score) -> Vec<Gain> {
    let Some(model) = engine.model().types.get(&entity_type) else { return Vec::new() };
    let of_attribute = |(attribute, hit): (&crate::resolve::AttributeModel, &LevelHit)| {
        // Of levels worth the same the strongest agreement, which stands first.
        let best = attribute
            .levels
            .iter()
            .reduce(|best, level| if level.bits() > best.bits() { level } else { best })?;
        let missing = !attribute.levels.iter().any(|level| level.name == hit.level);
        let bits = LevelModel::bits(best) - (hit.bits + hit.tf_bits);
        (best.name != hit.level && bits > 0.0).then(|| Gain {
            attribute: hit.attribute.clone(),
            level: hit.level.clone(),
            missing,
            best: best.name.clone(),
            bits,
        })
    };
    let mut gains: Vec<Gain> =
        model.attributes.iter().zip(&score.levels).filter_map(of_attribute).collect();
    gains.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| a.attribute.cmp(&b.attribute)));
    gains
}

/// Bits add up, so the greatest gains first is the smallest set.
fn why_not(bits: f64, stop: f64, gains: Vec<Gain>) -> WhyNot {
    let mut total = bits;
    let lifted = gains.iter().position(|gain| {
        total += gain.bits;
        total >= stop
    });
    WhyNot { needed: stop - bits, smallest: lifted.map(|last| last + 1), gains }
}

fn between(
    snapshot: &Snapshot,
    engine: &Engine,
    a: RecordIndex,
    b: RecordIndex,
) -> Option<Between> {
    let [a, b] = [a, b].map(|record| snapshot.entity_of(record));
    let [one, other] = [a, b].map(|entity| &snapshot.entities()[entity]);
    let links = [links_from(snapshot, a, b), links_from(snapshot, b, a)].concat();
    let pairs = one.records.len() * other.records.len();
    let parameters = engine.cluster_parameters(one.entity_type);
    let mean_bits = mean_bits(snapshot, &links, pairs, &parameters)?;
    Some(Between { pairs, links: links.len(), mean_bits })
}
