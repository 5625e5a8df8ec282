//! The frozen model: for each type of entity the prior, and for each attribute's comparison level
//! its m and u probability (Fellegi and Sunter 1969), as readable JSON.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::cluster::ClusterParameters;
use super::compare;
use crate::model::EntityType;

/// The model that ships with the program: trained on generated scenarios, see `accord train`.
static SHIPPED: LazyLock<Arc<Model>> = LazyLock::new(|| {
    // A test reads it, so a model that cannot be read never ships.
    Arc::new(Model::from_json(include_str!("model.json")).unwrap_or_else(|_| Model::empty()))
});

/// One level of one attribute may not count more than this many bits either way, whatever the
/// counts it was estimated from: no single field may decide alone against all others.
pub(super) const LEVEL_BITS_MAX: f64 = 20.0;

/// A text that is not a model of this program.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Not JSON of the model's form.
    #[error("not a model file: {0}")]
    Form(#[from] serde_json::Error),
    /// An attribute or level that this program does not compare, or one that is missing.
    #[error("the model does not fit this program: {0}")]
    Levels(String),
    /// A probability outside 0 to 1.
    #[error("the model holds a probability that is not between 0 and 1: {0}")]
    Probability(String),
}

/// A trained model. Scores made with it carry its version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Names this model; changes whenever anything in it does.
    pub version: String,
    /// A note on the origin of the model: how it was trained, and on what.
    pub about: String,
    /// The models of the types of entities.
    pub types: BTreeMap<EntityType, TypeModel>,
    /// How frequent name tokens are among distinct people, 0 to 1; tokens that are not listed count
    /// as `token_frequency_floor`.
    pub token_frequency: BTreeMap<String, f64>,
    /// The frequency of a token that is not listed.
    pub token_frequency_floor: f64,
}

/// The model of one type of entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeModel {
    /// Probability that two records of this type, taken at random, speak of the same one.
    pub prior: f64,
    /// Links below this many bits are not kept.
    pub floor: f64,
    /// The parameters by which clusters join.
    pub cluster: ClusterParameters,
    /// Probability that two records of this type, taken at random, speak of two people who live together:
    /// the third class of pairs beside same and chance (as in Winkler 1993). Absent where the model does
    /// not know them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<f64>,
    /// The attributes, in the order of comparison.
    pub attributes: Vec<AttributeModel>,
}

/// One attribute's comparison levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeModel {
    /// The attribute's name.
    pub name: String,
    /// Its levels, strongest first. A missing value has no level: it counts 0 bits.
    pub levels: Vec<LevelModel>,
}

/// One comparison level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelModel {
    /// The level's name.
    pub name: String,
    /// m: the probability of this level among pairs of one thing.
    pub m: f64,
    /// u: the probability of this level among chance pairs, of two things.
    pub u: f64,
    /// Mean term frequency in bits of the shared values among pairs that reach this level by chance; the
    /// term-frequency adjustment counts the difference from it. Absent where none is made.
    // Model files of earlier versions call it `rarity`.
    #[serde(default, alias = "rarity", skip_serializing_if = "Option::is_none")]
    pub term_frequency_bits: Option<f64>,
    /// Probability of this level among pairs of people who live together; absent where the model does not
    /// know them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<f64>,
}

impl LevelModel {
    /// log2 of the Bayes factor m/u, within ±20 bits.
    pub fn bits(&self) -> f64 {
        (self.m / self.u).log2().clamp(-LEVEL_BITS_MAX, LEVEL_BITS_MAX)
    }

    /// log2 of the ratio by which the level is likelier among people who live together than by chance, within
    /// ±20 bits; 0 where the model does not know of them.
    pub fn household_bits(&self) -> f64 {
        let ratio = self.household.map_or(1.0, |household| household / self.u);
        ratio.log2().clamp(-LEVEL_BITS_MAX, LEVEL_BITS_MAX)
    }
}

impl TypeModel {
    /// The prior as log2 odds.
    pub fn prior_bits(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }
}

