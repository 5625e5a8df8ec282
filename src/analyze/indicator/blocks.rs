//! Blocks of related people: what counts as one.
//!
//! Two people of one thing are one block when
//! - they share a family name and a home address (the thing itself, when it is an address, is one);
//! - they share a family name and were seen with one vehicle within hours of each other: a family
//!   on the road, of whom the border did not write down the home;
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

/// Words of one name that are looked at.
const WORDS_MAX: usize = 6;

/// What counts as related.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct KinshipRules {
    /// Ties less sure than this count for nothing, 0 to 1.
    pub confidence_min: f64,
    /// The most people of a household.
    pub household_people_max: usize,
    /// Microseconds between sightings of one family name with a vehicle that are together; 0 for never.
    pub together: i64,
    /// Whether people whom a source ties as associates are kin.
    pub associates_are_kin: bool,
}

/// What related people have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// Family name and home.
    Kin(String, Home),
    /// A household's address.
    Household(EntityIndex),
    /// Two words of the name, in order of the alphabet.
    Words(String, String),
    /// A word of the name and the date of birth.
    Born(String, PartialDate),
    /// A tie between associates.
    Associates(TieIndex),
}

/// Where somebody lives: an entity, or the text of a person's record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Home {
    Entity(EntityIndex),
    Text(String),
}

/// What is known of one person's relations.
#[derive(Default)]
struct Relations {
    families: BTreeSet<String>,
    keys: BTreeSet<Key>,
}

/// Relations and homes are compared with those of others: an answer has the blocks and counts that they make.
impl Figure for (Relations, BTreeSet<Home>) {}

impl Relations {
    /// The names and homes that a person's records state.
    fn said_of(
        snapshot: &Snapshot,
        original: &Snapshot,
        person: EntityIndex,
    ) -> (Self, BTreeSet<Home>) {
        let (mut of, mut places) = (Self::default(), BTreeSet::new());
        let masked = snapshot.is_masked(person);
        for record in &snapshot.entities()[person].records {
            // Who is masked is kin only of those whom the same agency's records speak of: else a
            // record with a guessed name would tell by the count whether it is right.
            let record = &original.records()[*record];
            let apart = masked.then_some(record.label.agency.as_str());
            // What is said of them elsewhere, as a human judged, counts for nobody's kin.
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
    /// Microseconds between sightings with a vehicle that are together; 0 for never.
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
    /// Pairs of positions of people of one family name whose moments with the vehicle lie together.
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
    /// Takes in the names and the date of birth of one record; `apart` keeps them from being those of
    /// anybody else.
    fn named(&mut self, body: &Person, apart: Option<&str>) {
        let keep = |word: &str| match apart {
            Some(apart) => format!("{apart}\n{word}"),
            None => word.to_owned(),
        };
        let born = body.birth_date.filter(|date| date.day().is_some());
        for name in body.names.iter().filter_map(NameForm::new) {
            // Of a name without marked parts any word may be the family's.
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

/// The addresses at which each person lives.
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

/// House, street and city as one text; without a house number it is no home.
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
