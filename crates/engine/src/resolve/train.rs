//! Training with labels: m from the pairs that an answer key says are the same, u from pairs taken
//! at random by hash of id, priors and name frequencies from the key's entities. Deterministic:
//! the same records and key give the same model, in whatever order they come.

use std::collections::{BTreeMap, BTreeSet};

use super::agreement_patterns::agreeing;
use super::cluster::ClusterParameters;
use super::compare::{self, ATTRIBUTES_MAX, Attribute};
use super::household::{Household, Known, Shared, household, ratios};
use super::model::{AttributeModel, LevelModel, Model, TypeModel};
use super::monotone::{self, Seen};
use super::table::Table;
use super::values::Values;
use crate::model::{Body, EntityType, Record, RecordId};

/// Random pairs looked at for each type.
const RANDOM_PAIRS: u64 = 400_000;

/// Pairs of one entity looked at: more of a large one would drown the others.
const PAIRS_PER_ENTITY_MAX: usize = 50;

/// Links down to this many bits are kept, so that clustering sees weak evidence for and against.
pub(super) const FLOOR_BITS: f64 = -3.0;

/// The parameters of clustering: clusters join while the mean bits of the pairs between them are at least `stop`; a
/// pair without a link counts `absent_pair`.
pub(super) const CLUSTER: ClusterParameters = ClusterParameters { stop: 0.0, absent_pair: -4.0 };

/// Chance pairs a level needs before its term frequency is trusted.
const TERM_FREQUENCY_PAIRS_MIN: u64 = 20;

/// The least m of a level: training data may be cleaner than the records of agencies.
const M_MIN: f64 = 0.0003;

/// How many must bear a name token for the model to list it.
const BEARERS_MIN: usize = 3;

/// The prior is never taken for likelier than this, however small the training set is: real stores
/// are larger.
const PRIOR_MAX: f64 = 1.0 / 4_096.0;

/// A record with the entity that the key gives it.
pub struct Labelled {
    /// The record.
    pub record: Record,
    /// The label of its true entity, the same for all records of that entity.
    pub entity: String,
}

/// Trains a model on labelled records; `about` notes its origin.
pub fn train(mut labelled: Vec<Labelled>, about: &str) -> Model {
    labelled.sort_by_key(|item| item.record.id);
    let mut by_type: BTreeMap<EntityType, Vec<Labelled>> = BTreeMap::new();
    for item in labelled {
        by_type.entry(item.record.entity_type()).or_default().push(item);
    }
    let mut model = Model {
        version: String::new(),
        about: about.into(),
        types: BTreeMap::new(),
        token_frequency: BTreeMap::new(),
        token_frequency_floor: 1e-4,
    };
    for (entity_type, labelled) in by_type {
        let ids = labelled.iter().map(|item| item.record.id).collect();
        let (bodies, entities): (Vec<Body>, _) =
            labelled.into_iter().map(|item| (item.record.body, item.entity)).unzip();
        let table = Table::of(entity_type, &bodies, &model);
        let mut items = Items { ids, entities, table };
        if entity_type == EntityType::Person {
            items.frequencies(&mut model);
            items.table.set_term_frequencies(&model);
        }
        model.types.insert(entity_type, items.train());
    }
    model.version = model.content_version();
    model
}

/// The records of one type, ascending by id, and the entity of each.
struct Items {
    ids: Vec<RecordId>,
    entities: Vec<String>,
    table: Table,
}

/// Sets the frequencies of name tokens from the number of people who bear each, out of `count`. A token of fewer than
/// [`BEARERS_MIN`] counts as the floor: it is personal, and a model must not list it.
pub(super) fn set_frequencies<'a>(
    model: &mut Model,
    bearers: impl Iterator<Item = (&'a str, usize)>,
    count: usize,
) {
    let count = count.max(1) as f64;
    model.token_frequency_floor = (1.0 / count).clamp(1e-7, 1e-3);
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
    term_frequency_bits: [f64; 16],
}

