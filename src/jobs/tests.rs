//! Tests of the laws of the write path, on the real embedded store.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, mpsc};

use proptest::prelude::*;

use super::*;
use crate::audit::{AuditError, Due, Housekeeping};
use crate::ingest::{Reason, RowMapper, RowOutput, RowReader, parse_mapping};
use crate::model::{
    BlockKey, Body, ClassId, Content, Event, FormId, FormLink, IdKey, Judgement, LevelHit, Record,
    Tie, Timestamp,
};
use crate::store::{SnapshotSink, SqliteStore, Store};

/// Links phones whose digits share an ending: a linker small enough to know its links by heart.
struct Endings;

impl Linker for Endings {
    type Prepared = String;

    fn prepare(&self, record: &Record) -> String {
        match &record.body {
            Body::Phone(phone) => phone.number.chars().filter(char::is_ascii_digit).collect(),
            _ => String::new(),
        }
    }

    fn keys(&self, digits: &String) -> Vec<BlockKey> {
        let ending = |count: usize| digits.get(digits.len().checked_sub(count)?..)?.parse().ok();
        [ending(1), ending(2).map(|two: u64| two + 100)]
            .into_iter()
            .flatten()
            .map(BlockKey)
            .collect()
    }

    fn content(&self, digits: &String) -> Content {
        let mut content = [0; 16];
        content[..digits.len().min(16)].copy_from_slice(&digits.as_bytes()[..digits.len().min(16)]);
        Content(content)
    }

    fn link(&self, a: (FormId, &String), b: (FormId, &String)) -> Option<FormLink> {
        let common = a.1.bytes().rev().zip(b.1.bytes().rev()).take_while(|(x, y)| x == y).count();
        let (a, b) = (a.0.min(b.0), a.0.max(b.0));
        (common > 1).then(|| FormLink {
            a,
            b,
            bits: common as f64,
            levels: vec![LevelHit {
                attribute: "number".into(),
                level: "ending".into(),
                bits: common as f64,
                tf_bits: 0.0,
            }],
            model: "test".into(),
        })
    }
}

const MAPPING: &str = r#"
agency = "telco"
source = "calls"
format = "csv"
id = "no"
label = {}
[[record]]
slot = "a"
type = "phone"
fields = { number = "from" }
[[record]]
slot = "b"
type = "phone"
fields = { number = "to" }
[[tie]]
kind = "ASSOCIATED_WITH"
from = "a"
to = "b"
[[event]]
kind = "call"
at = "at"
participants = { caller = ["a"], callee = ["b"] }
[event.place]
latitude = "lat"
longitude = "lon"
"#;

const HEADER: &str = "no,from,to,at,lat,lon\n";

mod late;

use late::everything;

#[derive(Default, Debug, PartialEq)]
struct Everything {
    records: Vec<Record>,
    ties: Vec<Tie>,
    events: Vec<Event>,
    links: Vec<FormLink>,
    /// For each form one of its records, and how many there are.
    forms: BTreeMap<FormId, (Record, usize)>,
}

impl SnapshotSink for Everything {
    fn record(&mut self, _: ClassId, form: FormId, record: Record) {
        self.forms.entry(form).or_insert_with(|| (record.clone(), 0)).1 += 1;
        self.records.push(record);
    }
    fn tie(&mut self, tie: Tie) {
        self.ties.push(tie);
    }
    fn event(&mut self, event: Event) {
        self.events.push(event);
    }
    fn link(&mut self, link: FormLink) {
        self.links.push(link);
    }
    fn judgement(&mut self, _: Judgement) {}
}

/// A due without an entry: no test here examines the log.
static MAKING: Due = Due::unlogged(Housekeeping::Making);

/// The time at which rows are handed in.
fn now() -> Timestamp {
    Timestamp::from_micros(0).unwrap()
}