impl Model {
    /// The model that ships with the program.
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// Reads a model and checks that it fits the levels this program compares.
    ///
    /// # Errors
    /// When the text is not a model, or a model of another version of the program.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        let model: Self = serde_json::from_str(text)?;
        for (entity_type, type_model) in &model.types {
            type_model.check(*entity_type)?;
        }
        match EntityType::ALL.iter().find(|kind| !model.types.contains_key(kind)) {
            Some(missing) => Err(ModelError::Levels(format!("no {}", missing.as_str()))),
            None => Ok(model),
        }
    }

    /// Returns this model with other parameters for joining clusters of a type, and so with another version.
    pub fn with_cluster(&self, entity_type: EntityType, cluster: ClusterParameters) -> Self {
        let mut model = self.clone();
        if let Some(of_type) = model.types.get_mut(&entity_type) {
            of_type.cluster = cluster;
        }
        model.version = model.content_version();
        model
    }

    /// Names the model by its content, whatever it was called before.
    pub(super) fn content_version(&self) -> String {
        let nameless = Self { version: String::new(), ..self.clone() };
        format!("accord-1-{}", &blake3::hash(nameless.to_json().as_bytes()).to_hex()[..12])
    }

    /// The model as readable JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Term frequency in bits of a name token: −log2 of its frequency.
    pub fn term_frequency_bits(&self, token: &str) -> f64 {
        let listed = self.token_frequency.get(token).copied().unwrap_or(0.0);
        -listed.max(self.token_frequency_floor).log2()
    }

    /// About how many people the frequencies were counted among.
    pub fn population(&self) -> f64 {
        1.0 / self.token_frequency_floor
    }

    /// A model that links nothing.
    fn empty() -> Self {
        Self {
            version: "empty".into(),
            about: "links nothing".into(),
            types: BTreeMap::new(),
            token_frequency: BTreeMap::new(),
            token_frequency_floor: 1e-4,
        }
    }
}

impl TypeModel {
    fn check(&self, entity_type: EntityType) -> Result<(), ModelError> {
        let place = |attribute: &str| format!("{}.{attribute}", entity_type.as_str());
        let expected = compare::attributes(entity_type);
        if self.attributes.len() != expected.len() {
            return Err(ModelError::Levels(place("attributes")));
        }
        for (attribute, (name, levels)) in self.attributes.iter().zip(expected) {
            let names = attribute.levels.iter().map(|level| level.name.as_str());
            if attribute.name != *name || !names.eq(levels.iter().copied()) {
                return Err(ModelError::Levels(place(name)));
            }
            let open = |p: f64| p > 0.0 && p < 1.0;
            let is_bad = |level: &LevelModel| {
                !open(level.m) || !open(level.u) || level.household.is_some_and(|it| !open(it))
            };
            if attribute.levels.iter().any(is_bad) {
                return Err(ModelError::Probability(place(name)));
            }
        }
        let open = |p: f64| p > 0.0 && p < 1.0;
        if open(self.prior) && self.household.is_none_or(open) {
            Ok(())
        } else {
            Err(ModelError::Probability(place("prior")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_file_of_an_earlier_version_reads_as_it_did() {
        let text = include_str!("model.json");
        let earlier = text.replace("term_frequency_bits", "rarity");
        assert_ne!(text, earlier);
        let [now, then] = [text, &earlier].map(|text| Model::from_json(text).unwrap());
        assert_eq!(serde_json::to_string(&now).unwrap(), serde_json::to_string(&then).unwrap());
    }

    #[test]
    fn the_shipped_model_fits_the_program_and_reads_back() {
        let model = Model::from_json(include_str!("model.json")).unwrap();
        assert_eq!(Model::from_json(&model.to_json()).unwrap(), model);
        assert_eq!(*Model::shipped(), model);
    }

    #[test]
    fn a_model_with_an_unknown_level_or_a_bad_probability_is_refused() {
        let mut model = (*Model::shipped()).clone();
        let people = model.types.get_mut(&EntityType::Person).unwrap();
        people.attributes[0].levels[0].m = 1.5;
        assert!(matches!(Model::from_json(&model.to_json()), Err(ModelError::Probability(_))));
        let people = model.types.get_mut(&EntityType::Person).unwrap();
        people.attributes[0].levels[0].name = "exactly".into();
        assert!(matches!(Model::from_json(&model.to_json()), Err(ModelError::Levels(_))));
    }
}
