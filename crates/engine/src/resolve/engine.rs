//! The engine: a frozen model applied to records.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cluster::ClusterParameters;
use super::compare::{self, Agreement, Pending};
use super::content::content;
use super::keys::keys;
use super::lexicon::{Lexicon, LexiconBuilder, Sides};
use super::model::{LevelModel, Model, TypeModel};
use super::values::{Values, values};
use crate::model::{
    BlockKey, Body, Content, EntityType, FormId, FormLink, LevelHit, Link, Record, RecordId,
};
use crate::normalize::form;

/// The term frequency of shared names may add or take at most this many bits.
const TERM_FREQUENCY_BITS_MAX: f64 = 8.0;

/// The weight of the term-frequency adjustment: a half, because names are rarely shared exactly (a
/// documented choice of Splink for fuzzy levels).
const TERM_FREQUENCY_WEIGHT: f64 = 0.5;

/// The level's name where a value is missing on either side.
const MISSING: &str = "missing";

/// The name of the score's last part, behind all attributes: the rival explanation that the records speak of two
/// people who live together.
const HOUSEHOLD: &str = "household";

/// A model applied to records. Cheap to share; all calls are pure functions.
#[derive(Debug, Clone)]
pub struct Engine {
    model: Arc<Model>,
    weights: Arc<BTreeMap<EntityType, Weights>>,
}

/// The weights of the comparison levels of one type, in bits.
#[derive(Debug)]
pub(super) struct Weights {
    prior_bits: f64,
    /// For each attribute its levels.
    attributes: Vec<Vec<Weight>>,
    /// For each attribute the greatest weight that it can reach, its term-frequency adjustment included.
    most: Vec<f64>,
    /// The odds that two records taken at random speak of people who live together; `None` where the model does
    /// not know them.
    household: Option<f64>,
}

/// The weight of one comparison level.
#[derive(Debug)]
struct Weight {
    bits: f64,
    /// The usual term frequency of values shared at this level, in bits; `None` where it is not adjusted for.
    term_frequency_bits: Option<f64>,
    /// Bits by which people who live together are likelier to reach the level than chance pairs.
    household: f64,
}

/// A record ready for comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    entity_type: EntityType,
    lexicon: Lexicon,
    values: Values,
}

/// The score of a pair of records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Posterior log2 odds: the prior plus all levels.
    pub bits: f64,
    /// The prior's share of it.
    pub prior_bits: f64,
    /// The levels reached, in the model's order of attributes; then, where the model knows of households, the bits
    /// taken away by the explanation that these are people who live together.
    pub levels: Vec<LevelHit>,
}

impl Score {
    /// The posterior probability, 1 / (1 + 2^−bits).
    pub fn probability(&self) -> f64 {
        probability(self.bits)
    }
}

/// The probability that log2 odds stand for.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

impl Weights {
    fn of(model: &TypeModel) -> Self {
        let weight = |level: &LevelModel| Weight {
            bits: level.bits(),
            term_frequency_bits: level.term_frequency_bits,
            household: level.household_bits(),
        };
        let attributes: Vec<Vec<Weight>> =
            model.attributes.iter().map(|it| it.levels.iter().map(weight).collect()).collect();
        let most = |weight: &Weight| {
            weight.bits
                + if weight.term_frequency_bits.is_some() { TERM_FREQUENCY_BITS_MAX } else { 0.0 }
        };
        Self {
            prior_bits: model.prior_bits(),
            most: attributes.iter().map(|it| it.iter().map(most).fold(0.0, f64::max)).collect(),
            attributes,
            household: model.household.map(|household| household / (1.0 - household)),
        }
    }

    fn reached(&self, attribute: usize, agreement: &Agreement) -> Option<&Weight> {
        self.attributes.get(attribute)?.get(usize::from(agreement.levels[attribute]?))
    }

