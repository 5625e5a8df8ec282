//! Ids as they are shown to a caller.
//!
//! The shown id of an object about a victim, masked or not, is a keyed hash of the stored id and the case that is asked
//! about: it works in that case only, so that nobody can tell by it that objects of two cases are the same. All other
//! objects are shown with the stored id. No objects are copied for a case: ids are computed as they are asked for, and
//! looked up in a map of the objects about victims, which is made when the first such id is looked up.

use std::fmt;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use super::masks::is_of_victim;
use super::{EntityIndex, EventIndex, IndexSet, LeftOut, RecordIndex, Snapshot, TieIndex};
use crate::model::{EntityId, EventId, IdKey, RecordId, TieId};

/// The case for which ids are made, with maps to look up objects by these ids.
#[derive(Clone, Default)]
pub(super) struct Case {
    name: String,
    /// Entities whose shown id depends on the case: those with a record about a victim.
    keyed: Arc<IndexSet<EntityIndex>>,
    found: Arc<OnceLock<Found>>,
    /// Events whose shown id depends on the case. The set is the same for every case.
    keyed_events: Arc<OnceLock<IndexSet<EventIndex>>>,
    found_events: Arc<OnceLock<HashMap<EventId, EventIndex>>>,
}

/// Entities and records with ids of the case, by these ids.
#[derive(Default)]
struct Found {
    entities: HashMap<EntityId, EntityIndex>,
    records: HashMap<RecordId, RecordIndex>,
}

impl fmt::Debug for Case {
    /// Leaves out the maps that lookups made so far.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).field("keyed", &self.keyed).finish()
    }
}

/// Computes the id that a record of an entity with a victim is shown with in a case, from its stored id.
pub fn record_id_in_case(id_key: &IdKey, case: &str, stored: RecordId) -> RecordId {
    RecordId(id_key.tag("record of a case", &[case.as_bytes(), &stored.0]))
}

/// Computes the id that an entity with a record about a victim is shown with in a case, from its stored id.
pub fn entity_id_in_case(id_key: &IdKey, case: &str, stored: EntityId) -> EntityId {
    EntityId(id_key.tag("entity of a case", &[case.as_bytes(), &stored.0]))
}

/// Computes the id that an event about a victim is shown with in a case, from its stored id.
pub fn event_id_in_case(id_key: &IdKey, case: &str, stored: EventId) -> EventId {
    EventId(id_key.tag("event of a case", &[case.as_bytes(), &stored.0]))
}

impl Snapshot {
    /// Returns the snapshot with the pseudonyms and ids of a case. Only entities with a record about a victim, and the
    /// objects that refer to them, have other ids in another case.
    #[must_use]
    pub fn in_case(&self, case: &str) -> Self {
        let keyed = Arc::clone(&self.left_out.of_victims);
        let before = &self.left_out.case;
        let keyed_events = match Arc::ptr_eq(&before.keyed, &keyed) {
            true => Arc::clone(&before.keyed_events),
            false => Arc::default(),
        };
        let name = case.to_owned();
        let (found, found_events) = (Arc::default(), Arc::default());
        let case = Case { name, keyed, found, keyed_events, found_events };
        let is_masking = self.left_out.is_masking;
        let of_case = |snapshot: &Self| {
            let left_out = LeftOut { case: case.clone(), is_masking, ..snapshot.left_out.clone() };
            Self { left_out, ..snapshot.clone() }
        };
        let mut shown = of_case(self);
        if let Some(original) = &self.left_out.original {
            shown.left_out.original = Some(Arc::new(of_case(original)));
        }
        shown
    }

    /// Returns the text of the case that the snapshot's pseudonyms and ids are made for (see [`Snapshot::in_case`]).
    pub fn case_name(&self) -> &str {
        &self.left_out.case.name
    }

    /// Tells if the shown ids of an entity and its records depend on the case.
    fn is_keyed(&self, entity: EntityIndex) -> bool {
        self.left_out.case.keyed.contains(entity)
    }

    fn is_keyed_record(&self, record: RecordIndex) -> bool {
        self.is_keyed(self.entity_of[record])
    }

    fn in_this_case(&self, domain: &str, stored: &[u8; 16]) -> [u8; 16] {
        self.id_key.tag(domain, &[self.case_name().as_bytes(), stored])
    }

    /// The id of an entity, as shown.
    pub fn entity_id(&self, entity: EntityIndex) -> EntityId {
        let stored = self.entities[entity].id;
        match self.is_keyed(entity) {
            true => entity_id_in_case(&self.id_key, self.case_name(), stored),
            false => stored,
        }
    }

    /// The id of a record, as shown.
    pub fn record_id(&self, record: RecordIndex) -> RecordId {
        let stored = self.records[record].id;
        match self.is_keyed_record(record) {
            true => record_id_in_case(&self.id_key, self.case_name(), stored),
            false => stored,
        }
    }

