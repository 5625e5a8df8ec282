//! Links, which are the engine's scores of pairs of records, and judgements, which are human verdicts on pairs.

use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use super::{FormId, Label, RecordId, Timestamp};

/// A blocking key: a 64-bit hash of a blocking rule and the record's value for it. Records that
/// share a key are compared; records that share none are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockKey(pub u64);

/// The comparison level that one attribute of a pair reached, and its weight in bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LevelHit {
    /// The attribute compared, e.g. `name`, `birth_date`.
    pub attribute: String,
    /// The level reached, e.g. `exact`, `swapped_day_month`, `missing`.
    pub level: String,
    /// log2 of the level's Bayes factor m/u; 0 for a missing value.
    pub bits: f64,
    /// Further bits from the term frequency of the shared value (term-frequency adjustment).
    #[serde(default)]
    pub tf_bits: f64,
}

/// A scored pair of records of one type. The score depends on the two records and the model only,
/// so it is the same for every caller who may see both. A caller sees a link exactly when it sees
/// both records: the link's label is the pair of theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The smaller record id.
    pub a: RecordId,
    /// The greater record id.
    pub b: RecordId,
    /// Posterior log2 odds that both records speak of the same thing: prior plus the sum of levels.
    pub bits: f64,
    /// The parts of the score: the level that each attribute reached, in the model's order of attributes.
    pub levels: Vec<LevelHit>,
    /// The version of the model that gave the score.
    pub model: String,
}

/// A scored pair of forms of one type, or of a form and itself: the score of every two records of it. It is seen by
/// whoever sees both forms.
#[derive(Debug, Clone, PartialEq)]
pub struct FormLink {
    /// The smaller form.
    pub a: FormId,
    /// The greater form, or the same.
    pub b: FormId,
    /// As [`Link::bits`].
    pub bits: f64,
    /// As [`Link::levels`].
    pub levels: Vec<LevelHit>,
    /// As [`Link::model`].
    pub model: String,
}

impl FormLink {
    /// The link of two records of these forms.
    pub fn between(&self, one: RecordId, other: RecordId) -> Link {
        let Self { bits, levels, model, .. } = self.clone();
        Link { a: one.min(other), b: one.max(other), bits, levels, model }
    }

    /// The link of other forms with the same contents, in whatever order.
    #[must_use]
    pub fn of(&self, one: FormId, other: FormId) -> Self {
        Self { a: one.min(other), b: one.max(other), ..self.clone() }
    }
}

/// A human's verdict on a pair of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Both records speak of the same thing: must link.
    Same,
    /// The records speak of different things: cannot link.
    NotSame,
    /// Somebody looked at the pair and could not decide.
    Unsure,
}

/// A human judgement on a pair of records: an object of its own, with its own label, never a merge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// The smaller record id.
    pub a: RecordId,
    /// The greater record id.
    pub b: RecordId,
    /// The verdict given.
    pub verdict: Verdict,
    /// The user who gave the verdict.
    pub user: String,
    /// When the verdict was given.
    pub at: Timestamp,
    /// The label: the judgement's owner, and how far the judgement may go.
    pub label: Label,
}
