//! The agencies' desks of one block: where rows are written and the answer key with them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::contacts::{ContactDesk, Contacts, Odds};
use super::dice::Dice;
use super::names::CULTURES;
use super::noise::{self, Care, WrittenDate, WrittenName};
use super::sources::{Kind, Source};
use super::world::World;
use accord_engine::model::EntityType;

/// The lines and counts that one block adds to the scenario's files.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// Rows by source.
    pub rows: Vec<String>,
    /// Lines of key.csv.
    pub key: String,
    /// Lines of groups.csv.
    pub groups: String,
    /// Lines of rings.csv.
    pub rings: String,
    /// Records the rows make.
    pub records: u64,
    /// Rows written.
    pub row_count: u64,
}

/// The desks of one block with the true world they write about.
pub(super) struct Desk<'a> {
    pub world: World,
    pub dice: Dice,
    pub sources: &'a [Source],
    pub number: u64,
    pub out: Output,
    serials: Vec<u32>,
    /// The agencies that know of the ring being planted; none outside rings.
    ring: Option<BTreeSet<&'a str>>,
    /// Writes e-mail addresses and places of birth, where asked for.
    contacts: Option<ContactDesk>,
}

/// A ring is known to at most so many agencies.
const RING_AGENCIES_MAX: usize = 4;

/// One row being written.
pub(super) struct Row {
    source: usize,
    /// True if the row is written; false if its agency would be one too many to know of a ring.
    written: bool,
    /// The row's id as in the file.
    pub id: String,
}

/// The particulars of its subject that a person row shows.
pub(super) struct Personal {
    pub name: WrittenName,
    pub birth: Option<WrittenDate>,
    /// The phone shown, index into the world's.
    pub phone: Option<usize>,
    /// The document number, or empty.
    pub document: String,
    /// True if the home address is shown.
    pub at_home: bool,
}

impl<'a> Desk<'a> {
    /// The desks of a block.
    pub fn new(sources: &'a [Source], seed: u64, number: u64) -> Self {
        let rows = vec![String::new(); sources.len()];
        Self {
            world: World::new(number),
            dice: Dice::new(seed, number),
            sources,
            number,
            out: Output { rows, ..Output::default() },
            serials: vec![0; sources.len()],
            ring: None,
            contacts: None,
        }
    }

    /// Records say e-mail addresses and places of birth as well.
    pub fn with_contacts(mut self, seed: u64) -> Self {
        self.contacts = Some(ContactDesk::new(seed, self.number));
        self
    }

    /// The e-mail address and place of birth that a record shows; nothing where not asked for.
    pub fn contacts(&mut self, person: usize, odds: Odds) -> Contacts {
        let serial = self.world.serial(person);
        let contacts = self.contacts.as_mut();
        contacts.map_or_else(Contacts::default, |desk| {
            desk.contacts(&self.world.people[person], serial, odds)
        })
    }

    /// Plants a ring, known to at most [`RING_AGENCIES_MAX`] agencies: rows of further ones are never
    /// written.
    pub fn confined<T>(&mut self, plant: impl FnOnce(&mut Self) -> T) -> T {
        self.ring = Some(BTreeSet::new());
        let planted = plant(self);
        self.ring = None;
        planted
    }

    /// Begins a row at a source of this kind; with several police departments one is drawn.
    pub fn begin(&mut self, kind: Kind) -> Row {
        let knows = |source: &Source| {
            self.ring.as_ref().is_none_or(|ring| {
                ring.len() < RING_AGENCIES_MAX || ring.contains(source.agency.as_str())
            })
        };
        let of_kind: Vec<usize> = (0..self.sources.len())
            .filter(|index| self.sources[*index].kind == kind && knows(&self.sources[*index]))
            .collect();
        if of_kind.is_empty() {
            return Row { source: 0, written: false, id: String::new() };
        }
        let source = of_kind[self.dice.below(of_kind.len())];
        if let Some(ring) = &mut self.ring {
            ring.insert(&self.sources[source].agency);
        }
        self.serials[source] += 1;
        self.out.row_count += 1;
        let id = format!("{:05}{:04}", self.number, self.serials[source]);
        Row { source, written: true, id }
    }

    /// Writes the row's cells.
    pub fn cells(&mut self, row: &Row, cells: &[&str]) {
        if !row.written {
            return;
        }
        let delimiter = if self.sources[row.source].kind == Kind::Labour { ';' } else { ',' };
        write_row(&mut self.out.rows[row.source], delimiter, &row.id, cells);
    }

    /// The contacts that a row of this kind of source shows of a person.
    pub fn row_contacts(&mut self, row: &Row, person: usize) -> Contacts {
        let columns = self.sources[row.source].contacts;
        columns.map_or_else(Contacts::default, |columns| self.contacts(person, columns.odds))
    }

