//! Drafting agreements and new versions of them, which the discloser does.

use super::seen::{AgreementSeen, seen};
use crate::casework::documents::change_policy;
use crate::casework::{Casework, CaseworkError, NotNow, act};
use crate::govern::{Agency, Agreement, AgreementId, Question, Terms, TermsError, Version};

/// The most versions of an agreement.
const VERSIONS_MAX: usize = 200;

/// Drafts an agreement of the asker's agency.
///
/// # Errors
/// Terms that are refused; a reference that the agency has used.
pub fn draft(
    work: Casework<'_>,
    question: &Question<'_>,
    terms: &Terms,
) -> Result<AgreementSeen, CaseworkError> {
    check(work, question, terms)?;
    let id = terms.agreement_id(work.id_key);
    change_policy(work.writing(), |policy| {
        // The reference is the agency's own, so this tells of no other agency's agreement.
        if policy.agreements.contains_key(&id) {
            return Err(CaseworkError::AlreadyThere);
        }
        let versions = vec![version(question, terms)];
        let agreement = Agreement { versions, suspended: None, ended: None, receipts: vec![] };
        policy.agreements.insert(id, agreement);
        seen(policy, question, id)
    })
}

/// Drafts another version of an agreement of the asker's agency.
///
/// # Errors
/// Terms that are refused; an agreement that is none of the agency's, or that has ended.
pub fn add_version(
    work: Casework<'_>,
    question: &Question<'_>,
    id: AgreementId,
    terms: &Terms,
) -> Result<AgreementSeen, CaseworkError> {
    check(work, question, terms)?;
    if terms.agreement_id(work.id_key) != id {
        let detail = "the versions of one agreement have one reference";
        return Err(CaseworkError::input("id", "another_agreement", detail));
    }
    change_policy(work.writing(), |policy| {
        let agreement = policy.agreements.get_mut(&id).ok_or(CaseworkError::NotFound)?;
        if agreement.ended.is_some() {
            return Err(NotNow::AgreementEnded.into());
        }
        if agreement.versions.len() >= VERSIONS_MAX {
            return Err(CaseworkError::LimitReached("versions of an agreement".to_owned()));
        }
        agreement.versions.push(version(question, terms));
        seen(policy, question, id)
    })
}

fn version(question: &Question<'_>, terms: &Terms) -> Version {
    Version { terms: terms.clone(), drafted: act(question), signatures: Vec::new() }
}

/// Refuses wrong terms, each with its reason.
fn check(work: Casework<'_>, question: &Question<'_>, terms: &Terms) -> Result<(), CaseworkError> {
    let agency = &question.principal.agency;
    if terms.discloser != *agency {
        let detail = "who discloses drafts: the caller's agency";
        return Err(CaseworkError::input("discloser", "not_the_caller", detail));
    }
    let wrong = terms.check().err().unwrap_or_default();
    let by_law = by_law(work.policy()?.agencies.get(agency), terms);
    none_of([wrong, by_law].concat())
}

/// Returns the terms that the law of an agency does not allow, each with its place and reason.
pub(super) fn by_law(agency: Option<&Agency>, terms: &Terms) -> Vec<(String, TermsError)> {
    let law = agency.and_then(|agency| agency.law);
    law.map(|law| law.refuses(terms)).unwrap_or_default()
}

/// Fails if there are any wrong terms.
pub(super) fn none_of(wrong: Vec<(String, TermsError)>) -> Result<(), CaseworkError> {
    if wrong.is_empty() { Ok(()) } else { Err(CaseworkError::Terms(wrong)) }
}
