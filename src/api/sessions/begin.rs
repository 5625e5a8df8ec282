//! `POST /v1/sessions`: logs a user on to a local account.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::{Answer, Told};
use crate::api::entrance::Entrance;
use crate::api::input::Json;
use crate::api::operation::server_operation;
use crate::api::problem::{Code, Problem};
use crate::identity::{LogOn, LogOnError, PASSWORD_CHARS_MIN, SESSION_IDLE_MINUTES};
use crate::model::Timestamp;

/// The credentials of a log-on, and the accepted notice.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogOnRequest {
    /// The agency of the user.
    pub agency: String,
    /// The user within the agency.
    pub user: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
    /// The six digits that the user's authenticator shows now; each code can be used once.
    pub code: String,
    /// The id of the notice that the user accepts, as `GET /v1/sessions/notice` shows it.
    pub notice: String,
    /// The new password that replaces the present one; required with the initial password.
    #[serde(default)]
    #[schema(format = Password)]
    pub new_password: Option<String>,
}

/// A session that has begun.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SessionAnswer {
    /// The bearer token of the session; shown once.
    pub token: String,
    /// The latest time at which the session ends.
    pub ends: Timestamp,
    /// The number of minutes without a request after which the session ends before.
    pub idle_minutes: i64,
}

server_operation! {
    /// Log on
    ///
    /// Begins a session of a local account. Every wrong credential gets the same 401; after five failures within 15
    /// minutes only an administrator can open the account again (`accord account release`).
    begin_session = begin;
    "sessions", Administration, SigningIn;
    status CREATED "";
    examples {
        "body": {
            "agency": "harbour-shelter", "user": "jdoe", "password": "a password of one's own",
            "code": "123456", "notice": crate::api::notice::Notice::default().id,
        },
    };
    401 "Not the right agency, user, password and code, or the account is closed";
    403 "All is right, but a new password is needed";
    422 "The notice is not accepted, or all is right but the new password is too easy to guess";
}

async fn begin(
    entrance: Entrance,
    Json(asked): Json<LogOnRequest>,
) -> Result<Answer<SessionAnswer>, Problem> {
    // This check tells nothing about any account, since the notice is the same for all.
    if asked.notice != entrance.notice().id {
        let detail = "the id of the text at GET /v1/sessions/notice, which the user must accept";
        return Err(Problem::member("notice", "notice_not_accepted", detail));
    }
    let LogOnRequest { agency, user, password, code, new_password, .. } = asked;
    let shown = LogOn { agency, user, password, code, new_password };
    let tried = entrance.log_on(shown).await?;
    let notice = entrance.notice().id.clone();
    let told = |account| Told { account, object: Some(notice), ..Told::default() };
    match tried {
        Ok((principal, token, ends)) => {
            let session = SessionAnswer { token, ends, idle_minutes: SESSION_IDLE_MINUTES };
            Ok(Answer::new(session, told(Some(principal))))
        }
        Err(LogOnError::Refused { account, .. }) => {
            Err(Problem::new(Code::Unauthenticated).with(told(account.map(|account| *account))))
        }
        Err(LogOnError::PasswordChangeNeeded(principal)) => {
            Err(Problem::new(Code::PasswordChangeNeeded).with(told(Some(*principal))))
        }
        Err(LogOnError::WeakPassword(principal)) => {
            let detail = format!(
                "at least {PASSWORD_CHARS_MIN} characters, not the old one, without the user's name"
            );
            let weak = Problem::member("new_password", "weak_password", detail);
            Err(weak.with(told(Some(*principal))))
        }
        Err(LogOnError::Identity(error)) => {
            tracing::error!(%error, "no account can be checked");
            Err(Problem::new(Code::Unavailable))
        }
    }
}
