//! Masking: a snapshot without the content of people who may be victims, and of all that hangs on them: names,
//! contacts, addresses, vehicles, movements. The structure and the indexes stay as they are; the hidden content is
//! removed from the objects, so that whatever is computed from a masked snapshot is masked too.

use std::collections::BTreeSet;
use std::sync::Arc;

use hashbrown::HashSet;

use super::masks::is_of_victim;
use super::shared_objects::{Keyed, Lists, SharedObjects};
use super::times::{Spans, undated, without_content};
use super::{EntityIndex, IndexSet, LeftOut, List, RecordIndex, Snapshot, names};
use crate::leak;
use crate::model::{
    Address, Body, Event, Label, Link, Organization, Person, Phone, Record, RecordId, Span, Tie,
    Vehicle, hex,
};

/// Bytes of a pseudonym's number: enough that two people of a case never share one by chance.
const PSEUDONYM_BYTES: usize = 6;

impl Snapshot {
    /// The snapshot with everything that the rules for victims hide left out.
    ///
    /// Hidden are: the records of entities with a record about a victim, whatever their other records say, unless the
    /// caller may see all of the entity's victims unmasked; the comparison results of links of such records; time,
    /// place, text and amount of events, and the times of ties, if their row is about a victim or such an entity has a
    /// part in them. Readable records stay readable whatever they are related to.
    #[must_use]
    pub fn masked(self: &Arc<Self>) -> Self {
        self.masked_sharing(&SharedObjects::default())
    }

    /// Returns the object that a masked snapshot shares with its copies for cases (see [`Snapshot::in_case`]) and with
    /// no other snapshot, since each masking makes it anew: two copies for one case that share it are equal.
    pub fn lineage(&self) -> &Arc<Spans> {
        &self.left_out.spans
    }

    /// Masks the snapshot as [`Snapshot::masked`] does; redacted objects that are equal to a shared one are held once.
    pub(super) fn masked_sharing(self: &Arc<Self>, shared: &SharedObjects) -> Self {
        let mut masked = Self::clone(self);
        let of_victims = of_victims(self);
        let hidden = of_victims.iter().filter(|entity| !self.is_sighted(*entity)).collect();
        let hidden = leak::hidden(hidden, self);
        masked.left_out.of_victims = Arc::new(of_victims);
        masked.left_out.masked = Arc::new(hidden);
        masked.left_out.is_masking = true;
        masked.hide_records(shared);
        masked.hide_events(shared);
        masked.hide_ties(shared);
        masked.hide_links(shared);
        masked.leave_out(self);
        masked.in_case("")
    }

    /// Keeps the original snapshot, if masking changed any list, and computes the spans without masked content.
    fn leave_out(&mut self, original: &Arc<Self>) {
        let untouched = self.records.is_same(&original.records)
            && self.ties.is_same(&original.ties)
            && self.events.is_same(&original.events)
            && self.links.is_same(&original.links);
        if !untouched {
            self.left_out.original = Some(Arc::clone(original));
        }
        self.left_out.spans = Arc::new(self.spans_of_what_is_left());
    }

    /// Empties the records of hidden entities, and removes the row id from public records.
    fn hide_records(&mut self, shared: &SharedObjects) {
        let redacted = |(index, record): (RecordIndex, &Arc<Record>)| {
            Some((index, self.redacted_record(index, record)?))
        };
        let changed: Vec<_> = self.records.enumerated().filter_map(redacted).collect();
        replace(&mut self.records, &shared.records, changed);
    }

    /// The redacted copy that is shown in place of a masked or public record; `None` if the record is shown as it is.
    pub(super) fn redacted_record(&self, index: RecordIndex, record: &Record) -> Option<Record> {
        match self.left_out.masked.contains(self.entity_of[index]) {
            true => Some(emptied(record)),
            false if record.public => {
                Some(Record { local_id: String::new(), ..Record::clone(record) })
            }
            false => None,
        }
    }

    /// The redacted copy that is shown in place of a masked event; `None` if the event is shown as it is.
    pub(super) fn redacted_event(&self, event: &Event) -> Option<Event> {
        self.is_hidden_event(event).then(|| without_content(event))
    }

    /// The undated copy that is shown in place of a masked tie with a time; `None` if the tie is shown as it is.
    pub(super) fn redacted_tie(&self, tie: &Tie) -> Option<Tie> {
        (tie.span != Span::default() && self.is_hidden_tie(tie)).then(|| undated(tie))
    }

    fn hide_events(&mut self, shared: &SharedObjects) {
        let redacted = self.events.enumerated();
        let changed =
            redacted.filter_map(|(index, it)| Some((index, self.redacted_event(it)?))).collect();
        replace(&mut self.events, &shared.events, changed);
    }

    fn hide_ties(&mut self, shared: &SharedObjects) {
        let redacted = self.ties.enumerated();
        let changed =
            redacted.filter_map(|(index, it)| Some((index, self.redacted_tie(it)?))).collect();
        replace(&mut self.ties, &shared.ties, changed);
    }

