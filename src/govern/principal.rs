//! Who has been authenticated: what an identity provider, an API key, a certificate or a local account
//! vouches for. What of it counts for a question is for the view to decide.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a user does for the agency; a closed list. No role includes another.
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

/// What for a question is asked (LED art. 25 asks that each consultation be justified); a closed list.
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

/// What is vouched for of a user beside roles, after the indicators of GFIPM; a closed list. An agreement may
/// ask it of those who are to see something.
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
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Sworn, Self::Ndex];
}

/// Who has been authenticated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// The agency that the user or service belongs to.
    pub agency: String,
    /// The user within the agency: of an identity provider its issuer and subject, never an e-mail address.
    pub user: String,
    /// What the user does.
    pub roles: BTreeSet<Role>,
    /// Whether the user is certified for criminal intelligence (28 CFR 23).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub certified: bool,
    /// What else is vouched for; what is not named is not so.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub attributes: BTreeSet<Attribute>,
    /// The purposes that a key or a token is bound to; `None` where it is bound to none.
    pub purposes: Option<BTreeSet<Purpose>>,
}
