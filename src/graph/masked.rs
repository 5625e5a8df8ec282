//! A snapshot without what may not be shown of people who may be victims, and of all that hangs on them:
//! names, contacts, addresses, vehicles, movements. Structure and indexes stay as they are; what is left out
//! is not there at all, so that whatever is made from a masked snapshot is masked.

use std::collections::BTreeSet;
use std::sync::Arc;

use hashbrown::HashSet;

use super::common::Common;
use super::masks::is_of_victim;
use super::{EntityIndex, EventIndex, IndexSet, LeftOut, LinkIndex, RecordIndex, Snapshot, names};
use crate::leak;
use crate::model::{Address, Body, Event, Link, Organization, Person, Phone, Record, Vehicle, hex};

/// Bytes of a pseudonym's number: enough that two people of a case never share one by chance.
const PSEUDONYM_BYTES: usize = 6;

impl Snapshot {
    /// The snapshot with everything that the rules for victims hide left out.
    ///
    /// Hidden are the entities of which a record is a victim's, whatever their other records say; what their
    /// links agree in; and place, text and amount of events of rows about victims, or in which such an entity
    /// took part. What is readable stays so whatever it is related to.
    #[must_use]
    pub fn masked(self: &Arc<Self>) -> Self {
        self.masked_sharing(&Common::default())
    }

    /// The same, with what is left of records and events held in common with snapshots in use.
    pub(super) fn masked_sharing(self: &Arc<Self>, common: &Common) -> Self {
        let mut masked = Self::clone(self);
        let hidden = leak::hidden(hidden(self), self);
        masked.hide_records(&hidden, common);
        if hidden.is_empty() && !self.events.iter().any(|event| is_of_victim(&event.label)) {
            masked.leave_out(self, hidden);
            return masked;
        }
        masked.hide_events(&hidden, common);
        masked.hide_links(&hidden, common);
        masked.leave_out(self, hidden);
        masked
    }

    /// Notes what was left out, if anything was, and of what.
    fn leave_out(&mut self, original: &Arc<Self>, hidden: IndexSet<EntityIndex>) {
        let untouched = Arc::ptr_eq(&self.records, &original.records)
            && Arc::ptr_eq(&self.events, &original.events)
            && Arc::ptr_eq(&self.links, &original.links);
        if !untouched {
            self.left_out.original = Some(Arc::clone(original));
        }
        self.left_out.masked = Arc::new(hidden);
        self.left_out.is_masking = true;
        *self = self.in_case("");
    }

    /// Empties the records of hidden entities, and takes from public ones of what row they are.
    fn hide_records(&mut self, hidden: &IndexSet<EntityIndex>, common: &Common) {
        let entity_of = &self.entity_of;
        let changed = |(index, record): (RecordIndex, &Arc<Record>)| {
            let less = match hidden.contains(entity_of[index]) {
                true => emptied(record),
                false if record.public => {
                    Record { local_id: String::new(), ..Record::clone(record) }
                }
                false => return None,
            };
            Some((index, less))
        };
        let changed: Vec<_> = self.records.enumerated().filter_map(changed).collect();
        if changed.is_empty() {
            return;
        }
        let mut lender = common.records.lender();
        let records = Arc::make_mut(&mut self.records);
        for (index, less) in changed {
            records[index] = lender.held(less);
        }
    }

    fn hide_events(&mut self, hidden: &IndexSet<EntityIndex>, common: &Common) {
        let is_hidden = |event: &Event| self.is_of_hidden(event, hidden);
        let says = |event: &Event| {
            event.place.is_some()
                || event.text.is_some()
                || event.amount.is_some()
                || !event.local_id.is_empty()
        };
        let changed: Vec<EventIndex> = self
            .events
            .indexes()
            .filter(|index| says(&self.events[*index]) && is_hidden(&self.events[*index]))
            .collect();
        if changed.is_empty() {
            return;
        }
        let mut lender = common.events.lender();
        let events = Arc::make_mut(&mut self.events);
        for index in changed {
            let event = &mut events[index];
            let (place, text, amount, local_id) = (None, None, None, String::new());
            *event = lender.held(Event { place, text, amount, local_id, ..Event::clone(event) });
        }
    }

