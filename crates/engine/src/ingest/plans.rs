//! The compiled parts of a mapping: its head (all keys before the records), records, ties and events.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::compile::{Compiler, Fields};
use super::fields::{BodyPlan, CoordinatesPlan};
use super::mapping::{EventMapping, Format, Mapping, RecordMapping, TieMapping};
use super::mapping_fault::{MappingFault, MappingProblem};
use super::reason::RowError;
use super::value::{CellValue, Kind, Reading};
use crate::model::{EntityType, EventKind, Label, Place, Role, TieKind};

#[derive(Debug)]
pub(super) struct SlotPlan {
    pub slot: String,
    pub public: bool,
    pub body: BodyPlan,
    /// Positions of the columns that the record is made from.
    pub columns: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct TiePlan {
    pub kind: TieKind,
    pub from: String,
    pub to: String,
    pub since: Option<CellValue>,
    pub until: Option<CellValue>,
    pub confidence: f64,
}

#[derive(Debug)]
pub(super) struct EventPlan {
    pub kind: EventKind,
    pub at: CellValue,
    pub until: Option<CellValue>,
    pub participants: BTreeMap<Role, Vec<String>>,
    pub place: PlacePlan,
    pub text: Option<CellValue>,
    /// Amount and currency.
    pub amount: Option<(CellValue, CellValue)>,
}

#[derive(Debug)]
pub(super) struct PlacePlan {
    pub name: Option<CellValue>,
    pub city: Option<CellValue>,
    pub country: Option<CellValue>,
    pub coordinates: CoordinatesPlan,
}

impl SlotPlan {
    /// The cells the record was made from, exactly as they came; empty ones are left out.
    pub fn raw(&self, row: &Reading<'_>) -> BTreeMap<String, String> {
        let cells =
            self.columns.iter().filter_map(|&position| Some((position, *row.cells.get(position)?)));
        cells
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(position, cell)| (row.columns[position].clone(), cell.to_owned()))
            .collect()
    }
}

impl PlacePlan {
    pub fn read(&self, row: &Reading<'_>) -> Result<Option<Place>, RowError> {
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

/// An optional text.
pub(super) fn text(
    value: &Option<CellValue>,
    row: &Reading<'_>,
) -> Result<Option<String>, RowError> {
    value.as_ref().map_or(Ok(None), |value| value.text(row))
}

/// Checks the head of a mapping, all keys before the records; returns the time zone.
pub(super) fn check_head(mapping: &Mapping) -> Result<TimeZone, MappingProblem> {
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

/// Makes the records ready.
pub(super) fn compile_slots(
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
        if record.public && record.entity_type == EntityType::Person {
            let key = format!("record[{position}].public");
            return Err(MappingProblem::new(key, MappingFault::PublicPerson));
        }
        let key = format!("record[{position}].fields");
        let mut fields = Fields::new(compiler, key, &record.fields);
        let body = BodyPlan::compile(record.entity_type, &mut fields)?;
        let (slot, public) = (record.slot.clone(), record.public);
        slots.push(SlotPlan { slot, public, body, columns: fields.finish()? });
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

/// Makes the ties ready.
pub(super) fn compile_ties(
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

/// Makes the events ready.
pub(super) fn compile_events(
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