    /// The id of a tie, as shown.
    pub fn tie_id(&self, tie: TieIndex) -> TieId {
        let stored = self.ties[tie].id;
        match self.is_keyed_tie(tie) {
            true => TieId(self.in_this_case("tie of a case", &stored.0)),
            false => stored,
        }
    }

    /// Tells if the shown id of a tie depends on the case.
    pub(super) fn is_keyed_tie(&self, tie: TieIndex) -> bool {
        let tie = &self.ties[tie];
        let mut ends = [tie.from, tie.to].into_iter().filter_map(|end| self.stored(end));
        self.is_masking()
            && (is_of_victim(&tie.label) || ends.any(|record| self.is_keyed_record(record)))
    }

    /// The id of an event, as shown.
    pub fn event_id(&self, event: EventIndex) -> EventId {
        let stored = self.events[event].id;
        match self.is_keyed_event(event) {
            true => event_id_in_case(&self.id_key, self.case_name(), stored),
            false => stored,
        }
    }

    /// Tells if the shown id of an event depends on the case.
    pub(super) fn is_keyed_event(&self, event: EventIndex) -> bool {
        let event = &self.events[event];
        let mut records = event.participants.iter().filter_map(|part| self.stored(part.record));
        self.is_masking()
            && (is_of_victim(&event.label) || records.any(|record| self.is_keyed_record(record)))
    }

    /// Tells if the snapshot is masked, or is the original of a masked one.
    fn is_masking(&self) -> bool {
        self.left_out.is_masking
    }

    /// The stored id of a record: for writes that refer to it, never for an answer.
    pub fn stored_id(&self, record: RecordIndex) -> RecordId {
        self.records[record].id
    }

    /// Finds an entity by its shown id; `None` if there is none in the view, or if the id is of another case.
    pub fn entity(&self, id: EntityId) -> Option<EntityIndex> {
        let at = self.entities.find_by_key(&id, |entity| entity.id);
        let open = at.filter(|at| !self.is_keyed(*at));
        open.or_else(|| self.found()?.entities.get(&id).copied())
    }

    /// Finds a record by its shown id; `None` if there is none in the view, or if the id is of another case.
    pub fn record(&self, id: RecordId) -> Option<RecordIndex> {
        let open = self.stored(id).filter(|at| !self.is_keyed_record(*at));
        open.or_else(|| self.found()?.records.get(&id).copied())
    }

    /// Finds a record by its stored id, by which ties, events, links and judgements refer to it; `None` if there is
    /// none in the view. Never called with an id that came from a caller.
    pub(crate) fn stored(&self, id: RecordId) -> Option<RecordIndex> {
        self.records.find_by_key(&id, |record| record.id)
    }

    /// Finds an event by its shown id; `None` if there is none in the view, or if the id is of another case.
    ///
    /// The first lookup of an id that is no stored id goes through all events once for those with ids of the case; for
    /// each case the first such lookup makes a map of these.
    pub fn event(&self, id: EventId) -> Option<EventIndex> {
        let open = self.events.find_by_key(&id, |event| event.id);
        open.filter(|at| !self.is_keyed_event(*at)).or_else(|| {
            let case = self.is_masking().then_some(&self.left_out.case)?;
            let is_keyed = |event: &EventIndex| self.is_keyed_event(*event);
            let keyed = || self.events.indexes().filter(is_keyed).collect();
            let keyed = case.keyed_events.get_or_init(keyed);
            let find = || keyed.iter().map(|event| (self.event_id(event), event)).collect();
            case.found_events.get_or_init(find).get(&id).copied()
        })
    }

    fn found(&self) -> Option<&Found> {
        let case = &self.left_out.case;
        if case.keyed.is_empty() {
            return None;
        }
        let find = || {
            let mut found = Found::default();
            for entity in case.keyed.iter() {
                found.entities.insert(self.entity_id(entity), entity);
                for record in self.entities[entity].records.iter() {
                    found.records.insert(self.record_id(*record), *record);
                }
            }
            found
        };
        Some(case.found.get_or_init(find))
    }

    /// Sorts entities by their shown ids: in the order of stored ids the position of a masked entity would tell across
    /// cases which one it is.
    pub fn in_order(&self, entities: impl IntoIterator<Item = EntityIndex>) -> Vec<EntityIndex> {
        let mut entities: Vec<EntityIndex> = entities.into_iter().collect();
        match self.left_out.case.keyed.is_empty() {
            true => entities.sort_unstable(),
            false => entities.sort_by_cached_key(|entity| self.entity_id(*entity)),
        }
        entities
    }

    /// The records of an entity, sorted by their shown ids.
    pub fn records_of(&self, entity: EntityIndex) -> Vec<RecordIndex> {
        let mut records = self.entities[entity].records.to_vec();
        if self.is_keyed(entity) {
            records.sort_by_cached_key(|record| self.record_id(*record));
        }
        records
    }
}
