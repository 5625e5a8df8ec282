//! Training without labels: u from pairs taken at random, m by expectation maximization over pairs
//! that agree on one attribute, each attribute in turn (Winkler 1988; the sessions of Splink), the
//! prior from the pairs that blocking finds. Deterministic.

use std::sync::Arc;

use super::agreement_patterns::{Histogram, Pattern, Session, found, random_pairs, sessions};
use super::batch;
use super::blocks::Blocks;
use super::cluster::ClusterParameters;
use super::compare;
use super::engine::Engine;
use super::household::{Household, Known, Shared, household, ratios};
use super::model::{AttributeModel, LevelModel, Model, TypeModel};
use super::monotone::Seen;
use super::table::Table;
use super::train::{self, FLOOR_BITS};
use crate::model::{Body, EntityType, Record};

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
/// The first estimate of m on an attribute's best level.
const M_BEST: f64 = 0.9;
/// The least that clusters may join at; where to stop above it the joins themselves tell. A pair without a link
/// scored below the floor, and counts as much.
const CLUSTER: ClusterParameters =
    ClusterParameters { stop: FLOOR_BITS + 1.0, absent_pair: FLOOR_BITS };
/// A level's m and u are never taken for rarer than this: 2^-17 of chance pairs.
const U_MIN: f64 = 7.6e-6;

/// The result of training without labels on the records themselves.
pub struct Unlabelled {
    /// The engine with the model.
    pub engine: Engine,
    /// The blocks: the pairs of records that the engine compares.
    pub blocks: Blocks,
    /// True if there were enough duplicates to learn from; if false, the model is the one given.
    pub learnt: bool,
}

/// Trains on the records of a table. The other types keep the model `base`, and so do the records where they
/// hold too few duplicates to learn from. Where clusters stop to join is not learnt yet: [`resolve_unlabelled`]
/// does that.
///
/// [`resolve_unlabelled`]: batch::resolve_unlabelled
pub fn engine(table: &mut Table, base: &Arc<Model>, about: &str) -> Unlabelled {
    let mut model = (**base).clone();
    model.about = about.to_owned();
    if table.entity_type() == EntityType::Person {
        train::set_frequencies(&mut model, table.bearers().into_iter(), table.len());
    }
    table.set_term_frequencies(&model);
    let blocks = Blocks::new(table);
    if let Some(of_type) = train_type(table, &blocks, base) {
        model.types.insert(table.entity_type(), of_type);
        model.version = model.content_version();
        return Unlabelled { engine: Engine::new(Arc::new(model)), blocks, learnt: true };
    }
    // Too little to learn from: what was learnt elsewhere serves better.
    table.set_term_frequencies(base);
    let blocks = Blocks::new(table);
    Unlabelled { engine: Engine::new(Arc::clone(base)), blocks, learnt: false }
}

/// Trains a model on records of several types, type by type. Of records with one id the first counts; the
/// same records in any order give the same model.
pub fn train(mut records: Vec<Record>, base: &Arc<Model>, about: &str) -> Model {
    records.sort_by_key(|record| record.id);
    records.dedup_by_key(|record| record.id);
    let mut model = Arc::clone(base);
    for entity_type in EntityType::ALL {
        let of_type = |record: &&Record| record.entity_type() == entity_type;
        let bodies: Vec<Body> =
            records.iter().filter(of_type).map(|record| record.body.clone()).collect();
        let mut table = Table::of(entity_type, &bodies, &model);
        let Unlabelled { engine, blocks, learnt } = engine(&mut table, &model, about);
        if learnt {
            let found = batch::resolve_unlabelled(&engine, &table, &blocks, &|_| {});
            model = Arc::new(engine.model().with_cluster(entity_type, found.cluster));
        }
    }
    Arc::unwrap_or_clone(model)
}

/// The model of a table's type; `None` where it holds too few duplicates.
fn train_type(table: &Table, blocks: &Blocks, base: &Model) -> Option<TypeModel> {
    let random = random_pairs(table);
    let sessions = sessions(table);
    let found = found(table, blocks);
    let mut estimate = Estimate::start(table.entity_type(), base, table.len());
    for _ in 0..PASSES {
        estimate.u_from(&random);
        if estimate.m_from(&sessions) < SESSIONS_MIN {
            return None;
        }
        estimate.prior_from(&found, table.len());
    }
    let household = estimate.household(&sessions, &random, table.len());
    Some(estimate.finish(household, &random, &found))
}

