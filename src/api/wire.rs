//! Wire types that several operations share, and their construction from a snapshot.

use serde::Serialize;
use utoipa::ToSchema;

use super::evidence::StatementView;
use crate::api::seen::Seen;
use crate::graph::{EntityIndex, RecordIndex, RelationshipIndex, RelationshipKind};
use crate::model::{
    Body, Condition, Conditions, EntityId, EntityType, Grade, LevelHit, Link, Marking, Nature,
    RecordId, Sharing, Span,
};
use crate::resolve::probability;

/// The summary of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EntitySummary {
    /// The id of the entity in the caller's view.
    pub id: EntityId,
    /// The type of the entity.
    #[serde(rename = "type")]
    pub entity_type: EntityType,
    /// The name or the pseudonym.
    #[serde(flatten)]
    pub called: Called,
    /// True if the entity is a person who may be a victim: the name is masked and the person never ranked.
    pub protected: bool,
    /// Number of its visible records.
    pub records: usize,
    /// The agencies that own these records, ascending.
    pub agencies: Vec<String>,
}

/// The name or the pseudonym of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Called {
    /// An entity that is not masked.
    Named {
        /// The name that most of its records have; absent when its records have no name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A masked entity: at least one of its records is from a row about a person who may be a victim.
    Masked {
        /// The entity's pseudonym in the case of the question.
        pseudonym: String,
    },
}

impl EntitySummary {
    /// Returns the summary of the entity at this index, as the snapshot shows it.
    pub fn of(seen: &Seen<'_>, index: EntityIndex) -> Self {
        let snapshot = seen.snapshot();
        let entity = &snapshot.entities()[index];
        let name = seen.name_of(index);
        let called = match seen.is_masked(index) {
            true => Called::Masked { pseudonym: name },
            false => Called::Named { name: Some(name).filter(|name| !name.is_empty()) },
        };
        Self {
            id: seen.entity_id(index),
            entity_type: entity.entity_type,
            called,
            protected: snapshot.is_protected(index),
            records: entity.records.len(),
            agencies: snapshot.agencies(index).into_iter().map(str::to_owned).collect(),
        }
    }
}

/// A source record.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RecordView {
    /// A record whose content the caller may see.
    Shown {
        /// The label of the record: its origin and the limits of its disclosure.
        #[serde(flatten)]
        label: LabelView,
        /// The content of the record.
        #[serde(flatten)]
        content: Box<ContentView>,
    },
    /// A record whose content is masked.
    Masked {
        /// The label of the record: its origin and the limits of its disclosure.
        #[serde(flatten)]
        label: LabelView,
    },
}

/// The label of a record: its origin and the limits of its disclosure.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LabelView {
    /// The id of the record.
    pub id: RecordId,
    /// The agency that owns the record.
    pub agency: String,
    /// The agency's name for the file or system that the record came from.
    pub source: String,
    /// The category that the source alleges of the subject.
    pub category: crate::model::SubjectCategory,
    /// Sensitivity, 0 to 4.
    pub tier: u8,
    /// The widest disclosure that the owner allows.
    pub handling: crate::model::Handling,
    /// Uses for which others need the owner's leave.
    #[schema(value_type = Vec<Condition>)]
    pub conditions: Conditions,
    /// The equivalent markings of other standards, where these have one; never less strict.
    pub markings: Vec<String>,
    /// The time by which the owner must review the record: from then on nobody but the owner sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<crate::model::Timestamp>,
}

/// The content of a record.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContentView {
    /// The agency's own id of the record; absent for a public record of a victim's row, since it would be the row's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// The source's grade of the record's reliability; absent when the source gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The nature of the record, a fact or an assessment; absent when the source does not state it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    /// The content proper, by the type of the record.
    pub body: Body,
}

impl RecordView {
    /// Returns the record at this index, as the snapshot shows it.
    pub fn of(seen: &Seen<'_>, index: RecordIndex) -> Self {
        let snapshot = seen.snapshot();
        let record = seen.content(index);
        let markings = Marking::all_of(&Sharing::of(&record.label));
        let label = LabelView {
            id: seen.record_id(index),
            agency: record.label.agency.clone(),
            source: record.source.clone(),
            category: record.label.category,
            tier: record.label.tier,
            handling: record.label.handling,
            conditions: record.label.conditions,
            markings: markings.iter().map(Marking::to_string).collect(),
            review_by: record.label.review_by,
        };
        if seen.is_masked(snapshot.entity_of(index)) {
            return Self::Masked { label };
        }
        let content = ContentView {
            local_id: Some(record.local_id.clone()).filter(|id| !id.is_empty()),
            grade: record.grade,
            nature: record.nature,
            body: record.body.clone(),
        };
        Self::Shown { label, content: Box::new(content) }
    }
}

