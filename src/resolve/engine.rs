//! The engine: a frozen model applied to records.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cluster::ClusterParameters;
use super::compare::{self, Agreement};
use super::keys::keys;
use super::model::{AttributeModel, LevelModel, Model, TypeModel};
use crate::model::{BlockKey, EntityType, LevelHit, Link, Record, RecordId};
use crate::normalize::{Form, form};

/// The rarity of shared names may add or take at most this many bits.
const RARITY_BITS_MAX: f64 = 8.0;

/// The weight of the term-frequency adjustment: a half, because names are rarely shared exactly (a
/// documented choice of Splink for fuzzy levels).
const RARITY_WEIGHT: f64 = 0.5;

/// The level's name where a value is missing on either side.
const MISSING: &str = "missing";

/// A model applied to records. Cheap to share; all calls are pure functions.
#[derive(Debug, Clone)]
pub struct Engine {
    model: Arc<Model>,
}

/// A record ready for comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    entity_type: EntityType,
    form: Form,
}

/// What a comparison is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Posterior log2 odds: the prior plus all levels.
    pub bits: f64,
    /// The prior's share of it.
    pub prior_bits: f64,
    /// The levels reached, in the model's order of attributes.
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

impl Engine {
    /// An engine with this model.
    pub fn new(model: Arc<Model>) -> Self {
        Self { model }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Makes a record ready for comparison.
    pub fn prepare(&self, record: &Record) -> Prepared {
        Prepared { entity_type: record.entity_type(), form: form(record) }
    }

    /// The blocking keys of a record, distinct, ascending: a function of the record and the model.
    pub fn keys(&self, prepared: &Prepared) -> Vec<BlockKey> {
        keys(&prepared.form, &self.model)
    }

    /// Scores a pair; `None` when the types differ. Symmetric.
    pub fn score(&self, a: &Prepared, b: &Prepared) -> Option<Score> {
        let type_model = self.model.types.get(&a.entity_type)?;
        let agreement = compare::compare(&a.form, &b.form)?;
        let levels: Vec<LevelHit> = self
            .weights(type_model, &agreement)
            .map(|(attribute, level, bits, tf_bits)| LevelHit {
                attribute: attribute.name.clone(),
                level: level.map_or(MISSING, |level| level.name.as_str()).to_owned(),
                bits,
                tf_bits,
            })
            .collect();
        let prior_bits = type_model.prior_bits();
        let bits = levels.iter().fold(prior_bits, |sum, level| sum + level.bits + level.tf_bits);
        Some(Score { bits, prior_bits, levels })
    }

    /// The bits of [`Engine::score`] alone, the same to the last bit.
    pub(super) fn bits(&self, a: &Prepared, b: &Prepared) -> Option<f64> {
        let type_model = self.model.types.get(&a.entity_type)?;
        let agreement = compare::compare(&a.form, &b.form)?;
        let weights = self.weights(type_model, &agreement);
        Some(weights.fold(type_model.prior_bits(), |sum, (_, _, bits, tf)| sum + bits + tf))
    }

    /// The link of a pair, when its score reaches the model's floor. Symmetric.
    pub fn link(&self, a: (RecordId, &Prepared), b: (RecordId, &Prepared)) -> Option<Link> {
        let floor = self.model.types.get(&a.1.entity_type)?.floor;
        let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        let score = self.score(a.1, b.1).filter(|score| score.bits >= floor)?;
        Some(Link {
            a: a.0,
            b: b.0,
            bits: score.bits,
            levels: score.levels,
            model: self.model.version.clone(),
        })
    }

    /// When records of a type join into entities.
    pub fn cluster_parameters(&self, entity_type: EntityType) -> ClusterParameters {
        self.model
            .types
            .get(&entity_type)
            .map_or(ClusterParameters { stop: f64::MAX, absent_pair: 0.0 }, |model| model.cluster)
    }

    /// Each attribute, the level it reached, and what that and the rarity of the shared value weigh.
    fn weights<'a>(
        &'a self,
        type_model: &'a TypeModel,
        agreement: &'a Agreement<'a>,
    ) -> impl Iterator<Item = (&'a AttributeModel, Option<&'a LevelModel>, f64, f64)> {
        type_model.attributes.iter().zip(agreement.levels).map(|(attribute, reached)| {
            let level = reached.and_then(|index| attribute.levels.get(usize::from(index)));
            let bits = level.map_or(0.0, LevelModel::bits);
            let tf_bits = level.map_or(0.0, |level| self.rarity_bits(level, agreement));
            (attribute, level, bits, tf_bits)
        })
    }

    /// The term-frequency adjustment: how much rarer the shared tokens are than those that pairs
    /// share by chance at this level. Of two spellings the more frequent one counts.
    fn rarity_bits(&self, level: &LevelModel, agreement: &Agreement<'_>) -> f64 {
        let Some(usual) = level.rarity else { return 0.0 };
        let rarity = rarity(&self.model, agreement);
        (RARITY_WEIGHT * (rarity - usual)).clamp(-RARITY_BITS_MAX, RARITY_BITS_MAX)
    }
}

/// Rarity in bits of the tokens that two names share, added up in a fixed order; of several pairs
/// of names that agree equally well the rarest counts.
pub(super) fn rarity(model: &Model, agreement: &Agreement<'_>) -> f64 {
    let of_pair = |shared: &Vec<(&str, &str)>| {
        let mut each: Vec<f64> =
            shared.iter().map(|(a, b)| model.rarity(a).min(model.rarity(b))).collect();
        each.sort_by(f64::total_cmp);
        each.iter().sum::<f64>()
    };
    agreement.shared_tokens.iter().map(of_pair).fold(0.0, f64::max)
}

impl Prepared {
    pub(super) fn form(&self) -> &Form {
        &self.form
    }

    /// What the record says, for putting records in order.
    pub(super) fn sorting_text(&self) -> String {
        format!("{:?}", self.form)
    }

    /// The type of thing the record speaks of.
    pub fn entity_type(&self) -> EntityType {
        self.entity_type
    }
}
