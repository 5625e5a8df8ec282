//! Governance: agencies, roles, purposes, cases and agreements, and the decision from them of what a caller may see.
//! The policy decides each class once per question; the set of visible classes is the caller's view.
//!
//! Plain data and pure functions; the store keeps the policy as a document.

mod agency;
mod agreement;
mod break_glass;
mod case;
mod case_form;
mod check;
mod desk;
mod function;
mod ids;
mod law;
mod names;
mod officer;
mod onward;
mod policy;
mod policy_break_glass;
mod policy_officers;
mod principal;
mod purge;
mod question;
mod readers;
mod referral;
mod retention;
mod sight;
#[cfg(test)]
mod tests;
mod view;

pub use agency::{Agency, AgencyKind, Desk};
pub use agreement::{
    Act, Agreement, AgreementState, Field, Fields, Grant, Leave, Level, OFFICERS_PER_SIDE, OnEnd,
    PurgeReceipt, Section, Signature, Terms, Version,
};
pub use break_glass::{
    BREAK_GLASS_MINUTES, BreakGlass, BreakGlassError, REVIEW_HOURS_MAX, Review, ReviewState,
};
pub use case::{Case, CaseError, CaseRef, Member};
pub use case_form::{CaseForm, CaseFormError};
pub use check::{
    BASIS_BYTES_MAX, Contradiction, GRANTS_MAX, RECIPIENTS_MAX, RETENTION_DAYS_MAX,
    SECTION_BYTES_MAX, TermsError, contradictions,
};
pub use desk::{
    DeskBook, IDENTIFIERS_A_DAY, Message, MessageKind, PlannedOperation, REFERRALS_A_DAY,
};
pub use function::Function;
pub use ids::{AgreementId, BreakGlassId, CaseId, OnwardId, PointerId, ReferralId, Ticket};
pub use law::LawProfile;
pub use names::{NAME_BYTES_MAX, Reference, ReferenceError, is_name};
pub use officer::{OfficerKey, OfficerKeys, PublicKey, PublicKeyError, SignatureError, SignedWith};
pub use onward::{OnwardDecision, OnwardRequest, OnwardState};
pub use policy::{POLICY_DOCUMENT, Policy, PolicyError, Rules};
pub use principal::{Attribute, Principal, Purpose, Role};
pub use purge::{Over, PurgeTask};
pub use question::Question;
pub use referral::{Referral, ReferralDecision, ReferralState};
pub use retention::{
    PURGE_GRACE_DAYS, REVIEW_DAYS_MAX, RecordReview, RecordReviews, is_review_date, is_to_be_purged,
};
pub use sight::Sight;
pub use view::{Access, Decision, Grounds, Rights, StoreHolder, View};

/// The caller of an operation: a user of an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The caller's agency.
    pub agency: String,
    /// The user within the agency.
    pub user: String,
}
