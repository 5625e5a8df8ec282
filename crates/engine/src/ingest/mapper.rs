//! A mapping made ready: checked once, then turns rows into records, ties and events.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::assemble::{Assembly, EventParts, RowOrigin, RowOutput, Slot, slot_id};
use super::check;
use super::compile::{Columns, Compiler};
use super::grading::GradingPlan;
use super::mapping::{Format, Mapping, RecordMapping};
use super::mapping_fault::{MappingError, MappingFault, MappingProblem};
use super::plans::{
    EventPlan, SlotPlan, TiePlan, check_head, compile_events, compile_slots, compile_ties, text,
};
use super::reason::{Reason, RowError};
use super::sharing::SharingPlan;
use super::terms::TermsPlan;
use super::value::{CellValue, Kind, Reading};
use crate::model::{Body, EntityType, IdKey, Money, Span, SubjectCategory};

/// A mapping made ready for rows.
#[derive(Debug)]
pub struct RowMapper {
    key: IdKey,
    agency: String,
    source: String,
    format: Format,
    delimiter: u8,
    zone: TimeZone,
    columns: Vec<String>,
    ignored: BTreeSet<String>,
    id: usize,
    id_prefix: String,
    category: Option<CellValue>,
    sharing: SharingPlan,
    tier: u8,
    terms: TermsPlan,
    grading: GradingPlan,
    slots: Vec<SlotPlan>,
    ties: Vec<TiePlan>,
    events: Vec<EventPlan>,
}

impl RowMapper {
    /// Checks and compiles a mapping of rows that go into a store; `file` is the mapping's name in errors.
    ///
    /// # Errors
    /// The first thing in the mapping that is not right, with file, key and reason.
    pub fn new(file: &str, mapping: &Mapping, key: &IdKey) -> Result<Self, MappingError> {
        let person = |record: &RecordMapping| record.entity_type == EntityType::Person;
        if mapping.label.category.is_none() && mapping.records.iter().any(person) {
            let problem = MappingProblem::new("label.category", MappingFault::CategoryNeeded);
            return Err(problem.in_file(file));
        }
        Self::of_bodies(file, mapping, key)
    }

    /// Checks and compiles a mapping for the engine alone, which takes [`RowMapper::bodies`] and stores nothing:
    /// nobody is alleged to be anything, so persons need no subject category.
    ///
    /// # Errors
    /// As [`RowMapper::new`].
    pub fn of_bodies(file: &str, mapping: &Mapping, key: &IdKey) -> Result<Self, MappingError> {
        Self::compile(mapping, key).map_err(|problem| problem.in_file(file))
    }

    fn compile(mapping: &Mapping, key: &IdKey) -> Result<Self, MappingProblem> {
        let zone = check_head(mapping)?;
        let region = mapping.region.as_deref();
        let mut compiler = Compiler { columns: Columns::default(), zone: &zone, region };
        let id = compiler.column("id", &mapping.id)?;
        let category = mapping.label.category.as_ref();
        let category = compiler.word("label.category", category, Kind::Category)?;
        let sharing = SharingPlan::compile(&mut compiler, &mapping.label)?;
        let terms = TermsPlan::compile(&mut compiler, &mapping.label)?;
        let grading = GradingPlan::compile(&mut compiler, &mapping.label)?;
        let slots = compile_slots(&mut compiler, &mapping.records)?;
        let ties = compile_ties(&mut compiler, &mapping.ties, &slots)?;
        let events = compile_events(&mut compiler, &mapping.events, &slots)?;
        if slots.is_empty() && events.is_empty() {
            return Err(MappingProblem::new("", MappingFault::Nothing));
        }
        let columns = compiler.columns.names;
        let ignored: BTreeSet<String> = mapping.columns_ignored.iter().cloned().collect();
        if columns.iter().any(|column| ignored.contains(column)) {
            return Err(MappingProblem::new("columns_ignored", MappingFault::UsedAndIgnored));
        }
        Ok(Self {
            key: key.clone(),
            agency: mapping.agency.clone(),
            source: mapping.source.clone(),
            format: mapping.format,
            delimiter: mapping.delimiter.map_or(b',', |delimiter| delimiter as u8),
            columns,
            ignored,
            id,
            id_prefix: mapping.id_prefix.clone(),
            category,
            sharing,
            tier: mapping.label.tier,
            terms,
            grading,
            slots,
            ties,
            events,
            zone,
        })
    }

    /// The agency that owns the records, ties and events of the rows.
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// How the file is written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The CSV delimiter.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The columns that rows are made from, in the order [`RowMapper::map`] wants their cells.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The columns that the mapping lists as not used.
    pub(super) fn ignored(&self) -> &BTreeSet<String> {
        &self.ignored
    }

