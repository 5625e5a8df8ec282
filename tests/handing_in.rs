//! Importing files: the labels that rows must have, and the records that they become: subject categories, criminal
//! intelligence, reviews and releases, the same as rows over HTTP.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use accord::govern::{Agency, AgencyKind, Desk, POLICY_DOCUMENT, Policy};
use accord::ingest::{RELEASE, RowMapper, SUSPICION, Source, load_mapping, parse_mapping};
use accord::jobs::{self, BATCH_ROWS, FileReport};
use accord::model::{
    Condition, Grade, Handling, IdKey, Label, Nature, Record, Series, SubjectCategory,
};
use accord::resolve::{Engine, Model};
use accord::store::{SqliteStore, Store};

use crate::cli::{ok, run, text};
use crate::policy::time;

/// The time at which the files are handed in.
const NOW: &str = "2026-09-21T14:00:00Z";

const COLUMNS: &str = "id,name,status,grounds,review,paper,paper_end\n";

fn mapping(label: &str) -> String {
    format!(
        "agency = \"harbour-shelter\"\nsource = \"cases\"\nformat = \"csv\"\nid = \"id\"\n\
         columns_ignored = [{}]\n[label]\nhandling = \"shared\"\n{label}\n\
         [[record]]\nslot = \"person\"\ntype = \"person\"\n[record.fields]\nfull = \"name\"\n",
        ["status", "grounds", "review", "paper", "paper_end"]
            .into_iter()
            .filter(|column| !label.contains(&format!("column = \"{column}\"")))
            .map(|column| format!("\"{column}\""))
            .collect::<Vec<_>>()
            .join(", ")
    )
}

/// A store and the folder that it lies in.
struct Bench {
    folder: tempfile::TempDir,
    store: SqliteStore,
}

impl Bench {
    /// With the shelter registered as a provider of services to victims.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.accord"), true).unwrap();
        let mut policy = Policy::default();
        let desk = Desk { name: "Desk".into(), channel: "1".into() };
        let shelter = Agency {
            name: "harbour-shelter".into(),
            kind: AgencyKind::ServiceProvider,
            desk,
            law: None,
            watched_by: None,
            listed: false,
            case_form: None,
        };
        policy.agencies.insert("harbour-shelter".into(), shelter);
        store
            .put_document(POLICY_DOCUMENT, &policy.to_document(), &crate::unlogged::MAKING)
            .unwrap();
        Self { folder, store }
    }

    fn write(&self, name: &str, content: &str) -> std::path::PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Imports rows as a file by a mapping file.
    fn import(&self, label: &str, rows: &str) -> FileReport {
        let mapping = self.write("cases.map.toml", &mapping(label));
        let path = self.write("cases.csv", &format!("{COLUMNS}{rows}"));
        let mapper = Arc::new(load_mapping(&mapping, &IdKey::default()).unwrap());
        let sources = [Source { path, name: "cases.csv".into(), mapper }];
        let engine = Engine::new(Model::shipped());
        let report = jobs::import(
            &self.store,
            &engine,
            &sources,
            BATCH_ROWS,
            time(NOW),
            &mut crate::unlogged::Unwatched,
        )
        .unwrap();
        report.files.into_iter().next().unwrap()
    }

    fn record(&self, local_id: &str) -> Option<Record> {
        // Criminal intelligence has ids of its own.
        let ids = [Series::Ordinary, Series::Intelligence]
            .map(|series| IdKey::default().record_of(series, "harbour-shelter", local_id));
        self.store.records(crate::policy::whole(&self.store).sight(), &ids).unwrap().pop()
    }

    fn label(&self, local_id: &str) -> Label {
        self.record(local_id).unwrap().label
    }
}

/// Row, column and reason of the refused rows.
fn refusals(report: &FileReport) -> Vec<(u64, &str, &str)> {
    let refused = report.refusals.iter();
    refused.map(|it| (it.row, it.column.as_deref().unwrap_or(""), it.reason.code())).collect()
}

