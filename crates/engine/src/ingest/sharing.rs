//! The sharing that a row states, how far it goes: handling, conditions, audience, and the markings of other
//! standards, which only cut.

use super::check::{self, PARTS_MAX};
use super::compile::Compiler;
use super::mapping::LabelMapping;
use super::mapping_fault::{MappingFault, MappingProblem};
use super::reason::{Reason, RowError};
use super::value::{CellValue, Kind, Reading};
use crate::model::{Audience, Conditions, Handling, Marking, Sharing};

/// Returns the sharing of a row over HTTP: the sharing that it states, cut by its markings.
pub(super) fn of_row(mut sharing: Sharing, markings: &[String]) -> Result<Sharing, RowError> {
    if let Some(audience) = &sharing.audience {
        check_audience(audience)
            .map_err(|(list, reason)| RowError::column(format!("audience.{list}"), reason))?;
    }
    if markings.len() > PARTS_MAX {
        return Err(RowError::column("markings", Reason::TooMany));
    }
    for (position, text) in markings.iter().enumerate() {
        let marking: Marking = text.parse().map_err(|_| {
            RowError::column(format!("markings.{position}"), Reason::UnknownMarking)
        })?;
        sharing.cut(marking);
    }
    Ok(sharing)
}

/// Checks an audience; the error names the list that cannot be taken, and the reason.
fn check_audience(audience: &Audience) -> Result<(), (&'static str, Reason)> {
    let Audience { agencies, cases, users } = audience;
    for (name, list) in [("agencies", agencies), ("cases", cases), ("users", users)] {
        let list = list.as_ref().into_iter().flatten();
        if list.clone().count() > PARTS_MAX {
            return Err((name, Reason::TooMany));
        }
        for it in list {
            check::id(it).map_err(|reason| (name, reason))?;
        }
    }
    Ok(())
}

/// The compiled columns and constants that give the sharing of a file's rows.
#[derive(Debug)]
pub(super) struct SharingPlan {
    handling: Option<CellValue>,
    markings: Vec<CellValue>,
    conditions: Conditions,
    audience: Option<Box<Audience>>,
}

impl SharingPlan {
    /// Compiles the sharing of a mapping's label.
    pub fn compile(
        compiler: &mut Compiler<'_>,
        label: &LabelMapping,
    ) -> Result<Self, MappingProblem> {
        let handling = compiler.word("label.handling", label.handling.as_ref(), Kind::Handling)?;
        let mut markings = Vec::new();
        for (position, marking) in label.markings.iter().enumerate() {
            let key = format!("label.markings[{position}]");
            markings.extend(compiler.word(&key, Some(marking), Kind::Marking)?);
        }
        if let Some(audience) = &label.audience {
            check_audience(audience).map_err(|(list, _)| {
                MappingProblem::new(format!("label.audience.{list}"), MappingFault::Supplied)
            })?;
        }
        let (conditions, audience) = (label.conditions, label.audience.clone());
        Ok(Self { handling, markings, conditions, audience })
    }

    /// How far one row goes. A marking that nobody knows keeps it with its owner, which `warnings` tell.
    pub fn read(
        &self,
        row: &Reading<'_>,
        warnings: &mut Vec<RowError>,
    ) -> Result<Sharing, RowError> {
        let handling = self.handling.as_ref().map_or(Ok(None), |value| value.handling(row))?;
        let mut sharing = Sharing {
            handling: handling.unwrap_or_default(),
            conditions: self.conditions,
            audience: self.audience.clone(),
        };
        for value in &self.markings {
            let known = match value.text(row) {
                Ok(None) => continue,
                Ok(Some(text)) => text.parse::<Marking>().ok(),
                // A code that the mapping does not translate.
                Err(RowError { reason: Reason::UnknownCode, .. }) => None,
                Err(error) => return Err(error),
            };
            if let Some(marking) = known {
                sharing.cut(marking);
            } else {
                sharing.handling = Handling::Own;
                warnings.push(value.error(row, Reason::UnknownMarking));
            }
        }
        Ok(sharing)
    }
}
