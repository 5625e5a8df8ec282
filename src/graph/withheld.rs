//! Removing the fields that agreements withhold from the objects of a view. They are removed before anything is
//! computed, so that they are in no link, no search and no answer.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::keys::KeyIndex;
use super::positions::Positions;
use super::{Indexed, RecordIndex};
use crate::govern::{Field, Fields};
use crate::model::{Body, Event, Link, Record, Tie, TieKind};
use crate::resolve::{Engine, Prepared};

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

/// Returns the links of a view in which some records were stripped of withheld fields. Stored links were scored on
/// whole records; the links of stripped records are found and scored anew, as if the records had come without these
/// fields. Returns the blocking keys of all records too.
pub(super) fn relink(
    engine: &Engine,
    (records, positions): (&Indexed<RecordIndex, Arc<Record>>, &Positions),
    stripped: &BTreeSet<RecordIndex>,
    mut links: Vec<Arc<Link>>,
) -> (Vec<Arc<Link>>, KeyIndex) {
    let is_stripped = |id| positions.of_id(id).is_some_and(|position| stripped.contains(&position));
    links.retain(|link| !is_stripped(link.a) && !is_stripped(link.b));
    let prepared: Indexed<RecordIndex, Prepared> = records.mapped(|record| engine.prepare(record));
    let keys_of = |at| engine.keys(&prepared[at]).into_iter().map(move |key| (key, at));
    let keys = KeyIndex::of_keys(prepared.indexes().flat_map(keys_of).collect());
    let pairs = keys.pairs(stripped.iter().copied().flat_map(keys_of));
    links.extend(pairs.into_iter().filter_map(|(a, b)| {
        let side = |position| (records[position].id, &prepared[position]);
        engine.link(side(a), side(b)).map(Arc::new)
    }));
    links.sort_unstable_by_key(|link| (link.a, link.b));
    (links, keys)
}
