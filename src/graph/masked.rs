//! A snapshot without what may not be shown of people who may be victims: their names, contacts, exact
//! addresses and movements. Structure, ids and indexes stay as they are; what is left out is not there
//! at all, so that whatever is made from a masked snapshot is masked.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{RelationshipKind, Snapshot};
use crate::model::{
    Address, Body, EntityType, Event, Organization, Person, Phone, Record, TieKind, Vehicle, hex,
};

/// Bytes of a pseudonym's number: enough that two people of a case never share one by chance.
const PSEUDONYM_BYTES: usize = 6;

impl Snapshot {
    /// The snapshot with everything that the rules for victims hide left out. `case` is what the
    /// pseudonyms are made for: the same person has another one in another case.
    ///
    /// Hidden are people whom one of their records calls a victim, whatever others call them; phones
    /// and addresses of rows about victims or related to such a person; and the places of events in
    /// which such a person, or a phone or vehicle of theirs, took part.
    #[must_use]
    pub fn masked(self: &Arc<Self>, case: &str) -> Arc<Self> {
        let hidden = hidden(self);
        if hidden.is_empty() {
            return Arc::clone(self);
        }
        let mut masked = Self::clone(self);
        for &index in &hidden {
            let entity = &mut masked.entities[index as usize];
            entity.name = self.pseudonym(index, case);
            for record in &entity.records {
                let record = &mut masked.records[*record as usize];
                *record = emptied(record);
            }
        }
        let followed = followed(self, &hidden);
        for event in &mut masked.events {
            let takes_part = |event: &Event| {
                let records = event.participants.iter().filter_map(|part| self.record(part.record));
                let mut entities = records.map(|record| self.entity_of[record as usize]);
                entities.any(|entity| followed.contains(&entity))
            };
            if takes_part(event) {
                (event.place, event.text) = (None, None);
            }
        }
        masked.left_out.masked = hidden;
        masked.left_out.original = Some(Arc::clone(self));
        Arc::new(masked)
    }

    /// Whether what the entity's records say has been left out.
    pub fn is_masked(&self, entity: u32) -> bool {
        self.left_out.masked.contains(&entity)
    }

    /// The snapshot that this one was masked from, or itself: for figures that are computed on what
    /// records say and do not repeat it.
    pub fn original(&self) -> &Self {
        self.left_out.original.as_deref().unwrap_or(self)
    }

    /// What an entity is called in a case in place of its name: the same for all who see the same first
    /// record about the victim.
    fn pseudonym(&self, index: u32, case: &str) -> String {
        let entity = &self.entities[index as usize];
        let records = entity.records.iter().map(|record| &self.records[*record as usize]);
        let about_victim = records.clone().find(|record| record.label.category.is_victim());
        let named_by = about_victim.or(records.clone().next()).map(|record| record.id.0);
        let parts: [&[u8]; 2] = [case.as_bytes(), &named_by.unwrap_or_default()];
        let tag = self.id_key.tag("pseudonym", &parts);
        format!("{}-{}", entity.entity_type.as_str(), hex(&tag[..PSEUDONYM_BYTES]))
    }
}

/// Entities of which the content is hidden.
fn hidden(snapshot: &Snapshot) -> BTreeSet<u32> {
    let mut hidden = BTreeSet::new();
    for (index, entity) in (0u32..).zip(&snapshot.entities) {
        if snapshot.is_protected(index) {
            hidden.insert(index);
            let around = snapshot.incident(index).iter().map(|(neighbour, _)| *neighbour);
            hidden.extend(around.filter(|other| is_contact(snapshot, *other)));
        } else if is_contact(snapshot, index) {
            let of_victim =
                |record: &u32| snapshot.records[*record as usize].label.category.is_victim();
            if entity.records.iter().any(of_victim) {
                hidden.insert(index);
            }
        }
    }
    hidden
}

fn is_contact(snapshot: &Snapshot, entity: u32) -> bool {
    let entity_type = snapshot.entities[entity as usize].entity_type;
    matches!(entity_type, EntityType::Phone | EntityType::Address)
}

/// Entities whose movements are those of a person who may be a victim: the person, and the phones and
/// vehicles that are the person's.
fn followed(snapshot: &Snapshot, hidden: &BTreeSet<u32>) -> BTreeSet<u32> {
    let mut followed = BTreeSet::new();
    for &index in hidden.iter().filter(|index| snapshot.is_protected(**index)) {
        followed.insert(index);
        for (neighbour, relationship) in snapshot.incident(index) {
            let kind = snapshot.relationships[*relationship as usize].kind;
            let is_own = matches!(
                kind,
                RelationshipKind::Tie(TieKind::Uses | TieKind::Drives | TieKind::Owns)
            );
            let moves = matches!(
                snapshot.entities[*neighbour as usize].entity_type,
                EntityType::Phone | EntityType::Vehicle
            );
            if is_own && moves {
                followed.insert(*neighbour);
            }
        }
    }
    followed
}

/// The record with its label and id only.
fn emptied(record: &Record) -> Record {
    Record {
        id: record.id,
        local_id: String::new(),
        source: record.source.clone(),
        label: record.label.clone(),
        raw: Default::default(),
        body: match record.body {
            Body::Person(_) => Body::Person(Person::default()),
            Body::Phone(_) => Body::Phone(Phone::default()),
            Body::Address(_) => Body::Address(Address::default()),
            Body::Vehicle(_) => Body::Vehicle(Vehicle::default()),
            Body::Organization(_) => Body::Organization(Organization::default()),
        },
    }
}
