//! The terms on which a row is handed in, by HTTP or in a file: its statement of suspicion where it is criminal
//! intelligence, the day of its review, and the release by which a victim let it go.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use super::check::{self, suspicion};
use super::compile::Compiler;
use super::mapping::LabelMapping;
use super::mapping_fault::{MappingFault, MappingProblem};
use super::reason::{Reason, RowError};
use super::value::{CellValue, Kind, Reading};
use crate::model::Timestamp;

/// The raw column in which a record keeps, for its owner, the statement of suspicion by which it was let in.
pub const SUSPICION: &str = "accord.reasonable_suspicion";
/// The raw column in which a record keeps, for its owner, the reference of the victim's release by which it was let in.
pub const RELEASE: &str = "accord.release";

const DAY_MICROS: i64 = 86_400_000_000;

/// The statement that makes a row criminal intelligence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Intelligence {
    /// The reasonable suspicion, in 10 to 1,000 characters: facts, never political, religious or social
    /// views or doings as such.
    pub reasonable_suspicion: String,
}

/// A victim's written release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Where it is kept: the agency's own reference.
    pub reference: String,
    /// When it ends.
    pub until: Timestamp,
}

/// The terms of one row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Terms {
    pub intelligence: Option<Intelligence>,
    pub review_by: Option<Timestamp>,
    pub release: Option<Release>,
}

impl Terms {
    /// Checks the statement of suspicion and the reference of the release, where there are any.
    pub fn check(&self) -> Result<(), RowError> {
        let at = |path: &str, checked: Result<(), Reason>| {
            checked.map_err(|reason| RowError::column(path, reason))
        };
        if let Some(Intelligence { reasonable_suspicion }) = &self.intelligence {
            at("intelligence.reasonable_suspicion", suspicion(reasonable_suspicion))?;
        }
        match &self.release {
            Some(release) => at("release.reference", check::id(&release.reference)),
            None => Ok(()),
        }
    }

    /// Returns the days by which the row must be reviewed and on which its release ends: whole days, not instants, so
    /// that rows share labels and thus classes.
    pub fn days(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let until = self.release.as_ref().map(|release| release.until);
        (self.review_by.map(day_of), until.map(day_of))
    }

    /// Returns the raw columns that a record keeps of the terms: [`SUSPICION`] and [`RELEASE`], where stated.
    pub fn kept(&self) -> BTreeMap<String, String> {
        let suspicion = self.intelligence.as_ref().map(|it| &it.reasonable_suspicion);
        let release = self.release.as_ref().map(|it| &it.reference);
        let kept =
            [(SUSPICION, suspicion.map(String::as_str)), (RELEASE, release.map(String::as_str))];
        let kept = kept.into_iter();
        kept.filter_map(|(name, text)| Some((name.to_owned(), text?.trim().to_owned()))).collect()
    }
}

/// The beginning of a day (UTC).
pub fn day_of(at: Timestamp) -> Timestamp {
    let micros = at.as_micros().div_euclid(DAY_MICROS) * DAY_MICROS;
    Timestamp::from_micros(micros).unwrap_or(at)
}

/// The compiled columns and constants that give the terms of a file's rows.
#[derive(Debug)]
pub(super) struct TermsPlan {
    suspicion: Option<CellValue>,
    review_by: Option<CellValue>,
    /// Reference and end.
    release: Option<(CellValue, CellValue)>,
}

impl TermsPlan {
    /// Compiles the terms of a mapping's label.
    pub fn compile(
        compiler: &mut Compiler<'_>,
        label: &LabelMapping,
    ) -> Result<Self, MappingProblem> {
        let review_by = compiler.word("label.review_by", label.review_by.as_ref(), Kind::Time)?;
        let suspicion = label.intelligence.as_ref().map(|it| &it.reasonable_suspicion);
        let key = "label.intelligence.reasonable_suspicion";
        let suspicion = compiler.word(key, suspicion, Kind::Suspicion)?;
        if suspicion.is_some() && review_by.is_none() {
            return Err(MappingProblem::new("label.review_by", MappingFault::FieldNeeded));
        }
        let release = label.release.as_ref();
        let reference = release.map(|release| &release.reference);
        let reference = compiler.word("label.release.reference", reference, Kind::Text)?;
        let until = release.map(|release| &release.until);
        let until = compiler.word("label.release.until", until, Kind::Time)?;
        Ok(Self { suspicion, review_by, release: reference.zip(until) })
    }

    /// The terms of one row. Where the mapping says that its rows are criminal intelligence, each states
    /// why: an empty cell does not make a row that everybody may see. A release is cited whole or not.
    pub fn read(&self, row: &Reading<'_>, zone: &TimeZone) -> Result<Terms, RowError> {
        let intelligence = match &self.suspicion {
            None => None,
            Some(value) => {
                let reasonable_suspicion = value.text(row)?.unwrap_or_default();
                suspicion(&reasonable_suspicion).map_err(|reason| value.error(row, reason))?;
                Some(Intelligence { reasonable_suspicion })
            }
        };
        let review_by = self.review_by.as_ref().map_or(Ok(None), |value| value.time(row, zone))?;
        let release = match &self.release {
            None => None,
            Some((reference, until)) => match (reference.text(row)?, until.time(row, zone)?) {
                (Some(text), Some(end)) => {
                    check::id(&text).map_err(|reason| reference.error(row, reason))?;
                    Some(Release { reference: text, until: end })
                }
                (None, None) => None,
                (None, Some(_)) => return Err(reference.error(row, Reason::NoRelease)),
                (Some(_), None) => return Err(until.error(row, Reason::NoRelease)),
            },
        };
        Ok(Terms { intelligence, review_by, release })
    }
}