impl Counts {
    fn add(&mut self, table: &Table, a: u32, b: u32) {
        let Some(agreement) = table.compare(a, b) else { return };
        self.pairs += 1;
        for (attribute, level) in agreement.levels.iter().enumerate() {
            if let Some(level) = level {
                self.levels[attribute][usize::from(*level)] += 1;
            }
        }
        if let Some(name) = agreement.levels[0] {
            self.term_frequency_bits[usize::from(name)] += agreement.term_frequency_bits;
        }
    }

    /// Probability of a level among the pairs where the attribute is present, with half a pair added
    /// to each level so that none is impossible.
    fn share(&self, attribute: usize, level: usize, levels: usize) -> f64 {
        let of_level = self.levels[attribute][level] as f64 + 0.5;
        of_level / (self.present(attribute) + 0.5 * levels as f64)
    }

    /// The shares of all levels of all attributes.
    fn shares(&self, attributes: &[Attribute]) -> Vec<Vec<f64>> {
        let of = |(attribute, (_, levels)): (usize, &Attribute)| {
            (0..levels.len()).map(|level| self.share(attribute, level, levels.len())).collect()
        };
        attributes.iter().enumerate().map(of).collect()
    }

    /// The number of pairs of which both sides state the attribute.
    fn present(&self, attribute: usize) -> f64 {
        self.levels[attribute].iter().sum::<u64>() as f64
    }
}

/// Makes the levels of an attribute: m as it was seen, and u such that weights fall with the level.
pub(super) fn levels(
    names: &[&str],
    seen: &[Seen],
    term_frequency_bits: impl Fn(usize) -> Option<f64>,
    household: Option<&[f64]>,
) -> Vec<LevelModel> {
    // Rounded to six digits it must not become 1.
    let open = |p: f64| p.clamp(1e-12, 1.0 - 1e-6);
    let level = |(level, (name, bits)): (usize, (&&str, f64))| {
        let u = open(seen[level].m / bits.exp2());
        LevelModel {
            name: (*name).to_owned(),
            m: round(seen[level].m),
            u: round(u),
            term_frequency_bits: term_frequency_bits(level),
            household: household.map(|ratios| round(open(ratios[level] * u))),
        }
    };
    names.iter().zip(monotone::bits(seen)).enumerate().map(level).collect()
}

impl Items {
    /// Counts the distinct people who bear each token and sets the model's frequencies.
    fn frequencies(&self, model: &mut Model) {
        let mut bearers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let lexicon = self.table.lexicon();
        for (row, entity) in self.table.rows().iter().zip(&self.entities) {
            let Values::Person(person) = row else { continue };
            for word in person.names.words() {
                bearers.entry(&lexicon.word(word).text).or_default().insert(entity);
            }
        }
        let all: BTreeSet<&String> = self.entities.iter().collect();
        set_frequencies(model, bearers.iter().map(|(word, of)| (*word, of.len())), all.len());
    }

    fn train(&self) -> TypeModel {
        let entity_type = self.table.entity_type();
        let (same, random) = (self.same_pairs(), self.random_pairs());
        let named = entity_type == EntityType::Person;
        let attributes = compare::attributes(entity_type);
        let (m, u) = (same.shares(attributes), random.shares(attributes));
        let household = self.household(&m, &u, &random);
        let attributes = attributes.iter().enumerate().map(|(attribute, (name, names))| {
            let count = names.len();
            let seen: Vec<Seen> = (0..count)
                .map(|level| Seen {
                    m: m[attribute][level].max(M_MIN),
                    u: u[attribute][level],
                    pairs: (same.levels[attribute][level] + random.levels[attribute][level]) as f64,
                })
                .collect();
            let term_frequency_bits = |level| {
                (named && attribute == 0 && level + 1 < count)
                    .then(|| usual_term_frequency_bits(&random, &same, level))
            };
            let ratios = ratios(household.as_ref(), attribute);
            AttributeModel {
                name: (*name).into(),
                levels: levels(names, &seen, term_frequency_bits, ratios),
            }
        });
        TypeModel {
            prior: round(self.prior().min(PRIOR_MAX)),
            floor: FLOOR_BITS,
            cluster: CLUSTER,
            attributes: attributes.collect(),
            household: household.as_ref().map(|household| round(household.prior)),
        }
    }

