//! `POST /v1/judgements`: judges a pair of records as the same, not the same, or unsure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::examples;
use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::{Code, Problem};
use crate::api::scope::CallerScope;
use crate::api::seen::Unmask;
use crate::api::wire::EntitySummary;
use crate::model::{Handling, Judgement, Label, RecordId, SubjectCategory, Timestamp, Verdict};

/// A judgement of a pair of records.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementRequest {
    /// One record.
    pub a: RecordId,
    /// The other record, of the same type.
    pub b: RecordId,
    /// The verdict: `same` joins the records, `not_same` keeps them apart, `unsure` withdraws the user's earlier
    /// judgement.
    pub verdict: Verdict,
    /// The widest disclosure of the judgement; `own` when absent.
    #[serde(default)]
    pub handling: Handling,
}

/// The entities of the two records after a judgement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JudgementAnswer {
    /// The entity of record `a` in the caller's view after the judgement.
    pub a: EntitySummary,
    /// The entity of record `b` in the caller's view after the judgement.
    pub b: EntitySummary,
    /// The snapshot of the view after the judgement.
    pub snapshot: String,
}

operation! {
    /// Judge a pair of records
    ///
    /// Judges whether two records are about the same person or thing. Entities are computed with the judgement from the
    /// next answer on; no record is changed, and a new judgement replaces the earlier one. Other agencies see it only
    /// as far as its handling allows. A judgement of another agency's masked record counts only in views that show the
    /// record unmasked: so no judgement changes what the caller's agency is shown of masked records.
    submit_judgement = judge;
    "judgements", Combination, Write;
    examples {
        "body": { "a": examples::RECORD, "b": examples::OTHER_RECORD, "verdict": "same" },
    };
    404 "No such record in the caller's view";
    422 "Not two records of one type";
}

fn judge(
    scope: &CallerScope,
    (unmask, Json(asked)): (Unmask, Json<JudgementRequest>),
) -> Result<JudgementAnswer, Problem> {
    let seen = scope.seen_as(unmask)?;
    let stored = [seen.stored_id(asked.a)?, seen.stored_id(asked.b)?];
    let ids = [stored[0].min(stored[1]), stored[0].max(stored[1])];
    let records = scope.records(&ids)?;
    let [a, b] = records.as_slice() else {
        let same = asked.a == asked.b;
        return Err(if same { Problem::not_a_pair() } else { Problem::new(Code::NotFound) });
    };
    if a.id == b.id || a.entity_type() != b.entity_type() {
        return Err(Problem::not_a_pair());
    }
    let label = Label {
        agency: scope.caller.agency.clone(),
        category: SubjectCategory::Unknown,
        tier: a.label.tier.max(b.label.tier),
        handling: asked.handling,
        conditions: a.label.conditions.union(b.label.conditions),
        audience: None,
        // The label is as strict as the stricter of both records' labels.
        intelligence: a.label.intelligence || b.label.intelligence,
        review_by: earlier(a.label.review_by, b.label.review_by),
        released_until: earlier(a.label.released_until, b.label.released_until),
    };
    let (at, user) = (scope.now(), scope.caller.user.clone());
    let judgement = Judgement { a: ids[0], b: ids[1], verdict: asked.verdict, user, at, label };
    scope.judge(judgement)?;
    answer(&scope.renewed()?, stored, unmask)
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    [a, b].into_iter().flatten().min()
}

/// Answers from a renewed view, since the judgement's label may be a class that the former view did not have. The
/// records are named by their stored ids, since a record that the judgement joined to a masked record is now shown
/// under another id than in the request.
fn answer(
    scope: &CallerScope,
    [a, b]: [RecordId; 2],
    unmask: Unmask,
) -> Result<JudgementAnswer, Problem> {
    let seen = scope.seen_as(unmask)?;
    let entity = |id| {
        let record = seen.snapshot().stored(id).ok_or_else(|| Problem::new(Code::NotFound))?;
        Ok::<_, Problem>(EntitySummary::of(&seen, seen.snapshot().entity_of(record)))
    };
    Ok(JudgementAnswer { a: entity(a)?, b: entity(b)?, snapshot: seen.name() })
}
