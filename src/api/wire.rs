//! Wire types that several operations share, and how they are made from a snapshot.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::Basis;
use crate::graph::{RelationshipKind, Snapshot};
use crate::model::{
    Body, Condition, Conditions, EntityId, EntityType, Grade, LevelHit, Link, Marking, Nature,
    RecordId, Sharing, Span,
};
use crate::resolve::probability;

/// An entity in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EntitySummary {
    /// Its id in the caller's view.
    pub id: EntityId,
    /// What it is.
    #[serde(rename = "type")]
    pub entity_type: EntityType,
    /// What most of its records call it. Absent when it is masked, or its records have no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is called in the case that is asked about, where its name is masked: it is a person who
    /// may be a victim, or such a person's phone or address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pseudonym: Option<String>,
    /// Whether it is a person who may be a victim: the name is masked and the person never ranked.
    pub protected: bool,
    /// Its visible records.
    pub records: usize,
    /// The agencies they come from, ascending.
    pub agencies: Vec<String>,
}

impl EntitySummary {
    /// The entity at this index, as the snapshot shows it.
    pub fn of(snapshot: &Snapshot, index: u32) -> Self {
        let entity = &snapshot.entities[index as usize];
        let masked = snapshot.is_masked(index);
        let called = Some(snapshot.name(index)).filter(|name| !name.is_empty());
        let (name, pseudonym) = if masked { (None, called) } else { (called, None) };
        Self {
            id: snapshot.entity_id(index),
            entity_type: entity.entity_type,
            name,
            pseudonym,
            protected: snapshot.is_protected(index),
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
    /// The agency's own id of it; absent when masked, and of a public record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// The agency's name for the file or system it came from.
    pub source: String,
    /// What the source alleges the subject to be.
    pub category: crate::model::SubjectCategory,
    /// Sensitivity, 0 to 4.
    pub tier: u8,
    /// How far the owner lets it go.
    pub handling: crate::model::Handling,
    /// What others do with it by the owner's leave only.
    #[schema(value_type = Vec<Condition>)]
    pub conditions: Conditions,
    /// How other standards mark the same, where they have a word for it; never less strictly.
    pub markings: Vec<String>,
    /// How far it is to be believed, as its source graded it; absent where it did not, and when masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Whether it states facts or an assessment; absent where the source does not say, and when masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    /// When it must be reviewed: from then on nobody but the owner sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<crate::model::Timestamp>,
    /// What it says; absent when masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

impl RecordView {
    /// The record at this index, as the snapshot shows it.
    pub fn of(snapshot: &Snapshot, index: u32) -> Self {
        let record = &snapshot.records[index as usize];
        let masked = snapshot.is_masked(snapshot.entity_of[index as usize]);
        let markings = Marking::all_of(&Sharing::of(&record.label));
        Self {
            id: snapshot.record_id(index),
            agency: record.label.agency.clone(),
            // That of a public record is left out too: it is its row's.
            local_id: Some(record.local_id.clone()).filter(|id| !id.is_empty()),
            source: record.source.clone(),
            category: record.label.category,
            tier: record.label.tier,
            handling: record.label.handling,
            conditions: record.label.conditions,
            markings: markings.iter().map(Marking::to_string).collect(),
            grade: record.grade,
            nature: record.nature,
            review_by: record.label.review_by,
            body: (!masked).then(|| record.body.clone()),
        }
    }
}

/// How far the records that an answer rests on are to be believed. Of records that are masked nothing is told,
/// and they do not count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct BasisView {
    /// The weakest grade that one of them bears, whatever its scheme: what the information is worth counts first,
    /// then the source. Records without a grade do not count; absent where none bears one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakest_grade: Option<Grade>,
    /// Whether one of them is somebody's assessment.
    pub rests_on_opinion: bool,
}

impl From<Basis> for BasisView {
    fn from(basis: Basis) -> Self {
        let Basis { weakest_grade, rests_on_opinion } = basis;
        Self { weakest_grade, rests_on_opinion }
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
    /// prior they add up to `bits`. Empty when a record is masked: levels say in what it agrees.
    pub levels: Vec<LevelHit>,
    /// The version of the model that gave the score.
    pub model: String,
}

impl LinkView {
    /// A link, as the snapshot shows its records.
    pub fn of(snapshot: &Snapshot, link: &Link) -> Self {
        let masked = |id| {
            let record = snapshot.stored(id);
            record.is_none_or(|index| snapshot.is_masked(snapshot.entity_of[index as usize]))
        };
        let levels =
            if masked(link.a) || masked(link.b) { Vec::new() } else { link.levels.clone() };
        let shown = |id| snapshot.stored(id).map_or(id, |index| snapshot.record_id(index));
        let (a, b) = (shown(link.a), shown(link.b));
        Self {
            a: a.min(b),
            b: a.max(b),
            bits: link.bits,
            probability: probability(link.bits),
            levels,
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
            source: snapshot.entity_id(relationship.source),
            target: snapshot.entity_id(relationship.target),
            ties: relationship.ties as usize,
            events: relationship.events as usize,
            span: relationship.span,
        }
    }
}
