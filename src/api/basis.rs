//! The reliability of the records that an answer rests on.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::Basis;
use crate::model::Grade;

/// The reliability of the records that an answer rests on. Masked records do not count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct BasisView {
    /// The weakest grade of the records, whatever its scheme: the credibility of the information counts first, then the
    /// reliability of the source. Records without a grade do not count; absent when no record has a grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakest_grade: Option<Grade>,
    /// True if the nature of at least one of the records is `opinion`: a personal assessment.
    pub rests_on_opinion: bool,
}

impl From<Basis> for BasisView {
    fn from(basis: Basis) -> Self {
        let Basis { weakest_grade, rests_on_opinion } = basis;
        Self { weakest_grade, rests_on_opinion }
    }
}
