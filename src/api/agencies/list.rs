//! `GET /v1/agencies`: the agencies that the caller's agency knows of.

use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::scope::Scope;
use crate::govern::{AgencyKind, CaseForm, Desk, Function, Policy};

/// An agency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgencyView {
    /// Its name.
    pub name: String,
    /// What it is; absent when it has not been registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<AgencyKind>,
    /// Whom to call; absent when it has not been registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk: Option<Desk>,
    /// The form of its references of cases; absent when it has registered none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_form: Option<CaseForm>,
}

impl AgencyView {
    /// What is known of the agency of this name.
    pub fn of(policy: &Policy, name: &str) -> Self {
        let agency = policy.agencies.get(name);
        Self {
            name: name.to_owned(),
            kind: agency.map(|agency| agency.kind),
            desk: agency.map(|agency| agency.desk.clone()),
            case_form: agency.and_then(|agency| agency.case_form.clone()),
        }
    }
}

/// Agencies.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgencyList {
    /// The agencies, by name.
    pub agencies: Vec<AgencyView>,
}

/// List agencies
///
/// The caller's own and those it shares an agreement or a case with. That there are others is not told;
/// who runs the server sees all that are registered.
#[utoipa::path(
    tag = "agencies",
    operation_id = "list_agencies",
    responses((status = 200, body = AgencyList)),
)]
#[get("/v1/agencies")]
pub async fn list_agencies(
    context: Context,
    request: HttpRequest,
) -> Result<Answer<AgencyList>, Problem> {
    Parameters::of(&request)?.finish()?;
    context.answer(Function::ReadAgencies, list).await
}

fn list(scope: &Scope) -> Result<AgencyList, Problem> {
    let policy = scope.policy()?;
    let agencies = if scope.principal.may(Function::ManageAgencies) {
        policy.agencies.keys().map(|name| AgencyView::of(&policy, name)).collect()
    } else {
        let known = policy.known_to(&scope.caller.agency);
        known.into_iter().map(|name| AgencyView::of(&policy, name)).collect()
    };
    Ok(AgencyList { agencies })
}
