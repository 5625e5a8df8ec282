//! Training without labels: u from pairs taken at random, m by expectation maximization over pairs
//! that agree on one attribute, each attribute in turn (Winkler 1988; the sessions of Splink), the
//! prior from the pairs that blocking finds. Deterministic.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::batch::candidates;
use super::cluster::ClusterParameters;
use super::compare::{self, ATTRIBUTES_MAX};
use super::engine::{Engine, Prepared, rarity};
use super::model::{AttributeModel, LevelModel, Model, TypeModel};
use super::train::{self, FLOOR_BITS};
use crate::model::EntityType;
use crate::normalize::Form;

/// Pairs taken at random for u.
const RANDOM_PAIRS: u64 = 500_000;
/// Pairs of one session at most.
const SESSION_PAIRS_MAX: usize = 1_000_000;
/// Records of one value that take part in a session: a value shared by more is no evidence.
const SESSION_BLOCK_MAX: usize = 60;
/// Pairs of one thing that a session must be worth before it is trusted.
const SESSION_MATCHES_MIN: f64 = 100.0;
/// Sessions that must be trusted, so that every attribute is evidence in one.
const SESSIONS_MIN: usize = 2;
/// Share of the pairs of one thing that blocking is taken to find.
const RECALL_GUESSED: f64 = 0.85;
/// Rounds of one session at most, and the change at which it ends.
const ROUNDS_MAX: usize = 50;
const CHANGE_MIN: f64 = 1e-4;
/// How often u, m and the prior are estimated, each time leaving out of u what looks the same.
const PASSES: usize = 3;
/// Where m starts on an attribute's best level.
const M_BEST: f64 = 0.9;
/// When clusters join. m from blocked pairs and u with its tail cut say less than labels do, so that
/// evidence weighs less on both sides: the values that served average link best on other sets of
/// historical and generated people.
const CLUSTER: ClusterParameters = ClusterParameters { stop: -2.0, absent_pair: -3.0 };
/// A level's m and u are never taken for rarer than this: 2^-17 of chance pairs.
const U_MIN: f64 = 7.6e-6;

/// Levels of a pair, `None` where a value is missing.
type Pattern = [Option<u8>; ATTRIBUTES_MAX];

/// How often each pattern was seen, and the rarity its names shared in all.
#[derive(Default)]
struct Histogram(BTreeMap<Pattern, (f64, f64)>);

/// Trains a model for records of one type; the other types keep those of `base`, and so does this
/// one where the records hold too few duplicates to learn from.
pub fn train(entity_type: EntityType, prepared: &[Prepared], base: &Model, about: &str) -> Model {
    let mut model = base.clone();
    model.about = about.to_owned();
    if entity_type == EntityType::Person {
        frequencies(prepared, &mut model);
    }
    let frozen = Arc::new(model.clone());
    let random = random_pairs(prepared, &frozen);
    let sessions = sessions(entity_type, prepared, &frozen);
    let found = histogram(prepared, &candidates(prepared, &frozen), &frozen);
    let mut estimate = Estimate::start(entity_type, base, prepared.len());
    for _ in 0..PASSES {
        estimate.u_from(&random);
        if estimate.m_from(&sessions) < SESSIONS_MIN {
            // Too little to learn from: what was learnt elsewhere serves better.
            return base.clone();
        }
        estimate.prior_from(&found, prepared.len());
    }
    model.types.insert(entity_type, estimate.finish(entity_type, &random, &found));
    model.version = train::version(&model);
    model
}

/// How many records bear each token.
fn frequencies(prepared: &[Prepared], model: &mut Model) {
    let mut bearers: BTreeMap<&str, usize> = BTreeMap::new();
    for prepared in prepared {
        let Form::Person(person) = prepared.form() else { continue };
        let mut tokens: Vec<&str> =
            person.names.iter().flat_map(|name| &name.tokens).map(String::as_str).collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens.into_iter().for_each(|token| *bearers.entry(token).or_default() += 1);
    }
    train::set_frequencies(model, bearers.into_iter(), prepared.len());
}