    /// Removes the score and the comparison levels of links with a hidden end, which tell in what the two records
    /// agree; only the pair itself is left.
    fn hide_links(&mut self, shared: &SharedObjects) {
        let entities = self.left_out.masked.iter().map(|entity| &self.entities[entity]);
        let records = entities.flat_map(|entity| entity.records.iter());
        let ids: HashSet<_> = records.map(|record| self.records[*record].id).collect();
        let is_hidden = |link: &Link| ids.contains(&link.a) || ids.contains(&link.b);
        let hidden = self.links.enumerated().filter(|(_, link)| is_hidden(link));
        let changed = hidden.map(|(index, link)| (index, without_score(link))).collect();
        replace(&mut self.links, &shared.links, changed);
    }

    /// Tells if time, place and content of an event are hidden: its row is about a victim whom the caller may not see
    /// unmasked, or a hidden entity took part in it.
    pub(super) fn is_hidden_event(&self, event: &Event) -> bool {
        self.hides(&event.label, event.participants.iter().map(|part| part.record))
    }

    /// Tells if the times of a tie are hidden: its row is about a victim whom the caller may not see unmasked, or one
    /// of its ends is a hidden entity.
    pub(super) fn is_hidden_tie(&self, tie: &Tie) -> bool {
        self.hides(&tie.label, [tie.from, tie.to].into_iter())
    }

    /// Tells if an object with this label that refers to these records is hidden.
    fn hides(&self, label: &Label, about: impl Iterator<Item = RecordId>) -> bool {
        let (mut is_sighted, mut is_about_hidden) = (false, false);
        for record in about.filter_map(|id| self.stored(id)) {
            is_sighted |= self.left_out.sighted.contains(record);
            is_about_hidden |= self.left_out.masked.contains(self.entity_of[record]);
        }
        leak::hides(is_about_hidden || is_of_victim(label) && !is_sighted)
    }

    /// Tells if the content of the entity's records has been left out.
    pub fn is_masked(&self, entity: EntityIndex) -> bool {
        self.left_out.original.is_some() && self.left_out.masked.contains(entity)
    }

    /// Tells if the caller may see the entity unmasked: it has records about victims, and the caller may see the rows
    /// of all of these unmasked.
    pub(super) fn is_sighted(&self, entity: EntityIndex) -> bool {
        let records = self.entities[entity].records.iter();
        let mut victims =
            records.filter(|record| is_of_victim(&self.records[**record].label)).peekable();
        victims.peek().is_some() && victims.all(|record| self.left_out.sighted.contains(*record))
    }

    /// Tells if the view has records about victims that are shown unmasked to the caller.
    pub fn is_unmasking(&self) -> bool {
        !self.left_out.sighted.is_empty()
    }

    /// Tells if a record is another agency's and its content is hidden from the caller: it is linked to nothing that
    /// the caller can read or write.
    pub fn is_foreign(&self, record: RecordIndex) -> bool {
        self.left_out.foreign.contains(record)
    }

    /// The snapshot that this one was masked from, or itself. Outside of this room it comes out through
    /// [`Snapshot::figure`] and [`Snapshot::own_rows`] only; a test reads the sources.
    pub(crate) fn original(&self) -> &Self {
        self.left_out.original.as_deref().unwrap_or(self)
    }

    /// A short human-readable name of an entity: the name that most of its records give, or its pseudonym if it is
    /// masked.
    pub fn name(&self, entity: EntityIndex) -> String {
        if self.is_masked(entity) { self.pseudonym(entity) } else { self.called(entity) }
    }

    fn called(&self, entity: EntityIndex) -> String {
        let records = &self.entities[entity].records;
        names::display(records.iter().map(|record| self.records[*record].as_ref()))
    }

    /// The pseudonym that stands for the name of a masked entity in the snapshot's case: the same for all callers whose
    /// view has the same first record about the victim.
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

/// Returns a masked copy of a link: the pair itself, and nothing of how far the two records agree.
pub(super) fn without_score(link: &Link) -> Link {
    Link { bits: 0.0, levels: Vec::new(), ..link.clone() }
}

/// Returns the entities with a record about a victim.
fn of_victims(snapshot: &Snapshot) -> IndexSet<EntityIndex> {
    let records = snapshot.records.iter().zip(snapshot.entity_of.iter());
    let of_victims = records.filter(|(record, _)| is_of_victim(&record.label));
    let entities: BTreeSet<EntityIndex> = of_victims.map(|(_, entity)| *entity).collect();
    entities.into_iter().collect()
}

/// Replaces objects of a list; a new object that is equal to a shared one is held once.
fn replace<T: Keyed + Clone + PartialEq>(
    list: &mut List<T>,
    shared: &Lists<T>,
    changed: Vec<(T::Index, T)>,
) {
    if changed.is_empty() {
        return;
    }
    let mut interner = shared.interner();
    let changed: Vec<_> =
        changed.into_iter().map(|(index, object)| (index, interner.intern(object))).collect();
    *list = list.replaced(changed);
}

/// Returns the record with nothing but its id, source, label and type: the grade goes too, since it tells of the
/// content.
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
    /// The state before masking: the records with withheld fields, and the records about victims that the caller may
    /// and may not see unmasked.
    pub(super) fn before(withheld: Arc<IndexSet<RecordIndex>>, hides: super::masks::Hides) -> Self {
        let super::masks::Hides { sighted, foreign } = hides;
        Self { withheld, sighted, foreign, ..Self::default() }
    }
}
