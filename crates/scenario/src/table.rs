//! A table of people: one register of a whole country, about people of all cultures, with the
//! errors of its clerks, as a single CSV of any size. For measuring the engine alone.
//!
//! Unlike a scenario's agencies, the register holds enough people that their names must spread as
//! in a population: beside the common names there are thousands of rare ones, so that namesakes
//! occur about as often as in life. No column is filled in every record; none alone decides.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use rayon::prelude::*;

use super::ScenarioError;
use super::contacts::Contacts;
use super::desk::{Desk, write_row};
use super::generate::failed;
use super::names::CULTURES;
use super::noise::{Care, misspell};
use super::person_rows::iso_date;
use super::places::CITIES;
use accord_engine::ingest::mapping::{Manifest, ManifestFile};

/// Most records of a table: record numbers are distinct below [`NUMBERS`].
pub const MAX_RECORDS: u64 = 5_000_000;

/// People in a block.
const BLOCK: usize = 100;
/// Blocks made at a time by each thread.
const BLOCKS_PER_THREAD: usize = 16;
/// Records that a block may have.
const RECORDS_PER_BLOCK: u64 = 1_000;
/// Record numbers are a permutation of the numbers below this, so that they tell nothing of whose
/// a record is.
const NUMBERS: u64 = 1_000_000_007;
/// One in so many households has grown-up twins: two of a hundred people are such, as in life; as
/// often father and son have one name.
const TWINS_ONE_IN: usize = 60;
/// Shares of records that show the person's phone, document and address.
const SHOWN: [f64; 3] = [0.5, 0.2, 0.65];
/// Shares of records that show an e-mail address and a place of birth.
const CONTACTS: [f64; 2] = [0.35, 0.55];
/// The agency that keeps the register.
const AGENCY: &str = "register";

const HEADER: &str = "record_id,given_name,middle_name,family_name,birth_date,sex,birth_place,phone,\
                      email,street,house,unit,city,state,postcode,document_number\n";

/// The options of a table.
#[derive(Debug, Clone)]
pub struct TableOptions {
    /// Records: 1 to [`MAX_RECORDS`].
    pub records: u64,
    /// The same seed and number of records give the same bytes.
    pub seed: u64,
    /// Directory to write to; made when absent, files in it are replaced.
    pub out: PathBuf,
}

/// The figures of a table that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSummary {
    /// Records.
    pub records: u64,
    /// Distinct people among them.
    pub people: u64,
}

/// Rows of a block and their lines of the key, one for one.
#[derive(Default)]
struct Block {
    rows: Vec<(String, String)>,
}

