//! Break-glass: opened in imminent danger, told to the owner, reviewed by a second person.

use crate::govern::{BreakGlass, BreakGlassId, MessageKind, Question, Review, Rights, Role};
use crate::govern::{Function, Policy};

use super::desks::tell;
use super::documents::change_policy;
use super::reason::reason;
use super::{Casework, CaseworkError, NotNow, act};

/// A use of break-glass with its id.
pub type Named = (BreakGlassId, BreakGlass);

/// Checks that break-glass can be opened, and makes the use, which is not open yet.
///
/// # Errors
/// No reason; no agreement that foresees it; an earlier use that is open or awaits its review.
pub fn request(
    work: Casework<'_>,
    question: &Question<'_>,
    owner: &str,
    danger: &str,
) -> Result<Named, CaseworkError> {
    let reason = reason(danger, "reason")?;
    let policy = work.policy()?;
    if !Rights::of(question, &policy).may_break(owner) {
        return Err(NotNow::NotForeseen.into());
    }
    let glass = BreakGlass {
        by: act(question),
        owner: owner.to_owned(),
        purpose: question.purpose,
        case: question.case.clone(),
        reason,
        review: None,
    };
    policy.check_break_glass(&glass).map_err(NotNow::from)?;
    Ok((glass.id(work.id_key), glass))
}

/// Opens a use of break-glass, after the owner and the reviewers have been told.
///
/// # Errors
/// When another use was opened in between, or the store does not answer.
pub fn open(
    work: Casework<'_>,
    question: &Question<'_>,
    (id, glass): &Named,
) -> Result<(), CaseworkError> {
    let policy = work.policy()?;
    // First told, then opened: it is never open without the owner's having been told.
    let (asker, owner) = (glass.by.agency.as_str(), glass.owner.as_str());
    tell(work, question, &policy, (owner, asker), (MessageKind::BreakGlassByOther, (*id).into()))?;
    tell(work, question, &policy, (asker, owner), (MessageKind::BreakGlassToReview, (*id).into()))?;
    change_policy(work.writing(), |policy: &mut Policy| {
        let opened = policy.open_break_glass(*id, glass.clone());
        opened.map_err(|error| NotNow::from(error).into())
    })
}

/// Reviews a use of break-glass by another user of the asker's agency.
///
/// # Errors
/// No note; a use that is none of the agency's, is the asker's own, or is reviewed.
pub fn review(
    work: Casework<'_>,
    question: &Question<'_>,
    id: BreakGlassId,
    (justified, note): (bool, &str),
) -> Result<Named, CaseworkError> {
    let note = reason(note, "note")?;
    let asker = question.principal;
    change_policy(work.writing(), |policy| {
        let glass = policy.break_glass.get_mut(&id).filter(|it| it.by.agency == asker.agency);
        let glass = glass.ok_or(CaseworkError::NotFound)?;
        if glass.by.user == asker.user {
            return Err(NotNow::OwnUse.into());
        }
        if glass.review.is_some() {
            return Err(NotNow::Reviewed.into());
        }
        glass.review = Some(Review { by: act(question), justified, note: note.clone() });
        Ok((id, glass.clone()))
    })
}

/// Lists the uses of break-glass that the asker may read, by id: the user's own, and for users who oversee them the
/// uses by and against their agency.
///
/// # Errors
/// When the store does not answer.
pub fn list(work: Casework<'_>, question: &Question<'_>) -> Result<Vec<Named>, CaseworkError> {
    let (principal, agency) = (question.principal, question.principal.agency.as_str());
    let oversees =
        principal.may(Function::ReviewBreakGlass) || principal.roles.contains(&Role::AgencyAuditor);
    let policy = work.policy()?;
    let concerns = |it: &BreakGlass| it.by.agency == agency || it.owner == agency;
    let read = policy.break_glass.iter();
    let read = read.filter(|(_, it)| it.is_of(principal) || (oversees && concerns(it)));
    Ok(read.map(|(id, it)| (*id, it.clone())).collect())
}