    /// Of a link of which an end is hidden only that it is one is told: its bits and levels say in what the two
    /// agree.
    fn hide_links(&mut self, hidden: &IndexSet<EntityIndex>, common: &Common) {
        let entities = hidden.iter().map(|entity| &self.entities[entity]);
        let records = entities.flat_map(|entity| &entity.records);
        let ids: HashSet<_> = records.map(|record| self.records[*record].id).collect();
        let is_hidden = |link: &Link| ids.contains(&link.a) || ids.contains(&link.b);
        let changed: Vec<LinkIndex> =
            self.links.indexes().filter(|index| is_hidden(&self.links[*index])).collect();
        if changed.is_empty() {
            return;
        }
        let mut lender = common.links.lender();
        let links = Arc::make_mut(&mut self.links);
        for index in changed {
            let link = &mut links[index];
            let less = Link { bits: 0.0, levels: Vec::new(), ..Link::clone(link) };
            *link = lender.held(less);
        }
    }

    /// Whether an event is of a row about a victim, or a hidden entity took part in it.
    pub(super) fn is_of_hidden(&self, event: &Event, hidden: &IndexSet<EntityIndex>) -> bool {
        let mut parts = event.participants.iter().filter_map(|part| self.stored(part.record));
        is_of_victim(&event.label) || parts.any(|record| hidden.contains(self.entity_of[record]))
    }

    /// Whether what the entity's records say has been left out.
    pub fn is_masked(&self, entity: EntityIndex) -> bool {
        self.left_out.original.is_some() && self.left_out.masked.contains(entity)
    }

    /// Whether the caller may see the entity unmasked: all of its records that are a victim's are of rows whose
    /// victim is in the case, and there are such.
    pub fn may_unmask(&self, entity: EntityIndex) -> bool {
        let records = self.entities[entity].records.iter();
        let mut victims =
            records.filter(|record| is_of_victim(&self.records[**record].label)).peekable();
        victims.peek().is_some() && victims.all(|record| self.left_out.sighted.contains(*record))
    }

    /// Whether there is anything that the caller may see unmasked.
    pub fn may_unmask_any(&self) -> bool {
        !self.left_out.sighted.is_empty()
    }

    /// Whether the content of a record is another agency's and hidden from the caller's: it meets nothing that
    /// the caller can read or write.
    pub fn is_foreign(&self, record: RecordIndex) -> bool {
        self.left_out.foreign.contains(record)
    }

    /// The snapshot that this one was masked from, or itself. Outside of this room it comes out through
    /// [`Snapshot::figure`], [`Snapshot::own_rows`] and [`Snapshot::reveal`] only; a test reads the sources.
    pub(crate) fn original(&self) -> &Self {
        self.left_out.original.as_deref().unwrap_or(self)
    }

    /// A short human-readable name of an entity: what most of its records call it; where it is masked its
    /// pseudonym.
    pub fn name(&self, entity: EntityIndex) -> String {
        if self.is_masked(entity) { self.pseudonym(entity) } else { self.called(entity) }
    }

    fn called(&self, entity: EntityIndex) -> String {
        let records = &self.entities[entity].records;
        names::display(records.iter().map(|record| self.records[*record].as_ref()))
    }

    /// What an entity is called in a case in place of its name: the same for all who see the same first
    /// record about the victim.
    fn pseudonym(&self, index: EntityIndex) -> String {
        let entity = &self.entities[index];
        let records = entity.records.iter().map(|record| &self.records[*record]);
        let about_victim = records.clone().find(|record| is_of_victim(&record.label));
        let named_by = about_victim.or(records.clone().next()).map(|record| record.id.0);
        let parts: [&[u8]; 2] = [self.case_name().as_bytes(), &named_by.unwrap_or_default()];
        let tag = self.id_key.tag("pseudonym", &parts);
        format!("{}-{}", entity.entity_type.as_str(), hex(&tag[..PSEUDONYM_BYTES]))
    }
}

/// Entities of which the content is hidden: those with a record that is a victim's. To whom some of them may be
/// unmasked, they are so when that is asked for, and is logged.
fn hidden(snapshot: &Snapshot) -> IndexSet<EntityIndex> {
    let records = snapshot.records.iter().zip(snapshot.entity_of.iter());
    let of_victims = records.filter(|(record, _)| is_of_victim(&record.label));
    let entities: BTreeSet<EntityIndex> = of_victims.map(|(_, entity)| *entity).collect();
    entities.into_iter().collect()
}

/// The record with its label and id only: how it is graded is of what it says.
fn emptied(record: &Record) -> Record {
    Record {
        id: record.id,
        local_id: String::new(),
        sibling: false,
        public: false,
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

impl LeftOut {
    /// Nothing but what agreements keep back, and whose content is hidden from whom.
    pub(super) fn before(withheld: Arc<IndexSet<RecordIndex>>, hides: super::masks::Hides) -> Self {
        let super::masks::Hides { sighted, foreign } = hides;
        Self { withheld, sighted, foreign, ..Self::default() }
    }
}