    /// Makes records, ties and events of one row, whose cells come in the order of
    /// [`RowMapper::columns`]; a missing value is an empty text.
    ///
    /// # Errors
    /// The first thing in the row that cannot be taken.
    pub fn map(&self, cells: &[&str]) -> Result<RowOutput, RowError> {
        let row = Reading { cells, columns: &self.columns, filled: false.into() };
        let local_id = self.local_id(&row)?;
        let category = self.category.as_ref().map_or(Ok(None), |value| value.category(&row))?;
        let mut warnings = Vec::new();
        let origin = RowOrigin {
            agency: &self.agency,
            source: &self.source,
            local_id: &local_id,
            category: category.unwrap_or_default(),
            tier: self.tier,
            sharing: self.sharing.read(&row, &mut warnings)?,
            terms: self.terms.read(&row, &self.zone)?,
            grading: self.grading.read(&row)?,
        };
        let mut assembly = Assembly::new(&self.key, origin);
        for (position, plan) in self.slots.iter().enumerate() {
            let slot_row = Reading { cells, columns: &self.columns, filled: false.into() };
            if let Some(body) = plan.body.read(&slot_row)? {
                self.check_category(&row, &body, category)?;
                let (name, public) = (plan.slot.as_str(), plan.public);
                let slot = Slot { name, first: position == 0, public };
                assembly.record(slot, plan.raw(&slot_row), body);
            }
        }
        for plan in &self.ties {
            let span = self.span(&row, plan)?;
            assembly.tie(plan.kind, &plan.from, &plan.to, span, plan.confidence);
        }
        for plan in &self.events {
            if let Some(parts) = self.event(&row, plan)? {
                assembly.event(parts, &plan.participants);
            }
        }
        let output = RowOutput { warnings, ..assembly.finish() };
        if output.records.is_empty() && output.events.is_empty() {
            return Err(RowError::row(Reason::EmptyRow));
        }
        Ok(output)
    }

    /// Maps one row to the bodies of its records, each with the agency's own id: all that the engine alone needs.
    /// Ties, events and raw columns are left out.
    ///
    /// # Errors
    /// The first thing in the row's records that cannot be taken.
    pub fn bodies(&self, cells: &[&str]) -> Result<Vec<(String, Body)>, RowError> {
        let row = Reading { cells, columns: &self.columns, filled: false.into() };
        let local_id = self.local_id(&row)?;
        let mut bodies = Vec::with_capacity(1);
        for (position, plan) in self.slots.iter().enumerate() {
            let slot_row = Reading { cells, columns: &self.columns, filled: false.into() };
            if let Some(body) = plan.body.read(&slot_row)? {
                bodies.push((slot_id(&local_id, &plan.slot, position == 0), body));
            }
        }
        if bodies.is_empty() { Err(RowError::row(Reason::EmptyRow)) } else { Ok(bodies) }
    }

    /// Checks that the row of a person's record has a subject category.
    fn check_category(
        &self,
        row: &Reading<'_>,
        body: &Body,
        category: Option<SubjectCategory>,
    ) -> Result<(), RowError> {
        match (body.entity_type(), category) {
            (EntityType::Person, None) => Err(error_of(&self.category, row, Reason::NoCategory)),
            _ => Ok(()),
        }
    }

    fn local_id(&self, row: &Reading<'_>) -> Result<String, RowError> {
        let cell = row.cells.get(self.id).copied().unwrap_or_default().trim();
        check::id(cell).map_err(|reason| RowError::column(&self.columns[self.id], reason))?;
        Ok(format!("{}{cell}", self.id_prefix))
    }

    fn span(&self, row: &Reading<'_>, plan: &TiePlan) -> Result<Span, RowError> {
        let from = plan.since.as_ref().map_or(Ok(None), |value| value.time(row, &self.zone))?;
        let to = plan.until.as_ref().map_or(Ok(None), |value| value.time(row, &self.zone))?;
        check::order(from, to).map_err(|reason| error_of(&plan.until, row, reason))?;
        Ok(Span { from, to })
    }

    fn event(&self, row: &Reading<'_>, plan: &EventPlan) -> Result<Option<EventParts>, RowError> {
        let Some(at) = plan.at.time(row, &self.zone)? else { return Ok(None) };
        let until = plan.until.as_ref().map_or(Ok(None), |value| value.time(row, &self.zone))?;
        check::order(Some(at), until).map_err(|reason| error_of(&plan.until, row, reason))?;
        let place = plan.place.read(row)?;
        let text = text(&plan.text, row)?;
        let amount = match &plan.amount {
            None => None,
            Some((amount, currency)) => match amount.cents(row)? {
                None => None,
                Some(cents) => {
                    let missing = || currency.error(row, Reason::BadCurrency);
                    Some(Money { cents, currency: currency.currency(row)?.ok_or_else(missing)? })
                }
            },
        };
        Ok(Some(EventParts { kind: plan.kind, at, until, place, text, amount }))
    }
}

fn error_of(value: &Option<CellValue>, row: &Reading<'_>, reason: Reason) -> RowError {
    value.as_ref().map_or(RowError::row(reason), |value| value.error(row, reason))
}