    /// Returns the bits of an attribute's level and those of the term-frequency adjustment; 0 and 0 where a value is
    /// missing.
    fn of_attribute(&self, attribute: usize, agreement: &Agreement) -> (f64, f64) {
        self.reached(attribute, agreement).map_or((0.0, 0.0), |weight| {
            let usual = weight.term_frequency_bits;
            (
                weight.bits,
                usual.map_or(0.0, |usual| {
                    term_frequency_adjustment(agreement.term_frequency_bits, usual)
                }),
            )
        })
    }

    /// Returns the bits of the rival explanation, negative where it takes any away: people who live together share
    /// values that chance pairs do not. With these bits the sum is the log2 odds of the same person against chance
    /// *or* household. `None` where the model does not know of households.
    fn household_bits(&self, agreement: &Agreement) -> Option<f64> {
        let odds = self.household?;
        let likelier = (0..self.attributes.len()).fold(0.0, |sum, attribute| {
            let (_, tf_bits) = self.of_attribute(attribute, agreement);
            sum + tf_bits + self.reached(attribute, agreement).map_or(0.0, |it| it.household)
        });
        // Nothing compared is no evidence of this either.
        Some(-((1.0 + odds * f64::exp2(likelier)) / (1.0 + odds)).log2())
    }

    /// Returns true if a pair can still reach `least` bits, should all pending attributes agree as well as they can.
    pub fn may_reach(&self, agreement: &Agreement, pending: Pending, least: f64) -> bool {
        let sum = (0..self.attributes.len()).fold(self.prior_bits, |sum, attribute| {
            if pending >> attribute & 1 == 1 {
                return sum + self.most[attribute];
            }
            let (bits, tf_bits) = self.of_attribute(attribute, agreement);
            sum + bits + tf_bits
        });
        // The other explanation adds nothing, but for what it took from the prior.
        let freed = self.household.map_or(0.0, |odds| (1.0 + odds).log2());
        // Added up in another order the sum may differ in its last bits.
        sum + freed + 1e-9 >= least
    }

    /// The bits of a pair: the prior plus all attributes, in their order, less the other explanation.
    pub fn bits(&self, agreement: &Agreement) -> f64 {
        let sum = (0..self.attributes.len()).fold(self.prior_bits, |sum, attribute| {
            let (bits, tf_bits) = self.of_attribute(attribute, agreement);
            sum + bits + tf_bits
        });
        sum + self.household_bits(agreement).unwrap_or(0.0)
    }
}

/// The term-frequency adjustment: how much rarer the shared names are than those that pairs share by
/// chance at this level.
fn term_frequency_adjustment(term_frequency_bits: f64, usual: f64) -> f64 {
    (TERM_FREQUENCY_WEIGHT * (term_frequency_bits - usual))
        .clamp(-TERM_FREQUENCY_BITS_MAX, TERM_FREQUENCY_BITS_MAX)
}

