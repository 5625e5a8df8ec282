//! Errors of the API: `application/problem+json` (RFC 9457). One table maps every error to its status and stable code;
//! no text here holds input of a caller or content of a record.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::answer::Told;
use super::grounds::RestsOn;
use super::queues::Overloaded;
use crate::casework::{CaseworkError, InputError};
use crate::govern::{Function, Role};
use crate::ingest::RowError;
use crate::jobs::{RefusedRow, StartError, SubmitError};
use crate::query::QueryError;
use crate::store::StoreError;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// The codes of refusals and failures of operations.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All codes, in the order of their status.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the stable code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Returns the HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// Returns the meaning of the code in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// The body is not JSON.
    MalformedJson = "malformed_json", 400, "The body is not well-formed JSON";
    /// A header, path or query parameter cannot be read.
    BadParameter = "bad_parameter", 400, "A parameter is not what the operation takes";
    /// The header `x-purpose` is missing.
    PurposeMissing = "purpose_missing", 400, "Say what for: the header x-purpose is missing";
    /// The header `x-case` is missing.
    CaseMissing = "case_missing", 400, "Say about which case: the header x-case is missing";
    /// The header `x-case` names no case in accord, or a case that the caller does not work on now.
    NoSuchCase = "no_such_case", 400, "There is no such case that the caller works on now";
    /// The cursor was not given by this operation for these parameters.
    BadCursor = "bad_cursor", 400, "The cursor is not one of this list, or the list has changed";
    /// The request is not valid HTTP.
    BadRequest = "bad_request", 400, "The request cannot be read";
    /// The request has no token or an invalid one.
    Unauthenticated = "unauthenticated", 401, "A bearer token is needed";
    /// The token is valid, but its user must sign in anew or with two factors (RFC 9470).
    SignInAnew = "insufficient_user_authentication", 401, "The user must sign in again";
    /// None of the caller's roles allows the operation. The refusal depends on the caller only.
    Forbidden = "forbidden", 403, "None of the caller's roles allows this operation";
    /// The credentials are valid, but the user must replace the initial password by a new one.
    PasswordChangeNeeded = "password_change_needed", 403, "Give a new password as well";
    /// The caller's view has no such object.
    NotFound = "not_found", 404, "There is no such thing";
    /// The path does not have this method.
    MethodNotAllowed = "method_not_allowed", 405, "The path does not take this method";
    /// The answer has no form that the caller accepts.
    NotAcceptable = "not_acceptable", 406, "The answer has no form that is asked for";
    /// A body arrived too slowly.
    Timeout = "timeout", 408, "The request took too long to arrive";
    /// The caller's own record exists with other content.
    RecordChanged = "record_changed", 409, "A record of this id exists with other content";
    /// The caller's agency has another object with this reference.
    AlreadyThere = "already_there", 409, "The agency has one of this reference already";
    /// The present state of the object does not allow the act.
    NotNow = "not_now", 409, "What the agreement or case stands at does not allow this";
    /// The body is larger than allowed.
    TooLarge = "too_large", 413, "The body is too large";
    /// The content type of the body is not JSON.
    UnsupportedMediaType = "unsupported_media_type", 415, "The body must be application/json";
    /// The body is JSON, but not valid for the operation.
    InvalidInput = "invalid_input", 422, "The input is not what the operation takes";
    /// The answer would need more work or rows than one question may take.
    LimitReached = "limit_reached", 422, "The question asks for more than one answer may take";
    /// Too many of the agency's jobs wait.
    TooManyJobs = "too_many_jobs", 429, "Too many jobs of the agency are waiting";
    /// The user's daily share of identifiers or operations is used up.
    TooManyToday = "too_many_today", 429, "The user has asked for enough pointers today";
    /// Too many requests from one address have failed to authenticate; only failing requests get this answer.
    TooManyFailures = "too_many_failures", 429, "Too many requests from here show no good credential";
    /// An internal error of the server.
    Internal = "internal", 500, "The server failed";
    /// The stored query runs on Neo4j only.
    NeedsNeo4j = "needs_neo4j", 501, "The stored query needs a Neo4j store";
    /// The memory for the bodies of all requests is used up.
    Busy = "busy", 503, "Too much is being sent to the server at once";
    /// The queue of this kind of work is full, or the request waited longer than this kind of work may.
    Overloaded = "overloaded", 503, "More is asked of the server at once than it answers in time";
    /// The store or the audit log does not answer.
    Unavailable = "unavailable", 503, "The store or the audit log cannot be used";
    /// There is no room on the disk of the store.
    StoreFull = "store_full", 507, "There is no room to store anything more";
}

/// A fault of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// Position of the row in a batch, from 0; absent when the request has a single row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// The path of the member or the name of the parameter, e.g. `records.0.body.birth_date`; absent when the whole
    /// input is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The reason as a stable code, e.g. `bad_latitude`.
    #[schema(value_type = String)]
    pub reason: std::borrow::Cow<'static, str>,
    /// The reason in words.
    pub detail: String,
}

