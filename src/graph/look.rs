//! Looking things up in a snapshot: by id, by text, and around an entity.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::relationships::Incident;
use super::{EntityIndex, RecordIndex, RelationshipKind, Snapshot};
use crate::model::{EntityType, Span};
use crate::normalize::fold;

/// The smallest number of digits that are read as one number, whatever stands between them.
const NUMBER_DIGITS_MIN: usize = 5;

/// An entity found by text.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The entity.
    pub entity: EntityIndex,
    /// The number of words of the search text found in one record of the entity, at most over its records.
    pub words: usize,
}

/// One neighbour of an entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// The neighbour.
    pub entity: EntityIndex,
    /// The kind of the relationship.
    pub kind: RelationshipKind,
    /// True if the relationship goes out from the entity asked about.
    pub outgoing: bool,
    /// The number of ties and events that show the relationship.
    pub evidence: usize,
    /// From the first to the last known time of the relationship, without masked ties and events.
    pub span: Span,
}

impl Snapshot {
    /// Tells if an entity is masked by default and never ranked: a person of whom one record says that it is about a
    /// victim or a possible victim.
    pub fn is_protected(&self, entity: EntityIndex) -> bool {
        let entity = &self.entities[entity];
        let victim = |record: &RecordIndex| self.records[*record].label.category.is_victim();
        entity.entity_type == EntityType::Person && entity.records.iter().any(victim)
    }

    /// The agencies that an entity has records of, ascending.
    pub fn agencies(&self, entity: EntityIndex) -> BTreeSet<&str> {
        let records = self.entities[entity].records.iter();
        records.map(|record| self.records[*record].label.agency.as_str()).collect()
    }

    /// Incident entries of an entity: (neighbour, relationship), ascending.
    pub fn incident(&self, entity: EntityIndex) -> &[Incident] {
        self.adjacency.at(entity)
    }

    /// Distinct neighbours of an entity, ascending.
    pub fn neighbours_of(&self, entity: EntityIndex) -> Vec<EntityIndex> {
        let mut neighbours: Vec<EntityIndex> =
            self.incident(entity).iter().map(|(neighbour, _)| *neighbour).collect();
        neighbours.dedup();
        neighbours
    }

    /// The neighbours of an entity, one entry for each relationship, ordered by the shown id of the neighbour.
    pub fn neighbours(&self, entity: EntityIndex) -> Vec<Neighbour> {
        let mut incident = self.incident(entity).to_vec();
        incident.sort_by_cached_key(|(neighbour, _)| self.entity_id(*neighbour));
        incident
            .iter()
            .map(|(neighbour, index)| {
                let relationship = &self.relationships[*index];
                Neighbour {
                    entity: *neighbour,
                    kind: relationship.kind,
                    outgoing: relationship.source == entity,
                    evidence: (relationship.ties + relationship.events) as usize,
                    span: self.span_of(*index),
                }
            })
            .collect()
    }

    /// Searches entities by text: finds those with a record in which words begin with words of the text. Entities with
    /// the most words found come first, then by shown id. Digits of a number are found whatever stands between them.
    pub fn search(&self, text: &str, entity_type: Option<EntityType>) -> Vec<Hit> {
        let words = words(text);
        let mut hits: Vec<Hit> = self
            .entities
            .enumerated()
            .filter(|(_, entity)| entity_type.is_none_or(|wanted| wanted == entity.entity_type))
            .map(|(index, entity)| Hit {
                entity: index,
                words: entity
                    .records
                    .iter()
                    .map(|record| self.words_held(*record, &words))
                    .max()
                    .unwrap_or(0),
            })
            .filter(|hit| hit.words > 0)
            .collect();
        hits.sort_by_cached_key(|hit| (Reverse(hit.words), self.entity_id(hit.entity)));
        hits
    }

    fn words_held(&self, record: RecordIndex, wanted: &BTreeSet<String>) -> usize {
        let held = words(&super::names::text(&self.records[record]));
        let holds = |word: &&String| held.iter().any(|held| is_part(word, held));
        wanted.iter().filter(holds).count()
    }
}

/// Tells if a word is the beginning of another, or, for a number, any part of it: a number may be asked for without its
/// country code.
fn is_part(word: &str, held: &str) -> bool {
    let is_number = word.len() >= NUMBER_DIGITS_MIN && word.bytes().all(|b| b.is_ascii_digit());
    if is_number { held.contains(word) } else { held.starts_with(word) }
}

/// The folded words of a text, and its digits as one word.
fn words(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    let mut words: BTreeSet<String> = folded.split_whitespace().map(str::to_owned).collect();
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= NUMBER_DIGITS_MIN {
        words.retain(|word| !word.chars().all(|c| c.is_ascii_digit()));
        words.insert(digits);
    }
    words
}
