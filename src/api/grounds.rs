//! The grounds of an answer: the purpose and the case as the server understood them, and whether the agency's own
//! records and its agreements count for it. They depend on the caller, its agency's own records and the agreements that
//! the agency is a side of only, so that they tell nothing of hidden records.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::govern::{CaseId, CaseRef, Grounds, Purpose, Reference};

/// The grounds of an answer: the purpose, the case, and the sources of records that count for it. An answer without any
/// source does not mean that a person is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RestsOn {
    /// The purpose as the server understood it.
    pub purpose: Purpose,
    /// True if the caller may ask for this purpose and records are shown for this purpose at all.
    pub purpose_shows_records: bool,
    /// The case as the server understood it.
    pub case: CaseUnderstood,
    /// True if records of the caller's own agency count for the answer.
    pub own_records: bool,
    /// The agencies whose agreements in force grant the caller records for this purpose, by name. The list does not
    /// tell if they have any such records.
    pub disclosers: Vec<String>,
}

/// A case as the server understood it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseUnderstood {
    /// An open case in accord that the caller works on.
    Id(CaseId),
    /// A reference of the caller's own agency: agreements that require a case in accord grant nothing.
    Reference(Reference),
}

impl RestsOn {
    /// Creates the grounds of an answer from its purpose, its case and the decision of the caller's view.
    pub fn of(purpose: Purpose, case: &CaseRef, grounds: &Grounds) -> Self {
        Self {
            purpose,
            purpose_shows_records: grounds.shows_records,
            case: match case {
                CaseRef::InAccord(id) if grounds.in_case => CaseUnderstood::Id(*id),
                case => CaseUnderstood::Reference(case.clone().into()),
            },
            own_records: grounds.own_records,
            disclosers: grounds.disclosers.iter().cloned().collect(),
        }
    }
}
