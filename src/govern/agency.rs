//! Agencies: who takes part, and whom to call there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CaseForm, LawProfile};

/// What an agency is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AgencyKind {
    /// Police, border guards, customs.
    Police,
    /// A prosecutor's office.
    Prosecutor,
    /// An inspectorate of labour.
    LabourInspectorate,
    /// A provider of services to victims.
    ServiceProvider,
    /// A hub that hosts others and holds no records of its own.
    Hub,
}

/// Whom to call. The general desk: it says nothing of the unit that holds a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// What it is called.
    pub name: String,
    /// How it is reached: a telephone number or an address of a mailbox.
    pub channel: String,
}

/// An agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Its name, as in the labels of its records.
    pub name: String,
    /// What it is.
    pub kind: AgencyKind,
    /// Whom to call.
    pub desk: Desk,
    /// The law that it works under; absent, what all laws ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<LawProfile>,
    /// The agency whose watch desk enters planned operations for this one, which has no client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched_by: Option<String>,
    /// Whether it wishes to be known to all agencies, and to hear of agreements that any of them drafts with it;
    /// `false` when absent. Else it is known to those alone that it has signed an agreement with or works on a
    /// case with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// The form of its references of cases and operations; absent, letters, digits, `-`, `/` and `.` with at least
    /// one digit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_form: Option<CaseForm>,
}

impl Agency {
    /// Whether it hands in no victim without a written release: a provider of services to victims.
    pub fn releases_victims(&self) -> bool {
        let by_law = self.law.is_some_and(LawProfile::releases_victims);
        by_law || self.kind == AgencyKind::ServiceProvider
    }
}
