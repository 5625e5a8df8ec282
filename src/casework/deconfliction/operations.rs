//! Planned operations: clashes between the operations of several agencies in place and time.

use std::collections::BTreeSet;

use super::{Pointer, Random, point};
use crate::analyze::deconflict::clash;
use crate::casework::documents::{book, change_book};
use crate::casework::reason::check_form;
use crate::casework::{Casework, CaseworkError};
use crate::govern::{MessageKind, PlannedOperation, Principal, Question, Reference, Rights, Role};
use crate::model::{Class, Handling, Kind, Label, SubjectCategory};

/// The allowed radius of an operation, in metres.
pub const RADIUS_METRES: std::ops::RangeInclusive<f64> = 1.0..=50_000.0;
/// The longest duration of an operation, in microseconds: 31 days.
const LENGTH_MICROS_MAX: i64 = 31 * 86_400_000_000;

/// Keeps a planned operation in place of an earlier one with the same reference, and points to the agencies with
/// operations that clash with it. A watch desk announces for another agency (`on_behalf_of`).
///
/// # Errors
/// A place or time out of range; an agency that the asker does not watch; a share that is used up.
pub fn announce(
    work: Casework<'_>,
    question: &Question<'_>,
    on_behalf_of: Option<&str>,
    planned: &PlannedOperation,
    random: Random<'_>,
) -> Result<Vec<Pointer>, CaseworkError> {
    check(question, planned)?;
    let planner = planner(work, question, on_behalf_of)?;
    check_form(work, &planner.agency, &planned.reference)?;
    let asker = question.principal;
    change_book(work.writing(), &asker.agency, |book| {
        let share = book.count(&asker.user, 1, question.at);
        if share { Ok(()) } else { Err(CaseworkError::OperationsUsedUp) }
    })?;
    change_book(work.writing(), &planner.agency, |book| {
        let kept = book.plan(planned.clone(), question.at);
        let too_many = || CaseworkError::LimitReached("operations of the agency".to_owned());
        if kept { Ok(()) } else { Err(too_many()) }
    })?;
    let question = Question { principal: &planner, ..*question };
    let agencies = clashing(work, &question, planned)?;
    point(work, &question, &agencies, [MessageKind::OperationsClash; 2], random)
}

/// Cancels a planned operation that is not over.
///
/// # Errors
/// No such operation; an agency that the asker does not watch.
pub fn cancel(
    work: Casework<'_>,
    question: &Question<'_>,
    on_behalf_of: Option<&str>,
    reference: &Reference,
) -> Result<(), CaseworkError> {
    let planner = planner(work, question, on_behalf_of)?;
    change_book(work.writing(), &planner.agency, |book| {
        let planned = book.cancel(reference, question.at);
        if planned { Ok(()) } else { Err(CaseworkError::NotFound) }
    })
}

/// Finds the agencies with operations that clash with the planned one, and with agreements that point the planner to
/// operations.
fn clashing(
    work: Casework<'_>,
    question: &Question<'_>,
    planned: &PlannedOperation,
) -> Result<BTreeSet<String>, CaseworkError> {
    let policy = work.policy()?;
    let rights = Rights::of(question, &policy);
    let mut agencies = BTreeSet::new();
    for agency in rights.disclosers() {
        let label = Label {
            agency: agency.to_owned(),
            category: SubjectCategory::Unknown,
            tier: 0,
            handling: Handling::Shared,
            ..Label::default()
        };
        if !rights.access(&Class { kind: Kind::Operation, label }).pointer {
            continue;
        }
        let operations = book(work.store, agency)?.operations;
        if operations.iter().any(|other| other.until > question.at && clash(planned, other)) {
            agencies.insert(agency.to_owned());
        }
    }
    Ok(agencies)
}

/// Returns the principal that plans: the asker, or an agency that the asker's watch desk enters operations for.
fn planner(
    work: Casework<'_>,
    question: &Question<'_>,
    on_behalf_of: Option<&str>,
) -> Result<Principal, CaseworkError> {
    let asker = question.principal;
    let Some(agency) = on_behalf_of else { return Ok(asker.clone()) };
    let policy = work.policy()?;
    let watched = policy.agencies.get(agency).and_then(|it| it.watched_by.as_ref());
    if !asker.roles.contains(&Role::WatchDesk) || watched != Some(&asker.agency) {
        let detail = "an agency that the caller's watch desk enters operations for";
        return Err(CaseworkError::input("on_behalf_of", "not_watched", detail));
    }
    // The watch desk acts with the rights of that agency's agreements.
    Ok(Principal { agency: agency.to_owned(), ..asker.clone() })
}

fn check(question: &Question<'_>, planned: &PlannedOperation) -> Result<(), CaseworkError> {
    let wrong =
        |member: &str, detail: &str| Err(CaseworkError::input(member, "out_of_range", detail));
    if !(-90.0..=90.0).contains(&planned.latitude) {
        return wrong("latitude", "-90 to 90");
    }
    if !(-180.0..=180.0).contains(&planned.longitude) {
        return wrong("longitude", "-180 to 180");
    }
    if !RADIUS_METRES.contains(&planned.radius_metres) {
        return wrong("radius_metres", "1 to 50,000");
    }
    let length = planned.until.as_micros().saturating_sub(planned.from.as_micros());
    if planned.until <= question.at || !(1..=LENGTH_MICROS_MAX).contains(&length) {
        return wrong("until", "after `from`, at most 31 days later, and not over yet");
    }
    Ok(())
}
