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
    /// The caller's own, those that are listed by their own wish, those that have signed an agreement which the
    /// caller's has signed too, and of its cases the lead and those that have brought records into them. That there are
    /// others is not told; who runs the server sees all that are registered.
    list_agencies = list;
    "agencies", Administration;
}

fn list(scope: &CallerScope, (): ()) -> Result<AgencyList, Problem> {
    let found = agencies::list(scope.casework(), &scope.question())?;
    Ok(AgencyList { agencies: found.into_iter().map(AgencyView::from).collect() })
}
