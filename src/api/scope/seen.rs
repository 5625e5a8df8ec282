//! A snapshot as an answer shows it. Ids and content reach an answer through [`Seen`] only, which notes the shown ids
//! for the audit log; masked content is shown through [`CallerScope::seen_as`] only, which marks the answer.

use std::sync::Arc;

use super::CallerScope;
use crate::analyze::{Basis, Candidate};
use crate::api::analyses::Analysis;
use crate::api::basis::BasisView;
use crate::api::problem::{Code, Problem};
use crate::graph::{EntityIndex, EventIndex, OwnRows, RecordIndex, Snapshot, Statement, TieIndex};
use crate::leak;
use crate::model::{EntityId, Event, EventId, Record, RecordId, Span, Tie, TieId, hex};
use crate::query::Value;
use crate::resolve::Engine;

/// The snapshot of a view for one answer.
#[derive(Clone)]
pub struct Seen<'s> {
    scope: &'s CallerScope,
    snapshot: Arc<Snapshot>,
    /// The snapshot of the same view without unmasking, whose ids are accepted as well; `None` when nothing is
    /// unmasked.
    masked: Option<Arc<Snapshot>>,
}

/// The caller's request to be shown masked content (`unmask`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unmask(bool);

impl Unmask {
    /// Creates the request from the operation's decoded parameter.
    pub fn wished(wished: bool) -> Self {
        Self(wished)
    }

    /// Tells if the caller requests unmasking; [`CallerScope::seen_as`] decides if the caller may.
    pub fn is_wished(self) -> bool {
        self.0
    }

    /// Returns the name of the request among the parameters of a list.
    pub fn as_str(self) -> &'static str {
        if self.0 { "unmask" } else { "" }
    }
}

impl<'s> Seen<'s> {
    pub(super) fn new(scope: &'s CallerScope, snapshot: Arc<Snapshot>) -> Self {
        Self { scope, snapshot, masked: None }
    }

    /// Creates it from a snapshot with unmasked content, and the snapshot of the same view without unmasking.
    pub(super) fn unmasked(
        scope: &'s CallerScope,
        snapshot: Arc<Snapshot>,
        masked: Arc<Snapshot>,
    ) -> Self {
        Self { masked: Some(masked), ..Self::new(scope, snapshot) }
    }

    /// Returns the snapshot, to compute on. It does not hold masked content.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Returns the result of an analysis of this snapshot, which is kept for the next page and for the same question by
    /// a user of the caller's agency. `name` names the analysis and all parameters that it depends on beside the
    /// snapshot; the result must not depend on anything else.
    pub fn analysis<T: Analysis>(
        &self,
        name: &[&str],
        compute: impl FnOnce(&Snapshot) -> T,
    ) -> Result<Arc<T>, Problem> {
        let scope = self.scope;
        let mut parts = vec![scope.caller.agency.as_bytes(), scope.pseudonyms.as_bytes()];
        parts.extend(name.iter().map(|part| part.as_bytes()));
        let name = scope.id_key().tag("analysis", &parts);
        let compute = || compute(&self.snapshot);
        let found = scope.state.analyses.of(self.snapshot.lineage(), name, compute);
        let (result, is_kept) = found.ok_or_else(|| Problem::new(Code::Internal))?;
        scope.state.metrics.analysis(is_kept);
        Ok(result)
    }

    /// Returns the engine that scored the records.
    pub fn engine(&self) -> &Engine {
        self.scope.engine()
    }

    /// Returns the name of the snapshot in answers.
    pub fn name(&self) -> String {
        format!("snap_{}", hex(&self.snapshot.tag()))
    }

