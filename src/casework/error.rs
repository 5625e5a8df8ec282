//! The errors of acts.

use thiserror::Error;

use crate::govern::{BreakGlassError, IDENTIFIERS_A_DAY, SignatureError, TermsError};
use crate::identity::IdentityError;
use crate::store::StoreError;

/// The reason why an act is refused or fails.
#[derive(Debug, Error)]
pub enum CaseworkError {
    /// The object that was asked for does not exist, or not for the asker.
    #[error("there is no such thing")]
    NotFound,
    /// The asker's own agency has another object with this reference.
    #[error("the agency has one of this reference")]
    AlreadyThere,
    /// The present state of the object does not allow the act.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// A member of the request has a value that the act does not take.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Terms are refused: each with its place and reason.
    #[error("{} terms are refused", .0.len())]
    Terms(Vec<(String, TermsError)>),
    /// A limit on the number of kept objects is reached; the text names the limit.
    #[error("more than may be kept: {0}")]
    LimitReached(String),
    /// The user has used up the day's share of identifiers.
    #[error("{} identifiers a day", IDENTIFIERS_A_DAY)]
    IdentifiersUsedUp,
    /// The user has used up the day's share of announced operations.
    #[error("operations of a day")]
    OperationsUsedUp,
    /// A document of the store cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
    /// A document of the store cannot be written.
    #[error("{0} cannot be written")]
    Unwritable(&'static str),
    /// A document was changed by others at each attempt to change it.
    #[error("a document is changed all the time")]
    Contended,
    /// A document cannot be sealed or unsealed.
    #[error("what is kept sealed: {0}")]
    Sealing(#[from] IdentityError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The reason why the present state of an object does not allow an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotNow {
    /// The agreement has ended.
    #[error("the agreement has ended")]
    AgreementEnded,
    /// The asker's agency is not a side of the latest version.
    #[error("the agency is no side of the latest version")]
    NoSide,
    /// The version to be signed is not the latest.
    #[error("this is not the latest version")]
    NotLatest,
    /// The asker's agency is not the discloser of the agreement.
    #[error("only who discloses suspends or ends")]
    NotTheDiscloser,
    /// The asker's agency has nothing to remove, so that there is nothing to confirm.
    #[error("nothing to confirm")]
    NothingToConfirm,
    /// The case has ended.
    #[error("the case has ended")]
    CaseEnded,
    /// No agreement with the owner foresees break-glass for this purpose.
    #[error("no agreement with this agency foresees break-glass for this purpose")]
    NotForeseen,
    /// Break-glass cannot be opened now.
    #[error(transparent)]
    BreakGlass(#[from] BreakGlassError),
    /// The reviewer of a use of break-glass is the user who opened it.
    #[error("another person than who asked reviews it")]
    OwnUse,
    /// The use of break-glass is already reviewed.
    #[error("it is reviewed already")]
    Reviewed,
    /// The agreement never allows onward use.
    #[error("the agreement never allows onward use")]
    OnwardNever,
    /// The request is already decided.
    #[error("it is decided already")]
    Decided,
}

/// A member of a request with a value that the act does not take.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{member}: {detail}")]
pub struct InputError {
    /// The name of the member.
    pub member: String,
    /// A stable code of the reason.
    pub reason: &'static str,
    /// The reason in words, which never repeat values of the request.
    pub detail: String,
}

impl InputError {
    /// Makes the error of a member that is refused.
    pub fn new(member: &str, reason: &'static str, detail: impl Into<String>) -> Self {
        Self { member: member.to_owned(), reason, detail: detail.into() }
    }
}

impl CaseworkError {
    /// Makes the error of a member that is refused.
    pub fn input(member: &str, reason: &'static str, detail: impl Into<String>) -> Self {
        InputError::new(member, reason, detail).into()
    }
}

impl From<SignatureError> for CaseworkError {
    fn from(error: SignatureError) -> Self {
        let (member, reason) = match error {
            SignatureError::Missing => ("signature", "signature_missing"),
            SignatureError::OtherKey => ("key", "key_not_registered"),
            SignatureError::Wrong => ("signature", "signature_wrong"),
        };
        Self::input(member, reason, error.to_string())
    }
}
