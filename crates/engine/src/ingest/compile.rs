//! Compiles the values of a mapping: gives every column a position, checks formats, constants
//! and translations against the kind of value that the field takes, and finds fields that do not exist.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::dates::{Wanted, format_fits};
use super::mapping::{Converted, Value, WordOrColumn};
use super::mapping_fault::{MappingFault, MappingProblem};
use super::value::{CellValue, Kind};

/// The columns that a mapping uses, in the order of their first use.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub names: Vec<String>,
    positions: BTreeMap<String, usize>,
}

impl Columns {
    /// The position of a column, which is new or used already.
    pub fn position(&mut self, name: &str) -> usize {
        if let Some(&position) = self.positions.get(name) {
            return position;
        }
        self.positions.insert(name.to_owned(), self.names.len());
        self.names.push(name.to_owned());
        self.names.len() - 1
    }
}

/// Compiles the values of a mapping, with the parts of the mapping that they all depend on.
pub(super) struct Compiler<'m> {
    pub columns: Columns,
    pub zone: &'m TimeZone,
    pub region: Option<&'m str>,
}

impl Compiler<'_> {
    /// Makes one value ready; `key` says where it stands.
    pub fn value(
        &mut self,
        key: &str,
        value: &Value,
        kind: Kind,
    ) -> Result<CellValue, MappingProblem> {
        let ready = match value {
            Value::Column(name) => CellValue::column(self.column(key, name)?),
            Value::Constant(constant) => CellValue::constant(&constant.constant),
            Value::Converted(converted) => self.converted(key, converted)?,
        };
        self.check(key, &ready, kind)?;
        Ok(ready)
    }

    /// Makes an optional value ready.
    pub fn maybe(
        &mut self,
        key: &str,
        value: Option<&Value>,
        kind: Kind,
    ) -> Result<Option<CellValue>, MappingProblem> {
        value.map(|value| self.value(key, value, kind)).transpose()
    }

    /// Makes a part of the label ready.
    pub fn word(
        &mut self,
        key: &str,
        value: Option<&WordOrColumn>,
        kind: Kind,
    ) -> Result<Option<CellValue>, MappingProblem> {
        let Some(value) = value else { return Ok(None) };
        let ready = match value {
            WordOrColumn::Word(word) => CellValue::constant(word),
            WordOrColumn::Column(converted) => self.converted(key, converted)?,
        };
        self.check(key, &ready, kind)?;
        Ok(Some(ready))
    }

    /// The position of a named column.
    pub fn column(&mut self, key: &str, name: &str) -> Result<usize, MappingProblem> {
        if name.is_empty() {
            return Err(MappingProblem::new(key, MappingFault::Empty));
        }
        Ok(self.columns.position(name))
    }

    fn converted(&mut self, key: &str, from: &Converted) -> Result<CellValue, MappingProblem> {
        Ok(CellValue::converted(self.column(key, &from.column)?, from))
    }

    fn check(&self, key: &str, value: &CellValue, kind: Kind) -> Result<(), MappingProblem> {
        let wanted = match kind {
            Kind::Date => Some(Wanted::Date),
            Kind::Time => Some(Wanted::Time),
            _ => None,
        };
        let fault = match wanted {
            None if !value.formats().is_empty() => Some(MappingFault::FormatUseless),
            Some(wanted) if !value.formats().iter().all(|format| format_fits(format, wanted)) => {
                Some(MappingFault::Format)
            }
            _ if !value.supplied().all(|text| kind.accepts(text, self.zone)) => {
                Some(MappingFault::Supplied)
            }
            _ => None,
        };
        fault.map_or(Ok(()), |fault| Err(MappingProblem::new(key, fault)))
    }
}

/// The fields of one record or place, taken one by one; what is left over is unknown.
pub(super) struct Fields<'c, 'm> {
    compiler: &'c mut Compiler<'m>,
    key: String,
    left: BTreeMap<&'c str, &'c Value>,
    used: Vec<usize>,
}

impl<'c, 'm> Fields<'c, 'm> {
    pub fn new(
        compiler: &'c mut Compiler<'m>,
        key: String,
        fields: &'c BTreeMap<String, Value>,
    ) -> Self {
        let left = fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
        Self { compiler, key, left, used: Vec::new() }
    }

    /// A problem with the field `name`.
    pub fn problem(&self, name: &str, fault: MappingFault) -> MappingProblem {
        MappingProblem::new(format!("{}.{name}", self.key), fault)
    }

    /// Takes a field that need not be mapped.
    pub fn one(&mut self, name: &str, kind: Kind) -> Result<Option<CellValue>, MappingProblem> {
        let Some(value) = self.left.remove(name) else { return Ok(None) };
        let ready = self.compiler.value(&format!("{}.{name}", self.key), value, kind)?;
        self.used.extend(ready.index());
        Ok(Some(ready))
    }

    /// Takes a text that must be mapped.
    pub fn required(&mut self, name: &str) -> Result<CellValue, MappingProblem> {
        let value = self.one(name, Kind::Text)?;
        value.ok_or_else(|| self.problem(name, MappingFault::FieldNeeded))
    }

    /// Takes repeatable texts that belong together: without a suffix, with `.2`, `.3` and so on
    /// as long as there is one. The first may be left out.
    pub fn many<const N: usize>(
        &mut self,
        names: [&str; N],
    ) -> Result<Vec<[Option<CellValue>; N]>, MappingProblem> {
        let mut groups = Vec::new();
        for number in 1.. {
            let mut group = [const { None }; N];
            for (value, name) in group.iter_mut().zip(names) {
                *value = match number {
                    1 => self.one(name, Kind::Text)?,
                    _ => self.one(&format!("{name}.{number}"), Kind::Text)?,
                };
            }
            if number > 1 && group.iter().all(Option::is_none) {
                break;
            }
            groups.push(group);
        }
        Ok(groups)
    }

    /// The mapping's country, for national numbers and plates.
    pub fn region(&self) -> Option<CellValue> {
        self.compiler.region.map(CellValue::constant)
    }

    /// Ends the taking; returns the positions of the columns used, ascending.
    pub fn finish(mut self) -> Result<Vec<usize>, MappingProblem> {
        if let Some(name) = self.left.keys().next() {
            return Err(self.problem(name, MappingFault::UnknownField));
        }
        self.used.sort_unstable();
        self.used.dedup();
        Ok(self.used)
    }
}
