//! Blocks: groups of related people of a thing, each counted as one.
//!
//! Two people of one thing are one block when
//! - they share a family name and a home address (the thing itself, when it is an address, is one);
//! - they share a family name and were seen with one vehicle within hours of each other: a family
//!   on the road, whose home the border did not write down;
//! - they live at one address other than the thing where few enough people live, and which belongs to
//!   no organization: a household;
//! - two words of their names are alike, or one word and the whole date of birth: they may be one
//!   person whose records were not joined;
//! - and, if the rules say so, a source ties them as associates.
//!
//! Relations pass on: kin of kin at the thing are one block. All of this only lowers the count.

use std::collections::{BTreeMap, BTreeSet};

use super::exempt::Organizations;
use super::links::{Link, entity, is};
use crate::graph::{EntityIndex, Figure, Snapshot, TieIndex};
use crate::model::{Address, Body, EntityType, PartialDate, Person, TieKind};
use crate::normalize::skeleton::skeleton;
use crate::normalize::{AddressForm, NameForm};

/// The most words of one name that are compared.
const WORDS_MAX: usize = 6;

/// The rules by which people count as related.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct KinshipRules {
    /// The smallest confidence of a tie that counts, 0 to 1.
    pub confidence_min: f64,
    /// The most people at one address that count as a household.
    pub household_people_max: usize,
    /// People of one family name seen with one vehicle at most this many microseconds apart are related; 0 turns the
    /// rule off.
    pub together: i64,
    /// True if people whom a source ties as associates are related.
    pub associates_are_kin: bool,
}

/// A feature that related people have in common: people with an equal key are related.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// A family name and a home.
    Kin(String, Home),
    /// The address of a household.
    Household(EntityIndex),
    /// Two words of the name, in alphabetical order.
    Words(String, String),
    /// A word of the name and the date of birth.
    Born(String, PartialDate),
    /// A tie between associates.
    Associates(TieIndex),
}

/// A person's home: an address entity, or the address in the text of the person's record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Home {
    Entity(EntityIndex),
    Text(String),
}

/// The family names and keys of one person.
#[derive(Default)]
struct Relations {
    families: BTreeSet<String>,
    keys: BTreeSet<Key>,
}

/// A figure, since relations and homes are only compared with those of others: an answer has the blocks and counts that
/// result.
impl Figure for (Relations, BTreeSet<Home>) {}

impl Relations {
    /// Returns the names and homes that a person's records state.
    fn said_of(
        snapshot: &Snapshot,
        original: &Snapshot,
        person: EntityIndex,
    ) -> (Self, BTreeSet<Home>) {
        let (mut of, mut places) = (Self::default(), BTreeSet::new());
        let masked = snapshot.is_masked(person);
        for record in snapshot.entities()[person].records.iter() {
            // A masked person is related only to people in records of the same agency: else a
            let record = &original.records()[*record];
            let apart = masked.then_some(record.label.agency.as_str());
            // Records that do not say that the person is a victim count for nobody's kinship.
            if masked && !record.label.category.is_victim() {
                continue;
            }
            if let Body::Person(body) = &record.body {
                of.named(body, apart);
                places.extend(body.address.as_ref().and_then(text_of));
            }
        }
        (of, places)
    }
}

/// The relations of all people that any thing is linked with.
pub(super) struct Kinship {
    of: BTreeMap<EntityIndex, Relations>,
    /// The value of [`KinshipRules::together`].
    together: i64,
}

impl Kinship {
    pub fn new(
        snapshot: &Snapshot,
        rules: &KinshipRules,
        organizations: &Organizations,
        people: &BTreeSet<EntityIndex>,
    ) -> Self {
        let homes = homes(snapshot, rules);
        let mut residents: BTreeMap<EntityIndex, usize> = BTreeMap::new();
        homes.values().flatten().for_each(|home| *residents.entry(*home).or_default() += 1);
        let household = |home: &EntityIndex| {
            residents[home] <= rules.household_people_max && !organizations.keep(*home)
        };
        let mut relations: BTreeMap<EntityIndex, Relations> = BTreeMap::new();
        for person in people {
            let (mut of, mut places) =
                snapshot.figure(|original| Relations::said_of(snapshot, original, *person));
            for home in homes.get(person).into_iter().flatten() {
                places.insert(Home::Entity(*home));
                if household(home) {
                    of.keys.insert(Key::Household(*home));
                }
            }
            let kin = of.families.iter().flat_map(|family| {
                places.iter().map(|place| Key::Kin(family.clone(), place.clone()))
            });
            let kin: Vec<Key> = kin.collect();
            of.keys.extend(kin);
            relations.insert(*person, of);
        }
        if rules.associates_are_kin {
            associates(snapshot, &mut relations);
        }
        Self { of: relations, together: rules.together }
    }

