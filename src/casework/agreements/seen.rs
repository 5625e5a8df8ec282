//! An agreement as one of its sides sees it.

use crate::casework::{Casework, CaseworkError};
use crate::govern::{
    Act, Agreement, AgreementId, AgreementState, Contradiction, Policy, PurgeTask, Question, Terms,
    Version, contradictions,
};
use crate::model::Timestamp;

/// An agreement as one of its sides sees it.
#[derive(Debug, Clone)]
pub struct AgreementSeen {
    /// The id of the agreement.
    pub id: AgreementId,
    /// The state of the agreement.
    pub state: AgreementState,
    /// The number of the version that holds for the recipients that have signed it, from 1; `None` if none holds.
    pub standing: Option<usize>,
    /// The versions that the agency is a side of, with their numbers, from 1.
    pub versions: Vec<(usize, Version)>,
    /// The suspension, with its user and time; `None` if the agreement was never suspended.
    pub suspended: Option<Act>,
    /// The end, with its user and time; `None` if no side has ended the agreement.
    pub ended: Option<Act>,
    /// The purge tasks of recipients: the discloser sees all, a recipient its own.
    pub purge: Vec<PurgeTask>,
    /// The contradictions to other agreements in force.
    pub overruled: Vec<Overruled>,
}

/// Another agreement, and its contradiction.
pub type Overruled = (AgreementId, Contradiction);

/// Lists the agreements of the asker's agency, by id. The list leaves out a draft that an agency unknown to it has
/// addressed to it, unless the asker's agency is listed or has signed: otherwise guessing names of agencies would reach
/// them. Such a draft can be read by its id.
///
/// # Errors
/// When the store does not answer.
pub fn list(
    work: Casework<'_>,
    question: &Question<'_>,
) -> Result<Vec<AgreementSeen>, CaseworkError> {
    let policy = work.policy()?;
    let (agency, at) = (question.principal.agency.as_str(), question.at);
    let in_force = in_force(&policy, agency, at);
    let known = policy.known_to(agency);
    let told = policy.agreements.iter().filter(|(_, it)| policy.is_told_of(it, agency, &known));
    let ids = told.map(|(id, _)| *id);
    Ok(ids.filter_map(|id| AgreementSeen::of(&policy, &in_force, id, agency, at)).collect())
}

/// Reads an agreement of the asker's agency.
///
/// # Errors
/// The same error for an agreement that never existed and one that the agency is not a side of.
pub fn get(
    work: Casework<'_>,
    question: &Question<'_>,
    id: AgreementId,
) -> Result<AgreementSeen, CaseworkError> {
    let policy = work.policy()?;
    seen(&policy, question, id)
}

/// Reads an agreement of the asker's agency from a policy.
pub(super) fn seen(
    policy: &Policy,
    question: &Question<'_>,
    id: AgreementId,
) -> Result<AgreementSeen, CaseworkError> {
    let (agency, at) = (question.principal.agency.as_str(), question.at);
    let found = AgreementSeen::of(policy, &in_force(policy, agency, at), id, agency, at);
    found.ok_or(CaseworkError::NotFound)
}

impl AgreementSeen {
    /// Makes the view of an agreement; `in_force` are the agency's agreements in force, for contradictions. `None` if
    /// the agency is not a side of it.
    fn of(
        policy: &Policy,
        in_force: &[InForce<'_>],
        id: AgreementId,
        agency: &str,
        at: Timestamp,
    ) -> Option<Self> {
        let agreement = policy.agreements.get(&id).filter(|it| it.has_side(agency))?;
        let versions = agreement.versions.iter().enumerate();
        let own = versions.filter(|(_, version)| version.terms.has_side(agency));
        Some(Self {
            id,
            state: agreement.state(at),
            standing: agreement.standing().map(|(number, _)| number),
            versions: own.map(|(index, version)| (index + 1, version.clone())).collect(),
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
pub(super) type InForce<'p> = (AgreementId, &'p Terms, Vec<&'p str>);

/// The agency's agreements in force.
pub(super) fn in_force<'p>(policy: &'p Policy, agency: &str, at: Timestamp) -> Vec<InForce<'p>> {
    let own = policy.agreements.iter().filter(|(_, agreement)| agreement.has_side(agency));
    own.filter_map(|(id, agreement)| {
        let (terms, recipients) = agreement.in_force(at)?;
        Some((*id, terms, recipients))
    })
    .collect()
}

/// Finds the contradictions of some terms to other agreements in force that concern the agency: all if it is the
/// discloser, its own if it is a recipient.
pub(super) fn overruled(
    (terms, recipients): (&Terms, &[&str]),
    in_force: &[InForce<'_>],
    id: AgreementId,
    agency: &str,
) -> Vec<Overruled> {
    let concerns = |found: &Contradiction| found.recipient == agency || terms.discloser == agency;
    let others = in_force.iter().filter(|(other, ..)| *other != id);
    others
        .flat_map(|(other, with, to)| {
            let found = contradictions((terms, recipients), (with, to));
            found.into_iter().map(move |found| (*other, found))
        })
        .filter(|(_, found)| concerns(found))
        .collect()
}
