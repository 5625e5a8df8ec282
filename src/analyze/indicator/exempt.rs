//! Organizations: the things that they keep, and the people who work for them.

use std::collections::{BTreeMap, BTreeSet};

use super::Exemption;
use super::links::{entity, is};
use crate::graph::{EntityIndex, Figure, Snapshot};
use crate::model::{Address, Body, EntityType, EventKind, Phone, Role, TieKind};
use crate::normalize::{AddressForm, PhoneForm, fold};

/// The relations of organizations to things and people.
pub(super) struct Organizations {
    /// The organizations that keep each thing.
    keepers: BTreeMap<EntityIndex, BTreeSet<EntityIndex>>,
    /// The folded words of the kind of each organization, without other agencies' hidden records.
    kinds: BTreeMap<EntityIndex, BTreeSet<String>>,
    /// The organizations that each person works for or owns.
    employers: BTreeMap<EntityIndex, BTreeSet<EntityIndex>>,
}

/// A phone number or address by which things of organizations are found, with true if it is hidden content of another
/// agency: hidden content never equals content that the caller can read or write.
type Stated = (bool, Contact);

/// A phone number or address as normalized text.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Contact {
    Phone(String),
    Address(String),
}

/// A figure, since the maps hold positions of entities, and words only of the kinds of organizations that are not
/// hidden.
impl Figure for Organizations {}

impl Organizations {
    pub fn new(snapshot: &Snapshot) -> Self {
        let mut all =
            Self { keepers: BTreeMap::new(), kinds: BTreeMap::new(), employers: BTreeMap::new() };
        all.ties(snapshot);
        all.hosts(snapshot);
        all.records(snapshot);
        all
    }

    /// Adds the keepers and employers that ties state.
    fn ties(&mut self, snapshot: &Snapshot) {
        for tie in snapshot.ties().iter() {
            let ends = entity(snapshot, tie.from).zip(entity(snapshot, tie.to));
            let Some((from, to)) = ends else { continue };
            let keeps = matches!(tie.kind, TieKind::Uses | TieKind::LivesAt | TieKind::Owns);
            if keeps && is(snapshot, from, EntityType::Organization) {
                self.keepers.entry(to).or_default().insert(from);
            }
            if matches!(tie.kind, TieKind::WorksFor | TieKind::Owns)
                && is(snapshot, from, EntityType::Person)
                && is(snapshot, to, EntityType::Organization)
            {
                self.employers.entry(from).or_default().insert(to);
            }
        }
    }

    /// Adds the hosts of bookings as keepers of the place of the stay.
    fn hosts(&mut self, snapshot: &Snapshot) {
        for event in snapshot.events().iter().filter(|event| event.kind == EventKind::Booking) {
            let of = |role: Role| {
                let parts = event.participants.iter().filter(move |part| part.role == role);
                parts.filter_map(|part| entity(snapshot, part.record))
            };
            for host in of(Role::Host).filter(|host| is(snapshot, *host, EntityType::Organization))
            {
                for place in of(Role::Location) {
                    self.keepers.entry(place).or_default().insert(host);
                }
            }
        }
    }

    /// Adds the kinds that the organizations' own records state, and the organizations as keepers of the things that
    /// these records give as phone or address.
    fn records(&mut self, snapshot: &Snapshot) {
        let mut stated: BTreeMap<Stated, BTreeSet<EntityIndex>> = BTreeMap::new();
        let records = || {
            let records = snapshot.records().enumerated();
            records.map(|(index, record)| (index, record, snapshot.entity_of(index)))
        };
        for (index, record, of) in records() {
            let Body::Organization(body) = &record.body else { continue };
            let foreign = snapshot.is_foreign(index);
            if !foreign {
                let words = body.kind.as_deref().map(fold).unwrap_or_default();
                let words = words.split_whitespace().map(str::to_owned);
                self.kinds.entry(of).or_default().extend(words);
            }
            let phones = body.phones.iter().filter_map(phone);
            for contact in phones.chain(body.address.as_ref().and_then(address)) {
                stated.entry((foreign, contact)).or_default().insert(of);
            }
        }
        for (index, record, of) in records() {
            let contact = match &record.body {
                Body::Phone(body) => phone(body),
                Body::Address(body) => address(body),
                _ => None,
            };
            if let Some(keepers) =
                contact.and_then(|it| stated.get(&(snapshot.is_foreign(index), it)))
            {
                self.keepers.entry(of).or_default().extend(keepers);
            }
        }
    }

    /// Tells if any organization keeps this thing.
    pub fn keep(&self, thing: EntityIndex) -> bool {
        self.keepers.contains_key(&thing)
    }

    /// Returns an exemption for the first organization that keeps the thing and is of one of these kinds, if any.
    pub fn exemption(&self, thing: EntityIndex, kinds: &[String]) -> Option<Exemption> {
        self.keepers.get(&thing)?.iter().find_map(|organization| {
            let words = self.kinds.get(organization)?;
            let kind = words.iter().find(|word| is_of_kind(word, kinds))?;
            let kind = Some(kind.clone());
            Some(Exemption::Organization { organization: *organization, kind })
        })
    }

    /// Returns the organization that keeps the thing, if it is the only keeper and the employer of at least this share
    /// of the blocks.
    pub fn workplace(
        &self,
        thing: EntityIndex,
        blocks: &[Vec<EntityIndex>],
        share: f64,
    ) -> Option<EntityIndex> {
        let keepers = self.keepers.get(&thing).filter(|keepers| keepers.len() == 1)?;
        self.employer(blocks, share).filter(|employer| keepers.contains(employer))
    }

    /// Returns the organization that most blocks work for (the first of equal ones), if it is at least this share, 0 to
    /// 1.
    pub fn employer(&self, blocks: &[Vec<EntityIndex>], share: f64) -> Option<EntityIndex> {
        let mut counts: BTreeMap<EntityIndex, usize> = BTreeMap::new();
        for block in blocks {
            let of_block: BTreeSet<EntityIndex> = block
                .iter()
                .filter_map(|person| self.employers.get(person))
                .flatten()
                .copied()
                .collect();
            of_block.into_iter().for_each(|employer| *counts.entry(employer).or_default() += 1);
        }
        let (employer, count) =
            counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
        (count as f64 >= share * blocks.len() as f64).then_some(employer)
    }
}

/// Tells if a word is one of the kinds; a plural in s counts too ("hotels").
fn is_of_kind(word: &str, kinds: &[String]) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    kinds.iter().any(|kind| kind == word || kind == singular)
}

fn phone(phone: &Phone) -> Option<Contact> {
    let form = PhoneForm::new(phone)?;
    Some(Contact::Phone(form.national.unwrap_or(form.digits)))
}

fn address(address: &Address) -> Option<Contact> {
    let form = AddressForm::new(address);
    let (house, street, city) = (form.house?, form.street?, form.city?);
    Some(Contact::Address([house, form.unit.unwrap_or_default(), street, city].join("|")))
}