/// Returns the fault of a mapping for rows that go into a store; empty if there is none.
fn fault(label: &str) -> String {
    let parsed = parse_mapping("m", &mapping(label));
    let made = parsed.and_then(|mapping| RowMapper::new("m", &mapping, &IdKey::default()));
    made.err().map(|error| error.to_string()).unwrap_or_default()
}

const STATUS: &str =
    "category = { column = \"status\", values = { S = \"suspect\", U = \"unknown\", N = \"\" } }";

#[test]
fn a_mapping_of_persons_for_a_store_names_their_category_and_one_for_the_engine_alone_need_not() {
    assert!(fault("").starts_with("m: label.category: records of persons need a subject category"));
    assert_eq!(fault("category = \"unknown\""), "");
    let persons = parse_mapping("m", &mapping("")).unwrap();
    RowMapper::of_bodies("m", &persons, &IdKey::default()).unwrap();
    // A mapping that makes no person record needs no category either.
    let phones = mapping("").replace("\"person\"", "\"phone\"").replace("full", "number");
    let phones = parse_mapping("m", &phones).unwrap();
    RowMapper::new("m", &phones, &IdKey::default()).unwrap();
}

#[test]
fn commands_ask_for_a_category_where_something_is_stored() {
    let bench = Bench::new();
    let map = bench.write("p.map.toml", &mapping(""));
    let rows = (0..40).map(|n| format!("{n},Person {} of {},,,,,\n", n % 13, n % 7));
    let file = bench.write("p.csv", &format!("{COLUMNS}{}", rows.collect::<String>()));
    let out = bench.folder.path().join("clusters.csv");
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    ok(&["dedupe", "--mapping", text(&map), "--out", &path(&out), text(&file)]);
    let other = bench.folder.path().join("other.accord");
    let refused = run(&["import", "--store", text(&other), "--mapping", text(&map), text(&file)]);
    assert_eq!(refused.status.code(), Some(1));
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(error.contains("label.category: records of persons need"), "{error}");
}

#[test]
fn a_row_about_a_person_without_a_category_is_refused() {
    let bench = Bench::new();
    let rows = "1,Ana Lima,S,,,,\n2,Jane Roe,,,,,\n3,Jane Roe,N,,,,\n4,Bo Chen,U,,,,\n";
    let report = bench.import(STATUS, rows);
    assert_eq!(refusals(&report), [(3, "status", "no_category"), (4, "status", "no_category")]);
    assert_eq!(bench.label("1").category, SubjectCategory::Suspect);
    assert_eq!(bench.label("4").category, SubjectCategory::Unknown);
    assert!(bench.record("2").is_none());
    // A default is stated, too.
    let report =
        bench.import(&STATUS.replace("} }", "}, default = \"contact\" }"), "5,Ana Ruiz,,,,,\n");
    assert_eq!(report.refused, 0, "{report:?}");
    assert_eq!(bench.label("5").category, SubjectCategory::Contact);
}

const INTELLIGENCE: &str = "category = \"suspect\"\ngrade = \"3x5x2:2B\"\n\
    review_by = { column = \"review\", format = \"%d/%m/%Y\" }\n\
    intelligence = { reasonable_suspicion = { column = \"grounds\" } }";

#[test]
fn a_file_of_criminal_intelligence_states_suspicion_and_review_in_every_row() {
    let bench = Bench::new();
    let rows = "1,Ana Lima,,Seen at the place twice,01/09/2027,,\n2,Jane Roe,,,01/09/2027,,\n\
                3,Jane Roe,,hm,01/09/2027,,\n4,Jane Roe,,Seen at the place twice,,,\n\
                5,Jane Roe,,Seen at the place twice,21/09/2026,,\n\
                6,Jane Roe,,Seen at the place twice,23/09/2031,,\n\
                7,Jane Roe,,Seen at the place twice,30/02/2027,,\n";
    let report = bench.import(INTELLIGENCE, rows);
    let expected = [
        (3, "grounds", "no_suspicion"),
        (4, "grounds", "no_suspicion"),
        (5, "review_by", "bad_review"),
        (6, "review_by", "bad_review"),
        (7, "review_by", "bad_review"),
        (8, "review", "bad_time"),
    ];
    assert_eq!(refusals(&report), expected);
    let record = bench.record("1").unwrap();
    assert!(record.label.intelligence && record.label.handling == Handling::Shared);
    assert_eq!(record.label.review_by, Some(time("2027-09-01T00:00:00Z")));
    assert_eq!(record.label.hidden_from(), record.label.review_by);
    assert_eq!(record.raw[SUSPICION], "Seen at the place twice");
}

