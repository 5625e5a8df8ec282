//! `accord purge`: the operator is told what is removed, and the audit log has it.

use accord::govern::{RecordReview, RecordReviews};
use accord::ingest::SubmittedRow;
use accord::jobs;
use accord::model::IdKey;
use accord::resolve::{Engine, Model};
use accord::store::{SqliteStore, Store};
use serde_json::json;

use super::{ok, text};
use crate::policy::time;

#[test]
fn a_purge_removes_what_is_overdue_and_counts_it_by_agency() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.accord");
    let store = SqliteStore::open(&path, true).unwrap();
    // Handed in long ago, to be reviewed long ago.
    let row = |id: &str, review_by: Option<&str>| -> SubmittedRow {
        serde_json::from_value(json!({
            "local_id": id, "source": "s", "category": "suspect", "review_by": review_by,
            "records": [
                { "slot": "p", "body": { "type": "person", "names": [{ "full": "Jane Roe" }] } },
                { "slot": "t", "body": { "type": "phone", "number": "+442025550143" } },
            ],
            "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
        }))
        .unwrap()
    };
    let overdue = Some("2021-01-01T00:00:00Z");
    let rows = [
        ("shelter", row("1", overdue)),
        ("shelter", row("2", None)),
        ("police", row("1", overdue)),
        ("police", row("2", overdue)),
    ];
    let outputs = rows.map(|(agency, row)| row.into_output(agency, &IdKey::default()).unwrap());
    let engine = Engine::new(Model::shipped());
    jobs::submit(
        &store,
        &engine,
        outputs.into(),
        time("2020-06-01T00:00:00Z"),
        &crate::unlogged::MAKING,
    )
    .unwrap();
    // The account of an earlier review goes with its row; that of a row that stays does not.
    let account = |agency: &str, by: &str| {
        let key = IdKey::default().record(agency, "1");
        let by = accord::govern::Act { agency: agency.into(), user: "o".into(), at: time(by) };
        let review =
            RecordReview { by, review_by: time("2099-01-01T00:00:00Z"), explanation: "x".into() };
        let text = serde_json::to_string(&RecordReviews { reviews: vec![review] }).unwrap();
        store.put_document(&RecordReviews::document(key), &text, &crate::unlogged::MAKING).unwrap();
    };
    account("shelter", "2020-06-01T00:00:00Z");
    account("elsewhere", "2020-06-01T00:00:00Z");
    drop(store);
    assert_eq!(ok(&["purge", "--store", text(&path)]), "         6  police\n         3  shelter\n");
    assert_eq!(ok(&["purge", "--store", text(&path)]), "nothing to remove\n");
    let store = SqliteStore::open(&path, false).unwrap();
    let ids = ["1", "2"].map(|row| IdKey::default().record("shelter", row));
    let left = store.records(crate::policy::whole(&store).sight(), &ids).unwrap();
    assert_eq!(left.iter().map(|record| record.id).collect::<Vec<_>>(), [ids[1]]);
    let accounts = store.documents(RecordReviews::DOCUMENTS).unwrap();
    let elsewhere = RecordReviews::document(IdKey::default().record("elsewhere", "1"));
    assert_eq!(accounts.into_keys().collect::<Vec<_>>(), [elsewhere]);
    let log = std::fs::read_to_string(folder.path().join("s.accord.audit")).unwrap();
    let entries = log.lines().filter(|line| line.contains("command: purge"));
    assert_eq!(entries.count(), 2);
    assert!(!log.contains("Roe"));
}
