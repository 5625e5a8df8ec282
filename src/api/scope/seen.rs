//! A snapshot as an answer shows it. Ids and content reach an answer through [`Seen`] only, which notes for the
//! audit log what was shown; what is masked is shown through [`CallerScope::seen_as`] only, which has it marked.

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

/// The snapshot that one answer shows from.
#[derive(Clone)]
pub struct Seen<'s> {
    scope: &'s CallerScope,
    snapshot: Arc<Snapshot>,
    /// Where the caller asked to unmask: the same view as it is seen by who did not, whose ids are known as well.
    masked: Option<Arc<Snapshot>>,
}

/// Whether the caller asks to be shown what is masked (`unmask`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unmask(bool);

impl Unmask {
    /// The wish as the operation read it from its decoded parameters.
    pub fn wished(wished: bool) -> Self {
        Self(wished)
    }

    /// Whether it is wished at all: who may have it is for [`CallerScope::seen_as`] to say.
    pub fn is_wished(self) -> bool {
        self.0
    }

    /// Names the wish among what a list depends on.
    pub fn as_str(self) -> &'static str {
        if self.0 { "unmask" } else { "" }
    }
}

impl<'s> Seen<'s> {
    pub(super) fn new(scope: &'s CallerScope, snapshot: Arc<Snapshot>) -> Self {
        Self { scope, snapshot, masked: None }
    }

    /// A snapshot in which the caller sees what it asked to unmask, and the same view as it is seen by who did not
    /// ask.
    pub(super) fn unmasked(
        scope: &'s CallerScope,
        snapshot: Arc<Snapshot>,
        masked: Arc<Snapshot>,
    ) -> Self {
        Self { masked: Some(masked), ..Self::new(scope, snapshot) }
    }

    /// The snapshot, to compute on. What is masked is not in it.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The result of an analysis of this snapshot, which is kept for the next page and for whoever of the caller's
    /// agency asks the same. `name` names the analysis with all that it depends on beside the snapshot; the result may
    /// depend on nothing else.
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

    /// The engine that scored the records.
    pub fn engine(&self) -> &Engine {
        self.scope.engine()
    }

    /// The name of the snapshot in answers.
    pub fn name(&self) -> String {
        format!("snap_{}", hex(&self.snapshot.tag()))
    }

