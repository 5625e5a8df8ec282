//! People who live together, and companies of one house: the third class of pairs beside the same and chance.
//! Such people share address, telephone and often a family name, so that a model of two classes takes them for one
//! (the trouble with household data that Winkler 1993 met with a third class).
//!
//! Their levels are read off pairs that agree on an address or a telephone and are not one person or company.

use super::compare;
use crate::model::EntityType;

/// Pairs of people who live together that are needed to know them.
const PAIRS_MIN: f64 = 50.0;
/// Pairs that count beside those seen and those expected by chance, so that what was not seen and is rare by
/// chance is as likely as by chance.
const PSEUDO_PAIRS: f64 = 0.02;

/// Pairs that agree on an attribute of households and are not one person.
pub(super) struct Shared {
    /// The attribute.
    pub attribute: usize,
    /// How often each level of each attribute was seen among them.
    pub levels: Vec<Vec<f64>>,
    /// How many such pairs there are.
    pub pairs: f64,
}

/// The parameters of the household class: people who live together, or companies of one house.
#[derive(Debug)]
pub(super) struct Household {
    /// Probability that two records taken at random speak of two such people or companies.
    pub prior: f64,
    /// For each attribute and level how much likelier it is among them than by chance.
    pub ratios: Vec<Vec<f64>>,
}

/// The quantities known before, against which the levels of a household are measured.
pub(super) struct Known<'a> {
    pub entity_type: EntityType,
    pub m: &'a [Vec<f64>],
    pub u: &'a [Vec<f64>],
    /// The share of pairs of which both sides state the attribute.
    pub stated: &'a dyn Fn(usize) -> f64,
    /// Pairs of all records.
    pub pairs: f64,
}

/// Learns of people who live together; `None` where too few were seen.
pub(super) fn household(shared: Vec<Shared>, known: &Known<'_>) -> Option<Household> {
    let enough = shared.into_iter().filter(|shared| shared.pairs >= PAIRS_MIN);
    // The address before the telephone: of strangers with one telephone some have mistyped it.
    let shared = enough.max_by_key(|shared| shared.attribute)?;
    let attributes = compare::attributes(known.entity_type).len();
    let ratios = (0..attributes).map(|attribute| {
        let (m, u) = (&known.m[attribute], &known.u[attribute]);
        if attribute == shared.attribute {
            // They share it as one person does: it is what makes them a household.
            return m.iter().zip(u).map(|(m, u)| m / u).collect();
        }
        let all: f64 = shared.levels[attribute].iter().sum();
        let ratio = |(count, u): (&f64, &f64)| (count + PSEUDO_PAIRS) / (all * u + PSEUDO_PAIRS);
        shared.levels[attribute].iter().zip(u).map(ratio).collect()
    });
    let agree = known.m[shared.attribute][0] * (known.stated)(shared.attribute);
    let prior = shared.pairs / known.pairs / agree.max(1e-6);
    Some(Household { ratios: ratios.collect(), prior: prior.clamp(1e-12, 0.1) })
}

/// How much likelier an attribute's levels are among people who live together, where they are known.
pub(super) fn ratios(household: Option<&Household>, attribute: usize) -> Option<&[f64]> {
    household.map(|household| household.ratios[attribute].as_slice())
}