/// A problem: the body of an answer that refuses or fails (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// The type of the problem: `urn:accord:problem:` followed by the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The meaning of the code in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// A description of the fault of this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The faults of the input, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// The roles that allow the operation, if none of the caller's roles does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The grounds of the answer, if no such object was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rests_on: Option<RestsOn>,
    /// The request's id, as in the header `x-request-id` and in the audit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// A refusal or failure of a request.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", .code.as_str())]
pub struct Problem {
    code: Code,
    detail: Option<String>,
    faults: Vec<Fault>,
    challenge: Option<Box<str>>,
    retry_after: Option<u16>,
    allow: Option<Box<str>>,
    roles: &'static [Role],
    rests_on: Option<Box<RestsOn>>,
    told: Box<Told>,
}

impl Problem {
    /// Creates a problem with a code.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            faults: Vec::new(),
            challenge: None,
            retry_after: None,
            allow: None,
            roles: &[],
            rests_on: None,
            told: Box::default(),
        }
    }

    /// Creates the problem of an invalid credential, the same for every reason (RFC 6750, 3.1).
    pub fn invalid_token() -> Self {
        let challenge = Some(format!("{CHALLENGE}, error=\"invalid_token\"").into());
        Self { challenge, ..Self::new(Code::Unauthenticated) }
    }

    /// Creates the problem of a token whose user must sign in anew; `parameter` is the challenge's parameter that tells
    /// how (RFC 9470).
    pub fn sign_in_anew(parameter: &str) -> Self {
        let error = "error=\"insufficient_user_authentication\"";
        Self {
            challenge: Some(format!("{CHALLENGE}, {error}{parameter}").into()),
            ..Self::new(Code::SignInAnew)
        }
    }

    /// Creates the problem of an operation that none of the caller's roles allows, with the roles that do.
    pub fn forbidden(function: Function) -> Self {
        let roles: Vec<&str> = function.roles().iter().map(|role| role.as_str()).collect();
        let detail = format!("it is for the roles {}", roles.join(", "));
        Self { roles: function.roles(), ..Self::new(Code::Forbidden).detail(detail) }
    }

    /// Sets the seconds after which the client may try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u16) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Returns the seconds after which the client may try again, if that helps.
    pub(super) fn retry_seconds(&self) -> Option<u16> {
        let helps = matches!(self.code, Code::Unavailable | Code::StoreFull);
        self.retry_after.or(helps.then_some(RETRY_SECONDS))
    }

    /// Sets the methods that the path has.
    #[must_use]
    pub(super) fn allowing(mut self, methods: &str) -> Self {
        self.allow = Some(methods.into());
        self
    }

    /// Sets the grounds of the answer if the problem is [`Code::NotFound`], which is also the answer for objects that
    /// the caller may not see.
    #[must_use]
    pub(super) fn resting_on(mut self, rests_on: Option<&RestsOn>) -> Self {
        if self.code == Code::NotFound {
            self.rests_on = rests_on.cloned().map(Box::new);
        }
        self
    }

    /// Sets the audit log's part of the refused request.
    #[must_use]
    pub(super) fn with(mut self, told: Told) -> Self {
        *self.told = told;
        self
    }

    /// Returns the audit log's part of the refused request.
    pub(super) fn told(&self) -> &Told {
        &self.told
    }

    /// Sets a description of the fault, which must not hold input of the caller.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a fault of the input.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Adds the fault of a row of a batch.
    #[must_use]
    pub fn row_fault(self, row: usize, error: RowError) -> Self {
        self.fault(fault_of(Some(row), error))
    }

    /// Creates the problem of an invalid parameter.
    pub fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Code::BadParameter).fault(Fault {
            row: None,
            column: Some(name.into()),
            reason: "bad_parameter".into(),
            detail: detail.into(),
        })
    }

    /// Creates the problem of an invalid member of the input, with the reason as a stable code.
    pub fn member(name: &str, reason: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Code::InvalidInput).fault(Fault {
            row: None,
            column: Some(name.to_owned()),
            reason: reason.into(),
            detail: detail.into(),
        })
    }

    /// Creates the problem of two records that cannot be compared: the same record twice, or records of two types.
    pub fn not_a_pair() -> Self {
        Self::member("b", "not_a_pair", "two different records of one type")
    }

    /// Creates the problem of an invalid row.
    pub fn row(row: Option<usize>, error: RowError) -> Self {
        Self::new(Code::InvalidInput).fault(fault_of(row, error))
    }

    /// Returns the code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Returns the body of the answer to the request of this id.
    pub fn body(&self, request: Option<String>) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:accord:problem:{}", self.code.as_str()),
            title: self.code.title().to_owned(),
            status: self.code.status(),
            code: self.code.as_str().to_owned(),
            detail: self.detail.clone(),
            faults: self.faults.clone(),
            roles: self.roles.to_vec(),
            rests_on: self.rests_on.as_deref().cloned(),
            request,
        }
    }

    /// Returns the answer to the request of this id.
    pub fn response(&self, request: Option<String>) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if self.code.status() == 401 {
            let challenge = self.challenge.as_deref().unwrap_or(CHALLENGE);
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if let Some(seconds) = self.retry_seconds() {
            response.insert_header((header::RETRY_AFTER, u64::from(seconds)));
        }
        if let Some(methods) = &self.allow {
            response.insert_header((header::ALLOW, &**methods));
        }
        let mut response = response.json(self.body(request));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
    }
}

