//! Making a scenario: blocks of people in parallel, written in order, in bounded memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use thiserror::Error;

use super::decoys::DECOYS;
use super::desk::{Desk, Output};
use super::rings::{Members, RINGS};
use super::sources::{Source, sources};
use accord_engine::ingest::mapping::{Manifest, ManifestFile};

/// People in a block of ordinary people.
const BLOCK: u64 = 100;
/// People for each further set of planted cases.
const PEOPLE_PER_SET: u64 = 2_000;
/// People that one set of planted cases is about (the exact number varies a little).
const PEOPLE_IN_SET: u64 = 165;
/// Rings, and decoys, in a set.
const CASES_IN_SET: usize = 11;
/// Blocks made at a time by each thread: enough to keep it busy, few enough to stay small.
const BLOCKS_PER_THREAD: usize = 8;

/// Fewer people than this give a scenario of planted cases only.
pub const MIN_PEOPLE: u64 = PEOPLE_IN_SET;
/// Most people of a scenario: serial numbers stay within the number plans.
pub const MAX_PEOPLE: u64 = 2_000_000;
/// Most agencies of a scenario: each keeps its files open.
pub const MAX_AGENCIES: usize = 200;

/// The options of a scenario.
#[derive(Debug, Clone)]
pub struct Options {
    /// Distinct people, roughly: 1 to [`MAX_PEOPLE`].
    pub people: u64,
    /// Agencies: 1 to [`MAX_AGENCIES`]. Rings are split over agencies where there are several.
    pub agencies: usize,
    /// The same seed and options give the same bytes.
    pub seed: u64,
    /// True if person records say e-mail addresses and places of birth as well. All else stays the
    /// same.
    pub contacts: bool,
    /// True if `groups.csv` is written, too: the culture of each person record's name.
    pub groups: bool,
    /// Directory to write to; made when absent, files in it are replaced.
    pub out: PathBuf,
}

/// The figures of a scenario that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Records of all types that the mappings make of the files.
    pub records: u64,
    /// Rows written.
    pub rows: u64,
    /// Distinct people.
    pub people: u64,
    /// Planted rings.
    pub rings: u64,
    /// Planted decoys.
    pub decoys: u64,
    /// Data files.
    pub files: usize,
}

/// The reason for which a scenario could not be made.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// An option is out of its range.
    #[error("{name} must be between {from} and {to}")]
    Range {
        /// The option.
        name: &'static str,
        /// Smallest allowed.
        from: u64,
        /// Largest allowed.
        to: u64,
    },
    /// A file could not be written or read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// The reason.
        source: std::io::Error,
    },
    /// A file of a scenario is not of the expected form.
    #[error("{path}: {reason}")]
    Form {
        /// The file.
        path: String,
        /// The fault of the file, without quoting its contents.
        reason: String,
    },
}

/// A block's task.
#[derive(Debug, Clone, Copy)]
enum Task {
    /// Makes so many ordinary people.
    Population(u64),
    /// Makes the planted cases of the set of this number.
    Cases(u64),
}

/// Writes a scenario. `progress` is told the number of records written so far, now and then.
///
/// # Errors
/// [`ScenarioError::Range`] for options out of range, [`ScenarioError::File`] when a file cannot be
/// written.
pub fn generate(
    options: &Options,
    progress: &mut dyn FnMut(u64),
) -> Result<Summary, ScenarioError> {
    check("people", options.people, MAX_PEOPLE)?;
    check("agencies", options.agencies as u64, MAX_AGENCIES as u64)?;
    let sources = sources(options.agencies, options.contacts);
    let mut files = Files::create(options, &sources)?;
    let sets = (options.people / PEOPLE_PER_SET).max(1);
    let ordinary = options.people.saturating_sub(sets * PEOPLE_IN_SET);
    let blocks = ordinary.div_ceil(BLOCK);
    let window = BLOCKS_PER_THREAD * rayon::current_num_threads();
    let mut summary = Summary {
        records: 0,
        rows: 0,
        people: 0,
        rings: sets * CASES_IN_SET as u64,
        decoys: sets * CASES_IN_SET as u64,
        files: sources.len(),
    };
    let total = blocks + sets;
    let mut next = 0;
    while next < total {
        let end = (next + window as u64).min(total);
        let made: Vec<(Output, u64)> = (next..end)
            .into_par_iter()
            .map(|number| make(number, task(number, blocks, sets, ordinary), &sources, options))
            .collect();
        for (output, people) in made {
            files.write(&output)?;
            summary.records += output.records;
            summary.rows += output.row_count;
            summary.people += people;
        }
        progress(summary.records);
        next = end;
    }
    files.finish()?;
    Ok(summary)
}

fn check(name: &'static str, value: u64, to: u64) -> Result<(), ScenarioError> {
    if (1..=to).contains(&value) { Ok(()) } else { Err(ScenarioError::Range { name, from: 1, to }) }
}

