//! A mapping made ready: checked once, then turns rows into records, ties and events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::assemble::{Assembly, EventParts, RowOrigin, RowOutput};
use super::check;
use super::compile::{Columns, Compiler, Fields};
use super::fields::{BodyPlan, CoordinatesPlan};
use super::load::{MappingError, MappingFault, MappingProblem};
use super::mapping::{EventMapping, Format, LabelMapping, Mapping, RecordMapping, TieMapping};
use super::reason::{Reason, RowError};
use super::value::{CellValue, Kind, Reading};
use crate::model::{EventKind, IdKey, Label, Money, Place, Role, Span, TieKind};

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
    handling: Option<CellValue>,
    tier: u8,
    slots: Vec<SlotPlan>,
    ties: Vec<TiePlan>,
    events: Vec<EventPlan>,
}

#[derive(Debug)]
struct SlotPlan {
    slot: String,
    body: BodyPlan,
    /// Positions of the columns that the record is made from.
    columns: Vec<usize>,
}

#[derive(Debug)]
struct TiePlan {
    kind: TieKind,
    from: String,
    to: String,
    since: Option<CellValue>,
    until: Option<CellValue>,
    confidence: f64,
}

#[derive(Debug)]
struct EventPlan {
    kind: EventKind,
    at: CellValue,
    until: Option<CellValue>,
    participants: BTreeMap<Role, Vec<String>>,
    place: PlacePlan,
    text: Option<CellValue>,
    /// Amount and currency.
    amount: Option<(CellValue, CellValue)>,
}

#[derive(Debug)]
struct PlacePlan {
    name: Option<CellValue>,
    city: Option<CellValue>,
    country: Option<CellValue>,
    coordinates: CoordinatesPlan,
}

impl RowMapper {
    /// Checks a mapping and makes it ready; `file` is what errors call it.
    ///
    /// # Errors
    /// The first thing in the mapping that is not right, with file, key and reason.
    pub fn new(file: &str, mapping: &Mapping, key: &IdKey) -> Result<Self, MappingError> {
        Self::compile(mapping, key).map_err(|problem| problem.in_file(file))
    }

    fn compile(mapping: &Mapping, key: &IdKey) -> Result<Self, MappingProblem> {
        let zone = check_head(mapping)?;
        let region = mapping.region.as_deref();
        let mut compiler = Compiler { columns: Columns::default(), zone: &zone, region };
        let id = compiler.column("id", &mapping.id)?;
        let (category, handling) = compile_label(&mut compiler, &mapping.label)?;
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
            handling,
            tier: mapping.label.tier,
            slots,
            ties,
            events,
            zone,
        })
    }

    /// The agency that owns what the rows make.
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
        let handling = self.handling.as_ref().map_or(Ok(None), |value| value.handling(&row))?;
        let origin = RowOrigin {
            agency: &self.agency,
            source: &self.source,
            local_id: &local_id,
            category: category.unwrap_or_default(),
            tier: self.tier,
            handling: handling.unwrap_or_default(),
        };
        let mut assembly = Assembly::new(&self.key, origin);
        for (position, plan) in self.slots.iter().enumerate() {
            let slot_row = Reading { cells, columns: &self.columns, filled: false.into() };
            if let Some(body) = plan.body.read(&slot_row)? {
                assembly.record(&plan.slot, position == 0, plan.raw(&slot_row), body);
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
        let output = assembly.finish();
        if output.records.is_empty() && output.events.is_empty() {
            return Err(RowError::row(Reason::EmptyRow));
        }
        Ok(output)
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

fn text(value: &Option<CellValue>, row: &Reading<'_>) -> Result<Option<String>, RowError> {
    value.as_ref().map_or(Ok(None), |value| value.text(row))
}

fn error_of(value: &Option<CellValue>, row: &Reading<'_>, reason: Reason) -> RowError {
    value.as_ref().map_or(RowError::row(reason), |value| value.error(row, reason))
}

impl SlotPlan {
    /// The cells the record was made from, exactly as they came; empty ones are left out.
    fn raw(&self, row: &Reading<'_>) -> BTreeMap<String, String> {
        let cells =
            self.columns.iter().filter_map(|&position| Some((position, *row.cells.get(position)?)));
        cells
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(position, cell)| (row.columns[position].clone(), cell.to_owned()))
            .collect()
    }
}

impl PlacePlan {
    fn read(&self, row: &Reading<'_>) -> Result<Option<Place>, RowError> {
        let (latitude, longitude) = self.coordinates.read(row)?;
        let place = Place {
            name: text(&self.name, row)?,
            city: text(&self.city, row)?,
            country: text(&self.country, row)?,
            latitude,
            longitude,
        };
        Ok(Some(place).filter(|place| *place != Place::default()))
    }
}

/// Checks what stands before the records; returns the time zone.
fn check_head(mapping: &Mapping) -> Result<TimeZone, MappingProblem> {
    let problem = |key: &str, fault| Err(MappingProblem::new(key, fault));
    if mapping.agency.trim().is_empty() {
        return problem("agency", MappingFault::Empty);
    }
    if mapping.source.trim().is_empty() {
        return problem("source", MappingFault::Empty);
    }
    let usable = |c: char| c.is_ascii() && !matches!(c, '"' | '\n' | '\r' | '\0');
    if mapping.delimiter.is_some_and(|c| mapping.format != Format::Csv || !usable(c)) {
        return problem("delimiter", MappingFault::Delimiter);
    }
    let alpha_2 = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if !mapping.region.as_ref().is_none_or(alpha_2) {
        return problem("region", MappingFault::Country);
    }
    if mapping.label.tier > Label::TIER_MAX {
        return problem("label.tier", MappingFault::Tier);
    }
    let zone = mapping.time_zone.as_deref().unwrap_or("UTC");
    TimeZone::get(zone).map_err(|_| MappingProblem::new("time_zone", MappingFault::TimeZone))
}

/// Category and handling.
type LabelPlan = (Option<CellValue>, Option<CellValue>);

fn compile_label(
    compiler: &mut Compiler<'_>,
    label: &LabelMapping,
) -> Result<LabelPlan, MappingProblem> {
    Ok((
        compiler.word("label.category", label.category.as_ref(), Kind::Category)?,
        compiler.word("label.handling", label.handling.as_ref(), Kind::Handling)?,
    ))
}

fn compile_slots(
    compiler: &mut Compiler<'_>,
    records: &[RecordMapping],
) -> Result<Vec<SlotPlan>, MappingProblem> {
    let mut slots: Vec<SlotPlan> = Vec::with_capacity(records.len());
    for (position, record) in records.iter().enumerate() {
        let problem = |fault| Err(MappingProblem::new(format!("record[{position}].slot"), fault));
        let letters =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        if record.slot.is_empty() || !record.slot.bytes().all(letters) {
            return problem(MappingFault::SlotName);
        }
        if slots.iter().any(|other| other.slot == record.slot) {
            return problem(MappingFault::Repeated);
        }
        let key = format!("record[{position}].fields");
        let mut fields = Fields::new(compiler, key, &record.fields);
        let body = BodyPlan::compile(record.entity_type, &mut fields)?;
        slots.push(SlotPlan { slot: record.slot.clone(), body, columns: fields.finish()? });
    }
    Ok(slots)
}

fn check_slot(slots: &[SlotPlan], key: String, slot: &str) -> Result<(), MappingProblem> {
    if slots.iter().any(|plan| plan.slot == slot) {
        Ok(())
    } else {
        Err(MappingProblem::new(key, MappingFault::UnknownSlot))
    }
}

fn compile_ties(
    compiler: &mut Compiler<'_>,
    ties: &[TieMapping],
    slots: &[SlotPlan],
) -> Result<Vec<TiePlan>, MappingProblem> {
    let mut plans: Vec<TiePlan> = Vec::with_capacity(ties.len());
    for (position, tie) in ties.iter().enumerate() {
        let key = |part: &str| format!("tie[{position}]{part}");
        check_slot(slots, key(".from"), &tie.from)?;
        check_slot(slots, key(".to"), &tie.to)?;
        let confidence = tie.confidence.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&confidence) {
            return Err(MappingProblem::new(key(".confidence"), MappingFault::Confidence));
        }
        let same =
            |plan: &TiePlan| (plan.kind, &plan.from, &plan.to) == (tie.kind, &tie.from, &tie.to);
        if tie.from == tie.to || plans.iter().any(same) {
            return Err(MappingProblem::new(key(""), MappingFault::Repeated));
        }
        plans.push(TiePlan {
            kind: tie.kind,
            from: tie.from.clone(),
            to: tie.to.clone(),
            since: compiler.maybe(&key(".since"), tie.since.as_ref(), Kind::Time)?,
            until: compiler.maybe(&key(".until"), tie.until.as_ref(), Kind::Time)?,
            confidence,
        });
    }
    Ok(plans)
}

