//! Training with labels: m from the pairs that an answer key says are the same, u from pairs taken
//! at random by hash of id, priors and name frequencies from the key's entities. Deterministic:
//! the same records and key give the same model, in whatever order they come.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::ClusterParameters;
use super::compare::{self, ATTRIBUTES_MAX};
use super::engine::{Engine, Prepared, rarity};
use super::model::{AttributeModel, LevelModel, Model, TypeModel};
use crate::model::{EntityType, Record, RecordId};
use crate::normalize::Form;

/// Random pairs looked at for each type.
const RANDOM_PAIRS: u64 = 400_000;

/// Pairs of one entity looked at: more of a large one would drown the others.
const PAIRS_PER_ENTITY_MAX: usize = 50;

/// Links down to this many bits are kept, so that clustering sees weak evidence for and against.
pub(super) const FLOOR_BITS: f64 = -3.0;

/// When clusters join: the mean of the pairs between them is at least `stop`; a pair without a link
/// counts `absent_pair`.
pub(super) const CLUSTER: ClusterParameters = ClusterParameters { stop: 0.0, absent_pair: -4.0 };

/// Chance pairs a level needs before its rarity is trusted.
const RARITY_PAIRS_MIN: u64 = 20;

/// How many must bear a name token for the model to list it.
const BEARERS_MIN: usize = 3;

/// The prior is never taken for likelier than this, however small the training set is: real stores
/// are larger.
const PRIOR_MAX: f64 = 1.0 / 4_096.0;

/// A record with the entity that the key gives it.
pub struct Labelled {
    /// The record.
    pub record: Record,
    /// Its true entity: equal exactly within one.
    pub entity: String,
}

/// Trains a model.
pub fn train(mut labelled: Vec<Labelled>, about: &str) -> Model {
    labelled.sort_by_key(|item| item.record.id);
    let mut model = Model {
        version: String::new(),
        about: about.into(),
        types: BTreeMap::new(),
        token_frequency: BTreeMap::new(),
        token_frequency_floor: 1e-4,
    };
    let engine = Engine::new(std::sync::Arc::new(model.clone()));
    let mut by_type: BTreeMap<EntityType, Vec<Item>> = BTreeMap::new();
    for item in &labelled {
        by_type.entry(item.record.entity_type()).or_default().push(Item {
            id: item.record.id,
            entity: &item.entity,
            prepared: engine.prepare(&item.record),
        });
    }
    if let Some(people) = by_type.get(&EntityType::Person) {
        frequencies(people, &mut model);
    }
    for (entity_type, items) in &by_type {
        let type_model = train_type(*entity_type, items, &model);
        model.types.insert(*entity_type, type_model);
    }
    model.version = version(&model);
    model
}

struct Item<'a> {
    id: RecordId,
    entity: &'a str,
    prepared: Prepared,
}

/// Names the model by its content.
pub(super) fn version(model: &Model) -> String {
    format!("accord-1-{}", &blake3::hash(model.to_json().as_bytes()).to_hex()[..12])
}

