//! `GET /v1/agreements/{id}/preview`: what of the agency's own would become visible.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::get::{ContradictionView, in_force, overruled};
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::Parameters;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::scope::Scope;
use crate::govern::{Function, Grant, Level, Purpose};
use crate::model::{
    Class, ClassId, ClassSet, Event, Handling, Judgement, Kind, Label, Link, Record,
    SubjectCategory, Tie,
};
use crate::store::SnapshotSink;

/// What of the agency's own an agreement would disclose.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Preview {
    /// The agreement.
    pub agreement: String,
    /// The version, the latest.
    pub version: usize,
    /// By kind, subject, tier and purpose, where there is anything.
    pub classes: Vec<PreviewClass>,
    /// Where an agreement in force with the same recipients says something else. The stricter one would hold.
    pub overruled: Vec<ContradictionView>,
}

/// Objects that an agreement speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PreviewClass {
    /// What they are.
    pub kind: Kind,
    /// What they say the subject to be.
    pub subject: SubjectCategory,
    /// Their sensitivity.
    pub tier: u8,
    /// What for.
    pub purpose: Purpose,
    /// How much the recipients would get of them.
    pub level: Level,
    /// How many there are now.
    pub objects: usize,
}

/// Preview an agreement
///
/// For the discloser, before signing: which classes of its own objects, and how many, the latest version
/// would disclose. Objects that are marked `own` never go, and those that are marked `pointer` as a
/// pointer at most; whom their audience leaves out gets nothing of them. Of victims recipients get a pseudonym, and
/// that only within a case that both work on; of a grant that `requires` something, only those of whom that is
/// vouched for get anything.
#[utoipa::path(
    tag = "agreements",
    operation_id = "preview_agreement",
    params(("id" = String, Path, description = "The agreement's id")),
    responses(
        (status = 200, body = Preview),
        (status = 404, body = ProblemBody, description = "No such agreement that the caller's agency discloses by"),
    ),
)]
#[get("/v1/agreements/{id}/preview")]
pub async fn preview_agreement(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<Preview>, Problem> {
    Parameters::of(&request)?.finish()?;
    context.answer(Function::ReadAgreements, move |scope| preview(scope, &id)).await
}

fn preview(scope: &Scope, id: &str) -> Result<Preview, Problem> {
    let (policy, agency) = (scope.policy()?, &scope.caller.agency);
    let latest = policy.agreements.get(id).and_then(|agreement| agreement.latest());
    let latest = latest.filter(|(_, version)| version.terms.discloser == *agency);
    let (number, version) = latest.ok_or_else(|| Problem::new(Code::NotFound))?;
    let own = |(_, class): &&(ClassId, Class)| {
        class.label.agency == *agency && class.label.handling != Handling::Own
    };
    let classes = scope.state.store.classes()?;
    let classes: ClassSet = classes.iter().filter(own).map(|(id, _)| *id).collect();
    let mut counts = Counts { recipients: &version.terms.recipients, counts: BTreeMap::new() };
    scope.state.store.stream(&classes, &mut counts)?;
    let mut shown = Vec::new();
    for ((kind, subject, tier, handling), objects) in counts.counts {
        for purpose in Purpose::ALL {
            let speaking = version.terms.grants.iter().filter(|grant| {
                speaks_of(grant, kind, subject, tier) && grant.purposes.contains(&purpose)
            });
            let levels: Vec<Level> = speaking.map(|grant| grant.level).collect();
            // Levels add up, and black cuts.
            let cut = levels.contains(&Level::Black).then_some(Level::Black);
            let at_most = if handling == Handling::Pointer { Level::Gray } else { Level::White };
            let granted = levels.into_iter().max().map(|level| level.min(at_most));
            if let Some(level) = cut.or(granted) {
                shown.push(PreviewClass { kind, subject, tier, purpose, level, objects });
            }
        }
    }
    let recipients: Vec<&str> = version.terms.recipients.iter().map(String::as_str).collect();
    let in_force = in_force(&policy, agency, scope.at);
    let overruled = overruled((&version.terms, &recipients), &in_force, id, agency);
    Ok(Preview { agreement: id.to_owned(), version: number, classes: shown, overruled })
}

fn speaks_of(grant: &Grant, kind: Kind, subject: SubjectCategory, tier: u8) -> bool {
    let high = grant.level == Level::Black || tier <= grant.tier_max;
    high && grant.kinds.contains(&kind) && grant.subject.contains(&subject)
}

/// Counts objects by kind, category, tier and handling, where their audience has a recipient in it.
struct Counts<'a> {
    recipients: &'a BTreeSet<String>,
    counts: BTreeMap<(Kind, SubjectCategory, u8, Handling), usize>,
}

impl Counts<'_> {
    fn add(&mut self, kind: Kind, label: &Label) {
        let agencies = label.audience.as_ref().and_then(|audience| audience.agencies.as_ref());
        if agencies.is_none_or(|agencies| !agencies.is_disjoint(self.recipients)) {
            let key = (kind, label.category, label.tier, label.handling);
            *self.counts.entry(key).or_default() += 1;
        }
    }
}

impl SnapshotSink for Counts<'_> {
    fn record(&mut self, _: ClassId, record: Record) {
        self.add(record.entity_type().into(), &record.label);
    }

    fn tie(&mut self, tie: Tie) {
        self.add(Kind::Tie, &tie.label);
    }

    fn event(&mut self, event: Event) {
        self.add(Kind::Event, &event.label);
    }

    fn link(&mut self, _: Link) {}

    fn judgement(&mut self, judgement: Judgement) {
        self.add(Kind::Judgement, &judgement.label);
    }
}