/// The seconds after which a client may try again what the store or the log could not do.
const RETRY_SECONDS: u16 = 5;

/// The challenge in every answer to a caller who is not authenticated.
const CHALLENGE: &str = "Bearer realm=\"accord\"";

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.response(None)
    }
}

fn fault_of(row: Option<usize>, error: RowError) -> Fault {
    Fault {
        row,
        column: error.column,
        reason: error.reason.code().into(),
        detail: error.reason.to_string(),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        match error {
            StoreError::Full => Self::new(Code::StoreFull),
            _ => Self::new(Code::Unavailable),
        }
    }
}

impl From<Overloaded> for Problem {
    fn from(full: Overloaded) -> Self {
        Self::new(Code::Overloaded).retry_after(full.retry_seconds)
    }
}

impl From<CaseworkError> for Problem {
    fn from(error: CaseworkError) -> Self {
        match error {
            CaseworkError::NotFound => Self::new(Code::NotFound),
            CaseworkError::AlreadyThere => Self::new(Code::AlreadyThere),
            CaseworkError::NotNow(why) => Self::new(Code::NotNow).detail(why.to_string()),
            CaseworkError::Input(InputError { member, reason, detail }) => {
                Self::member(&member, reason, detail)
            }
            CaseworkError::Terms(wrong) => {
                let faults = wrong.into_iter().map(|(place, error)| Fault {
                    row: None,
                    column: Some(place),
                    reason: error.code().into(),
                    detail: error.to_string(),
                });
                faults.fold(Self::new(Code::InvalidInput), Self::fault)
            }
            CaseworkError::LimitReached(what) => Self::new(Code::LimitReached).detail(what),
            CaseworkError::IdentifiersUsedUp => {
                Self::new(Code::TooManyToday).detail(error.to_string())
            }
            CaseworkError::OperationsUsedUp => Self::new(Code::TooManyToday),
            CaseworkError::Store(error) => error.into(),
            CaseworkError::Unwritable(_) => {
                tracing::error!(%error, "an act failed");
                Self::new(Code::Internal)
            }
            CaseworkError::Unreadable(_) | CaseworkError::Contended | CaseworkError::Sealing(_) => {
                tracing::error!(%error, "an act failed");
                Self::new(Code::Unavailable)
            }
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        use crate::ingest::Reason;
        match error {
            SubmitError::Store(error) => error.into(),
            SubmitError::Refused(rows) => {
                let changed = rows.iter().any(|row| row.error.reason == Reason::RecordChanged);
                let code = if changed { Code::RecordChanged } else { Code::InvalidInput };
                let problem = Self::new(code).detail("nothing was stored");
                rows.into_iter().fold(problem, |problem, RefusedRow { row, error }| {
                    problem.fault(fault_of(Some(row), error))
                })
            }
        }
    }
}

impl From<StartError> for Problem {
    fn from(error: StartError) -> Self {
        match error {
            StartError::TooManyQueued => Self::new(Code::TooManyJobs),
            StartError::ShuttingDown => Self::new(Code::Unavailable),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::UnknownQuery => Self::new(Code::NotFound),
            QueryError::NeedsNeo4j { name } => {
                Self::new(Code::NeedsNeo4j).detail(format!("stored query `{name}`"))
            }
            QueryError::Parameter { name, reason } => Self::new(Code::InvalidInput).fault(Fault {
                row: None,
                // An unknown parameter's name is input of the caller and is not repeated.
                column: (!reason.contains("not a parameter")).then_some(name),
                reason: "bad_parameter".into(),
                detail: reason,
            }),
            QueryError::Limit(what) => {
                Self::new(Code::LimitReached).detail(format!("more than the allowed {what}"))
            }
            QueryError::Cancelled => Self::new(Code::Timeout),
            error => {
                tracing::error!(%error, "a stored query failed");
                Self::new(Code::Internal).detail("the stored query failed")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_distinct_and_an_error_status() {
        let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|code| (400..=599).contains(&code.status())));
    }

    #[test]
    fn a_body_names_its_code_and_its_faults() {
        let error = RowError::column("records.0.body.latitude", crate::ingest::Reason::BadLatitude);
        let body = Problem::row(Some(2), error).body(Some("r".into()));
        assert_eq!((body.status, body.kind.as_str()), (422, "urn:accord:problem:invalid_input"));
        assert_eq!(body.faults[0].row, Some(2));
        assert_eq!(body.faults[0].reason, "bad_latitude");
    }
}
