//! Suspending and ending an agreement, which the discloser does alone.

use super::seen::{AgreementSeen, seen};
use crate::casework::documents::change_policy;
use crate::casework::{Casework, CaseworkError, NotNow, act};
use crate::govern::{Act, Agreement, AgreementId, Question};

/// Suspends an agreement as its discloser, until both sides have signed a later version.
///
/// # Errors
/// An agreement that the agency is not a side or not the discloser of, or that has ended.
pub fn suspend(
    work: Casework<'_>,
    question: &Question<'_>,
    id: AgreementId,
) -> Result<AgreementSeen, CaseworkError> {
    stop(work, question, id, |agreement, act| {
        agreement.suspended = Some((agreement.versions.len(), act));
    })
}

/// Ends an agreement for good, as its discloser.
///
/// # Errors
/// As [`suspend`].
pub fn end(
    work: Casework<'_>,
    question: &Question<'_>,
    id: AgreementId,
) -> Result<AgreementSeen, CaseworkError> {
    stop(work, question, id, |agreement, act| agreement.ended = Some(act))
}

fn stop(
    work: Casework<'_>,
    question: &Question<'_>,
    id: AgreementId,
    stop: impl Fn(&mut Agreement, Act),
) -> Result<AgreementSeen, CaseworkError> {
    let agency = &question.principal.agency;
    change_policy(work.writing(), |policy| {
        let agreement = policy.agreements.get_mut(&id).filter(|it| it.has_side(agency));
        let agreement = agreement.ok_or(CaseworkError::NotFound)?;
        if agreement.ended.is_some() {
            return Err(NotNow::AgreementEnded.into());
        }
        let alone = agreement.versions.iter().all(|version| {
            let terms = &version.terms;
            terms.discloser == *agency || (terms.reciprocal && terms.recipients.len() == 1)
        });
        if !alone {
            return Err(NotNow::NotTheDiscloser.into());
        }
        stop(agreement, act(question));
        seen(policy, question, id)
    })
}
