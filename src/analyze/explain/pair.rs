//! The explanation of a pair's score, and of the evidence that a pair below the stop lacks.

use super::mean_bits;
use super::spanning::links_from;
use crate::graph::{RecordIndex, Snapshot};
use crate::model::{EntityType, LevelHit, Verdict};
use crate::resolve::{Engine, LevelModel, Score};

/// One summand of the score, from the prior to the posterior.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The log2 odds before any attribute is compared.
    Prior {
        /// The log2 odds of the prior.
        bits: f64,
        /// The sum so far.
        total: f64,
    },
    /// The weight of the level that an attribute reached.
    Level {
        /// The attribute.
        attribute: String,
        /// The level; `missing` if one of the records does not state the attribute.
        level: String,
        /// log2 of its Bayes factor.
        bits: f64,
        /// The sum so far.
        total: f64,
    },
    /// The adjustment by the term frequency of the shared value.
    TermFrequency {
        /// The attribute.
        attribute: String,
        /// The adjustment in bits; below 0 for a frequent value.
        bits: f64,
        /// The sum so far.
        total: f64,
    },
}

impl Step {
    /// The bits that the step adds.
    pub fn bits(&self) -> f64 {
        match self {
            Self::Prior { bits, .. }
            | Self::Level { bits, .. }
            | Self::TermFrequency { bits, .. } => *bits,
        }
    }

    /// The sum of bits up to this step, with it.
    pub fn total(&self) -> f64 {
        match self {
            Self::Prior { total, .. }
            | Self::Level { total, .. }
            | Self::TermFrequency { total, .. } => *total,
        }
    }
}

/// The bits that an attribute would add if it agreed as well as it can.
#[derive(Debug, Clone, PartialEq)]
pub struct Gain {
    /// The attribute.
    pub attribute: String,
    /// The level it has now.
    pub level: String,
    /// True if one of the records does not state the attribute, so that asking for it may help.
    pub missing: bool,
    /// The level with the most bits.
    pub best: String,
    /// The bits that this level would add to the posterior. The term frequency of a value that nobody has stated yet is
    /// not known and not counted.
    pub bits: f64,
}

/// The evidence that a pair below the stop lacks.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyNot {
    /// The bits missing to reach the stop, above 0.
    pub needed: f64,
    /// The gain of each attribute that could add bits, by descending bits, then by name.
    pub gains: Vec<Gain>,
    /// The number of `gains`, from the first, that together lift the pair to the stop. No smaller set does. `None` if
    /// all of them together do not.
    pub smallest: Option<usize>,
}

/// The pairs of records between two entities.
#[derive(Debug, Clone, PartialEq)]
pub struct Between {
    /// The number of pairs of a record of the one and a record of the other, each for all that say the same as it.
    pub pairs: usize,
    /// The number of these pairs that the engine linked.
    pub links: usize,
    /// The mean bits over all of these pairs, unlinked ones counted as evidence against. Clustering compares this mean
    /// with the stop.
    pub mean_bits: f64,
}

/// The explanation of the score of a pair of records.
#[derive(Debug, Clone, PartialEq)]
pub struct PairExplanation {
    /// The smaller record.
    pub a: RecordIndex,
    /// The greater record.
    pub b: RecordIndex,
    /// The summands of the score from the prior to the posterior, in the model's order of attributes. Attributes that
    /// one of the records does not state are steps of 0 bits.
    pub steps: Vec<Step>,
    /// The score: its bits are the last step's total.
    pub score: Score,
    /// The stop: the smallest mean bits at which clustering joins groups of records.
    pub stop: f64,
    /// The attributes to ask for next, by descending gain: one of the records does not state them.
    pub ask: Vec<Gain>,
    /// The evidence that the pair lacks; `None` if it reaches the stop.
    pub why_not: Option<WhyNot>,
    /// The number of blocking keys that both records have: with none they are never compared.
    pub shared_keys: usize,
    /// True if the records are linked in the view.
    pub linked: bool,
    /// True if the records are of one entity in the view.
    pub same_entity: bool,
    /// The verdict that stands on the pair.
    pub verdict: Option<Verdict>,
    /// The pairs between the two entities of the records; `None` if they are of one entity.
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
        linked: snapshot.link_between(a, b).is_some(),
        same_entity,
        verdict: snapshot.verdicts().get(&(a, b)).copied(),
        between: if same_entity { None } else { between(snapshot, engine, a, b) },
    })
}

/// Lists the summands of a score. They are added in the engine's order, so that the last total equals the score
/// exactly.
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

/// Returns the attributes that could add bits, by descending gain.
fn gains(engine: &Engine, entity_type: EntityType, score: &Score) -> Vec<Gain> {
    let Some(model) = engine.model().types.get(&entity_type) else { return Vec::new() };
    let of_attribute = |(attribute, hit): (&crate::resolve::AttributeModel, &LevelHit)| {
        // Of levels with equal bits the strongest agreement is taken, which stands first.
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

/// Finds the smallest set of gains that reaches the stop: bits add up, so it is the greatest gains.
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
    let pairs = snapshot.node_count(&one.records) * snapshot.node_count(&other.records);
    let parameters = engine.cluster_parameters(one.entity_type);
    let mean_bits = mean_bits(snapshot, &links, pairs, &parameters)?;
    Some(Between { pairs, links: links.len(), mean_bits })
}
