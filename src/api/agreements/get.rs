//! `GET /v1/agreements/{id}`: one agreement.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::Parameters;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::scope::Scope;
use crate::govern::{
    Act, Agreement, AgreementState, Contradiction, Field, Function, Policy, PurgeTask, Purpose,
    Signature, Terms, contradictions,
};
use crate::model::{Kind, SubjectCategory, Timestamp};

/// An agreement with all its versions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgreementView {
    /// Its id.
    pub agreement: String,
    /// Where it stands.
    pub state: AgreementState,
    /// The number of the version that counts for those who have signed it; absent when none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<usize>,
    /// The versions that the caller's agency is a side of, the first first.
    pub versions: Vec<VersionView>,
    /// Who suspended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Act>,
    /// Who ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Act>,
    /// What recipients have to remove since it holds no more for them, and what they confirmed: to the
    /// discloser all, to a recipient its own.
    pub purge: Vec<PurgeTask>,
    /// Where another agreement in force between the same two sides says something else. The stricter one
    /// holds.
    pub overruled: Vec<ContradictionView>,
}

/// One version of an agreement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VersionView {
    /// Its number, from 1.
    pub version: usize,
    /// What is agreed.
    pub terms: Terms,
    /// What a signature under it names: the hash of the terms and the number.
    pub terms_hash: String,
    /// Who drafted it.
    pub drafted: Act,
    /// The signatures so far; two officers of each side make it count.
    pub signatures: Vec<Signature>,
}

/// A contradiction between two agreements.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContradictionView {
    /// The other agreement.
    pub agreement: String,
    /// The recipient.
    pub recipient: String,
    /// Kinds that both speak of.
    pub kinds: BTreeSet<Kind>,
    /// Subjects that both speak of.
    pub subject: BTreeSet<SubjectCategory>,
    /// Purposes that both speak of.
    pub purposes: BTreeSet<Purpose>,
    /// Whether one of them says `black`, which holds.
    pub black: bool,
    /// Fields that only one of them keeps back, which are kept back.
    pub fields_never: BTreeSet<Field>,
}

impl AgreementView {
    /// An agreement as the agency sees it, beside those in force; nothing when it is no side of it.
    pub fn of(
        policy: &Policy,
        in_force: &[InForce<'_>],
        id: &str,
        agency: &str,
        at: Timestamp,
    ) -> Option<Self> {
        let agreement = policy.agreements.get(id).filter(|it| it.has_side(agency))?;
        let versions = agreement.versions.iter().enumerate();
        let own = versions.filter(|(_, version)| version.terms.has_side(agency));
        let view = |(index, version): (usize, &crate::govern::Version)| VersionView {
            version: index + 1,
            terms: version.terms.clone(),
            terms_hash: version.terms.hash(index + 1),
            drafted: version.drafted.clone(),
            signatures: version.signatures.clone(),
        };
        Some(Self {
            agreement: id.to_owned(),
            state: agreement.state(at),
            standing: agreement.standing().map(|(number, _)| number),
            versions: own.map(view).collect(),
            suspended: agreement.suspended.as_ref().map(|(_, act)| act.clone()),
            ended: agreement.ended.clone(),
            purge: purge(agreement, agency, at),
            overruled: match in_force.iter().find(|(of, ..)| *of == id) {
                Some((_, terms, to)) => overruled((terms, to), in_force, id, agency),
                None => Vec::new(),
            },
        })
    }
}

fn purge(agreement: &Agreement, agency: &str, at: Timestamp) -> Vec<PurgeTask> {
    let discloses = agreement.versions.iter().any(|it| it.terms.discloser == agency);
    let mut tasks = agreement.purge_tasks(at);
    tasks.retain(|task| discloses || task.recipient == agency);
    tasks
}

/// An agreement in force: its id, its terms, and the recipients that have signed them.
pub type InForce<'p> = (&'p str, &'p Terms, Vec<&'p str>);

/// The agency's agreements in force.
pub fn in_force<'p>(policy: &'p Policy, agency: &str, at: Timestamp) -> Vec<InForce<'p>> {
    let own = policy.agreements.iter().filter(|(_, agreement)| agreement.has_side(agency));
    own.filter_map(|(id, agreement)| {
        let (terms, recipients) = agreement.in_force(at)?;
        Some((id.as_str(), terms, recipients))
    })
    .collect()
}

/// The contradictions that concern the agency: as the discloser all, as a recipient its own.
pub(super) fn overruled(
    (terms, recipients): (&Terms, &[&str]),
    in_force: &[InForce<'_>],
    id: &str,
    agency: &str,
) -> Vec<ContradictionView> {
    let concerns = |found: &Contradiction| found.recipient == agency || terms.discloser == agency;
    let others = in_force.iter().filter(|(other, ..)| *other != id);
    others
        .flat_map(|(other, with, to)| {
            let found = contradictions((terms, recipients), (with, to));
            found.into_iter().map(move |found| (*other, found))
        })
        .filter(|(_, found)| concerns(found))
        .map(|(other, found)| ContradictionView {
            agreement: other.to_owned(),
            recipient: found.recipient,
            kinds: found.kinds,
            subject: found.subject,
            purposes: found.purposes,
            black: found.black,
            fields_never: found.fields_never,
        })
        .collect()
}

/// Get an agreement
///
/// All versions that the caller's agency is a side of, who signed them, where the agreement stands, and
/// where another one contradicts it.
#[utoipa::path(
    tag = "agreements",
    operation_id = "get_agreement",
    params(("id" = String, Path, description = "The agreement's id")),
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
    ),
)]
#[get("/v1/agreements/{id}")]
pub async fn get_agreement(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<AgreementView>, Problem> {
    Parameters::of(&request)?.finish()?;
    context.answer(Function::ReadAgreements, move |scope| view(scope, &*scope.policy()?, &id)).await
}

/// The agreement as the caller's agency sees it.
///
/// # Errors
/// The same for one that never was and one that the agency is no side of.
pub(super) fn view(scope: &Scope, policy: &Policy, id: &str) -> Result<AgreementView, Problem> {
    let (agency, at) = (&scope.caller.agency, scope.at);
    let view = AgreementView::of(policy, &in_force(policy, agency, at), id, agency, at);
    view.ok_or_else(|| Problem::new(Code::NotFound))
}