/// Sets of cases stand evenly among the blocks of ordinary people.
fn task(number: u64, blocks: u64, sets: u64, ordinary: u64) -> Task {
    let total = blocks + sets;
    let before = number * sets / total;
    if (number + 1) * sets / total > before {
        return Task::Cases(before);
    }
    let block = number - before;
    Task::Population(BLOCK.min(ordinary - block * BLOCK))
}

fn make(number: u64, task: Task, sources: &[Source], options: &Options) -> (Output, u64) {
    let mut desk = Desk::new(sources, options.seed, number);
    if options.contacts {
        desk = desk.with_contacts(options.seed);
    }
    match task {
        Task::Population(people) => desk.population(people as usize),
        Task::Cases(set) => {
            for nth in 0..CASES_IN_SET {
                // Eleven rings of nine kinds: two kinds, other ones in each set, come twice.
                let kind = match RINGS.get(nth) {
                    Some(kind) => kind,
                    None => RINGS[(set as usize * 2 + nth) % RINGS.len()],
                };
                let members = desk.ring(kind);
                note(&mut desk, set * 2, nth, kind, "ring", &members);
                let members = desk.decoy(DECOYS[nth]);
                note(&mut desk, set * 2 + 1, nth, DECOYS[nth], "decoy", &members);
            }
        }
    }
    (desk.out, desk.world.people.len() as u64)
}

/// Lines of rings.csv for one case.
fn note(desk: &mut Desk<'_>, half: u64, nth: usize, kind: &str, truth: &str, members: &Members) {
    let id = half * CASES_IN_SET as u64 + nth as u64 + 1;
    for &(entity_type, index) in members {
        let member = desk.entity(entity_type, index);
        desk.out.rings.push_str(&format!("case-{id:05},{kind},{member},{truth}\n"));
    }
}

/// The scenario's open files.
struct Files {
    out: PathBuf,
    data: Vec<BufWriter<File>>,
    key: BufWriter<File>,
    rings: BufWriter<File>,
    groups: Option<BufWriter<File>>,
}

/// How the failure to write a file is reported.
pub(super) fn failed(path: &Path) -> impl Fn(std::io::Error) -> ScenarioError {
    let path = path.display().to_string();
    move |source| ScenarioError::File { path: path.clone(), source }
}

impl Files {
    fn create(options: &Options, sources: &[Source]) -> Result<Self, ScenarioError> {
        let out = options.out.as_path();
        std::fs::create_dir_all(out).map_err(failed(out))?;
        let open = |name: &str, header: &str| {
            let path = out.join(name);
            let mut file = BufWriter::new(File::create(&path).map_err(failed(&path))?);
            file.write_all(header.as_bytes()).map_err(failed(&path))?;
            Ok(file)
        };
        let mut data = Vec::new();
        let mut files = Vec::new();
        for source in sources {
            data.push(open(&source.path, &source.header())?);
            let mapping = format!("{}.map.toml", source.path);
            open(&mapping, &source.mapping())?.flush().map_err(failed(out))?;
            files.push(ManifestFile { path: source.path.clone(), mapping });
        }
        let manifest = Manifest {
            title: Some("Synthetic multi-agency scenario".into()),
            key: Some("key.csv".into()),
            rings: Some("rings.csv".into()),
            files,
        };
        let text = toml::to_string(&manifest).map_err(|error| ScenarioError::Form {
            path: "manifest.toml".into(),
            reason: error.to_string(),
        })?;
        open("manifest.toml", &text)?.flush().map_err(failed(out))?;
        let key = open("key.csv", "agency,record_id,type,entity\n")?;
        let rings = open("rings.csv", "id,kind,member,truth\n")?;
        let groups = if options.groups {
            Some(open("groups.csv", "agency,record_id,group\n")?)
        } else {
            None
        };
        Ok(Self { out: out.to_owned(), data, key, rings, groups })
    }

    fn write(&mut self, output: &Output) -> Result<(), ScenarioError> {
        let failed = failed(&self.out);
        for (file, rows) in self.data.iter_mut().zip(&output.rows) {
            file.write_all(rows.as_bytes()).map_err(&failed)?;
        }
        self.key.write_all(output.key.as_bytes()).map_err(&failed)?;
        if let Some(groups) = &mut self.groups {
            groups.write_all(output.groups.as_bytes()).map_err(&failed)?;
        }
        self.rings.write_all(output.rings.as_bytes()).map_err(&failed)
    }

    fn finish(mut self) -> Result<(), ScenarioError> {
        let failed = failed(&self.out);
        for file in
            self.data.iter_mut().chain([&mut self.key, &mut self.rings]).chain(&mut self.groups)
        {
            file.flush().map_err(&failed)?;
        }
        Ok(())
    }
}
