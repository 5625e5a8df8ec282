//! The ids of objects in the paths of requests.

use actix_web::HttpRequest;

use crate::govern::{AgreementId, BreakGlassId, CaseId, OnwardId, ReferralId};
use crate::jobs::JobId;
use crate::model::{EntityId, EventId, RecordId};

/// The prefixes of the ids in paths.
const OBJECTS: [&str; 9] = [
    EntityId::PREFIX,
    RecordId::PREFIX,
    EventId::PREFIX,
    JobId::PREFIX,
    CaseId::PREFIX,
    AgreementId::PREFIX,
    BreakGlassId::PREFIX,
    OnwardId::PREFIX,
    ReferralId::PREFIX,
];

/// Returns the id in the path if it has the form of one; other texts are the caller's own words and are not logged.
pub(super) fn object(request: &HttpRequest) -> Option<String> {
    let id = request.match_info().get("id")?;
    let digits = OBJECTS.iter().find_map(|prefix| id.strip_prefix(prefix))?;
    let is_id = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}
