//! Why an act is refused or fails.

use thiserror::Error;

use crate::govern::{BreakGlassError, IDENTIFIERS_A_DAY, SignatureError, TermsError};
use crate::identity::IdentityError;
use crate::store::StoreError;

/// Why an act is refused or fails.
#[derive(Debug, Error)]
pub enum CaseworkError {
    /// There is no such thing for the asker.
    #[error("there is no such thing")]
    NotFound,
    /// The asker's own agency has something else of this reference.
    #[error("the agency has one of this reference")]
    AlreadyThere,
    /// What stands does not allow it.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// Something of what was asked is not what the act takes.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Terms that are refused: each place and reason.
    #[error("{} terms are refused", .0.len())]
    Terms(Vec<(String, TermsError)>),
    /// More than may be kept.
    #[error("more than may be kept: {0}")]
    LimitReached(String),
    /// The user has asked for a day's share of identifiers.
    #[error("{} identifiers a day", IDENTIFIERS_A_DAY)]
    IdentifiersUsedUp,
    /// The user has announced a day's share of operations.
    #[error("operations of a day")]
    OperationsUsedUp,
    /// A document of the store cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
    /// A document of the store cannot be written.
    #[error("{0} cannot be written")]
    Unwritable(&'static str),
    /// A document is changed by others all the time.
    #[error("a document is changed all the time")]
    Contended,
    /// What is kept sealed cannot be sealed or opened.
    #[error("what is kept sealed: {0}")]
    Sealing(#[from] IdentityError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why what stands does not allow an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotNow {
    /// The agreement has ended.
    #[error("the agreement has ended")]
    AgreementEnded,
    /// The asker's agency is no side of the latest version.
    #[error("the agency is no side of the latest version")]
    NoSide,
    /// What is signed is not the latest version.
    #[error("this is not the latest version")]
    NotLatest,
    /// The asker's agency does not disclose by the agreement.
    #[error("only who discloses suspends or ends")]
    NotTheDiscloser,
    /// Nothing is to be removed.
    #[error("nothing to confirm")]
    NothingToConfirm,
    /// The case has ended.
    #[error("the case has ended")]
    CaseEnded,
    /// No agreement foresees break-glass.
    #[error("no agreement with this agency foresees break-glass for this purpose")]
    NotForeseen,
    /// Break-glass cannot be had.
    #[error(transparent)]
    BreakGlass(#[from] BreakGlassError),
    /// Who reviews a use of break-glass asked for it.
    #[error("another person than who asked reviews it")]
    OwnUse,
    /// A use of break-glass is reviewed.
    #[error("it is reviewed already")]
    Reviewed,
    /// Onward use is never allowed.
    #[error("the agreement never allows onward use")]
    OnwardNever,
    /// A request is decided.
    #[error("it is decided already")]
    Decided,
}

/// A member of what was asked that an act does not take.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{member}: {detail}")]
pub struct InputError {
    /// The member.
    pub member: String,
    /// A stable code of the reason.
    pub reason: &'static str,
    /// The reason in words, which never repeat what was asked.
    pub detail: String,
}

impl InputError {
    /// A member that is refused.
    pub fn new(member: &str, reason: &'static str, detail: impl Into<String>) -> Self {
        Self { member: member.to_owned(), reason, detail: detail.into() }
    }
}

impl CaseworkError {
    /// A member that is refused.
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