    /// Returns the entity of an id that a caller gave; 404 if the view has none.
    pub fn find_entity(&self, id: EntityId) -> Result<EntityIndex, Problem> {
        self.entity(id).ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// Returns the entity of an id; `None` if the view has none. A caller who unmasks may also use the id that the
    /// entity has without unmasking: then the result is the entity of its first record.
    pub fn entity(&self, id: EntityId) -> Option<EntityIndex> {
        let masked = || {
            let masked = self.masked.as_ref()?;
            let first = *masked.entities()[masked.entity(id)?].records.first()?;
            self.snapshot.stored(masked.stored_id(first))
        };
        self.snapshot.entity(id).or_else(|| Some(self.snapshot.entity_of(masked()?)))
    }

    /// Returns the record of an id; `None` if the view has none. A caller who unmasks may also use the id that the
    /// record has without unmasking.
    pub fn record(&self, id: RecordId) -> Option<RecordIndex> {
        let masked = || {
            let masked = self.masked.as_ref()?;
            self.snapshot.stored(masked.stored_id(masked.record(id)?))
        };
        self.snapshot.record(id).or_else(masked)
    }

    /// Returns the id of an entity in this answer, and notes it as shown.
    pub fn entity_id(&self, entity: EntityIndex) -> EntityId {
        let id = self.listed_id(entity);
        self.scope.note(|told| told.show(&id.to_string(), self.snapshot.agencies(entity)));
        id
    }

    /// Returns the id of an entity without noting it as shown: to order and to name the items of a list.
    pub fn listed_id(&self, entity: EntityIndex) -> EntityId {
        self.snapshot.entity_id(entity)
    }

    /// Returns the id of a record in this answer, and notes it as shown.
    pub fn record_id(&self, record: RecordIndex) -> RecordId {
        let id = self.snapshot.record_id(record);
        let owner = self.snapshot.records()[record].label.agency.as_str();
        self.scope.note(|told| told.show(&id.to_string(), [owner]));
        id
    }

    /// Returns the event of an id that a caller gave; 404 if the view has none.
    pub fn find_event(&self, id: EventId) -> Result<EventIndex, Problem> {
        let masked = || {
            let masked = self.masked.as_ref()?;
            let stored = masked.events()[masked.event(id)?].id;
            self.snapshot.events().find_by_key(&stored, |event| event.id)
        };
        let found = self.snapshot.event(id).or_else(masked);
        found.ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// Returns the id of an event in this answer, and notes it as shown.
    pub fn event_id(&self, event: EventIndex) -> EventId {
        let id = self.snapshot.event_id(event);
        let owner = self.snapshot.events()[event].label.agency.as_str();
        self.scope.note(|told| told.show(&id.to_string(), [owner]));
        id
    }

    /// Returns the id of a tie in this answer, and notes it as shown.
    pub fn tie_id(&self, tie: TieIndex) -> TieId {
        let id = self.snapshot.tie_id(tie);
        let owner = self.snapshot.ties()[tie].label.agency.as_str();
        self.scope.note(|told| told.show(&id.to_string(), [owner]));
        id
    }

    /// Notes a tie or an event whose id the answer shows.
    pub fn note_statement(&self, statement: Statement) {
        match statement {
            Statement::Tie(tie) => drop(self.tie_id(tie)),
            Statement::Event(event) => drop(self.event_id(event)),
        }
    }

    /// Notes as shown the id of an event that an analysis of this snapshot returned, and returns it.
    pub fn noted_event(&self, shown: EventId) -> EventId {
        self.snapshot.event(shown).map_or(shown, |event| self.event_id(event))
    }

    /// Returns an event; a masked event has no place, text or amount. Its time is given by [`Seen::time_of`] only.
    pub fn event(&self, event: EventIndex) -> &Event {
        &self.snapshot.events()[event]
    }

    /// Returns a tie. Its time is given by [`Seen::time_of`] only.
    pub fn tie(&self, tie: TieIndex) -> &Tie {
        &self.snapshot.ties()[tie]
    }

    /// Returns the shown time of a tie or an event; both ends are absent if it is masked.
    pub fn time_of(&self, statement: Statement) -> Span {
        self.snapshot.time_shown(statement)
    }

    /// Tells if the content of a tie or an event is masked.
    pub fn is_masked_statement(&self, statement: Statement) -> bool {
        self.snapshot.is_masked_statement(statement)
    }

    /// Returns the id in this answer of the record with a stored id, and notes it as shown; `None` if the view has
    /// none.
    pub fn shown_record(&self, stored: RecordId) -> Option<RecordId> {
        self.snapshot.stored(stored).map(|index| self.record_id(index))
    }

    /// Returns the ids in this answer of the records with stored ids that the view has, ascending, and notes them as
    /// shown.
    pub fn shown_records(&self, stored: impl IntoIterator<Item = RecordId>) -> Vec<RecordId> {
        let mut shown: Vec<RecordId> =
            stored.into_iter().filter_map(|id| self.shown_record(id)).collect();
        shown.sort_unstable();
        shown
    }

    /// Returns the id in this answer of the record with a stored id, also if the view no longer has it: then the stored
    /// id if the caller's own agency owns the record, else the id in the case of the question. Notes it as shown.
    pub fn known_record(&self, stored: RecordId, owner: &str) -> RecordId {
        if let Some(shown) = self.shown_record(stored) {
            return shown;
        }
        let own = self.scope.caller.agency == owner;
        let id = if own { stored } else { self.scope.in_case(stored) };
        self.scope.note(|told| told.show(&id.to_string(), [owner]));
        id
    }

    /// Returns the stored id of the record of an id that a caller gave; 404 if the view has none.
    pub fn stored_id(&self, id: RecordId) -> Result<RecordId, Problem> {
        let record = self.record(id).ok_or_else(|| Problem::new(Code::NotFound))?;
        Ok(self.snapshot.stored_id(record))
    }

    /// Notes as shown the entities, records and events whose ids a value holds, at any depth.
    pub fn note_named(&self, value: &Value) {
        let text = match value {
            Value::String(text) => text,
            Value::List(values) => return values.iter().for_each(|value| self.note_named(value)),
            Value::Map(members) => {
                return members.values().for_each(|value| self.note_named(value));
            }
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => return,
        };
        if let Some(entity) = text.parse().ok().and_then(|id| self.entity(id)) {
            self.entity_id(entity);
        }
        if let Some(record) = text.parse().ok().and_then(|id| self.record(id)) {
            self.record_id(record);
        }
        if let Some(event) = text.parse().ok().and_then(|id| self.snapshot.event(id)) {
            self.event_id(event);
        }
    }

    /// Notes as shown the ids of records that an analysis of this snapshot returned, and returns them.
    pub fn noted(&self, shown: &[RecordId]) -> Vec<RecordId> {
        for record in shown.iter().filter_map(|id| self.record(*id)) {
            self.record_id(record);
        }
        shown.to_vec()
    }

    /// Tells if the content of an entity is masked.
    pub fn is_masked(&self, entity: EntityIndex) -> bool {
        self.snapshot.is_masked(entity)
    }

    /// Returns the name of an entity; its pseudonym if it is masked.
    pub fn name_of(&self, entity: EntityIndex) -> String {
        self.snapshot.name(entity)
    }

    /// Returns a record; its content is empty if it is masked.
    pub fn content(&self, record: RecordIndex) -> &Record {
        &self.snapshot.records()[record]
    }

    /// Returns the reliability of an entity's records; nothing is told of a masked entity.
    pub fn basis(&self, entity: EntityIndex) -> BasisView {
        Basis::of_entity(&self.snapshot, entity).into()
    }

    /// Returns the snapshot with the content of these entities, to compute answers about them only; `None` if one of
    /// them is masked.
    pub fn content_of(&self, entities: &[EntityIndex]) -> Option<&Snapshot> {
        entities.iter().all(|entity| !self.is_masked(*entity)).then_some(&self.snapshot)
    }

    /// Returns the snapshot of [`Seen::content_of`], to score records of these entities; differs from it only where a
    /// test seeds a leak.
    pub fn content_to_score(&self, entities: &[EntityIndex]) -> Option<&Snapshot> {
        leak::pair(self.content_of(entities), &self.snapshot)
    }

    /// Returns the entities that a probe may be about, the best first. Masked entities are not found.
    pub fn identify(&self, probe: &Record) -> Result<Vec<Candidate>, Problem> {
        let mut found = self.scope.identify(&self.snapshot, probe);
        found.retain(|candidate| !self.is_masked(candidate.entity));
        found.sort_by(|a, b| {
            let ids = || self.listed_id(a.entity).cmp(&self.listed_id(b.entity));
            b.score.bits.total_cmp(&a.score.bits).then_with(ids)
        });
        Ok(found)
    }

    /// Returns the rows of the caller's own agency, for acts on them.
    pub fn own_rows(&self) -> OwnRows<'_> {
        self.snapshot.own_rows(&self.scope.caller.agency)
    }
}
