//! Ties: relationships between two records that one source row states.

use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use super::{Label, RecordId, Span, TieId};

/// The kinds of relationship between records, named as in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TieKind {
    /// A person or organization uses a phone.
    Uses,
    /// A person lives at, or an organization sits at, an address.
    LivesAt,
    /// A person stayed at an address for a while.
    StayedAt,
    /// A person drives a vehicle.
    Drives,
    /// A person or organization owns a vehicle, address or organization.
    Owns,
    /// A person works for an organization.
    WorksFor,
    /// Two people or organizations are associated in a way the source does not tell more of.
    AssociatedWith,
}

impl TieKind {
    /// All kinds, in their canonical order.
    pub const ALL: [Self; 7] = [
        Self::Uses,
        Self::LivesAt,
        Self::StayedAt,
        Self::Drives,
        Self::Owns,
        Self::WorksFor,
        Self::AssociatedWith,
    ];

    /// The relationship type in the graph, in files and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uses => "USES",
            Self::LivesAt => "LIVES_AT",
            Self::StayedAt => "STAYED_AT",
            Self::Drives => "DRIVES",
            Self::Owns => "OWNS",
            Self::WorksFor => "WORKS_FOR",
            Self::AssociatedWith => "ASSOCIATED_WITH",
        }
    }
}

/// A relationship between two records, stated by one source row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tie {
    /// Keyed hash of the stating row, the kind and both ends.
    pub id: TieId,
    /// The kind of relationship.
    pub kind: TieKind,
    /// The record it goes out from.
    pub from: RecordId,
    /// The record it goes to.
    pub to: RecordId,
    /// When it held, `[from, to)`.
    #[serde(default)]
    pub span: Span,
    /// How sure the source is, 0 to 1.
    pub confidence: f64,
    /// The agency's id of the stating row.
    pub local_id: String,
    /// The label: the owner of the statement, and how far the statement may go.
    pub label: Label,
}
