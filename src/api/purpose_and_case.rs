//! The purpose and the case of a request: every operation under `/v1` but the server's own requires the headers
//! `x-purpose` and `x-case`. Both are written into the audit log.

use actix_web::http::header::HeaderMap;
use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::problem::{Code, Problem};
use crate::govern::{CaseError, CaseRef, Policy, Principal, Purpose};
use crate::model::Timestamp;

/// The header that names the purpose.
pub const PURPOSE_HEADER: &str = "x-purpose";
/// The header that names the case.
pub const CASE_HEADER: &str = "x-case";

/// The purpose and the case of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurposeAndCase {
    /// The purpose.
    pub purpose: Purpose,
    /// The id of a case in accord that the caller works on, or the agency's own reference.
    pub case: CaseRef,
}

/// The purpose and the case of an authenticated caller's request, or the problem of its headers. It goes with the
/// request.
#[derive(Debug, Clone)]
pub struct Understood(pub Result<PurposeAndCase, Problem>);

impl PurposeAndCase {
    /// Reads the headers of a caller's request. A case in the form of accord's ids must be a case that the caller works
    /// on now: an unknown case is refused in the same words as a case that the caller does not work on. Any other text
    /// must have the form of references that the caller's agency registered.
    ///
    /// # Errors
    /// When a header is missing, given twice or invalid.
    pub fn of(
        headers: &HeaderMap,
        principal: &Principal,
        policy: &Policy,
        at: Timestamp,
    ) -> Result<Self, Problem> {
        let purpose = one(headers, PURPOSE_HEADER, Code::PurposeMissing)?;
        let case = one(headers, CASE_HEADER, Code::CaseMissing)?;
        let purpose = purpose_named(purpose).ok_or_else(|| {
            let detail = "a purpose of the closed list, e.g. `trafficking_investigation`";
            Problem::parameter(PURPOSE_HEADER, detail)
        })?;
        let case: CaseRef =
            case.parse().map_err(|error| Problem::parameter(CASE_HEADER, format!("{error}")))?;
        policy.check_case(principal, &case, at).map_err(|error| match error {
            CaseError::NoSuchCase => Problem::new(Code::NoSuchCase),
            CaseError::Form(form) => Problem::parameter(CASE_HEADER, form),
        })?;
        Ok(Self { purpose, case })
    }
}

/// Returns the purpose that the headers name, if it is valid: for the audit log, also of refused requests.
pub fn purpose_given(headers: &HeaderMap) -> Option<Purpose> {
    one(headers, PURPOSE_HEADER, Code::BadRequest).ok().and_then(purpose_named)
}

/// Returns the case that the headers name if it has the form of accord's ids, which hold no content: for the audit log,
/// also of refused requests. Any other text may be a person's name and is not logged.
pub fn case_id_given(headers: &HeaderMap) -> Option<String> {
    let case = one(headers, CASE_HEADER, Code::BadRequest).ok()?.parse::<CaseRef>().ok()?;
    case.has_form_of_id().then(|| case.to_string())
}

fn one<'a>(headers: &'a HeaderMap, name: &'static str, missing: Code) -> Result<&'a str, Problem> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (None, _) => Err(Problem::new(missing)),
        (Some(value), None) => {
            value.to_str().map(str::trim).map_err(|_| Problem::parameter(name, "is not plain text"))
        }
        (Some(_), Some(_)) => Err(Problem::parameter(name, "is given twice")),
    }
}

fn purpose_named(name: &str) -> Option<Purpose> {
    let name: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
        name.into_deserializer();
    Purpose::deserialize(name).ok()
}