/// A link between two records, with the evidence for it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LinkView {
    /// A link between records whose content the caller may see.
    Shown {
        /// The two records.
        #[serde(flatten)]
        pair: PairView,
        /// The score of the link: the attributes in which the records agree, and how far.
        #[serde(flatten)]
        score: ScoreView,
    },
    /// A link of a masked record: the attributes in which the two agree, and how far, are not told.
    Masked {
        /// The two records.
        #[serde(flatten)]
        pair: PairView,
    },
}

/// A pair of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct PairView {
    /// The smaller record id.
    pub a: RecordId,
    /// The greater record id.
    pub b: RecordId,
}

impl PairView {
    /// Creates the pair of two ids, the smaller id first.
    pub fn of(one: RecordId, other: RecordId) -> Self {
        Self { a: one.min(other), b: one.max(other) }
    }
}

/// The score of a pair of records: the attributes in which they agree, and how far.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScoreView {
    /// Posterior log2 odds that both records are about the same thing.
    pub bits: f64,
    /// The probability that corresponds to these odds, 0 to 1.
    pub probability: f64,
    /// The comparison level that each attribute reached and its Bayes factor in bits; with the model's prior they add
    /// up to `bits`.
    pub levels: Vec<LevelHit>,
    /// The version of the model that gave the score.
    pub model: String,
}

impl LinkView {
    /// Returns a link as the snapshot shows its records; `None` if one of its records is not in the view.
    pub fn of(seen: &Seen<'_>, link: &Link) -> Option<Self> {
        let snapshot = seen.snapshot();
        let (a, b) = snapshot.stored(link.a).zip(snapshot.stored(link.b))?;
        let masked = [a, b].iter().any(|index| seen.is_masked(snapshot.entity_of(*index)));
        let pair = PairView::of(seen.record_id(a), seen.record_id(b));
        if masked {
            return Some(Self::Masked { pair });
        }
        let score = ScoreView {
            bits: link.bits,
            probability: probability(link.bits),
            levels: link.levels.clone(),
            model: link.model.clone(),
        };
        Some(Self::Shown { pair, score })
    }

    /// Returns links in the given order, the strongest first; masked links come after them, in order of their pair,
    /// since an order by strength would tell how strong they are.
    pub fn all<'l>(seen: &Seen<'_>, links: impl Iterator<Item = &'l Link>) -> Vec<Self> {
        let mut views: Vec<Self> = links.filter_map(|link| Self::of(seen, link)).collect();
        views.sort_by_key(|view| match view {
            Self::Shown { .. } => None,
            Self::Masked { pair } => Some(*pair),
        });
        views
    }
}

/// Returns the name of a kind of relationship, as in the stored queries' graph.
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
    /// The kind: `USES`, `LIVES_AT`, `STAYED_AT`, `DRIVES`, `OWNS`, `WORKS_FOR`, `ASSOCIATED_WITH`, `CALLED`,
    /// `MESSAGED`, `PAID`, `BOOKED_AT` or `SAME_EVENT`.
    #[schema(value_type = String, example = "USES")]
    pub kind: &'static str,
    /// The entity at which the relationship begins.
    pub source: EntityId,
    /// The entity at which the relationship ends.
    pub target: EntityId,
    /// Number of ties that state the relationship.
    pub ties: usize,
    /// Number of events that show the relationship.
    pub events: usize,
    /// The span from the first to the last known time; times of masked ties and events are left out.
    pub span: Span,
    /// The first 20 of these ties and events, by time and then by id; ties and events without a shown time come last.
    pub evidence: Vec<StatementView>,
}

impl RelationshipView {
    /// Returns the relationship at this index.
    pub fn of(seen: &Seen<'_>, index: RelationshipIndex) -> Self {
        let snapshot = seen.snapshot();
        let relationship = &snapshot.relationships()[index];
        Self {
            kind: kind_name(relationship.kind),
            source: seen.entity_id(relationship.source),
            target: seen.entity_id(relationship.target),
            ties: relationship.ties as usize,
            events: relationship.events as usize,
            span: snapshot.span_of(index),
            evidence: StatementView::first(
                seen,
                snapshot.statements_of(index),
                &[relationship.source, relationship.target].into(),
            ),
        }
    }
}