    /// Learns of people who live together, from pairs of two entities that agree on an attribute of households.
    fn household(&self, m: &[Vec<f64>], u: &[Vec<f64>], random: &Counts) -> Option<Household> {
        let entity_type = self.table.entity_type();
        let attributes = compare::attributes(entity_type);
        let of_household = |it: &usize| compare::is_of_household(entity_type, *it);
        let shared = (0..attributes.len()).filter(of_household).map(|attribute| {
            let (pairs, times) = agreeing(attribute, &self.table);
            let mut counts = Counts::default();
            for (a, b) in pairs {
                if self.entities[a as usize] != self.entities[b as usize] {
                    counts.add(&self.table, a, b);
                }
            }
            let levels = attributes.iter().zip(&counts.levels);
            let levels = levels.map(|((_, names), counts)| {
                counts[..names.len()].iter().map(|count| *count as f64).collect()
            });
            Shared { attribute, levels: levels.collect(), pairs: counts.pairs as f64 * times }
        });
        let records = self.ids.len() as f64;
        let stated = |attribute| random.present(attribute) / (random.pairs as f64).max(1.0);
        let pairs = records * (records - 1.0) / 2.0;
        household(shared.collect(), &Known { entity_type, m, u, stated: &stated, pairs })
    }

    fn prior(&self) -> f64 {
        let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
        self.entities.iter().for_each(|entity| *sizes.entry(entity).or_default() += 1);
        let same: u64 = sizes.values().map(|n| n * (n - 1) / 2).sum();
        let n = self.entities.len() as u64;
        let all = (n * n.saturating_sub(1) / 2).max(1);
        (same.max(1) as f64 / all as f64).min(0.5)
    }

    fn same_pairs(&self) -> Counts {
        let mut entities: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (entity, row) in self.entities.iter().zip(0..) {
            entities.entry(entity).or_default().push(row);
        }
        let mut counts = Counts::default();
        for members in entities.values() {
            let pairs = members
                .iter()
                .enumerate()
                .flat_map(|(index, a)| members[index + 1..].iter().map(move |b| (*a, *b)));
            for (a, b) in pairs.take(PAIRS_PER_ENTITY_MAX) {
                counts.add(&self.table, a, b);
            }
        }
        counts
    }

    /// Pairs drawn by hash of their first record and a counter, so that the same records give the
    /// same pairs.
    fn random_pairs(&self) -> Counts {
        let mut counts = Counts::default();
        let count = self.ids.len() as u64;
        if count < 2 {
            return counts;
        }
        let rounds = RANDOM_PAIRS.div_ceil(count);
        for (a, id) in self.ids.iter().enumerate() {
            for round in 0..rounds {
                let mut hasher = blake3::Hasher::new();
                hasher.update(&id.0).update(&round.to_le_bytes());
                let mut bytes = [0; 8];
                hasher.finalize_xof().fill(&mut bytes);
                let b = (u64::from_le_bytes(bytes) % count) as usize;
                if self.entities[a] != self.entities[b] {
                    counts.add(&self.table, a as u32, b as u32);
                }
            }
        }
        counts
    }
}

/// Returns the mean term frequency, in bits, of values that chance pairs share at a level; where there are too few
/// chance pairs, that of pairs of one thing.
fn usual_term_frequency_bits(random: &Counts, same: &Counts, level: usize) -> f64 {
    let of =
        |counts: &Counts| counts.term_frequency_bits[level] / counts.levels[0][level].max(1) as f64;
    round(if random.levels[0][level] >= TERM_FREQUENCY_PAIRS_MIN { of(random) } else { of(same) })
}