struct Bench {
    _folder: tempfile::TempDir,
    store: SqliteStore,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.db"), true).unwrap();
        Self { _folder: folder, store }
    }

    fn import(&self, rows: &[String], batch_rows: usize) -> FileReport {
        let readers = vec![reader(rows)];
        import_readers(&self.store, &Endings, readers, batch_rows, now(), &mut Watcher::default())
            .unwrap()
            .files
            .remove(0)
    }

    fn everything(&self) -> Everything {
        everything(&self.store, u8::MAX)
    }
}

fn reader(rows: &[String]) -> RowReader {
    let mapping = parse_mapping("m", MAPPING).unwrap();
    let mapper = Arc::new(RowMapper::new("m", &mapping, &IdKey::default()).unwrap());
    let text = format!("{HEADER}{}", rows.concat());
    let total = Some(text.len() as u64);
    RowReader::new(Box::new(Cursor::new(text.into_bytes())), total, "calls.csv", mapper).unwrap()
}

fn row(no: usize, from: u32, to: u32) -> String {
    format!("{no},555{from:04},555{to:04},2026-03-01 10:{:02},41.87{no}113,-87.6{no}\n", no % 60)
}

fn outputs(rows: &[String]) -> Vec<RowOutput> {
    reader(rows).map(|row| row.unwrap().1.unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_same_rows_in_any_order_and_batches_make_the_same_store(
        numbers in proptest::collection::vec((0u32..300, 0u32..300), 1..40),
        batch_rows in 1usize..50,
        shuffle in any::<prop::sample::Index>(),
        split in any::<prop::sample::Index>(),
    ) {
        let rows: Vec<String> =
            numbers.iter().enumerate().map(|(no, (from, to))| row(no, *from, *to)).collect();
        let at_once = Bench::new();
        at_once.import(&rows, 1_000);
        let expected = at_once.everything();

        let mut other = rows.clone();
        other.rotate_left(shuffle.index(rows.len()));
        other.reverse();
        let pieces = Bench::new();
        let (first, second) = other.split_at(split.index(other.len()));
        pieces.import(first, batch_rows);
        submit(&pieces.store, &Endings, outputs(second), now(), &MAKING).unwrap();
        prop_assert_eq!(&pieces.everything(), &expected);

        // Every pair of forms that shares a key and ends alike is linked, not only those met by chance; and each form of
        // several records with itself.
        let forms: Vec<_> = expected.forms.iter().map(|(form, (it, count))| (*form, Endings.prepare(it), *count)).collect();
        let all = forms.iter().enumerate().flat_map(|(at, (a, one, count))| {
            let from = if *count > 1 { at } else { at + 1 };
            forms[from..].iter().filter_map(move |(b, other, _)| Endings.link((*a, one), (*b, other)))
        });
        prop_assert_eq!(all.collect::<Vec<_>>(), expected.links);
    }
}

#[test]
fn importing_again_changes_nothing_and_completes_what_was_interrupted() {
    let rows: Vec<String> = (0..50).map(|no| row(no, no as u32 * 7 % 60, no as u32 % 9)).collect();
    let bench = Bench::new();
    let part = bench.import(&rows[..20], 7);
    assert_eq!((part.rows, part.records_new, part.events, part.ties), (20, 40, 20, 20));
    let rest = bench.import(&rows, 7);
    assert_eq!((rest.records_new, rest.records_unchanged, rest.refused), (60, 40, 0));
    let (before, revision) = (bench.everything(), bench.store.revision().unwrap());
    let again = bench.import(&rows, 11);
    assert_eq!((again.records_new, again.records_unchanged, again.links), (0, 100, 0));
    assert_eq!((again.refused, again.ties, again.events), (0, 0, 0));
    assert_eq!(bench.everything(), before);
    assert_eq!(bench.store.revision().unwrap(), revision);
}

#[test]
fn a_row_that_would_change_something_is_refused_and_the_first_one_wins() {
    let bench = Bench::new();
    let moved = row(3, 3, 4).replace("10:03", "11:03");
    let rows =
        [row(1, 1, 2), row(1, 1, 2), row(1, 9, 2), row(2, 5, 6), row(3, 3, 4), moved.clone()];
    let report = bench.import(&rows, 100);
    assert_eq!((report.rows, report.records_new, report.records_unchanged), (6, 6, 2));
    let refused: Vec<_> = report.refusals.iter().map(|r| (r.row, r.reason)).collect();
    assert_eq!(refused, [(4, Reason::RecordChanged), (7, Reason::RecordChanged)]);
    assert_eq!(bench.everything().events.len(), 3);

    let later = bench.import(&[row(4, 1, 1), row(2, 5, 7), moved, row(5, 2, 2)], 100);
    assert_eq!((later.records_new, later.refused), (4, 2));
    assert_eq!(later.refusals.iter().map(|r| r.row).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn a_submission_is_stored_whole_or_not_at_all() {
    let bench = Bench::new();
    let report =
        submit(&bench.store, &Endings, outputs(&[row(1, 11, 2), row(2, 11, 3)]), now(), &MAKING)
            .unwrap();
    assert_eq!((report.records_new, report.events, report.links), (4, 2, 1));
    let before = bench.everything();
    let moved = row(2, 11, 3).replace("10:02", "11:02");
    for bad in [row(1, 1, 9), moved] {
        let rows = outputs(&[row(7, 1, 1), bad]);
        let Err(SubmitError::Refused(refused)) =
            submit(&bench.store, &Endings, rows, now(), &MAKING)
        else {
            panic!("refused")
        };
        assert_eq!((refused.len(), refused[0].row), (1, 1));
        assert_eq!(refused[0].error.reason, Reason::RecordChanged);
        assert_eq!(bench.everything(), before);
    }
}

/// An observer that counts the reports; it cancels after some batches.
#[derive(Default)]
struct Watcher {
    batches: usize,
    cancel_after: Option<usize>,
    rows: Vec<u64>,
    bytes: Vec<(u64, Option<u64>)>,
}

impl Observer for Watcher {
    fn due(&mut self, _: &str, _: u64) -> Result<Due, AuditError> {
        Ok(Due::unlogged(Housekeeping::Making))
    }

    fn progress(&mut self, progress: &Progress<'_>) {
        self.batches += 1;
        self.bytes.push((progress.bytes_done, progress.bytes_total));
    }
    fn refused(&mut self, refusal: &Refusal) {
        self.rows.push(refusal.row);
    }
    fn cancelled(&self) -> bool {
        self.cancel_after.is_some_and(|after| self.batches >= after)
    }
}

#[test]
fn every_refused_row_is_told_once_in_order_and_listed_up_to_a_bound() {
    let canary = "Canary-4711";
    let rows: Vec<String> = (0..3_000)
        .map(|no| match no % 3 {
            0 => format!("{no},{canary},555,2026-13-01,,\n"),
            1 => format!("{no},{canary}\n"),
            _ => format!("9,{canary}{no},,,,\n"),
        })
        .collect();
    let bench = Bench::new();
    let mut watcher = Watcher::default();
    let report =
        import_readers(&bench.store, &Endings, vec![reader(&rows)], 64, now(), &mut watcher)
            .unwrap();
    let file = &report.files[0];
    assert_eq!((file.rows, file.refused, file.records_new), (3_000, 2_999, 1));
    assert_eq!(watcher.rows.len(), 2_999);
    assert!(watcher.rows.is_sorted() && file.refusals.len() == 1_000);
    let last = watcher.bytes.last().unwrap();
    assert_eq!(Some(last.0), last.1);
    assert!(!serde_json::to_string(&report).unwrap().contains("Canary"));
}

#[test]
fn a_cancelled_import_keeps_what_was_committed() {
    let rows: Vec<String> = (0..30).map(|no| row(no, no as u32, 7)).collect();
    let bench = Bench::new();
    let mut watcher = Watcher { cancel_after: Some(2), ..Watcher::default() };
    let result =
        import_readers(&bench.store, &Endings, vec![reader(&rows)], 5, now(), &mut watcher);
    assert!(matches!(result, Err(ImportError::Cancelled)));
    assert_eq!(bench.everything().events.len(), 10);
    bench.import(&rows, 5);
    assert_eq!(bench.everything().events.len(), 30);
}

fn jobs() -> Jobs {
    let clock: Clock = Arc::new(|| Timestamp::from_micros(0).unwrap());
    Jobs::new(IdKey::default(), [7; 16], clock, 1).unwrap()
}

fn owner(agency: &str) -> JobOwner {
    JobOwner { agency: agency.into(), user: "u".into() }
}

/// Waits until a job has ended.
fn ended(jobs: &Jobs, agency: &str, id: JobId) -> JobStatus {
    loop {
        let status = jobs.get(agency, id).unwrap();
        if status.ended.is_some() {
            return status;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_job_is_seen_by_its_agency_only_and_ends_with_its_result() {
    let jobs = jobs();
    let work = |handle: &JobHandle| {
        handle.progress(3, Some(4), "bytes");
        Ok(serde_json::json!({"rows": 3}))
    };
    let id = jobs.start(owner("a"), "import", work).unwrap().id;
    let status = ended(&jobs, "a", id);
    assert_eq!((status.state, status.progress.done), (JobState::Succeeded, 3));
    assert_eq!(status.result.unwrap()["rows"], 3);
    assert!(jobs.get("b", id).is_none() && jobs.cancel("b", id).is_none());
    assert!(jobs.list("b").is_empty() && jobs.list("a").len() == 1);
}

#[test]
fn a_failing_or_panicking_job_fails_and_the_next_one_runs() {
    let jobs = jobs();
    let fails = |_: &JobHandle| Err(JobError::Failed { code: "store", detail: "no".into() });
    let first = jobs.start(owner("a"), "import", fails).unwrap().id;
    let second = jobs.start(owner("a"), "import", |_| panic!("on purpose")).unwrap().id;
    let third = jobs.start(owner("a"), "import", |_| Ok(serde_json::Value::Null)).unwrap().id;
    assert_eq!(ended(&jobs, "a", first).state, JobState::Failed);
    let Some(JobError::Failed { code, .. }) = ended(&jobs, "a", second).error else { panic!() };
    assert_eq!(code, "internal");
    assert_eq!(ended(&jobs, "a", third).state, JobState::Succeeded);
}

#[test]
fn jobs_are_cancelled_waiting_or_running_and_their_number_is_bounded() {
    let jobs = jobs();
    let (running, started) = mpsc::channel();
    let until_cancelled = move |handle: &JobHandle| {
        running.send(()).unwrap();
        while !handle.is_cancelled() {
            std::thread::yield_now();
        }
        Err(JobError::Cancelled)
    };
    let first = jobs.start(owner("a"), "import", until_cancelled).unwrap().id;
    started.recv().unwrap();
    let idle = |_: &JobHandle| Ok(serde_json::Value::Null);
    let waiting: Vec<JobId> =
        (0..16).map(|_| jobs.start(owner("a"), "import", idle).unwrap().id).collect();
    assert_eq!(jobs.start(owner("a"), "import", idle).unwrap_err(), StartError::TooManyQueued);
    assert!(jobs.start(owner("b"), "import", idle).is_ok(), "another agency has its own bound");
    assert_eq!(jobs.cancel("a", waiting[0]).unwrap().state, JobState::Cancelled);
    jobs.cancel("a", first);
    assert_eq!(ended(&jobs, "a", first).state, JobState::Cancelled);
    for id in &waiting[1..] {
        assert_eq!(ended(&jobs, "a", *id).state, JobState::Succeeded);
    }
    for _ in 0..150 {
        let id = jobs.start(owner("a"), "import", idle).unwrap().id;
        ended(&jobs, "a", id);
    }
    assert!(jobs.list("a").len() <= 100);
}
