//! The order of a table's records by similarity: records that say much the same stand beside each other.

use rayon::prelude::*;

use super::table::Table;
use super::values::Values;
use crate::model::PartialDate;

/// Words of a person's names that go into the first key; more seldom decide.
const WORDS: usize = 4;

/// The first sort key, which is fast to compare: the places in the alphabet of the words of the names, ascending;
/// then the date of birth.
type First = ([u32; WORDS], Option<PartialDate>);

/// Returns the rank of each record when the records are sorted by their content, names first; records of equal
/// content stay in the order of the table.
pub(super) fn ranks(table: &Table) -> Vec<u32> {
    let places = places(table);
    let mut order: Vec<(First, u32)> = table
        .rows()
        .par_iter()
        .zip(0..table.len() as u32)
        .map(|(row, record)| (first(row, &places), record))
        .collect();
    order.par_sort_unstable();
    // Only those that are equal so far are worth a text each.
    order.par_chunk_by_mut(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1).for_each(|equal| {
        equal.par_sort_by_cached_key(|(_, record)| rest(table, *record));
    });
    let mut ranks = vec![0; order.len()];
    for (rank, (_, record)) in order.into_iter().enumerate() {
        ranks[record as usize] = rank as u32;
    }
    ranks
}

/// For each word its place in the alphabet, from 1.
fn places(table: &Table) -> Vec<u32> {
    let words = table.lexicon().words();
    let mut order: Vec<u32> = (0..words.len() as u32).collect();
    order.par_sort_unstable_by(|a, b| words[*a as usize].before(&words[*b as usize]));
    let mut places = vec![0; words.len()];
    for (place, word) in order.into_iter().enumerate() {
        places[word as usize] = place as u32 + 1;
    }
    places
}

fn first(values: &Values, places: &[u32]) -> First {
    let Values::Person(person) = values else { return First::default() };
    let mut words: Vec<u32> = person.names.words().map(|word| places[word as usize]).collect();
    words.sort_unstable();
    words.resize(WORDS, 0);
    ([words[0], words[1], words[2], words[3]], person.birth.map(|birth| birth.date))
}

/// Returns the second sort key, which decides between records of one first key: the record's other content as text.
fn rest(table: &Table, record: u32) -> String {
    let lexicon = table.lexicon();
    let words = |words: &mut dyn Iterator<Item = u32>| {
        let mut texts: Vec<&str> = words.map(|it| &*lexicon.word(it).text).collect();
        texts.sort_unstable();
        texts.join(" ")
    };
    let text = |text: Option<_>| text.map_or("", |text| lexicon.text(text));
    match &table.rows()[record as usize] {
        Values::Person(person) => {
            let address = person.address.as_deref();
            let postcode = text(address.and_then(|address| address.postcode));
            let street = words(&mut address.iter().flat_map(|it| it.street.iter().copied()));
            format!("{postcode}|{street}|{}", text(person.birth_place))
        }
        Values::Phone(phone) => text(phone.map(|phone| phone.national)).to_owned(),
        Values::Address(address) => {
            let street = words(&mut address.street.iter().copied());
            let (house, unit) = (text(address.house), text(address.unit));
            format!("{street}|{house}|{unit}|{}", text(address.city))
        }
        Values::Vehicle(vehicle) => {
            format!("{}|{}", text(vehicle.plate_folded), text(vehicle.vin))
        }
        Values::Organization(organization) => words(&mut organization.words.iter().copied()),
    }
}
