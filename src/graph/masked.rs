//! A snapshot without what may not be shown of people who may be victims: their names, contacts, exact
//! addresses and movements. Structure, ids and indexes stay as they are; what is left out is not there
//! at all, so that whatever is made from a masked snapshot is masked.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::common::Common;
use super::{LeftOut, RelationshipKind, Snapshot, names};
use crate::model::{
    Address, Body, EntityType, Event, Organization, Person, Phone, Record, RecordId, TieKind,
    Vehicle, hex,
};

/// Bytes of a pseudonym's number: enough that two people of a case never share one by chance.
const PSEUDONYM_BYTES: usize = 6;

/// Whether the content of a record is hidden: it is about a person whom it calls a victim, and not among
/// those that the caller may see unmasked.
pub(super) fn hides(record: &Record, unmasked: &BTreeSet<RecordId>) -> bool {
    let person = record.entity_type() == EntityType::Person;
    person && record.label.category.is_victim() && !unmasked.contains(&record.id)
}

/// Whether a link of two records may be used where people who may be victims are masked.
///
/// Whoever knows one end of it and sees that the two are one knows the other end too: by writing a record
/// with a name one could ask whether a masked person is called so. So a masked record is linked with no
/// record that the caller can read or that another agency wrote; the records of one agency about people
/// whom it calls victims are linked with each other, and what a human judged to be the same is the same.
pub(super) fn joins(a: &Record, b: &Record, unmasked: &BTreeSet<RecordId>) -> bool {
    match (hides(a, unmasked), hides(b, unmasked)) {
        (false, false) => true,
        (true, true) => a.label.agency == b.label.agency,
        _ => false,
    }
}

impl Snapshot {
    /// The snapshot with everything that the rules for victims hide left out.
    ///
    /// Hidden are people whom one of their records calls a victim, whatever others call them; phones
    /// and addresses of rows about victims or related to such a person; and the places of events in
    /// which such a person, or a phone or vehicle of theirs, took part.
    #[must_use]
    pub fn masked(self: &Arc<Self>) -> Self {
        self.masked_sharing(&Common::default())
    }

    /// The same, with what is left of records and events held in common with snapshots in use.
    pub(super) fn masked_sharing(self: &Arc<Self>, common: &Common) -> Self {
        let mut masked = Self::clone(self);
        let hidden = hidden(self);
        if hidden.is_empty() {
            return masked;
        }
        let mut lender = common.records.lender();
        let of_hidden = hidden.iter().flat_map(|entity| &self.entities[*entity as usize].records);
        let records = Arc::make_mut(&mut masked.records);
        for record in of_hidden.copied().collect::<BTreeSet<u32>>() {
            let record = &mut records[record as usize];
            *record = lender.held(emptied(record));
        }
        let followed = followed(self, &hidden);
        let takes_part = |event: &Event| {
            let records = event.participants.iter().filter_map(|part| self.record(part.record));
            let mut entities = records.map(|record| self.entity_of[record as usize]);
            entities.any(|entity| followed.contains(&entity))
        };
        let mut lender = common.events.lender();
        for event in Arc::make_mut(&mut masked.events) {
            let says = event.place.is_some() || event.text.is_some();
            if says && takes_part(event) {
                let less = Event { place: None, text: None, ..Event::clone(event) };
                *event = lender.held(less);
            }
        }
        masked.left_out.masked = Arc::new(hidden.into_iter().collect());
        masked.left_out.original = Some(Arc::clone(self));
        masked
    }

    /// The same snapshot for a case: whoever is masked has another pseudonym in another case.
    #[must_use]
    pub fn in_case(&self, case: &str) -> Self {
        let left_out = LeftOut { case: case.to_owned(), ..self.left_out.clone() };
        Self { left_out, ..self.clone() }
    }

    /// Whether what the entity's records say has been left out.
    pub fn is_masked(&self, entity: u32) -> bool {
        self.left_out.masked.contains(entity)
    }

    /// The snapshot that this one was masked from, or itself: for figures that are computed on what
    /// records say and do not repeat it.
    pub fn original(&self) -> &Self {
        self.left_out.original.as_deref().unwrap_or(self)
    }

    /// A short human-readable name of an entity: what most of its records call it; where it is masked its
    /// pseudonym.
    pub fn name(&self, entity: u32) -> String {
        if self.is_masked(entity) { self.pseudonym(entity) } else { self.called(entity) }
    }

    fn called(&self, entity: u32) -> String {
        let records = &self.entities[entity as usize].records;
        names::display(records.iter().map(|record| self.records[*record as usize].as_ref()))
    }

    /// What an entity is called in a case in place of its name: the same for all who see the same first
    /// record about the victim.
    fn pseudonym(&self, index: u32) -> String {
        let entity = &self.entities[index as usize];
        let records = entity.records.iter().map(|record| &self.records[*record as usize]);
        let about_victim = records.clone().find(|record| record.label.category.is_victim());
        let named_by = about_victim.or(records.clone().next()).map(|record| record.id.0);
        let parts: [&[u8]; 2] = [self.left_out.case.as_bytes(), &named_by.unwrap_or_default()];
        let tag = self.id_key.tag("pseudonym", &parts);
        format!("{}-{}", entity.entity_type.as_str(), hex(&tag[..PSEUDONYM_BYTES]))
    }
}

/// Entities of which the content is hidden.
fn hidden(snapshot: &Snapshot) -> BTreeSet<u32> {
    let mut hidden = BTreeSet::new();
    for (index, entity) in (0u32..).zip(snapshot.entities.iter()) {
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

/// The record with its label and id only: how it is graded is of what it says.
fn emptied(record: &Record) -> Record {
    Record {
        id: record.id,
        local_id: String::new(),
        source: record.source.clone(),
        label: record.label.clone(),
        grade: None,
        nature: None,
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
