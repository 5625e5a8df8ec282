//! What for and about which case: every operation under `/v1` but the server's own is asked with the
//! headers `x-purpose` and `x-case`. Both stand in the audit log.

use actix_web::http::header::HeaderMap;
use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::problem::{Code, Problem};
use crate::govern::{Purpose, Reference};

/// The header that names the purpose.
pub const PURPOSE_HEADER: &str = "x-purpose";
/// The header that names the case.
pub const CASE_HEADER: &str = "x-case";

/// What for and about which case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What for.
    pub purpose: Purpose,
    /// The id of a case in accord, or the agency's own reference.
    pub case: Reference,
}

impl Asked {
    /// Reads the headers.
    ///
    /// # Errors
    /// When one is missing, given twice, or not what it should be.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let purpose = one(headers, PURPOSE_HEADER, Code::PurposeMissing)?;
        let case = one(headers, CASE_HEADER, Code::CaseMissing)?;
        Ok(Self {
            purpose: purpose_named(purpose).ok_or_else(|| {
                let detail = "a purpose of the closed list, e.g. `trafficking_investigation`";
                Problem::parameter(PURPOSE_HEADER, detail)
            })?,
            case: case
                .parse()
                .map_err(|error| Problem::parameter(CASE_HEADER, format!("{error}")))?,
        })
    }

    /// The purpose and case that the headers name, each if it is one: what the audit log keeps of a
    /// request that was refused.
    pub fn as_far_as_given(headers: &HeaderMap) -> (Option<Purpose>, Option<String>) {
        let text = |name| one(headers, name, Code::BadRequest).ok();
        let case = text(CASE_HEADER).and_then(|text| text.parse::<Reference>().ok());
        (text(PURPOSE_HEADER).and_then(purpose_named), case.map(|case| case.to_string()))
    }
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