/// How many distinct people bear each token.
fn frequencies(people: &[Item<'_>], model: &mut Model) {
    let mut bearers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut all = BTreeSet::new();
    for item in people {
        all.insert(item.entity);
        if let Form::Person(person) = item.prepared.form() {
            for token in person.names.iter().flat_map(|name| &name.tokens) {
                bearers.entry(token).or_default().insert(item.entity);
            }
        }
    }
    set_frequencies(model, bearers.iter().map(|(token, of)| (*token, of.len())), all.len());
}

/// Sets how frequent name tokens are, from how many of so many bear each. A token of fewer than
/// [`BEARERS_MIN`] counts as the floor: it is personal, and a model must not list it.
pub(super) fn set_frequencies<'a>(
    model: &mut Model,
    bearers: impl Iterator<Item = (&'a str, usize)>,
    count: usize,
) {
    let count = count.max(1) as f64;
    model.token_frequency_floor = (1.0 / count).clamp(1e-5, 1e-3);
    model.token_frequency = bearers
        .filter(|(_, bearers)| *bearers >= BEARERS_MIN)
        .map(|(token, bearers)| (token.to_owned(), round(bearers as f64 / count)))
        .collect();
}

/// Six significant digits keep the file readable and the bits exact enough.
pub(super) fn round(value: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let scale = 10f64.powi(5 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

/// Counts of levels among pairs.
#[derive(Default)]
struct Counts {
    pairs: u64,
    levels: [[u64; 16]; ATTRIBUTES_MAX],
    rarity: [f64; 16],
}

impl Counts {
    fn add(&mut self, model: &Model, a: &Prepared, b: &Prepared) {
        let Some(agreement) = compare::compare(a.form(), b.form()) else { return };
        self.pairs += 1;
        for (attribute, level) in agreement.levels.iter().enumerate() {
            if let Some(level) = level {
                self.levels[attribute][usize::from(*level)] += 1;
            }
        }
        if let Some(name) = agreement.levels[0] {
            self.rarity[usize::from(name)] += rarity(model, &agreement);
        }
    }

    /// Probability of a level among the pairs where the attribute is present, with half a pair added
    /// to each level so that none is impossible.
    fn share(&self, attribute: usize, level: usize, levels: usize) -> f64 {
        let present: u64 = self.levels[attribute].iter().sum();
        let of_level = self.levels[attribute][level] as f64 + 0.5;
        round(of_level / (present as f64 + 0.5 * levels as f64))
    }
}

fn train_type(entity_type: EntityType, items: &[Item<'_>], model: &Model) -> TypeModel {
    let same = same_pairs(items, model);
    let random = random_pairs(items, model);
    let named = entity_type == EntityType::Person;
    let attributes = compare::attributes(entity_type)
        .iter()
        .enumerate()
        .map(|(attribute, (name, levels))| AttributeModel {
            name: (*name).into(),
            levels: levels
                .iter()
                .enumerate()
                .map(|(level, level_name)| LevelModel {
                    name: (*level_name).into(),
                    m: same.share(attribute, level, levels.len()),
                    u: random.share(attribute, level, levels.len()),
                    rarity: (named && attribute == 0 && level + 1 < levels.len())
                        .then(|| usual_rarity(&random, &same, level)),
                })
                .collect(),
        })
        .collect();
    TypeModel {
        prior: round(prior(items).min(PRIOR_MAX)),
        floor: FLOOR_BITS,
        cluster: CLUSTER,
        attributes,
    }
}

/// Mean rarity of what chance pairs share at a level; where there are too few of them, that of
/// same pairs.
fn usual_rarity(random: &Counts, same: &Counts, level: usize) -> f64 {
    let of = |counts: &Counts| counts.rarity[level] / counts.levels[0][level].max(1) as f64;
    round(if random.levels[0][level] >= RARITY_PAIRS_MIN { of(random) } else { of(same) })
}

fn prior(items: &[Item<'_>]) -> f64 {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    items.iter().for_each(|item| *sizes.entry(item.entity).or_default() += 1);
    let same: u64 = sizes.values().map(|n| n * (n - 1) / 2).sum();
    let n = items.len() as u64;
    let all = (n * n.saturating_sub(1) / 2).max(1);
    (same.max(1) as f64 / all as f64).min(0.5)
}

fn same_pairs(items: &[Item<'_>], model: &Model) -> Counts {
    let mut entities: BTreeMap<&str, Vec<&Item<'_>>> = BTreeMap::new();
    items.iter().for_each(|item| entities.entry(item.entity).or_default().push(item));
    let mut counts = Counts::default();
    for members in entities.values() {
        let pairs = members
            .iter()
            .enumerate()
            .flat_map(|(index, a)| members[index + 1..].iter().map(move |b| (a, b)));
        for (a, b) in pairs.take(PAIRS_PER_ENTITY_MAX) {
            counts.add(model, &a.prepared, &b.prepared);
        }
    }
    counts
}

/// Pairs drawn by hash of their first record and a counter, so that the same records give the
/// same pairs.
fn random_pairs(items: &[Item<'_>], model: &Model) -> Counts {
    let mut counts = Counts::default();
    if items.len() < 2 {
        return counts;
    }
    let rounds = RANDOM_PAIRS.div_ceil(items.len() as u64);
    for a in items {
        for round in 0..rounds {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&a.id.0).update(&round.to_le_bytes());
            let mut bytes = [0; 8];
            hasher.finalize_xof().fill(&mut bytes);
            let b = &items[(u64::from_le_bytes(bytes) % items.len() as u64) as usize];
            if a.entity != b.entity {
                counts.add(model, &a.prepared, &b.prepared);
            }
        }
    }
    counts
}
