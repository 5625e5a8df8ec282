//! `POST /v1/agencies`: an agency, what it is, and whom to call there.

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
    /// Says what an agency is and whom to call there; what was said before is replaced. For who runs the
    /// server. It gives the agency access to nothing: that is for agreements to do.
    register_agency = register;
    "agencies", Administration;
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
