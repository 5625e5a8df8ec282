//! Cases and task forces: opened and ended, joined and left by members of any agency.

use crate::govern::{Case, CaseId, Member, Question, Reference, is_name};
use crate::graph::Snapshot;
use crate::model::{RecordId, Timestamp};

use super::documents::change_policy;
use super::reason::check_form;
use super::{Casework, CaseworkError, NotNow};

/// The most members, and the most records, of a case.
pub const PARTS_MAX: usize = 10_000;

/// A case with its id.
pub type Named = (CaseId, Case);

/// Opens a case that the asker's agency leads and the asker is the first member of.
///
/// # Errors
/// A case that ends before it begins; a reference that the agency has used.
pub fn open(
    work: Casework<'_>,
    question: &Question<'_>,
    reference: Reference,
    expires: Timestamp,
) -> Result<Named, CaseworkError> {
    if expires <= question.at {
        let detail = "a case ends after it begins";
        return Err(CaseworkError::input("expires", "ends_before_it_begins", detail));
    }
    let agency = question.principal.agency.clone();
    check_form(work, &agency, &reference)?;
    let id = Case::id(work.id_key, &agency, &reference);
    let case = Case {
        lead: agency.clone(),
        reference,
        opened: question.at,
        expires,
        ended: None,
        members: [Member { agency, user: question.principal.user.clone() }].into(),
        subjects: [].into(),
        brought_by: [].into(),
    };
    change_policy(work.writing(), |policy| {
        // The reference is the agency's own, so this tells of no other agency's case.
        if policy.cases.contains_key(&id) {
            return Err(CaseworkError::AlreadyThere);
        }
        policy.cases.insert(id, case.clone());
        Ok(())
    })?;
    Ok((id, case))
}

/// The cases that the asker works on or worked on, by id.
///
/// # Errors
/// When the store does not answer.
pub fn list(work: Casework<'_>, question: &Question<'_>) -> Result<Vec<Named>, CaseworkError> {
    let policy = work.policy()?;
    let own = policy.cases.iter().filter(|(_, case)| case.has_member(question.principal));
    Ok(own.map(|(id, case)| (*id, case.clone())).collect())
}

/// Adds a member to a case that the asker leads.
///
/// # Errors
/// A name that is empty or too long; a case that the asker does not lead, or that has ended.
pub fn add_member(
    work: Casework<'_>,
    question: &Question<'_>,
    id: CaseId,
    member: &Member,
) -> Result<Named, CaseworkError> {
    if !is_name(&member.agency) || !is_name(&member.user) {
        let detail = "agency and user are 1 to 200 bytes of text";
        return Err(CaseworkError::input("user", "bad_name", detail));
    }
    change(work, question, (id, true), |case| {
        case.members.insert(member.clone());
    })
}

/// Removes a member from a case that the asker leads.
///
/// # Errors
/// A case that the asker does not lead, or that has ended.
pub fn remove_member(
    work: Casework<'_>,
    question: &Question<'_>,
    id: CaseId,
    member: &Member,
) -> Result<Named, CaseworkError> {
    change(work, question, (id, true), |case| {
        case.members.remove(member);
    })
}

/// Ends a case that the asker leads.
///
/// # Errors
/// A case that the asker does not lead, or that has ended.
pub fn end(
    work: Casework<'_>,
    question: &Question<'_>,
    id: CaseId,
) -> Result<Named, CaseworkError> {
    change(work, question, (id, true), |case| case.ended = Some(question.at))
}

/// Brings records about victims that the asker's agency owns into a case that the asker works on.
/// `snapshot` is the asker's.
///
/// # Errors
/// A case that the asker does not work on; records that are not the agency's, or not about victims.
pub fn add_subjects(
    work: Casework<'_>,
    question: &Question<'_>,
    snapshot: &Snapshot,
    id: CaseId,
    records: &[RecordId],
) -> Result<Named, CaseworkError> {
    if records.is_empty() || records.len() > PARTS_MAX {
        let detail = format!("1 to {PARTS_MAX} records");
        return Err(CaseworkError::input("records", "out_of_range", detail));
    }
    let policy = work.policy()?;
    if !policy.cases.get(&id).is_some_and(|case| case.has_member(question.principal)) {
        return Err(CaseworkError::NotFound);
    }
    let mut stored = Vec::new();
    for id in records {
        let record = snapshot.record(*id).map(|index| &snapshot.records()[index]);
        // The asker may not bring in another agency's record, whether it sees the record or not.
        let own = record.filter(|record| record.label.agency == question.principal.agency);
        let record = own.ok_or(CaseworkError::NotFound)?;
        if !record.label.category.is_victim() {
            let detail = "a record that its source says to be about a victim";
            return Err(CaseworkError::input("records", "not_about_a_victim", detail));
        }
        stored.push(record.id);
    }
    change(work, question, (id, false), |case| {
        case.subjects.extend(stored.iter().copied());
        case.brought_by.insert(question.principal.agency.clone());
    })
}

/// Changes an open case that the asker works on. With `as_lead` the asker's agency must lead the case.
fn change(
    work: Casework<'_>,
    question: &Question<'_>,
    (id, as_lead): (CaseId, bool),
    mut change: impl FnMut(&mut Case),
) -> Result<Named, CaseworkError> {
    change_policy(work.writing(), |policy| {
        let principal = question.principal;
        let case = policy.cases.get_mut(&id).filter(|case| {
            case.has_member(principal) && (!as_lead || case.lead == principal.agency)
        });
        let case = case.ok_or(CaseworkError::NotFound)?;
        if !case.is_open(question.at) {
            return Err(NotNow::CaseEnded.into());
        }
        change(case);
        if case.members.len() > PARTS_MAX || case.subjects.len() > PARTS_MAX {
            return Err(CaseworkError::LimitReached(format!("more than {PARTS_MAX}")));
        }
        Ok((id, case.clone()))
    })
}