#[test]
fn a_mapping_of_criminal_intelligence_has_a_review_and_a_suspicion_that_is_one() {
    let without =
        INTELLIGENCE.replace("review_by = { column = \"review\", format = \"%d/%m/%Y\" }", "");
    assert_eq!(fault(&without), "m: label.review_by: this field is needed");
    let short = INTELLIGENCE.replace("{ column = \"grounds\" }", "\"hm\"");
    assert!(fault(&short).starts_with("m: label.intelligence.reasonable_suspicion: a constant"));
    let bad_date = "category = \"suspect\"\nreview_by = \"soon\"";
    assert!(fault(bad_date).starts_with("m: label.review_by: a constant"), "{}", fault(bad_date));
    let half = "category = \"victim\"\nrelease = { reference = \"R-1\" }";
    assert!(fault(half).contains("missing field `until`"), "{}", fault(half));
}

#[test]
fn a_file_grades_its_rows_by_a_word_or_a_column_and_criminal_intelligence_always() {
    let bench = Bench::new();
    // Codes of the agency's own, translated.
    let label = "category = \"suspect\"\nnature = \"opinion\"\n\
                 grade = { column = \"status\", values = { 2B = \"3x5x2:2B\", B2 = \"5X5X5:b2\" } }";
    let rows = "1,Ana Lima,2B,,,,\n2,Jane Roe,B2,,,,\n3,Jane Roe,,,,,\n4,Jane Roe,9Z,,,,\n";
    assert_eq!(refusals(&bench.import(label, rows)), [(5, "status", "unknown_code")]);
    let grade = |id| bench.record(id).unwrap().grade.map(|grade: Grade| grade.to_string());
    assert_eq!(
        ["1", "2", "3"].map(grade),
        [Some("3x5x2:2B".into()), Some("5x5x5:B2".into()), None]
    );
    assert_eq!(bench.record("1").unwrap().nature, Some(Nature::Opinion));
    let again = bench.import(label, rows);
    assert_eq!((again.records_new, again.records_unchanged), (0, 3));
    // As they stand; an empty cell says nothing.
    let label = "category = \"suspect\"\ngrade = { column = \"status\" }\n\
                 nature = { column = \"grounds\", values = { F = \"fact\" } }";
    let rows = "5,Ana Lima,4x4:x4,F,,,\n6,Jane Roe,4x4:X5,,,,\n7,Bo Chen,,,,,\n8,Li Wei,,G,,,\n";
    let expected = [(3, "status", "unknown_grade"), (5, "grounds", "unknown_code")];
    assert_eq!(refusals(&bench.import(label, rows)), expected);
    let five = bench.record("5").unwrap();
    assert_eq!((grade("5"), five.nature), (Some("4x4:X4".into()), Some(Nature::Fact)));
    let seven = bench.record("7").unwrap();
    assert_eq!((seven.grade, seven.nature), (None, None));
    let stored = serde_json::to_string(&seven).unwrap();
    assert!(!stored.contains("grade") && !stored.contains("nature"), "as before there were grades");
    // Intelligence.
    let column = INTELLIGENCE.replace("\"3x5x2:2B\"", "{ column = \"status\" }");
    let rows = "9,Ana Lima,,Seen at the place twice,01/09/2027,,\n\
                10,Ana Lima,3x5x2:1A,Seen at the place twice,01/09/2027,,\n";
    assert_eq!(refusals(&bench.import(&column, rows)), [(2, "status", "no_grade")]);
    assert_eq!(grade("10"), Some("3x5x2:1A".into()));
    let without = INTELLIGENCE.replace("grade = \"3x5x2:2B\"", "");
    assert_eq!(fault(&without), "m: label.grade: this field is needed");
    let unknown = INTELLIGENCE.replace("3x5x2:2B", "3x5x2:4B");
    assert!(fault(&unknown).starts_with("m: label.grade: a constant"), "{}", fault(&unknown));
}

