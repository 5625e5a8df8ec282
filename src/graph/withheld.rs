//! Removing the fields that agreements withhold from the objects of a view. They are removed before anything is
//! computed, so that they are in no link, no search and no answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Indexed, RecordIndex};
use crate::govern::{Field, Fields};
use crate::model::{BlockKey, Body, Event, FormId, FormLink, Record, Tie, TieKind};
use crate::resolve::{Engine, Prepared};
use crate::store::class_of;

/// Removes these fields from a record, and always the source's raw columns, which may hold any of them.
pub fn strip_record(record: &mut Record, fields: Fields) {
    record.raw.clear();
    let without = |field| fields.contains(field);
    match &mut record.body {
        Body::Person(person) => {
            if without(Field::Aliases) {
                person.names.truncate(1);
            }
            if without(Field::BirthDate) {
                person.birth_date = None;
            }
            if without(Field::BirthPlace) {
                person.birth_place = None;
            }
            if without(Field::Sex) {
                person.sex = None;
            }
            if without(Field::Nationality) {
                person.nationality = None;
            }
            if without(Field::Phones) {
                person.phones.clear();
            }
            if without(Field::Emails) {
                person.emails.clear();
            }
            if without(Field::HomeAddress) {
                person.address = None;
            }
            if without(Field::Documents) {
                person.documents.clear();
            }
            if without(Field::Occupation) {
                person.occupation = None;
            }
        }
        Body::Organization(organization) => {
            if without(Field::Phones) {
                organization.phones.clear();
            }
        }
        Body::Phone(_) | Body::Address(_) | Body::Vehicle(_) => {}
    }
}

/// Tells if a tie states the content of a withheld field.
pub(super) fn is_withheld(tie: &Tie, fields: Fields) -> bool {
    match tie.kind {
        TieKind::Uses => fields.contains(Field::Phones),
        TieKind::LivesAt | TieKind::StayedAt => fields.contains(Field::HomeAddress),
        TieKind::Drives | TieKind::Owns | TieKind::WorksFor | TieKind::AssociatedWith => false,
    }
}

/// Removes these fields from an event.
pub(super) fn strip_event(event: &mut Event, fields: Fields) {
    if fields.contains(Field::EventText) {
        event.text = None;
    }
    if fields.contains(Field::EventPlace) {
        event.place = None;
    }
    if fields.contains(Field::Amount) {
        event.amount = None;
    }
}

/// The form of a record without its withheld fields.
pub(super) fn form(engine: &Engine, record: &Record) -> FormId {
    FormId::of(&class_of(record), engine.content(&engine.prepare(record)))
}

/// Returns the links between the forms of a view in which some records were stripped of withheld fields. Stored links
/// were scored on whole records; those of stripped records are found and scored anew, as if the records had come without
/// these fields. `forms` holds for each record its form.
pub(super) fn relink(
    engine: &Engine,
    (records, forms): (&Indexed<RecordIndex, Arc<Record>>, &[FormId]),
    stripped: &BTreeSet<RecordIndex>,
    mut links: Vec<FormLink>,
) -> Vec<FormLink> {
    let mut held: BTreeMap<FormId, (RecordIndex, usize)> = BTreeMap::new();
    for (at, form) in records.indexes().zip(forms) {
        held.entry(*form).or_insert((at, 0)).1 += 1;
    }
    let is_stripped = |form: &FormId| held.get(form).is_some_and(|(at, _)| stripped.contains(at));
    // What is left of a record is another form, which may say the same where nothing was withheld that is compared.
    let is_whole = |form: &FormId| held.contains_key(form) && !is_stripped(form);
    links.retain(|link| is_whole(&link.a) && is_whole(&link.b));
    let prepared: BTreeMap<FormId, Prepared> =
        held.par_iter().map(|(form, (at, _))| (*form, engine.prepare(&records[*at]))).collect();
    let mut holders: BTreeMap<BlockKey, Vec<FormId>> = BTreeMap::new();
    for (form, one) in &prepared {
        engine.keys(one).into_iter().for_each(|key| holders.entry(key).or_default().push(*form));
    }
    let mut pairs: BTreeSet<(FormId, FormId)> = BTreeSet::new();
    for (form, (_, count)) in held.iter().filter(|(form, _)| is_stripped(form)) {
        if *count > 1 {
            pairs.insert((*form, *form));
        }
        let keys = engine.keys(&prepared[form]);
        let others = keys.iter().filter_map(|key| holders.get(key)).flatten();
        let others = others.filter(|other| *other != form);
        pairs.extend(others.map(|other| (*form.min(other), *form.max(other))));
    }
    links.par_extend(
        pairs
            .into_par_iter()
            .filter_map(|(a, b)| engine.form_link((a, &prepared[&a]), (b, &prepared[&b]))),
    );
    links
}
