//! On what an answer rests: what the caller asked for, as understood, and whether its own records and its
//! agreements count for it. A function of the caller, of its own records and of the agreements that it is a side
//! of, so that the words are the same whatever is hidden.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::govern::{CaseId, CaseRef, Grounds, Purpose, Reference};

/// On what an answer rests. An answer that rests on nothing says of nobody that they are not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RestsOn {
    /// What for, as understood.
    pub purpose: Purpose,
    /// Whether the caller is shown records for this purpose at all: it may ask for it, and records are shown for
    /// it.
    pub purpose_shows_records: bool,
    /// About which case, as understood.
    pub case: CaseUnderstood,
    /// Whether records of the caller's own agency count for the answer.
    pub own_records: bool,
    /// The agencies whose agreements in force grant the caller records for this purpose, by name. Whether they have
    /// any is not told.
    pub disclosers: Vec<String>,
}

/// A case as the server understood it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseUnderstood {
    /// A case in accord, which is open and which the caller works on.
    Id(CaseId),
    /// A reference of the caller's own agency: agreements that ask for a case in accord grant nothing.
    Reference(Reference),
}

impl RestsOn {
    /// What the answer to what is asked for a purpose about a case rests on, for these grounds.
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
