//! `POST /v1/planned-operations`: does another agency plan to be there then?

use std::collections::BTreeSet;

use actix_web::{HttpRequest, post, web};

use super::{Pointers, point};
use crate::analyze::deconflict::clash;
use crate::api::policies::change_book;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Function, MessageKind, PlannedOperation, Rights};
use crate::model::{Class, Handling, Kind, Label, SubjectCategory};

/// How far an operation may reach, and how long.
const RADIUS_METRES: std::ops::RangeInclusive<f64> = 1.0..=50_000.0;
const LENGTH_MICROS_MAX: i64 = 31 * 86_400_000_000;

/// Announce an operation
///
/// Keeps the operation until it is over, in place of one of the same reference. Agencies whose own
/// operations touch it in place and time, and whose agreements point the caller to operations, are named
/// by their desks; each of them is told of the caller's. Nobody is told where or when.
#[utoipa::path(
    tag = "deconfliction",
    operation_id = "announce_operation",
    request_body = PlannedOperation,
    responses(
        (status = 200, body = Pointers),
        (status = 422, body = ProblemBody, description = "Not a place and a time to come"),
        (status = 429, body = ProblemBody, description = "The user's share of the day is used up"),
    ),
)]
#[post("/v1/planned-operations")]
pub async fn announce_operation(
    context: Context,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<web::Json<Pointers>, Problem> {
    context.answer_to(Function::Deconflict, Body::of(&request, bytes), announce).await
}

fn announce(scope: &Scope, planned: PlannedOperation) -> Result<Pointers, Problem> {
    check(scope, &planned)?;
    let store = scope.state.store.as_ref();
    change_book(store, &scope.caller.agency, |book| {
        if !book.count(&scope.caller.user, 1, scope.at) {
            return Err(Problem::new(Code::TooManyToday));
        }
        if !book.plan(planned.clone(), scope.at) {
            return Err(Problem::new(Code::LimitReached).detail("operations of the agency"));
        }
        Ok(())
    })?;
    let policy = scope.policy()?;
    let question = scope.question();
    let rights = Rights::of(&question, &policy);
    let mut agencies = BTreeSet::new();
    for agency in rights.disclosers() {
        let label = Label {
            agency: agency.to_owned(),
            category: SubjectCategory::Unknown,
            tier: 0,
            handling: Handling::Shared,
        };
        if !rights.access(&Class { kind: Kind::Operation, label }).pointer {
            continue;
        }
        let operations = scope.book(agency)?.operations;
        if operations.iter().any(|other| other.until > scope.at && clash(&planned, other)) {
            agencies.insert(agency.to_owned());
        }
    }
    point(scope, &policy, &agencies, [MessageKind::OperationsClash; 2])
}

fn check(scope: &Scope, planned: &PlannedOperation) -> Result<(), Problem> {
    let wrong = |member: &str, detail: &str| Err(Problem::member(member, "out_of_range", detail));
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
    if planned.until <= scope.at || !(1..=LENGTH_MICROS_MAX).contains(&length) {
        return wrong("until", "after `from`, at most 31 days later, and not over yet");
    }
    Ok(())
}
