//! `POST /v1/planned-operations`: does another agency plan to be there then?

use std::collections::BTreeSet;

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Pointers, point};
use crate::analyze::deconflict::clash;
use crate::api::policies::change_book;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
use crate::govern::{
    Function, MessageKind, PlannedOperation, Principal, Question, Reference, Rights, Role,
};
use crate::model::{Class, Handling, Kind, Label, SubjectCategory, Timestamp};

/// How far an operation may reach, and how long.
const RADIUS_METRES: std::ops::RangeInclusive<f64> = 1.0..=50_000.0;
const LENGTH_MICROS_MAX: i64 = 31 * 86_400_000_000;

/// Announce an operation
///
/// Keeps the operation until it is over, in place of one of the same reference. Agencies whose own
/// operations touch it in place and time, and whose agreements point the caller to operations, are named
/// by their desks; each of them is told of the caller's. Nobody is told where or when. A watch desk enters
/// the operations of an agency that has no client, as that agency (`on_behalf_of`).
#[utoipa::path(
    tag = "deconfliction",
    operation_id = "announce_operation",
    request_body = OperationRequest,
    responses(
        (status = 200, body = Pointers),
        (status = 422, body = ProblemBody, description = "Not a place and a time to come, or not an agency that the watch desk enters for"),
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

/// What is planned, and for whom.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationRequest {
    /// The agency without a client of its own that a watch desk enters it for; the caller's when absent.
    #[serde(default)]
    pub on_behalf_of: Option<String>,
    /// The agency's own reference.
    pub reference: Reference,
    /// WGS 84 latitude in degrees, -90 to 90.
    pub latitude: f64,
    /// WGS 84 longitude in degrees, -180 to 180.
    pub longitude: f64,
    /// How far around it reaches, 1 to 50,000.
    pub radius_metres: f64,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// Who plans: the caller, or an agency that the caller's watch desk enters for.
pub(super) fn planner(scope: &Scope, on_behalf_of: Option<&str>) -> Result<Principal, Problem> {
    let Some(agency) = on_behalf_of else { return Ok(scope.principal.clone()) };
    let policy = scope.policy()?;
    let watched = policy.agencies.get(agency).and_then(|it| it.watched_by.as_ref());
    let is_desk = scope.principal.roles.contains(&Role::WatchDesk);
    if !is_desk || watched != Some(&scope.caller.agency) {
        let detail = "an agency that the caller's watch desk enters operations for";
        return Err(Problem::member("on_behalf_of", "not_watched", detail));
    }
    // It has the rights of its own agreements, in the hands of the watch desk.
    Ok(Principal { agency: agency.to_owned(), ..scope.principal.clone() })
}

fn announce(scope: &Scope, asked: OperationRequest) -> Result<Pointers, Problem> {
    let OperationRequest { on_behalf_of, reference, latitude, longitude, .. } = asked;
    let (radius_metres, from, until) = (asked.radius_metres, asked.from, asked.until);
    let planned = PlannedOperation { reference, latitude, longitude, radius_metres, from, until };
    check(scope, &planned)?;
    let planner = planner(scope, on_behalf_of.as_deref())?;
    let store = scope.state.store.as_ref();
    change_book(store, &scope.caller.agency, &scope.due, |book| {
        let share = book.count(&scope.caller.user, 1, scope.at);
        if share { Ok(()) } else { Err(Problem::new(Code::TooManyToday)) }
    })?;
    change_book(store, &planner.agency, &scope.due, |book| {
        if !book.plan(planned.clone(), scope.at) {
            return Err(Problem::new(Code::LimitReached).detail("operations of the agency"));
        }
        Ok(())
    })?;
    let policy = scope.policy()?;
    let question = Question { principal: &planner, ..scope.question() };
    let rights = Rights::of(&question, &policy);
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
        let operations = scope.book(agency)?.operations;
        if operations.iter().any(|other| other.until > scope.at && clash(&planned, other)) {
            agencies.insert(agency.to_owned());
        }
    }
    point(scope, (&policy, &planner.agency), &agencies, [MessageKind::OperationsClash; 2])
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
