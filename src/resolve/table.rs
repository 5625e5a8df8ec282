//! Many records of one type in compact form, their words and texts kept once.

use rayon::prelude::*;

use super::compare::{self, Agreement};
use super::engine::{Engine, Weights};
use super::lexicon::{Lexicon, LexiconBuilder, Sides};
use super::model::Model;
use super::values::{Values, values};
use crate::model::{Body, EntityType};
use crate::normalize::form;

/// Bodies that one thread normalizes at a time.
const CHUNK: usize = 1024;

/// Records of one type, ready for comparison. What is stored is a function of what they say, but the
/// numbers of words and texts follow the order of reading; no result depends on them.
#[derive(Debug, PartialEq)]
pub struct Table {
    entity_type: EntityType,
    lexicon: Lexicon,
    rows: Vec<Values>,
}

/// A table while it is read.
pub struct TableBuilder {
    entity_type: EntityType,
    lexicon: LexiconBuilder,
    rows: Vec<Values>,
}

impl TableBuilder {
    /// An empty table.
    pub fn new(entity_type: EntityType) -> Self {
        Self { entity_type, lexicon: LexiconBuilder::default(), rows: Vec::new() }
    }

    /// Adds records, in their order; those of another type say nothing. Normalizes in parallel.
    pub fn extend(&mut self, bodies: &[Body]) {
        let parts: Vec<(Lexicon, Vec<Values>)> = bodies
            .par_chunks(CHUNK)
            .map(|bodies| {
                let mut lexicon = LexiconBuilder::default();
                let rows = bodies.iter().map(|body| values(&form(body), &mut lexicon)).collect();
                (lexicon.finish(), rows)
            })
            .collect();
        for (lexicon, mut rows) in parts {
            let to = self.lexicon.absorb(lexicon);
            rows.iter_mut().for_each(|row| row.renumber(&to));
            self.rows.append(&mut rows);
        }
    }

    /// The table with its rows in another order: `order` names each row once. Rarities are those of the
    /// model.
    pub fn finish(self, order: &[u32], model: &Model) -> Table {
        let mut rows: Vec<Option<Values>> = self.rows.into_iter().map(Some).collect();
        let ordered = order.iter().filter_map(|row| rows.get_mut(*row as usize)?.take()).collect();
        let mut table =
            Table { entity_type: self.entity_type, lexicon: self.lexicon.finish(), rows: ordered };
        table.set_rarity(model);
        table
    }
}

impl Table {
    /// A table of these records, in their order.
    pub fn of(entity_type: EntityType, bodies: &[Body], model: &Model) -> Self {
        let mut table = TableBuilder::new(entity_type);
        table.extend(bodies);
        let order: Vec<u32> = (0..bodies.len() as u32).collect();
        table.finish(&order, model)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the records speak of.
    pub fn entity_type(&self) -> EntityType {
        self.entity_type
    }

    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(super) fn rows(&self) -> &[Values] {
        &self.rows
    }

    /// Gives each word the rarity that the model has for it.
    pub(super) fn set_rarity(&mut self, model: &Model) {
        self.lexicon.set_rarity(|word| model.rarity(word));
    }

    /// Gives each word the rarity that an engine's model has for it.
    pub fn take_rarity(&mut self, engine: &Engine) {
        self.set_rarity(engine.model());
    }

    /// Compares two records.
    pub(super) fn compare(&self, a: u32, b: u32) -> Option<Agreement> {
        let sides = Sides::new(&self.lexicon, &self.lexicon);
        compare::compare(sides, &self.rows[a as usize], &self.rows[b as usize])
    }

    /// The bits of two records where they are at least so many.
    pub(super) fn bits(&self, a: u32, b: u32, weights: &Weights, least: f64) -> Option<f64> {
        let sides = Sides::new(&self.lexicon, &self.lexicon);
        let go_on = |agreement: &Agreement, pending| weights.may_reach(agreement, pending, least);
        let (a, b) = (&self.rows[a as usize], &self.rows[b as usize]);
        let agreement = compare::compare_while(sides, a, b, go_on)?;
        Some(weights.bits(&agreement)).filter(|bits| *bits >= least)
    }

    /// Each word of people's names and in how many records it stands, in the order of the words.
    pub(super) fn bearers(&self) -> Vec<(&str, usize)> {
        let mut counts = vec![0usize; self.lexicon.words().len()];
        for row in &self.rows {
            let Values::Person(person) = row else { continue };
            let mut words: Vec<u32> = person.names.words().collect();
            words.sort_unstable();
            words.dedup();
            words.into_iter().for_each(|word| counts[word as usize] += 1);
        }
        let words = self.lexicon.words().iter().map(|word| &*word.text);
        let mut bearers: Vec<(&str, usize)> =
            words.zip(counts).filter(|(_, count)| *count > 0).collect();
        bearers.sort_unstable();
        bearers
    }

    /// The position of each record when they are put in the order of what they say, names first; of
    /// records that say the same in the order of the table.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.rows.len() as u32).collect();
        order.par_sort_by_cached_key(|row| self.sorting_text(&self.rows[*row as usize]));
        let mut ranks = vec![0; order.len()];
        for (rank, row) in order.into_iter().enumerate() {
            ranks[row as usize] = rank as u32;
        }
        ranks
    }

    /// What a record says that puts it beside its like.
    fn sorting_text(&self, values: &Values) -> String {
        let words = |words: &mut dyn Iterator<Item = u32>| {
            let mut texts: Vec<&str> = words.map(|it| &*self.lexicon.word(it).text).collect();
            texts.sort_unstable();
            texts.join(" ")
        };
        let text = |text: Option<_>| text.map_or("", |text| self.lexicon.text(text));
        match values {
            Values::Person(person) => {
                let birth = person.birth.map_or_else(String::new, |birth| birth.date.to_string());
                let address = person.address.as_deref();
                let postcode = text(address.and_then(|address| address.postcode));
                let street = words(&mut address.iter().flat_map(|it| it.street.iter().copied()));
                let place = text(person.birth_place);
                let names = words(&mut person.names.words());
                format!("{names}|{birth}|{postcode}|{street}|{place}")
            }
            Values::Phone(phone) => text(phone.map(|phone| phone.national)).to_owned(),
            Values::Address(address) => {
                let street = words(&mut address.street.iter().copied());
                let (house, unit) = (text(address.house), text(address.unit));
                format!("{street}|{house}|{unit}|{}", text(address.city))
            }
            Values::Vehicle(vehicle) => {
                format!("{}|{}", text(vehicle.plate_folded), text(vehicle.vin))
            }
            Values::Organization(organization) => words(&mut organization.words.iter().copied()),
        }
    }
}
