//! Many records of one type in compact form, their words and texts kept once.

use rayon::prelude::*;

use super::compare::{self, Agreement};
use super::comparison_cache::ComparisonCache;
use super::engine::{Engine, Weights};
use super::lexicon::{Lexicon, LexiconBuilder, Sides};
use super::model::Model;
use super::values::{Values, values};
use crate::model::{Body, EntityType};
use crate::normalize::form;

/// Bodies that one thread normalizes at a time.
const CHUNK: usize = 1024;

/// Records of one type, ready for comparison. The values are a function of the records' content, but the
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

/// Records that are normalized and not yet in a table: several threads can normalize, each its own, while one puts
/// finished ones into the table.
#[derive(Default)]
pub struct Normalized {
    lexicon: LexiconBuilder,
    rows: Vec<Values>,
}

impl Normalized {
    /// Adds a record.
    pub fn push(&mut self, body: &Body) {
        self.rows.push(values(&form(body), &mut self.lexicon));
    }
}

impl TableBuilder {
    /// An empty table.
    pub fn new(entity_type: EntityType) -> Self {
        Self { entity_type, lexicon: LexiconBuilder::default(), rows: Vec::new() }
    }

    /// Adds records, in their order, normalizing them in parallel. A record of another type agrees with none.
    pub fn extend(&mut self, bodies: &[Body]) {
        let parts = bodies.par_chunks(CHUNK).map(|bodies| {
            let mut part = Normalized::default();
            bodies.iter().for_each(|body| part.push(body));
            part
        });
        parts.collect::<Vec<_>>().into_iter().for_each(|part| self.append(part));
    }

    /// Adds records that are normalized already, in their order.
    pub fn append(&mut self, mut normalized: Normalized) {
        let to = self.lexicon.absorb(normalized.lexicon);
        normalized.rows.iter_mut().for_each(|row| row.renumber(&to));
        self.rows.append(&mut normalized.rows);
    }

    /// The table with its rows in another order: `order` names each row once. Term frequencies are those of the
    /// model.
    pub fn finish(self, order: &[u32], model: &Model) -> Table {
        let mut rows: Vec<Option<Values>> = self.rows.into_iter().map(Some).collect();
        let mut ordered = Vec::with_capacity(order.len());
        ordered.extend(order.iter().filter_map(|row| rows.get_mut(*row as usize)?.take()));
        let mut table =
            Table { entity_type: self.entity_type, lexicon: self.lexicon.finish(), rows: ordered };
        table.set_term_frequencies(model);
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

    /// Returns true if there are no records.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The type of all the records.
    pub fn entity_type(&self) -> EntityType {
        self.entity_type
    }

    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(super) fn rows(&self) -> &[Values] {
        &self.rows
    }

    /// Gives each word the term frequency that the model has for it.
    pub(super) fn set_term_frequencies(&mut self, model: &Model) {
        self.lexicon
            .set_term_frequencies(|word| model.term_frequency_bits(word), model.population());
    }

    /// Gives each word the term frequency that an engine's model has for it.
    pub fn take_term_frequencies(&mut self, engine: &Engine) {
        self.set_term_frequencies(engine.model());
    }

    /// Compares two records.
    pub(super) fn compare(&self, a: u32, b: u32) -> Option<Agreement> {
        let sides = Sides::new(&self.lexicon, &self.lexicon);
        compare::compare(sides, &self.rows[a as usize], &self.rows[b as usize])
    }

    /// Reads a little of each of these records, so that they are on their way to the processor together
    /// instead of being waited for one after another.
    pub(super) fn touch(&self, records: &[u32]) {
        let first_words = |record: &u32| self.rows[*record as usize].first_words(&self.lexicon);
        let sum = records.iter().map(first_words).fold(0, u64::wrapping_add);
        std::hint::black_box(sum);
    }

    /// Returns the bits of two records; `None` where they are fewer than `least`.
    pub(super) fn bits(
        &self,
        (a, b): (u32, u32),
        weights: &Weights,
        least: f64,
        memo: &ComparisonCache,
    ) -> Option<f64> {
        let sides = Sides::within(&self.lexicon, memo);
        let go_on = |agreement: &Agreement, pending| weights.may_reach(agreement, pending, least);
        let (a, b) = (&self.rows[a as usize], &self.rows[b as usize]);
        let agreement = compare::compare_while(sides, a, b, go_on)?;
        Some(weights.bits(&agreement)).filter(|bits| *bits >= least)
    }

    /// Returns each word of people's names with the number of records that hold it, in the order of the words.
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
}
