//! Agencies: the participants, and their desks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CaseForm, LawProfile};

/// The kind of an agency.
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

/// An agency's general desk, to call about its records. It does not identify the unit that holds a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// The name of the desk.
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
    /// The kind of the agency.
    pub kind: AgencyKind,
    /// The desk to call.
    pub desk: Desk,
    /// The law that it works under; when absent, the requirements common to all laws apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<LawProfile>,
    /// The agency whose watch desk enters planned operations for this one, which has no client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched_by: Option<String>,
    /// True if the agency wishes to be known to all agencies, and to hear of agreements that any of them drafts with
    /// it; `false` when absent. If false, it is known only to agencies that it has signed an agreement with or works on
    /// a case with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// The form of its references of cases and operations; when absent, letters, digits, `-`, `/` and `.` with at least
    /// one digit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_form: Option<CaseForm>,
}

impl Agency {
    /// Tells if the agency's rows about victims require a written release: it is a provider of services to victims, by
    /// its law or its kind.
    pub fn releases_victims(&self) -> bool {
        let by_law = self.law.is_some_and(LawProfile::releases_victims);
        by_law || self.kind == AgencyKind::ServiceProvider
    }
}