#[test]
fn a_review_may_stand_in_the_mapping_and_needs_no_intelligence() {
    let bench = Bench::new();
    let label = "category = \"suspect\"\nreview_by = \"2028-05-01\"";
    assert_eq!(bench.import(label, "1,Ana Lima,,,,,\n").refused, 0);
    let label = bench.label("1");
    assert_eq!(label.review_by, Some(time("2028-05-01T00:00:00Z")));
    assert!(!label.intelligence);
}

const RELEASED: &str = "category = { column = \"status\", values = { V = \"victim\", C = \"contact\" } }\n\
    release = { reference = { column = \"paper\" }, until = { column = \"paper_end\" } }";

#[test]
fn a_provider_imports_victims_with_the_release_that_each_cites_and_no_others() {
    let bench = Bench::new();
    let rows = "1,Ana Lima,V,,,R-17,2027-01-01T15:00:00Z\n2,Jane Roe,V,,,,\n3,Jane Roe,V,,,R-18,\n\
                4,Jane Roe,V,,,,2027-01-01\n5,Jane Roe,V,,,R-19,2026-09-01\n6,Bo Chen,C,,,,\n";
    let report = bench.import(RELEASED, rows);
    let expected = [
        (3, "release", "no_release"),
        (4, "paper_end", "no_release"),
        (5, "paper", "no_release"),
        (6, "release.until", "no_release"),
    ];
    assert_eq!(refusals(&report), expected);
    let record = bench.record("1").unwrap();
    assert_eq!(record.raw[RELEASE], "R-17");
    assert_eq!(record.label.released_until, Some(time("2027-01-01T00:00:00Z")));
    assert_eq!(record.label.hidden_from(), record.label.released_until);
    assert_eq!(bench.label("6").released_until, None);
    // Importing again changes nothing.
    let again = bench.import(RELEASED, rows);
    assert_eq!((again.records_new, again.records_unchanged, again.refused), (0, 2, 4));
}

#[test]
fn markings_in_a_file_cut_and_those_that_nobody_knows_keep_a_row_with_its_owner_and_warn() {
    let bench = Bench::new();
    // The column holds TLP's bare words, translated by the mapping.
    let label = "category = \"suspect\"\nconditions = [\"court_with_leave\"]\n\
                 markings = [{ column = \"grounds\", values = { RED = \"tlp:red\", GREEN = \"tlp:green\" } }, { column = \"review\" }]";
    let rows = "1,Ana Lima,,RED,,,\n2,Jane Roe,,GREEN,,,\n3,Bo Chen,,,,,\n4,Li Wei,,,Tlp:Amber,,\n";
    let report = bench.import(label, &format!("{rows}5,Max Roe,,PURPLE,,,\n"));
    assert_eq!(report.refused, 0);
    let warned: Vec<_> = report.warnings.iter().map(|it| (it.row, it.reason.code())).collect();
    assert_eq!(warned, [(6, "unknown_marking")]);
    let handling = ["1", "2", "3", "4", "5"].map(|id| bench.label(id).handling);
    use Handling::{Own, Shared};
    assert_eq!(handling, [Own, Shared, Shared, Shared, Own]);
    let conditions = |id| BTreeSet::from(bench.label(id).conditions);
    assert_eq!(conditions("2"), [Condition::CourtWithLeave].into());
    assert_eq!(conditions("4"), Condition::ALL.into());
    assert!(
        fault("category = \"suspect\"\nmarkings = [\"tlp:purple\"]").contains("label.markings[0]")
    );
    let nobody = "category = \"suspect\"\naudience = { agencies = [] }";
    assert_eq!(fault(nobody), "");
    assert!(fault(&nobody.replace("[]", "[\"\"]")).contains("label.audience.agencies"));
    assert!(fault(&nobody.replace("agencies", "everybody")).contains("everybody"));
}
