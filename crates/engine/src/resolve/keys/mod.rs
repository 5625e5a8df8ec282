//! Blocking keys: records that share one are compared. Every key is a function of the record and
//! the frozen model alone, so which pairs are compared never depends on what else is stored. A
//! key that the model marks as generic (two common names) is narrowed by a second field.
//!
//! Words make keys by their skeleton, which is phonetic, so that most misspelt names and all
//! transliterations of one share a key.

mod person;
mod things;

use super::lexicon::{Lexicon, Mix, Text, hash};
use super::values::{
    AddressValues, OrganizationValues, PersonValues, PhoneValues, Values, VehicleValues,
};
use crate::model::{BlockKey, EntityType};

/// Words of one name that make keys; pairs of them are squared.
const WORDS_MAX: usize = 5;

/// Makes the keys of one rule for one record and adds them to `out`.
struct Keys<'a> {
    lexicon: &'a Lexicon,
    /// Begins every key of the rule: keeps types and rules apart.
    seed: Mix,
    out: &'a mut Vec<BlockKey>,
}

/// A rule: one kind of key.
pub(super) struct Rule {
    /// The name in reports: what the records that share its key have in common.
    pub name: &'static str,
    /// `Some(true)` if the rule goes by name alone, `Some(false)` if by no name at all, `None` for all other rules.
    pub by_name: Option<bool>,
    seed: Mix,
    make: Make,
}

#[derive(Clone, Copy)]
enum Make {
    Person(fn(&mut Keys<'_>, &PersonValues)),
    Phone(fn(&mut Keys<'_>, &PhoneValues)),
    Address(fn(&mut Keys<'_>, &AddressValues)),
    Vehicle(fn(&mut Keys<'_>, &VehicleValues)),
    Organization(fn(&mut Keys<'_>, &OrganizationValues)),
}

/// The rules of a type.
pub(super) fn rules(entity_type: EntityType) -> &'static [Rule] {
    match entity_type {
        EntityType::Person => &person::RULES,
        EntityType::Phone => &things::PHONE,
        EntityType::Address => &things::ADDRESS,
        EntityType::Vehicle => &things::VEHICLE,
        EntityType::Organization => &things::ORGANIZATION,
    }
}

impl Rule {
    /// Adds the rule's keys of a record to `out`, distinct, ascending.
    pub fn keys(&self, values: &Values, lexicon: &Lexicon, out: &mut Vec<BlockKey>) {
        out.clear();
        let keys = &mut Keys { lexicon, seed: self.seed, out };
        match (self.make, values) {
            (Make::Person(make), Values::Person(person)) => make(keys, person),
            (Make::Phone(make), Values::Phone(Some(phone))) => make(keys, phone),
            (Make::Address(make), Values::Address(address)) => make(keys, address),
            (Make::Vehicle(make), Values::Vehicle(vehicle)) => make(keys, vehicle),
            (Make::Organization(make), Values::Organization(it)) => make(keys, it),
            _ => {}
        }
        out.sort_unstable();
        out.dedup();
    }
}

/// The distinct keys of a record by all rules of its type, ascending.
pub(super) fn keys(entity_type: EntityType, values: &Values, lexicon: &Lexicon) -> Vec<BlockKey> {
    let (mut all, mut of_rule) = (Vec::new(), Vec::new());
    for rule in rules(entity_type) {
        rule.keys(values, lexicon, &mut of_rule);
        all.append(&mut of_rule);
    }
    all.sort_unstable();
    all.dedup();
    all
}

impl<'a> Keys<'a> {
    fn add(&mut self, values: &[u64]) {
        let mixed = values.iter().fold(self.seed, |mix, value| mix.with(*value));
        self.out.push(BlockKey(mixed.end()));
    }

    fn hash(&self, text: Text) -> u64 {
        hash(self.lexicon.text(text))
    }

    fn text(&mut self, text: Text) {
        self.add(&[self.hash(text)]);
    }
}
