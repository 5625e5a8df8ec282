//! The grade and the nature of a row, submitted by HTTP or read from a file.

use super::check::read_grade;
use super::compile::Compiler;
use super::mapping::LabelMapping;
use super::mapping_fault::{MappingFault, MappingProblem};
use super::reason::{Reason, RowError};
use super::value::{CellValue, Kind, Reading};
use crate::model::{Grade, Nature};

/// The grade and nature that every record of a row bears.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Grading {
    pub grade: Option<Grade>,
    pub nature: Option<Nature>,
}

impl Grading {
    /// Returns the grading that a row over HTTP states; an error if its grade is not known, or missing from criminal
    /// intelligence.
    pub fn of_row(
        grade: Option<&str>,
        nature: Option<Nature>,
        is_intelligence: bool,
    ) -> Result<Self, RowError> {
        let grade = grade.map(read_grade).transpose();
        let grade = grade.map_err(|reason| RowError::column("grade", reason))?;
        if is_intelligence && grade.is_none() {
            return Err(RowError::column("grade", Reason::NoGrade));
        }
        Ok(Self { grade, nature })
    }
}

/// The compiled columns or constants that give the grade and nature of a file's rows.
#[derive(Debug)]
pub(super) struct GradingPlan {
    grade: Option<CellValue>,
    nature: Option<CellValue>,
    is_intelligence: bool,
}

impl GradingPlan {
    /// Compiles the grade and nature of a mapping's label.
    pub fn compile(
        compiler: &mut Compiler<'_>,
        label: &LabelMapping,
    ) -> Result<Self, MappingProblem> {
        let is_intelligence = label.intelligence.is_some();
        if is_intelligence && label.grade.is_none() {
            return Err(MappingProblem::new("label.grade", MappingFault::FieldNeeded));
        }
        let grade = compiler.word("label.grade", label.grade.as_ref(), Kind::Grade)?;
        let nature = compiler.word("label.nature", label.nature.as_ref(), Kind::Nature)?;
        Ok(Self { grade, nature, is_intelligence })
    }

    /// Reads the grading of one row.
    pub fn read(&self, row: &Reading<'_>) -> Result<Grading, RowError> {
        let grade = match &self.grade {
            None => None,
            Some(value) => {
                let grade = value.grade(row)?;
                if self.is_intelligence && grade.is_none() {
                    return Err(value.error(row, Reason::NoGrade));
                }
                grade
            }
        };
        let nature = self.nature.as_ref().map_or(Ok(None), |value| value.nature(row))?;
        Ok(Grading { grade, nature })
    }
}
