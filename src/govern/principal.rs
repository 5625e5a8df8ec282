//! The authenticated user: the attributes that an identity provider, an API key, a certificate or a local account
//! vouches for. The view decides which of them count for a question.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A user's function in the agency; a closed list. No role includes another.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Asks questions.
    Analyst,
    /// Asks questions, submits records and judges links.
    Investigator,
    /// Leads a task force across agencies: opens it, and adds and removes its members.
    TaskForceLead,
    /// Sees the victims of its own cases by name.
    VictimSpecialist,
    /// Signs agreements for the agency.
    Approver,
    /// Suspends agreements, handles requests of data subjects, reads the agency's audit trail.
    PrivacyOfficer,
    /// Reads the audit trail of the agency's own users and of disclosures of its records.
    AgencyAuditor,
    /// Runs stored queries of its own.
    GraphSpecialist,
    /// Enters and answers deconfliction requests around the clock.
    WatchDesk,
    /// Runs the server: health, metrics, accounts. Reads no content.
    SystemAdministrator,
}

/// The reason for which a question is asked (LED art. 25 asks that each consultation be justified); a closed list.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Investigating trafficking in persons.
    TraffickingInvestigation,
    /// Finding a missing person.
    MissingPerson,
    /// Keeping a victim safe.
    VictimSafety,
    /// Finding out whether another agency works on the same target.
    Deconfliction,
    /// Prosecuting an offence.
    Prosecution,
    /// Overseeing the use of the system.
    Oversight,
    /// Statistics without persons.
    Statistics,
    /// Training on synthetic data.
    Training,
}

/// A property that is vouched for of a user beside roles, after the indicators of GFIPM; a closed list. An agreement
/// may require it of users who are to see something.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// A sworn law-enforcement officer (`SwornLawEnforcementOfficerIndicator`).
    Sworn,
    /// Holds the privilege to use N-DEx (`NDExPrivilegeIndicator`).
    Ndex,
}

impl Attribute {
    /// All attributes.
    pub const ALL: [Self; 2] = [Self::Sworn, Self::Ndex];
}

/// An authenticated user or service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// The agency that the user or service belongs to.
    pub agency: String,
    /// The name of the user within the agency; from an identity provider, its issuer and subject, never an e-mail
    /// address.
    pub user: String,
    /// The roles of the user.
    pub roles: BTreeSet<Role>,
    /// True if the user is certified for criminal intelligence (28 CFR 23).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub certified: bool,
    /// Further attributes that are vouched for; the user has no others.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub attributes: BTreeSet<Attribute>,
    /// The purposes that a key or a token is bound to; `None` where it is bound to none.
    pub purposes: Option<BTreeSet<Purpose>>,
}
