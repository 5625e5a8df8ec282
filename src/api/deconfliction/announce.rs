//! `POST /v1/planned-operations`: announces an operation, and finds operations of other agencies that clash with it in
//! place and time.

use serde::Deserialize;
use utoipa::ToSchema;

use super::Pointers;
use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::deconfliction;
use crate::govern::{PlannedOperation, Reference};
use crate::model::Timestamp;

operation! {
    /// Announce an operation
    ///
    /// Keeps the operation until it is over; it replaces an earlier operation of the same reference. The answer names
    /// the desks of the agencies whose own operations touch it in place and time and whose agreements point the caller
    /// to operations; each of these agencies is told of the caller's desk. Place and time are told to nobody. A watch
    /// desk enters the operations of an agency that has no client, as that agency (`on_behalf_of`).
    announce_operation = announce;
    "deconfliction", Combination, Write;
    examples {
        "body": {
            "reference": "OP-2026-7", "latitude": 51.5074, "longitude": -0.1278,
            "radius_metres": 500, "from": "2099-03-01T06:00:00Z", "until": "2099-03-01T09:00:00Z",
        },
    };
    422 "Not a place and a time to come, or not an agency that the watch desk enters for";
    429 "The user's share of the day is used up";
}

/// A planned operation, and the agency that it is announced for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationRequest {
    /// The agency without a client of its own for which a watch desk enters the operation; the caller's agency when
    /// absent.
    #[serde(default)]
    pub on_behalf_of: Option<String>,
    /// The agency's own reference of the operation.
    pub reference: Reference,
    /// WGS 84 latitude in degrees, -90 to 90.
    pub latitude: f64,
    /// WGS 84 longitude in degrees, -180 to 180.
    pub longitude: f64,
    /// The radius of the operation around its position in metres, 1 to 50,000.
    pub radius_metres: f64,
    /// The time at which the operation begins.
    pub from: Timestamp,
    /// The time at which the operation ends.
    pub until: Timestamp,
}

fn announce(scope: &CallerScope, Json(asked): Json<OperationRequest>) -> Result<Pointers, Problem> {
    let OperationRequest { on_behalf_of, reference, latitude, longitude, .. } = asked;
    let (radius_metres, from, until) = (asked.radius_metres, asked.from, asked.until);
    let planned = PlannedOperation { reference, latitude, longitude, radius_metres, from, until };
    let (work, question, random) = (scope.casework(), scope.question(), scope.random());
    let for_whom = on_behalf_of.as_deref();
    Ok(deconfliction::announce(work, &question, for_whom, &planned, random)?.into())
}
