//! Wire types that several operations share, and how they are made from a snapshot.

use serde::Serialize;
use utoipa::ToSchema;

use crate::graph::{RelationshipKind, Snapshot};
use crate::model::{Body, EntityId, EntityType, LevelHit, Link, Record, RecordId, Span};
use crate::resolve::probability;

/// An entity in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EntitySummary {
    /// Its id in the caller's view.
    pub id: EntityId,
    /// What it is.
    #[serde(rename = "type")]
    pub entity_type: EntityType,
    /// What most of its records call it. Absent when it is protected, or its records have no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is a person who may be a victim: the name is masked and the person never ranked.
    pub protected: bool,
    /// Its visible records.
    pub records: usize,
    /// The agencies they come from, ascending.
    pub agencies: Vec<String>,
}

impl EntitySummary {
    /// The entity at this index.
    pub fn of(snapshot: &Snapshot, index: u32) -> Self {
        Self::unmasked(snapshot, index, false)
    }

    /// The entity at this index, with its name also when it is protected.
    pub fn unmasked(snapshot: &Snapshot, index: u32, unmask: bool) -> Self {
        let entity = &snapshot.entities[index as usize];
        let protected = snapshot.is_protected(index);
        let shown = (unmask || !protected) && !entity.name.is_empty();
        Self {
            id: entity.id,
            entity_type: entity.entity_type,
            name: shown.then(|| entity.name.clone()),
            protected,
            records: entity.records.len(),
            agencies: snapshot.agencies(index).into_iter().map(str::to_owned).collect(),
        }
    }
}

/// A source record.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecordView {
    /// Its id.
    pub id: RecordId,
    /// The agency that owns it.
    pub agency: String,
    /// The agency's own id of it.
    pub local_id: String,
    /// The agency's name for the file or system it came from.
    pub source: String,
    /// What the source alleges the subject to be.
    pub category: crate::model::SubjectCategory,
    /// Sensitivity, 0 to 4.
    pub tier: u8,
    /// How far the owner lets it go.
    pub handling: crate::model::Handling,
    /// What it says; absent when masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

impl RecordView {
    /// A record, with its body or without.
    pub fn of(record: &Record, masked: bool) -> Self {
        Self {
            id: record.id,
            agency: record.label.agency.clone(),
            local_id: record.local_id.clone(),
            source: record.source.clone(),
            category: record.label.category,
            tier: record.label.tier,
            handling: record.label.handling,
            body: (!masked).then(|| record.body.clone()),
        }
    }
}

/// Why two records are linked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LinkView {
    /// The smaller record id.
    pub a: RecordId,
    /// The greater record id.
    pub b: RecordId,
    /// Posterior log2 odds that both speak of the same thing.
    pub bits: f64,
    /// The probability these odds stand for, 0 to 1.
    pub probability: f64,
    /// The comparison level each attribute reached and its Bayes factor in bits; with the model's
    /// prior they add up to `bits`.
    pub levels: Vec<LevelHit>,
    /// The version of the model that gave the score.
    pub model: String,
}

impl LinkView {
    /// A link.
    pub fn of(link: &Link) -> Self {
        Self {
            a: link.a,
            b: link.b,
            bits: link.bits,
            probability: probability(link.bits),
            levels: link.levels.clone(),
            model: link.model.clone(),
        }
    }
}

/// The name of a kind of relationship, as in the stored queries' graph.
pub fn kind_name(kind: RelationshipKind) -> &'static str {
    match kind {
        RelationshipKind::Tie(tie) => tie.as_str(),
        RelationshipKind::Called => "CALLED",
        RelationshipKind::Messaged => "MESSAGED",
        RelationshipKind::Paid => "PAID",
        RelationshipKind::BookedAt => "BOOKED_AT",
        RelationshipKind::SameEvent => "SAME_EVENT",
    }
}

/// A relationship between two entities.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RelationshipView {
    /// What it is: `USES`, `LIVES_AT`, `STAYED_AT`, `DRIVES`, `OWNS`, `WORKS_FOR`,
    /// `ASSOCIATED_WITH`, `CALLED`, `MESSAGED`, `PAID`, `BOOKED_AT` or `SAME_EVENT`.
    #[schema(value_type = String, example = "USES")]
    pub kind: &'static str,
    /// The entity it goes out from.
    pub source: EntityId,
    /// The entity it goes to.
    pub target: EntityId,
    /// Ties that state it.
    pub ties: usize,
    /// Events that show it.
    pub events: usize,
    /// From the first to the last time that is known.
    pub span: Span,
}

impl RelationshipView {
    /// The relationship at this index.
    pub fn of(snapshot: &Snapshot, index: u32) -> Self {
        let relationship = &snapshot.relationships[index as usize];
        Self {
            kind: kind_name(relationship.kind),
            source: snapshot.entities[relationship.source as usize].id,
            target: snapshot.entities[relationship.target as usize].id,
            ties: relationship.ties.len(),
            events: relationship.events.len(),
            span: relationship.span,
        }
    }
}