/// Writes `people.csv`, `people.csv.map.toml`, `key.csv` and `manifest.toml` of a table.
/// `progress` is told the number of records written so far, now and then.
///
/// # Errors
/// [`ScenarioError::Range`] for a number of records out of range, [`ScenarioError::File`] when a
/// file cannot be written.
pub fn generate_table(
    options: &TableOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<TableSummary, ScenarioError> {
    if !(1..=MAX_RECORDS).contains(&options.records) {
        return Err(ScenarioError::Range { name: "records", from: 1, to: MAX_RECORDS });
    }
    let mut files = TableFiles::create(options)?;
    let window = (BLOCKS_PER_THREAD * rayon::current_num_threads()) as u64;
    let mut next = 0;
    while files.summary.records < options.records {
        let blocks: Vec<Block> =
            (next..next + window).into_par_iter().map(|n| block(options.seed, n)).collect();
        for block in &blocks {
            files.write(block, options.records)?;
        }
        progress(files.summary.records);
        next += window;
    }
    files.finish()
}

/// The `number`-th hundred people and their records.
fn block(seed: u64, number: u64) -> Block {
    let mut desk = Desk::new(&[], seed, number).with_contacts(seed);
    desk.world.rare_names = true;
    let here: Vec<usize> = (0..CITIES.len()).filter(|at| CITIES[*at].country == "US").collect();
    desk.world.city = here[desk.dice.skewed(here.len())];
    while desk.world.people.len() < BLOCK {
        desk.household(BLOCK, TWINS_ONE_IN);
    }
    share_phones(&mut desk);
    let former = former_homes(&mut desk);
    let mut subjects = Vec::new();
    for person in 0..desk.world.people.len() {
        let count = desk.record_count();
        subjects.extend(std::iter::repeat_n(person, count));
    }
    // Records of one person do not stand together.
    for at in (1..subjects.len()).rev() {
        subjects.swap(at, desk.dice.below(at + 1));
    }
    let mut block = Block::default();
    for (nth, person) in subjects.into_iter().enumerate() {
        let serial = number * RECORDS_PER_BLOCK + nth as u64;
        let id = format!("R{:09}", (serial + 1) * 387_420_489 % NUMBERS);
        let row = row(&mut desk, &id, person, former[person]);
        let group = CULTURES[desk.world.people[person].culture].name;
        let entity = desk.world.serial(person);
        let mut key = String::new();
        let _ = writeln!(key, "{AGENCY},{id},person,person-{entity:07},{group}");
        block.rows.push((row, key));
    }
    block
}

/// Gives some people who live together one phone.
fn share_phones(desk: &mut Desk<'_>) {
    for at in 1..desk.world.people.len() {
        let (before, person) = (&desk.world.people[at - 1], &desk.world.people[at]);
        let (together, phone) = (before.address == person.address, before.phone);
        if together && desk.dice.chance(0.25) {
            desk.world.people[at].phone = phone;
        }
    }
}

/// Draws the former homes of some people, which records of that time still state; `None` for the others.
fn former_homes(desk: &mut Desk<'_>) -> Vec<Option<usize>> {
    let mut homes = Vec::new();
    for _ in 0..desk.world.people.len() {
        let moved = desk.dice.chance(0.12);
        homes.push(moved.then(|| desk.world.address(desk.world.city, 0)));
    }
    homes
}

/// Writes one record of a person as a row.
fn row(desk: &mut Desk<'_>, id: &str, person: usize, former: Option<usize>) -> String {
    let said = desk.personal(person, Care::Clerk, SHOWN);
    let Contacts { email, birth_place } = desk.contacts(person, CONTACTS);
    let subject = desk.world.people[person].clone();
    let phone = desk.written_phone(said.phone, "US");
    let sex = if desk.dice.chance(0.92) { ["M", "F"][subject.sex] } else { "" };
    let home = former.filter(|_| desk.dice.chance(0.4)).unwrap_or(subject.address);
    let mut place = [const { String::new() }; 6];
    if said.at_home {
        place = address_cells(desk, home);
    }
    let mut cells: Vec<&str> = vec![&said.name.given, &said.name.middle, &said.name.family];
    let born = iso_date(said.birth);
    cells.extend([&*born, sex, &birth_place, &phone, &email]);
    cells.extend(place.iter().map(String::as_str));
    cells.push(&said.document);
    let mut text = String::new();
    write_row(&mut text, ',', id, &cells);
    text
}

/// Street, house, unit, city, state, post code; some left out.
fn address_cells(desk: &mut Desk<'_>, home: usize) -> [String; 6] {
    let address = desk.world.addresses[home].clone();
    let city = &CITIES[address.city];
    let mut street = address.street(desk.dice.chance(0.55));
    if desk.dice.chance(0.03) {
        street = misspell(&street, &mut desk.dice);
    }
    let unit = if address.unit > 0 && desk.dice.chance(0.85) {
        address.unit.to_string()
    } else {
        String::new()
    };
    let mut keep = |odds: f64, text: String| {
        if desk.dice.chance(odds) { text } else { String::new() }
    };
    let house = keep(0.95, address.house.to_string());
    let state = keep(0.9, city.region.to_owned());
    let postcode = keep(0.8, address.postcode());
    [street, house, unit, city.name.to_owned(), state, postcode]
}

/// The table's open files and what is in them.
struct TableFiles {
    out: PathBuf,
    people: BufWriter<File>,
    key: BufWriter<File>,
    summary: TableSummary,
}

impl TableFiles {
    fn create(options: &TableOptions) -> Result<Self, ScenarioError> {
        let out = options.out.as_path();
        std::fs::create_dir_all(out).map_err(failed(out))?;
        let open = |name: &str, header: &str| {
            let path = out.join(name);
            let mut file = BufWriter::new(File::create(&path).map_err(failed(&path))?);
            file.write_all(header.as_bytes()).map_err(failed(&path))?;
            Ok(file)
        };
        let (path, mapping) = ("people.csv".to_owned(), "people.csv.map.toml".to_owned());
        open(&mapping, include_str!("mappings/table.toml"))?.flush().map_err(failed(out))?;
        let manifest = Manifest {
            title: Some("Synthetic register of people".into()),
            key: Some("key.csv".into()),
            rings: None,
            files: vec![ManifestFile { path, mapping }],
        };
        let text = toml::to_string(&manifest).map_err(|error| ScenarioError::Form {
            path: "manifest.toml".into(),
            reason: error.to_string(),
        })?;
        open("manifest.toml", &text)?.flush().map_err(failed(out))?;
        Ok(Self {
            out: out.to_owned(),
            people: open("people.csv", HEADER)?,
            key: open("key.csv", "agency,record_id,type,entity,group\n")?,
            summary: TableSummary { records: 0, people: 0 },
        })
    }

    /// Writes a block, as far as there is room for its records.
    fn write(&mut self, block: &Block, most: u64) -> Result<(), ScenarioError> {
        let room = most - self.summary.records;
        let mut entities = std::collections::BTreeSet::new();
        let failed = failed(&self.out);
        for (row, key) in block.rows.iter().take(room as usize) {
            self.people.write_all(row.as_bytes()).map_err(&failed)?;
            self.key.write_all(key.as_bytes()).map_err(&failed)?;
            entities.insert(key.split(',').nth(3));
            self.summary.records += 1;
        }
        self.summary.people += entities.len() as u64;
        Ok(())
    }

    fn finish(mut self) -> Result<TableSummary, ScenarioError> {
        let failed = failed(&self.out);
        for file in [&mut self.people, &mut self.key] {
            file.flush().map_err(&failed)?;
        }
        Ok(self.summary)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::super::baselines::rows;
    use super::*;
    use accord_engine::ingest::mapping::Mapping;

    type Row = BTreeMap<String, String>;

    fn made(records: u64, seed: u64) -> (tempfile::TempDir, TableSummary) {
        let dir = tempfile::tempdir().unwrap();
        let options = TableOptions { records, seed, out: dir.path().to_owned() };
        let summary = generate_table(&options, &mut |_| {}).unwrap();
        (dir, summary)
    }

    fn read(dir: &Path, name: &str) -> Vec<Row> {
        let mapping: Mapping = toml::from_str(include_str!("mappings/table.toml")).unwrap();
        rows(dir, name, &mapping).unwrap()
    }

    /// The share of rows of which something is true.
    fn share(rows: &[Row], of: impl Fn(&Row) -> bool) -> f64 {
        rows.iter().filter(|row| of(row)).count() as f64 / rows.len() as f64
    }

    #[test]
    fn a_table_has_the_number_of_records_asked_for_and_a_key_line_for_each() {
        for records in [1, 240, 4_321] {
            let (dir, summary) = made(records, 3);
            assert_eq!(summary.records, records);
            let (people, key) = (read(dir.path(), "people.csv"), read(dir.path(), "key.csv"));
            let ids = |rows: &[Row]| -> Vec<String> {
                rows.iter().map(|row| row["record_id"].clone()).collect()
            };
            assert_eq!(ids(&people), ids(&key));
            assert_eq!(ids(&key).iter().collect::<BTreeSet<_>>().len() as u64, records);
            let entities: BTreeSet<_> = key.iter().map(|row| &row["entity"]).collect();
            assert_eq!(entities.len() as u64, summary.people);
        }
        let dir = tempfile::tempdir().unwrap();
        for records in [0, MAX_RECORDS + 1] {
            let options = TableOptions { records, seed: 1, out: dir.path().join("none") };
            assert!(generate_table(&options, &mut |_| {}).is_err());
        }
        assert!(!dir.path().join("none").exists());
    }

    #[test]
    fn a_seed_gives_the_same_table_on_any_number_of_threads_and_another_seed_another() {
        let text = |dir: &tempfile::TempDir, name: &str| {
            std::fs::read_to_string(dir.path().join(name)).unwrap()
        };
        let (first, _) = made(9_000, 5);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let (again, _) = pool.install(|| made(9_000, 5));
        let (other, _) = made(9_000, 6);
        for name in ["people.csv", "key.csv", "manifest.toml", "people.csv.map.toml"] {
            assert!(text(&first, name) == text(&again, name), "{name}");
        }
        assert!(text(&first, "people.csv") != text(&other, "people.csv"));
    }

    #[test]
    fn no_column_decides_alone_and_every_culture_occurs() {
        let (dir, summary) = made(20_000, 1);
        assert!((2.2..2.7).contains(&(summary.records as f64 / summary.people as f64)));
        let people = read(dir.path(), "people.csv");
        for (column, from, to) in [
            ("birth_date", 0.9, 0.99),
            ("birth_place", 0.4, 0.7),
            ("phone", 0.4, 0.65),
            ("email", 0.25, 0.45),
            ("street", 0.5, 0.8),
            ("postcode", 0.4, 0.65),
            ("document_number", 0.1, 0.3),
        ] {
            let filled = share(&people, |row| !row[column].is_empty());
            assert!((from..to).contains(&filled), "{column}: {filled}");
        }
        let unique = ["phone", "email", "document_number"];
        let bare = share(&people, |row| unique.iter().all(|column| row[*column].is_empty()));
        assert!((0.15..0.4).contains(&bare), "{bare}");
        let key = read(dir.path(), "key.csv");
        let groups: BTreeSet<_> = key.iter().map(|row| &row["group"]).collect();
        assert_eq!(groups.len(), CULTURES.len());
    }

    #[test]
    fn records_of_one_person_differ_and_namesakes_occur_about_as_in_life() {
        let (dir, summary) = made(40_000, 1);
        let people = read(dir.path(), "people.csv");
        let name = |row: &Row| (row["given_name"].clone(), row["family_name"].clone());
        let mut of_entity: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for (row, key) in people.iter().zip(read(dir.path(), "key.csv")) {
            of_entity.entry(key["entity"].clone()).or_default().push(row);
        }
        let (mut pairs, mut equal) = (0, 0);
        let mut bearers: BTreeMap<_, usize> = BTreeMap::new();
        for records in of_entity.values() {
            *bearers.entry(name(records[0])).or_default() += 1;
            for (at, a) in records.iter().enumerate() {
                for b in &records[at + 1..] {
                    pairs += 1;
                    let same = name(a) == name(b) && a["birth_date"] == b["birth_date"];
                    equal += usize::from(same && !a["birth_date"].is_empty());
                }
            }
        }
        let equal = f64::from(equal as u32) / f64::from(pairs);
        assert!((0.05..0.4).contains(&equal), "{equal}");
        // Namesakes: some, and no name that a whole town bears.
        let most = *bearers.values().max().unwrap();
        let shared: usize = bearers.values().filter(|count| **count > 1).sum();
        let shared = shared as f64 / summary.people as f64;
        assert!((2..20).contains(&most), "{most}");
        assert!((0.003..0.1).contains(&shared), "{shared}");
        // A larger table goes on with other names: it is not the smaller one again.
        let quarter: BTreeSet<_> = people[..10_000].iter().map(name).collect();
        let whole: BTreeSet<_> = people.iter().map(name).collect();
        assert!(whole.len() > 3 * quarter.len(), "{} of {}", whole.len(), quarter.len());
    }
}
