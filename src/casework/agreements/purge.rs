//! Confirming a purge: a recipient states that it has removed the objects that it held by an agreement.

use super::seen::{AgreementSeen, seen};
use crate::casework::desks::tell;
use crate::casework::documents::change_policy;
use crate::casework::reason::reason;
use crate::casework::{Casework, CaseworkError, NotNow, act};
use crate::govern::{AgreementId, MessageKind, PurgeReceipt, Question};

/// Confirms that the asker's agency has removed the objects that it held by an agreement, and tells the discloser.
///
/// # Errors
/// A note that is too short or too long; an agreement that the agency is not a side of, or that leaves it nothing to
/// remove.
pub fn confirm_purge(
    work: Casework<'_>,
    question: &Question<'_>,
    id: AgreementId,
    note: &str,
) -> Result<AgreementSeen, CaseworkError> {
    let note = reason(note, "note")?;
    let agency = &question.principal.agency;
    let (confirmed, discloser) = change_policy(work.writing(), |policy| {
        let agreement = policy.agreements.get_mut(&id).filter(|it| it.has_side(agency));
        let agreement = agreement.ok_or(CaseworkError::NotFound)?;
        let mut tasks = agreement.purge_tasks(question.at).into_iter();
        let task = tasks.find(|task| task.recipient == *agency && task.receipt.is_none());
        let task = task.ok_or(NotNow::NothingToConfirm)?;
        let by = act(question);
        agreement.receipts.push(PurgeReceipt { version: task.version, by, note: note.clone() });
        let discloser = agreement.versions[task.version - 1].terms.discloser.clone();
        Ok((seen(policy, question, id)?, discloser))
    })?;
    let policy = work.policy()?;
    let message = (MessageKind::PurgeConfirmed, id.into());
    tell(work, question, &policy, (&discloser, agency), message)?;
    Ok(confirmed)
}