/// Counts the patterns of pairs, in parallel; sums of counts and of rarities in a fixed order.
fn histogram(prepared: &[Prepared], pairs: &[(u32, u32)], model: &Model) -> Histogram {
    let parts: Vec<Histogram> = pairs
        .par_chunks(20_000)
        .map(|pairs| {
            let mut part = Histogram::default();
            for (a, b) in pairs {
                let (a, b) = (prepared[*a as usize].form(), prepared[*b as usize].form());
                let Some(agreement) = compare::compare(a, b) else { continue };
                let entry = part.0.entry(agreement.levels).or_default();
                entry.0 += 1.0;
                entry.1 += rarity(model, &agreement);
            }
            part
        })
        .collect();
    let mut all = Histogram::default();
    for (pattern, (count, rarity)) in parts.into_iter().flat_map(|part| part.0) {
        let entry = all.0.entry(pattern).or_default();
        entry.0 += count;
        entry.1 += rarity;
    }
    all
}

/// Pairs taken by hash of a counter.
fn random_pairs(prepared: &[Prepared], model: &Model) -> Histogram {
    let count = prepared.len() as u64;
    if count < 2 {
        return Histogram::default();
    }
    let all = count * (count - 1) / 2;
    let drawn = |round: u64| {
        let mut bytes = [0; 16];
        blake3::Hasher::new().update(&round.to_le_bytes()).finalize_xof().fill(&mut bytes);
        let number = u128::from_le_bytes(bytes);
        let (a, b) = ((number as u64 % count) as u32, ((number >> 64) as u64 % count) as u32);
        (a != b).then_some((a.min(b), a.max(b)))
    };
    let pairs: Vec<(u32, u32)> = if all <= RANDOM_PAIRS {
        let count = count as u32;
        (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))).collect()
    } else {
        (0..RANDOM_PAIRS).into_par_iter().filter_map(drawn).collect()
    };
    histogram(prepared, &pairs, model)
}

/// Pairs that agree wholly on one attribute, which is then no evidence.
struct Session {
    attribute: usize,
    seen: Histogram,
}

fn sessions(entity_type: EntityType, prepared: &[Prepared], model: &Model) -> Vec<Session> {
    let attributes = compare::attributes(entity_type).len();
    (0..attributes)
        .map(|attribute| {
            let mut seen = histogram(prepared, &agreeing(attribute, prepared), model);
            seen.0.retain(|pattern, _| pattern[attribute] == Some(0));
            Session { attribute, seen }
        })
        .filter(|session| !session.seen.0.is_empty())
        .collect()
}