fn compile_events(
    compiler: &mut Compiler<'_>,
    events: &[EventMapping],
    slots: &[SlotPlan],
) -> Result<Vec<EventPlan>, MappingProblem> {
    let mut plans: Vec<EventPlan> = Vec::with_capacity(events.len());
    for (position, event) in events.iter().enumerate() {
        let key = |part: &str| format!("event[{position}]{part}");
        for (role, named) in &event.participants {
            for slot in named {
                check_slot(slots, key(&format!(".participants.{}", role.as_str())), slot)?;
            }
        }
        if plans.iter().any(|plan| plan.kind == event.kind) {
            return Err(MappingProblem::new(key(".kind"), MappingFault::Repeated));
        }
        plans.push(EventPlan {
            kind: event.kind,
            at: compiler.value(&key(".at"), &event.at, Kind::Time)?,
            until: compiler.maybe(&key(".until"), event.until.as_ref(), Kind::Time)?,
            participants: event.participants.clone(),
            place: compile_place(compiler, key(".place"), event)?,
            text: compiler.maybe(&key(".text"), event.text.as_ref(), Kind::Text)?,
            amount: compile_amount(compiler, &key, event)?,
        });
    }
    Ok(plans)
}

fn compile_place(
    compiler: &mut Compiler<'_>,
    key: String,
    event: &EventMapping,
) -> Result<PlacePlan, MappingProblem> {
    let mut fields = Fields::new(compiler, key, &event.place);
    let plan = PlacePlan {
        name: fields.one("name", Kind::Text)?,
        city: fields.one("city", Kind::Text)?,
        country: fields.one("country", Kind::Text)?,
        coordinates: CoordinatesPlan::compile(&mut fields, "")?,
    };
    fields.finish()?;
    Ok(plan)
}

fn compile_amount(
    compiler: &mut Compiler<'_>,
    key: &dyn Fn(&str) -> String,
    event: &EventMapping,
) -> Result<Option<(CellValue, CellValue)>, MappingProblem> {
    match (&event.amount, &event.currency) {
        (Some(amount), Some(currency)) => Ok(Some((
            compiler.value(&key(".amount"), amount, Kind::Amount)?,
            compiler.value(&key(".currency"), currency, Kind::Currency)?,
        ))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(MappingProblem::new(key(".currency"), MappingFault::FieldNeeded)),
        (None, Some(_)) => Err(MappingProblem::new(key(".amount"), MappingFault::FieldNeeded)),
    }
}
