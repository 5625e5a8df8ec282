//! The evidence for answers: ties and events, with their ids so that callers can look them up.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::limits::{EVIDENCE_MAX, EVIDENCE_ROLES_MAX};
use super::seen::Seen;
use crate::graph::{EntityIndex, Statement};
use crate::model::{EntityId, Place, RecordId, Span, Timestamp};

/// A tie or an event that an answer rests on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StatementView {
    /// The id of the event (`evt_`), which `GET /v1/events/{id}` opens, or of the tie (`tie_`).
    #[schema(pattern = "^(evt|tie)_[0-9a-f]{32}$")]
    pub id: String,
    /// The kind: of an event `sighting`, `call`, `message`, `booking`, `payment`, `ad`, `crossing` or `incident`, of a
    /// tie `USES`, `LIVES_AT`, `STAYED_AT`, `DRIVES`, `OWNS`, `WORKS_FOR` or `ASSOCIATED_WITH`.
    #[schema(value_type = String, example = "sighting")]
    pub kind: &'static str,
    /// The roles that the entities in question have in it, in order of role and id, at most 20.
    pub roles: Vec<RoleView>,
    /// The time at which it began; absent when unknown or masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The time at which it ended; absent when unknown or masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The place of an event; absent when unknown or masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The agency that owns the tie or the event.
    pub agency: String,
}

/// The role of an entity in a tie or an event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RoleView {
    /// The role: of an event `subject`, `caller`, `callee`, `payer`, `payee`, `guest`, `host`, `contact`, `vehicle` or
    /// `location`; of a tie `from` or `to`.
    #[schema(value_type = String, example = "subject")]
    pub role: &'static str,
    /// The entity that has the role.
    pub entity: EntityId,
}

impl StatementView {
    /// Returns the first of some statements in order of time, with the roles that the entities in `among` have in them.
    pub fn first(
        seen: &Seen<'_>,
        statements: impl Iterator<Item = Statement>,
        among: &BTreeSet<EntityIndex>,
    ) -> Vec<Self> {
        let first = seen.snapshot().first_in_time(statements, EVIDENCE_MAX);
        first.into_iter().map(|statement| Self::of(seen, statement, among)).collect()
    }

    fn of(seen: &Seen<'_>, statement: Statement, among: &BTreeSet<EntityIndex>) -> Self {
        let Span { from, to } = seen.time_of(statement);
        let (id, kind, parts, place, agency) = match statement {
            Statement::Tie(index) => {
                let tie = seen.tie(index);
                let parts = vec![("from", tie.from), ("to", tie.to)];
                (seen.tie_id(index).to_string(), tie.kind.as_str(), parts, None, &tie.label.agency)
            }
            Statement::Event(index) => {
                let event = seen.event(index);
                let parts = event.participants.iter();
                let parts = parts.map(|part| (part.role.as_str(), part.record)).collect();
                let (id, place) = (seen.event_id(index).to_string(), event.place.clone());
                (id, event.kind.as_str(), parts, place, &event.label.agency)
            }
        };
        let roles = roles(seen, parts, among);
        Self { id, kind, roles, at: from, until: to, place, agency: agency.clone() }
    }
}

/// Returns the roles of the entities in `among`, each once, in order of role and of the shown id.
fn roles(
    seen: &Seen<'_>,
    parts: Vec<(&'static str, RecordId)>,
    among: &BTreeSet<EntityIndex>,
) -> Vec<RoleView> {
    let snapshot = seen.snapshot();
    let played = parts.into_iter().filter_map(|(role, record)| {
        let entity = snapshot.entity_of(snapshot.stored(record)?);
        among.contains(&entity).then(|| (role, seen.listed_id(entity), entity))
    });
    let played: BTreeSet<(&str, EntityId, EntityIndex)> = played.collect();
    let played = played.into_iter().take(EVIDENCE_ROLES_MAX);
    played.map(|(role, _, entity)| RoleView { role, entity: seen.entity_id(entity) }).collect()
}