    /// The entity of an id, as a caller gives it.
    pub fn find_entity(&self, id: EntityId) -> Result<EntityIndex, Problem> {
        self.entity(id).ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// The entity of an id; `None` when the view has none. Who asks to unmask may name it as it is called where
    /// nothing is unmasked: then it is the entity of its first record.
    pub fn entity(&self, id: EntityId) -> Option<EntityIndex> {
        let masked = || {
            let masked = self.masked.as_ref()?;
            let first = *masked.entities()[masked.entity(id)?].records.first()?;
            self.snapshot.stored(masked.stored_id(first))
        };
        self.snapshot.entity(id).or_else(|| Some(self.snapshot.entity_of(masked()?)))
    }

    /// The record of an id; `None` when the view has none. Who asks to unmask may name it as it is called where
    /// nothing is unmasked.
    pub fn record(&self, id: RecordId) -> Option<RecordIndex> {
        let masked = || {
            let masked = self.masked.as_ref()?;
            self.snapshot.stored(masked.stored_id(masked.record(id)?))
        };
        self.snapshot.record(id).or_else(masked)
    }

    /// The id of an entity in this answer, which is noted as shown.
    pub fn entity_id(&self, entity: EntityIndex) -> EntityId {
        let id = self.listed_id(entity);
        self.scope.note(|told| told.show(&id.to_string(), self.snapshot.agencies(entity)));
        id
    }

    /// The id of an entity for what is not shown: to order and to name items of a list.
    pub fn listed_id(&self, entity: EntityIndex) -> EntityId {
        self.snapshot.entity_id(entity)
    }

    /// The id of a record in this answer, which is noted as shown.
    pub fn record_id(&self, record: RecordIndex) -> RecordId {
        let id = self.snapshot.record_id(record);
        let owner = self.snapshot.records()[record].label.agency.as_str();
        self.scope.note(|told| told.show(&id.to_string(), [owner]));
        id
    }

    /// The event of an id, as a caller gives it.
    pub fn find_event(&self, id: EventId) -> Result<EventIndex, Problem> {
        let masked = || {
            let masked = self.masked.as_ref()?;
            let stored = masked.events()[masked.event(id)?].id;
            self.snapshot.events().find_by_key(&stored, |event| event.id)
        };
        let found = self.snapshot.event(id).or_else(masked);
        found.ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// The id of an event in this answer, which is noted as shown.
    pub fn event_id(&self, event: EventIndex) -> EventId {
        let id = self.snapshot.event_id(event);
        let owner = self.snapshot.events()[event].label.agency.as_str();
        self.scope.note(|told| told.show(&id.to_string(), [owner]));
        id
    }

    /// The id of a tie in this answer, which is noted as shown.
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

    /// The id of an event that an analysis gives as this snapshot shows it, noted as shown.
    pub fn noted_event(&self, shown: EventId) -> EventId {
        self.snapshot.event(shown).map_or(shown, |event| self.event_id(event))
    }

    /// What an event says; of a masked one no place, text or amount. When it was is for [`Seen::time_of`] to say.
    pub fn event(&self, event: EventIndex) -> &Event {
        &self.snapshot.events()[event]
    }

    /// What a tie says. When it held is for [`Seen::time_of`] to say.
    pub fn tie(&self, tie: TieIndex) -> &Tie {
        &self.snapshot.ties()[tie]
    }

    /// When a tie held or an event was, as far as that is shown.
    pub fn time_of(&self, statement: Statement) -> Span {
        self.snapshot.time_shown(statement)
    }

    /// Whether what a tie or an event says is not shown.
    pub fn is_masked_statement(&self, statement: Statement) -> bool {
        self.snapshot.is_masked_statement(statement)
    }

    /// The id, in this answer, of a record that is stored under an id; `None` when the view has none.
    pub fn shown_record(&self, stored: RecordId) -> Option<RecordId> {
        self.snapshot.stored(stored).map(|index| self.record_id(index))
    }

    /// The ids, in this answer and in its order, of records that are stored under these.
    pub fn shown_records(&self, stored: impl IntoIterator<Item = RecordId>) -> Vec<RecordId> {
        let mut shown: Vec<RecordId> =
            stored.into_iter().filter_map(|id| self.shown_record(id)).collect();
        shown.sort_unstable();
        shown
    }

    /// The id, in this answer, of a record of an agency that is stored under an id, also where the view has none any
    /// more: then that of the case, but for the caller's own.
    pub fn known_record(&self, stored: RecordId, owner: &str) -> RecordId {
        if let Some(shown) = self.shown_record(stored) {
            return shown;
        }
        let own = self.scope.caller.agency == owner;
        let id = if own { stored } else { self.scope.in_case(stored) };
        self.scope.note(|told| told.show(&id.to_string(), [owner]));
        id
    }

    /// The id under which the record of an id that a caller gives is stored.
    pub fn stored_id(&self, id: RecordId) -> Result<RecordId, Problem> {
        let record = self.record(id).ok_or_else(|| Problem::new(Code::NotFound))?;
        Ok(self.snapshot.stored_id(record))
    }

    /// Notes the entities, records and events whose ids a value names, at any depth.
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

    /// The ids of records that an analysis gives as this snapshot shows them, noted as shown.
    pub fn noted(&self, shown: &[RecordId]) -> Vec<RecordId> {
        for record in shown.iter().filter_map(|id| self.record(*id)) {
            self.record_id(record);
        }
        shown.to_vec()
    }

    /// Whether the content of an entity is not shown.
    pub fn is_masked(&self, entity: EntityIndex) -> bool {
        self.snapshot.is_masked(entity)
    }

    /// The name of an entity, its pseudonym where it is masked.
    pub fn name_of(&self, entity: EntityIndex) -> String {
        self.snapshot.name(entity)
    }

    /// What a record says; empty where it is masked.
    pub fn content(&self, record: RecordIndex) -> &Record {
        &self.snapshot.records()[record]
    }

    /// How far the records of an entity are to be believed; of a masked one nothing is told.
    pub fn basis(&self, entity: EntityIndex) -> BasisView {
        Basis::of_entity(&self.snapshot, entity).into()
    }

    /// A snapshot with the content of these entities, to compute on what is told of them alone; `None` where one is
    /// masked.
    pub fn content_of(&self, entities: &[EntityIndex]) -> Option<&Snapshot> {
        entities.iter().all(|entity| !self.is_masked(*entity)).then_some(&self.snapshot)
    }

    /// The same, to score records of these entities on.
    pub fn content_to_score(&self, entities: &[EntityIndex]) -> Option<&Snapshot> {
        leak::pair(self.content_of(entities), &self.snapshot)
    }

    /// The entities that a probe may speak of, the best first. Who is masked is not found.
    pub fn identify(&self, probe: &Record) -> Result<Vec<Candidate>, Problem> {
        let mut found = self.scope.identify(&self.snapshot, probe)?;
        found.retain(|candidate| !self.is_masked(candidate.entity));
        found.sort_by(|a, b| {
            let ids = || self.listed_id(a.entity).cmp(&self.listed_id(b.entity));
            b.score.bits.total_cmp(&a.score.bits).then_with(ids)
        });
        Ok(found)
    }

    /// The rows of the caller's own agency, for acts on them.
    pub fn own_rows(&self) -> OwnRows<'_> {
        self.snapshot.own_rows(&self.scope.caller.agency)
    }
}
