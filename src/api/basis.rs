//! How far what an answer rests on is to be believed.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::Basis;
use crate::model::Grade;

/// How far the records that an answer rests on are to be believed. Of records that are masked nothing is told,
/// and they do not count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct BasisView {
    /// The weakest grade that one of them bears, whatever its scheme: what the information is worth counts first,
    /// then the source. Records without a grade do not count; absent where none bears one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakest_grade: Option<Grade>,
    /// Whether one of them is somebody's assessment.
    pub rests_on_opinion: bool,
}

impl From<Basis> for BasisView {
    fn from(basis: Basis) -> Self {
        let Basis { weakest_grade, rests_on_opinion } = basis;
        Self { weakest_grade, rests_on_opinion }
    }
}
