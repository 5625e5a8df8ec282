//! `POST /v1/judgements`: same, not the same, or unsure.

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

/// What is said of a pair of records.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementRequest {
    /// One record.
    pub a: RecordId,
    /// The other record, of the same type.
    pub b: RecordId,
    /// `same` joins them, `not_same` keeps them apart, `unsure` takes back what the user said before.
    pub verdict: Verdict,
    /// How far the judgement may go; `own` when absent.
    #[serde(default)]
    pub handling: Handling,
}

/// What the judgement led to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JudgementAnswer {
    /// The entity that record `a` now speaks of in the caller's view.
    pub a: EntitySummary,
    /// The entity that record `b` now speaks of in the caller's view.
    pub b: EntitySummary,
    /// The state of the view after it.
    pub snapshot: String,
}

operation! {
    /// Judge a pair of records
    ///
    /// Says whether two records speak of the same. Entities are computed with it from the next answer on;
    /// no record is changed, and judging anew undoes it. Others see it only as far as its handling goes. Of a
    /// record that is masked and another agency's it counts where that is seen unmasked: whatever the caller's
    /// agency says, it is shown the same of what is masked.
    submit_judgement = judge;
    "judgements", Combination;
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
        // As strict as the stricter of both records.
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

/// The judgement's label may be a class that the view did not know yet. A record that it joined to one that is masked
/// is shown with another id than it was asked by: here records go by the ids under which they are stored.
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