/// The parameters while they are estimated.
struct Estimate {
    entity_type: EntityType,
    /// How many levels each attribute has.
    levels: Vec<usize>,
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
        let count = attributes.len();
        // One pair for each record.
        let prior = (2.0 / records.max(3) as f64).min(0.5);
        Self {
            entity_type,
            levels: attributes.iter().map(|(_, levels)| levels.len()).collect(),
            m: (0..count).map(|attribute| of(attribute, |level| level.m)).collect(),
            u: (0..count).map(|attribute| of(attribute, |level| level.u)).collect(),
            prior,
        }
    }

    /// Returns the function that gives the probability of a pattern's pairs being of one thing at these prior odds,
    /// leaving out the attribute `without`.
    fn posterior(
        &self,
        odds: f64,
        m: &[Vec<f64>],
        without: Option<usize>,
    ) -> impl Fn(Pattern) -> f64 + use<> {
        let bits: Vec<Vec<f64>> = m
            .iter()
            .zip(&self.u)
            .map(|(m, u)| m.iter().zip(u).map(|(m, u)| (m / u).log2()).collect())
            .collect();
        let prior = odds.log2();
        move |pattern| {
            let counted = (0..bits.len()).filter(|attribute| Some(*attribute) != without);
            let sum = counted.fold(prior, |sum, attribute| {
                pattern.level(attribute).map_or(sum, |level| sum + bits[attribute][level])
            });
            1.0 / (1.0 + (-sum).exp2())
        }
    }

    /// Estimates u from random pairs, each weighted by the probability that it is not of one thing.
    fn u_from(&mut self, random: &Histogram) {
        let odds = self.prior / (1.0 - self.prior);
        let same = self.posterior(odds, &self.m, None);
        self.u = shares(&self.levels, random, |pattern| 1.0 - same(pattern), U_MIN);
    }

    /// Estimates m of each attribute: the median over the sessions in which it is evidence. Returns the number of
    /// sessions that could be trusted. Sessions of attributes that people who live together share are left out: half
    /// of their pairs would be relatives.
    fn m_from(&mut self, sessions: &[Session]) -> usize {
        let runs: Vec<(usize, Vec<Vec<f64>>)> = sessions
            .iter()
            .filter(|session| !compare::is_of_household(self.entity_type, session.attribute))
            .filter_map(|session| Some((session.attribute, self.run(session)?)))
            .collect();
        for attribute in 0..self.levels.len() {
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

    /// Runs one session: expectation maximization with u fixed. `None` when it is worth too few pairs.
    /// An attribute that none of its pairs shows comes back empty.
    fn run(&self, session: &Session) -> Option<Vec<Vec<f64>>> {
        let mut m: Vec<Vec<f64>> = self.m.iter().map(|levels| first_m(levels.len())).collect();
        let all: f64 = session.seen.iter().map(|(_, count, _)| count).sum();
        let agreed = self.m[session.attribute][0] / self.u[session.attribute][0];
        let mut share = (self.prior / (1.0 - self.prior) * agreed).min(1.0);
        share = share / (1.0 + share);
        let mut matches = 0.0;
        for _ in 0..ROUNDS_MAX {
            let odds = share / (1.0 - share);
            let same = self.posterior(odds, &m, Some(session.attribute));
            matches = session.seen.iter().map(|(pattern, count, _)| count * same(pattern)).sum();
            let next = shares(&self.levels, &session.seen, same, 1e-6);
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
                .iter()
                .filter(|(pattern, ..)| pattern.level(attribute).is_some())
                .map(|(_, count, _)| count)
                .sum();
            if shown < SESSION_MATCHES_MIN {
                levels.clear();
            }
        }
        Some(m)
    }

    /// Estimates the prior: the expected number of matches among the compared pairs, divided by the recall that
    /// blocking is taken to have and by the number of all pairs.
    fn prior_from(&mut self, found: &Histogram, records: usize) {
        let all = records as f64 * (records as f64 - 1.0) / 2.0;
        for _ in 0..ROUNDS_MAX {
            let odds = self.prior / (1.0 - self.prior);
            let same = self.posterior(odds, &self.m, None);
            let matches: f64 = found.iter().map(|(it, count, _)| count * same(it)).sum();
            let next = ((matches + 0.5) / RECALL_GUESSED / all.max(1.0)).clamp(1e-12, 0.5);
            let done = (next / self.prior).log2().abs() < 1e-3;
            self.prior = next;
            if done {
                break;
            }
        }
    }

    /// Learns of people who live together, from the sessions of the attributes that they share.
    fn household(
        &self,
        sessions: &[Session],
        random: &Histogram,
        records: usize,
    ) -> Option<Household> {
        let of_household = |it: &&Session| compare::is_of_household(self.entity_type, it.attribute);
        let shared = sessions.iter().filter(of_household).map(|session| {
            // Whether the two are one person is judged by all else, at even odds.
            let same = self.posterior(1.0, &self.m, Some(session.attribute));
            let other = |pattern| 1.0 - same(pattern);
            let pairs: f64 = session.seen.iter().map(|(it, count, _)| count * other(it)).sum();
            let levels = sums(&self.levels, &session.seen, other, 0.0);
            Shared { attribute: session.attribute, levels, pairs: pairs * session.times }
        });
        let drawn: f64 = random.iter().map(|(_, count, _)| count).sum();
        let stated = |attribute| {
            let shown = random.iter().filter(|(it, ..)| it.level(attribute).is_some());
            shown.map(|(_, count, _)| count).sum::<f64>() / drawn.max(1.0)
        };
        let known = Known {
            entity_type: self.entity_type,
            m: &self.m,
            u: &self.u,
            stated: &stated,
            pairs: records as f64 * (records as f64 - 1.0) / 2.0,
        };
        household(shared.collect(), &known)
    }

    fn finish(
        &self,
        household: Option<Household>,
        random: &Histogram,
        found: &Histogram,
    ) -> TypeModel {
        let entity_type = self.entity_type;
        let named = entity_type == EntityType::Person;
        let odds = self.prior / (1.0 - self.prior);
        let same = self.posterior(odds, &self.m, None);
        let term_frequency_bits = |level| {
            let usual = mean_term_frequency_bits(random, level, |pattern| 1.0 - same(pattern))
                .or_else(|| mean_term_frequency_bits(found, level, &same));
            train::round(usual.unwrap_or(0.0))
        };
        let attributes = compare::attributes(entity_type).iter().enumerate();
        let attributes = attributes.map(|(attribute, (name, names))| {
            let seen = |level| Seen {
                m: self.m[attribute][level],
                u: self.u[attribute][level],
                pairs: pairs_at(found, attribute, level) + pairs_at(random, attribute, level),
            };
            let seen: Vec<Seen> = (0..names.len()).map(seen).collect();
            let term_frequency_bits = |level| {
                (named && attribute == 0 && level + 1 < names.len())
                    .then(|| term_frequency_bits(level))
            };
            AttributeModel {
                name: (*name).to_owned(),
                levels: train::levels(
                    names,
                    &seen,
                    term_frequency_bits,
                    ratios(household.as_ref(), attribute),
                ),
            }
        });
        TypeModel {
            prior: train::round(self.prior),
            floor: FLOOR_BITS,
            cluster: CLUSTER,
            attributes: attributes.collect(),
            household: household.as_ref().map(|household| train::round(household.prior)),
        }
    }
}

/// How many pairs reach a level.
fn pairs_at(seen: &Histogram, attribute: usize, level: usize) -> f64 {
    let reach = seen.iter().filter(|(pattern, ..)| pattern.level(attribute) == Some(level));
    reach.map(|(_, count, _)| count).sum()
}

/// Mean term frequency of what the pairs of a name level share; `None` where they are too few.
fn mean_term_frequency_bits(
    seen: &Histogram,
    level: usize,
    weight: impl Fn(Pattern) -> f64,
) -> Option<f64> {
    let (mut pairs, mut sum) = (0.0, 0.0);
    for (pattern, count, term_frequency_bits) in seen.iter() {
        if pattern.level(0) == Some(level) {
            pairs += count * weight(pattern);
            sum += term_frequency_bits * weight(pattern);
        }
    }
    (pairs >= 20.0).then(|| sum / pairs)
}

/// Share of each level among weighted pairs that show the attribute, half a pair added to each.
fn shares(
    levels: &[usize],
    seen: &Histogram,
    weight: impl Fn(Pattern) -> f64,
    least: f64,
) -> Vec<Vec<f64>> {
    let mut sums = sums(levels, seen, weight, 0.5);
    for levels in &mut sums {
        let all: f64 = levels.iter().sum();
        levels.iter_mut().for_each(|level| *level = (*level / all).max(least));
    }
    sums
}

/// How often each level was seen among weighted pairs that show the attribute, on top of `least`.
fn sums(
    levels: &[usize],
    seen: &Histogram,
    weight: impl Fn(Pattern) -> f64,
    least: f64,
) -> Vec<Vec<f64>> {
    let mut sums: Vec<Vec<f64>> = levels.iter().map(|levels| vec![least; *levels]).collect();
    for (pattern, count, _) in seen.iter() {
        let worth = count * weight(pattern);
        for (attribute, sums) in sums.iter_mut().enumerate() {
            if let Some(level) = pattern.level(attribute) {
                sums[level] += worth;
            }
        }
    }
    sums
}

/// Most on the best level, the rest shared.
fn first_m(levels: usize) -> Vec<f64> {
    let rest = (1.0 - M_BEST) / (levels.max(2) - 1) as f64;
    (0..levels).map(|level| if level == 0 { M_BEST } else { rest }).collect()
}
