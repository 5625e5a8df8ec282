//! `POST /v1/agencies`: registers an agency with its kind and its desk.

use super::list::AgencyView;
use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::agencies;
use crate::govern::Agency;

operation! {
    /// Register an agency
    ///
    /// Registers the agency's kind and its desk, in place of an earlier registration. For the operator of the server.
    /// Registration gives the agency access to nothing: access is given by agreements.
    register_agency = register;
    "agencies", Administration, Write;
    examples {
        "body": {
            "name": "harbour-shelter", "kind": "service_provider",
            "desk": { "name": "Harbour Shelter, front desk", "channel": "+44 20 2555 0100" },
        },
    };
    422 "A name";
}

fn register(scope: &CallerScope, Json(agency): Json<Agency>) -> Result<AgencyView, Problem> {
    Ok(agencies::register(scope.casework(), &agency)?.into())
}
