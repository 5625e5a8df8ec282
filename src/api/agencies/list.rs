//! `GET /v1/agencies`: the agencies that the caller's agency knows of.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::agencies::{self, Known};
use crate::govern::{Agency, AgencyKind, CaseForm, Desk};

/// An agency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgencyView {
    /// Its name.
    pub name: String,
    /// The kind of the agency; absent when the agency has not been registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<AgencyKind>,
    /// The agency's general desk, to call about its records; absent when the agency has not been registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk: Option<Desk>,
    /// The form of its references of cases and operations; absent when it has registered none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_form: Option<CaseForm>,
}

impl From<Known> for AgencyView {
    fn from((name, agency): Known) -> Self {
        let Some(agency) = agency else {
            return Self { name, kind: None, desk: None, case_form: None };
        };
        let Agency { kind, desk, case_form, .. } = agency;
        Self { name, kind: Some(kind), desk: Some(desk), case_form }
    }
}

/// Agencies.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgencyList {
    /// The agencies, by name.
    pub agencies: Vec<AgencyView>,
}

operation! {
    /// List agencies
    ///
    /// The caller's own agency, the agencies that are listed by their own wish, the agencies that have signed an
    /// agreement which the caller's agency has signed too, and, of the cases that the caller's agency works on, the
    /// lead agency and the agencies that have brought records into them. The answer does not tell that other agencies
    /// exist; the operator of the server sees all registered agencies.
    list_agencies = list;
    "agencies", Administration, Light;
}

fn list(scope: &CallerScope, (): ()) -> Result<AgencyList, Problem> {
    let found = agencies::list(scope.casework(), &scope.question())?;
    Ok(AgencyList { agencies: found.into_iter().map(AgencyView::from).collect() })
}
