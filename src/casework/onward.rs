//! Onward requests: a recipient asks the owner's leave to hand a record on.

use crate::govern::{
    Leave, MessageKind, OnwardDecision, OnwardId, OnwardRequest, Question, is_name,
};
use crate::graph::Snapshot;
use crate::model::{Condition, RecordId};

use super::desks::tell;
use super::documents::{named, onward, swap, text_of};
use super::reason::reason;
use super::{Casework, CaseworkError, NotNow, act};

/// A request with its id.
pub type Named = (OnwardId, OnwardRequest);

/// The content of an onward request: a record, the agency that it is to be handed to, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnwardDisclosure {
    /// A record of another agency.
    pub record: RecordId,
    /// The third agency that the record is to be handed to.
    pub recipient: String,
    /// The reason for it.
    pub reason: String,
}

/// Makes a request, which is not kept yet. It is already granted if the agreement allows onward use without asking.
/// `snapshot` is the asker's.
///
/// # Errors
/// No reason; no record of another agency; no third agency; an agreement that never allows it.
pub fn request(
    work: Casework<'_>,
    question: &Question<'_>,
    snapshot: &Snapshot,
    asked: OnwardDisclosure,
) -> Result<Named, CaseworkError> {
    let reason = reason(&asked.reason, "reason")?;
    let own = &question.principal.agency;
    let record = snapshot.record(asked.record).map(|index| &snapshot.records()[index]);
    let record = record.filter(|record| record.label.agency != *own);
    let record = record.ok_or(CaseworkError::NotFound)?;
    let (owner, conditions) = (record.label.agency.clone(), record.label.conditions);
    // The stricter of the agreement and the row's own condition counts.
    let needs_leave = conditions.contains(Condition::OnwardWithLeave);
    if !is_name(&asked.recipient) || [&owner, own].contains(&&asked.recipient) {
        let detail = "a third agency, neither the owner nor the caller's";
        return Err(CaseworkError::input("recipient", "not_a_third_agency", detail));
    }
    let decision = match work.policy()?.onward(question, &owner) {
        None | Some(Leave::Never) => return Err(NotNow::OnwardNever.into()),
        Some(Leave::Ask) => None,
        Some(Leave::Allowed) if needs_leave => None,
        Some(Leave::Allowed) => Some(OnwardDecision {
            by: None,
            granted: true,
            note: "the agreement allows onward use".to_owned(),
        }),
    };
    let request = OnwardRequest {
        by: act(question),
        purpose: question.purpose,
        record: record.id,
        owner,
        recipient: asked.recipient,
        reason,
        decision,
    };
    Ok((request.id(work.id_key), request))
}

/// Keeps a request and tells the owner. An equal request at the same instant is the same request.
///
/// # Errors
/// When the store does not answer.
pub fn ask(
    work: Casework<'_>,
    question: &Question<'_>,
    (id, request): &Named,
) -> Result<(), CaseworkError> {
    let name = OnwardRequest::document(*id);
    if swap(work.writing(), &name, None, Some(&text(request)?))? {
        let desks = (request.owner.as_str(), request.by.agency.as_str());
        let policy = work.policy()?;
        tell(work, question, &policy, desks, (MessageKind::OnwardAsked, (*id).into()))?;
    }
    Ok(())
}

/// Decides a request about a record of the asker's agency, and tells the agency that made it.
///
/// # Errors
/// No note; a request that is about none of the agency's records, or is decided.
pub fn decide(
    work: Casework<'_>,
    question: &Question<'_>,
    id: OnwardId,
    (granted, note): (bool, &str),
) -> Result<Named, CaseworkError> {
    let note = reason(note, "note")?;
    let agency = &question.principal.agency;
    let name = OnwardRequest::document(id);
    let before = work.store.document(&name)?.ok_or(CaseworkError::NotFound)?;
    let mut request = onward(&before)?;
    if request.owner != *agency {
        return Err(CaseworkError::NotFound);
    }
    let open = request.decision.is_none();
    request.decision = Some(OnwardDecision { by: Some(act(question)), granted, note });
    if !open || !swap(work.writing(), &name, Some(&before), Some(&text(&request)?))? {
        return Err(NotNow::Decided.into());
    }
    let desks = (request.by.agency.as_str(), agency.as_str());
    let policy = work.policy()?;
    tell(work, question, &policy, desks, (MessageKind::OnwardDecided, id.into()))?;
    Ok((id, request))
}

/// Lists the requests made by the asker's agency and the requests about its records, by id.
///
/// # Errors
/// When the store does not answer or keeps something else.
pub fn list(work: Casework<'_>, question: &Question<'_>) -> Result<Vec<Named>, CaseworkError> {
    let mut found = Vec::new();
    for (name, text) in work.store.documents(OnwardRequest::DOCUMENTS)? {
        let request = onward(&text)?;
        if request.concerns(&question.principal.agency) {
            found.push((named(&name, OnwardRequest::DOCUMENTS)?, request));
        }
    }
    Ok(found)
}

fn text(request: &OnwardRequest) -> Result<String, CaseworkError> {
    text_of(request, "an onward request")
}