impl Engine {
    /// An engine with this model.
    pub fn new(model: Arc<Model>) -> Self {
        let weights = model.types.iter().map(|(kind, model)| (*kind, Weights::of(model))).collect();
        Self { model, weights: Arc::new(weights) }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the weights of the levels of a type; `None` where the model does not know the type.
    pub(super) fn weights(&self, entity_type: EntityType) -> Option<&Weights> {
        self.weights.get(&entity_type)
    }

    /// Makes a record ready for comparison.
    pub fn prepare(&self, record: &Record) -> Prepared {
        self.prepare_body(&record.body)
    }

    /// Makes the body of a record ready for comparison.
    pub fn prepare_body(&self, body: &Body) -> Prepared {
        let mut lexicon = LexiconBuilder::default();
        let values = values(&form(body), &mut lexicon);
        let mut lexicon = lexicon.finish();
        lexicon.set_term_frequencies(
            |word| self.model.term_frequency_bits(word),
            self.model.population(),
        );
        Prepared { entity_type: body.entity_type(), lexicon, values }
    }

    /// Scores two bodies; `None` when the types differ. Symmetric. To compare one body with many, prepare it once and
    /// call [`Engine::score`].
    pub fn compare(&self, a: &Body, b: &Body) -> Option<Score> {
        self.score(&self.prepare_body(a), &self.prepare_body(b))
    }

    /// The blocking keys of a record, distinct, ascending: a function of the record and the model.
    pub fn keys(&self, prepared: &Prepared) -> Vec<BlockKey> {
        keys(prepared.entity_type, &prepared.values, &prepared.lexicon)
    }

    /// Scores a pair; `None` when the types differ. Symmetric.
    pub fn score(&self, a: &Prepared, b: &Prepared) -> Option<Score> {
        let model = self.model.types.get(&a.entity_type)?;
        let weights = self.weights(a.entity_type)?;
        let sides = Sides::new(&a.lexicon, &b.lexicon);
        let agreement = compare::compare(sides, &a.values, &b.values)?;
        let levels = model.attributes.iter().enumerate().map(|(index, attribute)| {
            let (bits, tf_bits) = weights.of_attribute(index, &agreement);
            let reached = agreement.levels[index].map(usize::from);
            let level = reached.and_then(|level| attribute.levels.get(level));
            LevelHit {
                attribute: attribute.name.clone(),
                level: level.map_or(MISSING, |level| level.name.as_str()).to_owned(),
                bits,
                tf_bits,
            }
        });
        let household = weights.household_bits(&agreement).map(|bits| LevelHit {
            attribute: HOUSEHOLD.to_owned(),
            level: if bits < -1.0 { "likely" } else { "unlikely" }.to_owned(),
            bits,
            tf_bits: 0.0,
        });
        Some(Score {
            levels: levels.chain(household).collect(),
            bits: weights.bits(&agreement),
            prior_bits: weights.prior_bits,
        })
    }

    /// The link of a pair, when its score reaches the model's floor. Symmetric.
    pub fn link(&self, a: (RecordId, &Prepared), b: (RecordId, &Prepared)) -> Option<Link> {
        let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        let Score { bits, levels, .. } = self.score_from_floor(a.1, b.1)?;
        Some(Link { a: a.0, b: b.0, bits, levels, model: self.model.version.clone() })
    }

    /// The link of two forms, or of a form and itself, by one record of each, when its score reaches the model's floor.
    /// Symmetric.
    pub fn form_link(&self, a: (FormId, &Prepared), b: (FormId, &Prepared)) -> Option<FormLink> {
        let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        let Score { bits, levels, .. } = self.score_from_floor(a.1, b.1)?;
        Some(FormLink { a: a.0, b: b.0, bits, levels, model: self.model.version.clone() })
    }

    fn score_from_floor(&self, a: &Prepared, b: &Prepared) -> Option<Score> {
        let floor = self.model.types.get(&a.entity_type)?.floor;
        self.score(a, b).filter(|score| score.bits >= floor)
    }

    /// The content of a record, by which records of one class share a form.
    pub fn content(&self, prepared: &Prepared) -> Content {
        content(prepared.entity_type, &prepared.values, &prepared.lexicon)
    }

    /// Tells if two records of a type whose link has so many bits are one entity where nothing else speaks for or
    /// against it.
    pub fn joins(&self, entity_type: EntityType, bits: f64) -> bool {
        self.cluster_parameters(entity_type).join(bits)
    }

    /// Returns the parameters by which records of a type join into entities; for a type that the model does not know,
    /// parameters by which none join.
    pub fn cluster_parameters(&self, entity_type: EntityType) -> ClusterParameters {
        self.model
            .types
            .get(&entity_type)
            .map_or(ClusterParameters { stop: f64::MAX, absent_pair: 0.0 }, |model| model.cluster)
    }
}

impl Prepared {
    /// The type of thing the record speaks of.
    pub fn entity_type(&self) -> EntityType {
        self.entity_type
    }
}