    /// Writes the row's cells and the columns of the contacts that its kind of source has, of the
    /// person that the row is about if it is about one.
    pub fn cells_of_person(&mut self, row: &Row, person: Option<usize>, cells: &[&str]) {
        let columns = self.sources[row.source].contacts;
        let shown = person.map(|person| self.row_contacts(row, person)).unwrap_or_default();
        let mut all = cells.to_vec();
        if let Some(columns) = columns {
            let both = [(columns.email, &shown.email), (columns.birth_place, &shown.birth_place)];
            all.extend(both.iter().filter_map(|(column, text)| column.map(|_| text.as_str())));
        }
        self.cells(row, &all);
    }

    /// Writes the row as a JSON object.
    pub fn object(&mut self, row: &Row, object: &serde_json::Value) {
        if !row.written {
            return;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(self.out.rows[row.source], "{object}");
    }

    /// Notes in the key whose the record of a slot is; the first slot's name is empty.
    pub fn key(&mut self, row: &Row, slot: &str, entity_type: EntityType, local: usize) {
        if !row.written {
            return;
        }
        let source = &self.sources[row.source];
        let entity = self.entity(entity_type, local);
        let slash = if slot.is_empty() { "" } else { "/" };
        let _ = writeln!(
            self.out.key,
            "{},{}{}{slash}{slot},{},{entity}",
            source.agency,
            source.id_prefix,
            row.id,
            entity_type.as_str(),
        );
        if entity_type == EntityType::Person {
            let group = CULTURES[self.world.people[local].culture].name;
            let (agency, prefix, id) = (&source.agency, source.id_prefix, &row.id);
            let _ = writeln!(self.out.groups, "{agency},{prefix}{id}{slash}{slot},{group}");
        }
        self.out.records += 1;
    }

    /// The key's name of an entity.
    pub fn entity(&self, entity_type: EntityType, local: usize) -> String {
        format!("{}-{:06}", entity_type.as_str(), self.world.serial(local))
    }

    /// A phone as this source writes it, or nothing.
    pub fn written_phone(&mut self, phone: Option<usize>, region: &str) -> String {
        phone.map_or_else(String::new, |p| self.world.phones[p].written(region, &mut self.dice))
    }

    /// An address on one line.
    pub fn address_line(&mut self, address: usize) -> String {
        let address = &self.world.addresses[address];
        let country = super::places::CITIES[address.city].country;
        noise::address_line(address, country, &mut self.dice)
    }

    /// Draws the particulars of a person that a row shows. A record that would tell too little to be
    /// recognized (fewer than two of birth date, phone, document, address) nearly always gets its right
    /// birth date and its phone: such records exist, but no evidence could settle them and they would only
    /// add luck.
    pub fn personal(&mut self, person: usize, care: Care, shown: [f64; 3]) -> Personal {
        let subject = self.world.people[person].clone();
        let name = noise::name(&subject, care, &mut self.dice);
        let keep = subject.namesake || (matches!(care, Care::Papers) && self.dice.chance(0.8));
        let (mut birth, mut right) = noise::birth(subject.birth, keep, &mut self.dice);
        let [phone, document, home] = shown.map(|odds| self.dice.chance(odds));
        let mut phone = subject.phone.filter(|_| phone);
        let known = [right, phone.is_some(), document, home].iter().filter(|k| **k).count();
        if known < 2 && !self.dice.chance(0.01) {
            birth = Some((subject.birth.0, Some(subject.birth.1), Some(subject.birth.2)));
            right = true;
            phone = subject.phone;
        }
        debug_assert!(!right || birth.is_some());
        let document = if document { subject.document } else { String::new() };
        Personal { name, birth, phone, document, at_home: home }
    }
}

/// Adds a row to a CSV file.
pub(super) fn write_row(out: &mut String, delimiter: char, id: &str, cells: &[&str]) {
    out.push_str(id);
    for cell in cells {
        out.push(delimiter);
        if cell.contains([delimiter, '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}

/// A moment as UTC calendar fields: year, month, day, hour, minute.
pub(super) fn civil(at: i64) -> (i64, i64, i64, i64, i64) {
    // Days to civil date in the proleptic Gregorian calendar, in eras of 400 years from 1 March.
    let days = at.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let second = at.rem_euclid(86_400);
    (year, month, day, second / 3600, second / 60 % 60)
}

/// `YYYY-MM-DDTHH:MM:SSZ`.
pub(super) fn rfc3339(at: i64) -> String {
    let (year, month, day, hour, minute) = civil(at);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", at.rem_euclid(60))
}

/// `YYYY-MM-DD HH:MM:SS`.
pub(super) fn plain_time(at: i64) -> String {
    let (year, month, day, hour, minute) = civil(at);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{:02}", at.rem_euclid(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_fields_agree_with_jiff() {
        for at in [0, 951_782_399, 951_782_400, 1_735_689_600, 1_767_225_599] {
            let there = jiff::Timestamp::from_second(at).unwrap();
            assert_eq!(rfc3339(at), there.to_string());
        }
    }
}