/// Pairs of records with one value of an attribute.
fn agreeing(attribute: usize, prepared: &[Prepared]) -> Vec<(u32, u32)> {
    let mut values: Vec<(String, u32)> = (0u32..)
        .zip(prepared)
        .flat_map(|(index, prepared)| {
            compare::values(prepared.form(), attribute).into_iter().map(move |it| (it, index))
        })
        .collect();
    values.par_sort_unstable();
    values.dedup();
    let mut pairs = Vec::new();
    for block in values.chunk_by(|a, b| a.0 == b.0) {
        if block.len() > SESSION_BLOCK_MAX || pairs.len() > SESSION_PAIRS_MAX {
            continue;
        }
        for (at, (_, a)) in block.iter().enumerate() {
            pairs.extend(block[at + 1..].iter().map(|(_, b)| (*a.min(b), *a.max(b))));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// The parameters while they are estimated.
struct Estimate {
    names: Vec<(String, Vec<String>)>,
    m: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
    prior: f64,
}

impl Estimate {
    fn start(entity_type: EntityType, base: &Model, records: usize) -> Self {
        let attributes = compare::attributes(entity_type);
        let shipped = base.types.get(&entity_type);
        let of = |attribute: usize, pick: fn(&LevelModel) -> f64| -> Vec<f64> {
            let levels = attributes[attribute].1.len();
            match shipped.and_then(|model| model.attributes.get(attribute)) {
                Some(model) => model.levels.iter().map(pick).collect(),
                None => first_m(levels),
            }
        };
        let named = |(name, levels): &(&str, &[&str])| {
            ((*name).to_owned(), levels.iter().map(|level| (*level).to_owned()).collect())
        };
        let count = attributes.len();
        // One pair for each record.
        let prior = (2.0 / records.max(3) as f64).min(0.5);
        Self {
            names: attributes.iter().map(named).collect(),
            m: (0..count).map(|attribute| of(attribute, |level| level.m)).collect(),
            u: (0..count).map(|attribute| of(attribute, |level| level.u)).collect(),
            prior,
        }
    }

    /// The probability that a pair of this pattern is one thing, leaving out one attribute.
    fn posterior(
        &self,
        pattern: &Pattern,
        odds: f64,
        m: &[Vec<f64>],
        without: Option<usize>,
    ) -> f64 {
        let bits = (0..m.len()).filter(|attribute| Some(*attribute) != without).fold(
            odds.log2(),
            |bits, attribute| match pattern[attribute] {
                Some(level) => {
                    let level = usize::from(level);
                    bits + (m[attribute][level] / self.u[attribute][level]).log2()
                }
                None => bits,
            },
        );
        1.0 / (1.0 + (-bits).exp2())
    }

    /// u from random pairs, each counted as far as it does not look the same.
    fn u_from(&mut self, random: &Histogram) {
        let odds = self.prior / (1.0 - self.prior);
        let weight = |pattern: &Pattern| 1.0 - self.posterior(pattern, odds, &self.m, None);
        self.u = shares(&self.names, random, weight, U_MIN);
    }

    /// m of each attribute: the median over the sessions in which it is evidence. Tells how many
    /// sessions could be trusted.
    fn m_from(&mut self, sessions: &[Session]) -> usize {
        let runs: Vec<(usize, Vec<Vec<f64>>)> = sessions
            .iter()
            .filter_map(|session| Some((session.attribute, self.run(session)?)))
            .collect();
        for attribute in 0..self.names.len() {
            let free: Vec<&Vec<f64>> = runs
                .iter()
                .filter(|(own, _)| *own != attribute)
                .map(|(_, m)| &m[attribute])
                .filter(|m| !m.is_empty())
                .collect();
            if free.is_empty() {
                continue;
            }
            for level in 0..self.m[attribute].len() {
                let mut values: Vec<f64> = free.iter().map(|m| m[level]).collect();
                values.sort_by(f64::total_cmp);
                let middle = values.len() / 2;
                self.m[attribute][level] = if values.len() % 2 == 1 {
                    values[middle]
                } else {
                    (values[middle - 1] + values[middle]) / 2.0
                };
            }
            let sum: f64 = self.m[attribute].iter().sum();
            self.m[attribute].iter_mut().for_each(|m| *m /= sum);
        }
        runs.len()
    }

    /// One session: expectation maximization with u fixed. `None` when it is worth too few pairs.
    /// An attribute that none of its pairs shows comes back empty.
    fn run(&self, session: &Session) -> Option<Vec<Vec<f64>>> {
        let mut m: Vec<Vec<f64>> = self.m.iter().map(|levels| first_m(levels.len())).collect();
        let all: f64 = session.seen.0.values().map(|(count, _)| count).sum();
        let agreed = self.m[session.attribute][0] / self.u[session.attribute][0];
        let mut share = (self.prior / (1.0 - self.prior) * agreed).min(1.0);
        share = share / (1.0 + share);
        let mut matches = 0.0;
        for _ in 0..ROUNDS_MAX {
            let odds = share / (1.0 - share);
            let without = Some(session.attribute);
            let weight = |pattern: &Pattern| self.posterior(pattern, odds, &m, without);
            matches = session.seen.0.iter().map(|(pattern, (n, _))| n * weight(pattern)).sum();
            let next = shares(&self.names, &session.seen, weight, 1e-6);
            let moved = m.iter().flatten().zip(next.iter().flatten());
            let change = moved.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            m = next;
            share = (matches / all).clamp(1e-9, 1.0 - 1e-6);
            if change < CHANGE_MIN {
                break;
            }
        }
        if matches < SESSION_MATCHES_MIN {
            return None;
        }
        for (attribute, levels) in m.iter_mut().enumerate() {
            let shown: f64 = session
                .seen
                .0
                .iter()
                .filter(|(pattern, _)| pattern[attribute].is_some())
                .map(|(_, (count, _))| count)
                .sum();
            if shown < SESSION_MATCHES_MIN {
                levels.clear();
            }
        }
        Some(m)
    }

    /// The prior: what the compared pairs are worth, were they all that blocking is taken to find.
    fn prior_from(&mut self, found: &Histogram, records: usize) {
        let all = records as f64 * (records as f64 - 1.0) / 2.0;
        for _ in 0..ROUNDS_MAX {
            let odds = self.prior / (1.0 - self.prior);
            let matches: f64 = found
                .0
                .iter()
                .map(|(pattern, (count, _))| count * self.posterior(pattern, odds, &self.m, None))
                .sum();
            let next = ((matches + 0.5) / RECALL_GUESSED / all.max(1.0)).clamp(1e-12, 0.5);
            let done = (next / self.prior).log2().abs() < 1e-3;
            self.prior = next;
            if done {
                break;
            }
        }
    }

    fn finish(&self, entity_type: EntityType, random: &Histogram, found: &Histogram) -> TypeModel {
        let named = entity_type == EntityType::Person;
        let odds = self.prior / (1.0 - self.prior);
        let chance = |pattern: &Pattern| 1.0 - self.posterior(pattern, odds, &self.m, None);
        let level = |attribute: usize, level: usize, name: &str, levels: usize| LevelModel {
            name: name.to_owned(),
            m: train::round(self.m[attribute][level]),
            u: train::round(self.u[attribute][level]),
            rarity: (named && attribute == 0 && level + 1 < levels).then(|| {
                let usual = mean_rarity(random, level, chance)
                    .or_else(|| mean_rarity(found, level, |pattern| 1.0 - chance(pattern)));
                train::round(usual.unwrap_or(0.0))
            }),
        };
        let attributes = self.names.iter().enumerate().map(|(attribute, (name, levels))| {
            let of = levels.iter().enumerate();
            AttributeModel {
                name: name.clone(),
                levels: of.map(|(at, name)| level(attribute, at, name, levels.len())).collect(),
            }
        });
        TypeModel {
            prior: train::round(self.prior),
            floor: FLOOR_BITS,
            cluster: CLUSTER,
            attributes: attributes.collect(),
        }
    }
}

/// Mean rarity of what the pairs of a name level share; `None` where they are too few.
fn mean_rarity(seen: &Histogram, level: usize, weight: impl Fn(&Pattern) -> f64) -> Option<f64> {
    let (mut pairs, mut sum) = (0.0, 0.0);
    for (pattern, (count, rarity)) in &seen.0 {
        if pattern[0] == Some(level as u8) {
            pairs += count * weight(pattern);
            sum += rarity * weight(pattern);
        }
    }
    (pairs >= 20.0).then(|| sum / pairs)
}

/// Share of each level among weighted pairs that show the attribute, half a pair added to each.
fn shares(
    names: &[(String, Vec<String>)],
    seen: &Histogram,
    weight: impl Fn(&Pattern) -> f64,
    least: f64,
) -> Vec<Vec<f64>> {
    let mut sums: Vec<Vec<f64>> = names.iter().map(|(_, levels)| vec![0.5; levels.len()]).collect();
    for (pattern, (count, _)) in &seen.0 {
        let worth = count * weight(pattern);
        for (attribute, level) in pattern.iter().enumerate().take(names.len()) {
            if let Some(level) = level {
                sums[attribute][usize::from(*level)] += worth;
            }
        }
    }
    for levels in &mut sums {
        let all: f64 = levels.iter().sum();
        levels.iter_mut().for_each(|level| *level = (*level / all).max(least));
    }
    sums
}

/// Most on the best level, the rest shared.
fn first_m(levels: usize) -> Vec<f64> {
    let rest = (1.0 - M_BEST) / (levels.max(2) - 1) as f64;
    (0..levels).map(|level| if level == 0 { M_BEST } else { rest }).collect()
}

/// An engine trained on the records themselves.
pub fn engine(entity_type: EntityType, prepared: &[Prepared], base: &Model, about: &str) -> Engine {
    Engine::new(Arc::new(train(entity_type, prepared, base, about)))
}
