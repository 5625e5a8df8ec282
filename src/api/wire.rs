//! Wire types that several operations share, and how they are made from a snapshot.

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

/// An entity in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EntitySummary {
    /// Its id in the caller's view.
    pub id: EntityId,
    /// What it is.
    #[serde(rename = "type")]
    pub entity_type: EntityType,
    /// What it is called.
    #[serde(flatten)]
    pub called: Called,
    /// Whether it is a person who may be a victim: the name is masked and the person never ranked.
    pub protected: bool,
    /// Its visible records.
    pub records: usize,
    /// The agencies they come from, ascending.
    pub agencies: Vec<String>,
}

/// What an entity is called.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Called {
    /// An entity that is not masked.
    Named {
        /// What most of its records call it. Absent when its records have no name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// An entity of which the name is masked: a person who may be a victim, or what hangs on such a person.
    Masked {
        /// What it is called in the case that is asked about.
        pseudonym: String,
    },
}

impl EntitySummary {
    /// The entity at this index, as the snapshot shows it.
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
    /// A record of which the caller may see the content.
    Shown {
        /// Where it comes from and how far it goes.
        #[serde(flatten)]
        label: LabelView,
        /// What it says.
        #[serde(flatten)]
        content: Box<ContentView>,
    },
    /// A record of which the content is masked.
    Masked {
        /// Where it comes from and how far it goes.
        #[serde(flatten)]
        label: LabelView,
    },
}

/// Where a record comes from and how far it goes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LabelView {
    /// Its id.
    pub id: RecordId,
    /// The agency that owns it.
    pub agency: String,
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
    /// When it must be reviewed: from then on nobody but the owner sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<crate::model::Timestamp>,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContentView {
    /// The agency's own id of it; absent for a public record of a victim's row, since it would be the row's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// How far it is to be believed, as its source graded it; absent where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Whether it states facts or an assessment; absent where the source does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    /// What it says.
    pub body: Body,
}

impl RecordView {
    /// The record at this index, as the snapshot shows it.
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

/// Why two records are linked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LinkView {
    /// A link of records of which the caller may see the content.
    Shown {
        /// The two.
        #[serde(flatten)]
        pair: PairView,
        /// How far and in what they agree.
        #[serde(flatten)]
        score: ScoreView,
    },
    /// A link of a record that is masked: in what and how far the two agree is not told.
    Masked {
        /// The two.
        #[serde(flatten)]
        pair: PairView,
    },
}

/// Two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct PairView {
    /// The smaller record id.
    pub a: RecordId,
    /// The greater record id.
    pub b: RecordId,
}

impl PairView {
    /// The pair of two ids, in their order.
    pub fn of(one: RecordId, other: RecordId) -> Self {
        Self { a: one.min(other), b: one.max(other) }
    }
}

/// How far and in what two records agree.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScoreView {
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
    /// A link, as the snapshot shows its records; `None` where a record of it is not in the view.
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

    /// Links, the strongest first; masked ones after them in order of their pair, since their order would tell how
    /// strong they are.
    pub fn all<'l>(seen: &Seen<'_>, links: impl Iterator<Item = &'l Link>) -> Vec<Self> {
        let mut views: Vec<Self> = links.filter_map(|link| Self::of(seen, link)).collect();
        views.sort_by_key(|view| match view {
            Self::Shown { .. } => None,
            Self::Masked { pair } => Some(*pair),
        });
        views
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
    /// From the first to the last time that is known; of what is masked none.
    pub span: Span,
    /// The first 20 of these ties and events, by time and then by id; those of which no time is shown come last.
    pub evidence: Vec<StatementView>,
}

impl RelationshipView {
    /// The relationship at this index.
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
