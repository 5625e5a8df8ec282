//! The objects that paths name.

use actix_web::HttpRequest;

use crate::govern::{AgreementId, BreakGlassId, CaseId, OnwardId, ReferralId};
use crate::jobs::JobId;
use crate::model::{EntityId, EventId, RecordId};

/// The beginnings of the ids that paths name.
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

/// The id that the path names, if it has the form of one: anything else is the caller's own text.
pub(super) fn object(request: &HttpRequest) -> Option<String> {
    let id = request.match_info().get("id")?;
    let digits = OBJECTS.iter().find_map(|prefix| id.strip_prefix(prefix))?;
    let is_id = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}