    /// The blocks of a thing's people, in order of their first person, and the block of each link.
    pub fn blocks(
        &self,
        thing: EntityIndex,
        thing_type: EntityType,
        links: &[Link],
    ) -> (Vec<Vec<EntityIndex>>, Vec<u32>) {
        let people: Vec<EntityIndex> = {
            let distinct: BTreeSet<EntityIndex> = links.iter().map(|link| link.person).collect();
            distinct.into_iter().collect()
        };
        let mut union = Union((0..people.len()).collect());
        let mut first: BTreeMap<Key, usize> = BTreeMap::new();
        for (at, person) in people.iter().enumerate() {
            let Some(relations) = self.of.get(person) else { continue };
            let here = relations
                .families
                .iter()
                .filter(|_| thing_type == EntityType::Address)
                .map(|family| Key::Kin(family.clone(), Home::Entity(thing)));
            let elsewhere =
                relations.keys.iter().filter(|key| **key != Key::Household(thing)).cloned();
            for key in here.chain(elsewhere) {
                let other = *first.entry(key).or_insert(at);
                union.join(at, other);
            }
        }
        if thing_type == EntityType::Vehicle {
            for (one, other) in self.seen_together(&people, links) {
                union.join(one, other);
            }
        }
        let mut number: BTreeMap<usize, u32> = BTreeMap::new();
        let mut blocks: Vec<Vec<EntityIndex>> = Vec::new();
        let mut block_of: BTreeMap<EntityIndex, u32> = BTreeMap::new();
        for (at, person) in people.iter().enumerate() {
            let block = *number.entry(union.root(at)).or_insert_with(|| {
                blocks.push(Vec::new());
                blocks.len() as u32 - 1
            });
            blocks[block as usize].push(*person);
            block_of.insert(*person, block);
        }
        let of_links = links.iter().map(|link| block_of[&link.person]).collect();
        (blocks, of_links)
    }
}

impl Kinship {
    /// Returns pairs of positions in `people` of one family name who were seen with the vehicle shortly after each
    /// other.
    fn seen_together(&self, people: &[EntityIndex], links: &[Link]) -> Vec<(usize, usize)> {
        let mut seen: Vec<(&str, i64, usize)> = Vec::new();
        for link in links.iter().filter(|_| self.together > 0) {
            let place = people.binary_search(&link.person).ok();
            let Some(((from, _), at)) = link.when.zip(place) else { continue };
            let families = self.of.get(&link.person).into_iter().flat_map(|of| &of.families);
            seen.extend(families.map(|family| (family.as_str(), from, at)));
        }
        seen.sort_unstable();
        let near = |pair: &&[(&str, i64, usize)]| {
            pair[0].0 == pair[1].0 && pair[1].1.saturating_sub(pair[0].1) <= self.together
        };
        seen.windows(2).filter(near).map(|pair| (pair[0].2, pair[1].2)).collect()
    }
}

impl Relations {
    /// Adds the names and the date of birth of one record. With `apart` the keys are prefixed by it, so that they are
    /// equal only to keys with the same prefix.
    fn named(&mut self, body: &Person, apart: Option<&str>) {
        let keep = |word: &str| match apart {
            Some(apart) => format!("{apart}\n{word}"),
            None => word.to_owned(),
        };
        let born = body.birth_date.filter(|date| date.day().is_some());
        for name in body.names.iter().filter_map(NameForm::new) {
            // In a name without marked parts any word may be the family name.
            let family = if name.family.is_empty() { &name.tokens } else { &name.family };
            let family = family.iter().map(|word| skeleton(word)).filter(|word| !word.is_empty());
            self.families.extend(family.map(|word| keep(&word)));
            let words = name.skeletons.iter().take(WORDS_MAX);
            let mut words: Vec<String> = words.map(|word| keep(word)).collect();
            words.sort_unstable();
            words.dedup();
            for (index, word) in words.iter().enumerate() {
                self.keys.extend(born.map(|date| Key::Born(word.clone(), date)));
                self.keys.extend(
                    words[index + 1..].iter().map(|other| Key::Words(word.clone(), other.clone())),
                );
            }
        }
    }
}

/// Returns the addresses at which each person lives.
fn homes(
    snapshot: &Snapshot,
    rules: &KinshipRules,
) -> BTreeMap<EntityIndex, BTreeSet<EntityIndex>> {
    let mut homes: BTreeMap<EntityIndex, BTreeSet<EntityIndex>> = BTreeMap::new();
    for tie in snapshot.ties().iter() {
        if tie.kind != TieKind::LivesAt || tie.confidence < rules.confidence_min {
            continue;
        }
        let ends = entity(snapshot, tie.from).zip(entity(snapshot, tie.to));
        if let Some((person, home)) = ends
            && is(snapshot, person, EntityType::Person)
        {
            homes.entry(person).or_default().insert(home);
        }
    }
    homes
}

/// Joins house, unit, street and city into one text; `None` without a house number or street.
fn text_of(address: &Address) -> Option<Home> {
    let form = AddressForm::new(address);
    let (house, street) = (form.house?, form.street?);
    let unit = form.unit.unwrap_or_default();
    let city = form.city.unwrap_or_default();
    Some(Home::Text([house, unit, street, city].join("|")))
}

fn associates(snapshot: &Snapshot, relations: &mut BTreeMap<EntityIndex, Relations>) {
    for (index, tie) in snapshot.ties().enumerated() {
        if tie.kind == TieKind::AssociatedWith {
            for end in [tie.from, tie.to].into_iter().filter_map(|end| entity(snapshot, end)) {
                if let Some(of) = relations.get_mut(&end) {
                    of.keys.insert(Key::Associates(index));
                }
            }
        }
    }
}

/// Disjoint sets; the smallest member is the root.
struct Union(Vec<usize>);

impl Union {
    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
