//! Acknowledged writes survive a kill; a file that is no store is refused.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use accord::model::{Handling, IdKey};
use accord::store::{self, StoreError};

use super::fixture::{Collected, person, records};

const CHILD_STORE: &str = "ACCORD_TEST_CHILD_STORE";
const BATCH: usize = 5;

/// The child's side: writes batches of five records and says so after each commit, until killed.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Ok(path) = std::env::var(CHILD_STORE) else { return };
    let store = store::open(&path.parse().unwrap(), true).unwrap();
    let start = count(Path::new(&path)) / BATCH;
    for batch in start.. {
        let made: Vec<_> = (0..BATCH)
            .map(|number| person("a", &format!("{batch}-{number}"), Handling::Own))
            .collect();
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        transaction.put(&records(&made.iter().collect::<Vec<_>>())).unwrap();
        transaction.commit().unwrap();
        println!("acknowledged {}", (batch + 1) * BATCH);
    }
}

/// Opens the store as a restarted program does: the child may have been killed before it had made the tables.
fn count(path: &Path) -> usize {
    let store = store::open(&path.to_str().unwrap().parse().unwrap(), true).unwrap();
    let mut found = Collected::default();
    store.stream(crate::policy::whole(store.as_ref()).sight(), &mut found).unwrap();
    found.records.len()
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let seed = std::process::id();
    println!("seed {seed}");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.accord");
    for round in 0..8u32 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::durability::child_that_writes_until_it_is_killed"])
            .arg("--nocapture")
            .env(CHILD_STORE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .filter_map(|line| line.split("acknowledged ").nth(1)?.parse::<usize>().ok())
                .last()
                .unwrap_or(0)
        });
        let pause = IdKey::default().tag("pause", &[&seed.to_le_bytes(), &round.to_le_bytes()]);
        std::thread::sleep(Duration::from_millis(60 + u64::from(pause[0])));
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = reader.join().unwrap();
        if path.exists() {
            let found = count(&path);
            assert!(found >= acknowledged, "{found} of {acknowledged} acknowledged records");
            assert_eq!(found % BATCH, 0, "half a batch");
        }
    }
    assert!(count(&path) > 0, "the child never wrote");
}

#[test]
fn a_store_whose_making_was_cut_short_is_made_by_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("half.accord");
    let half = rusqlite::Connection::open(&path).unwrap();
    half.pragma_update(None, "journal_mode", "WAL").unwrap();
    drop(half);
    assert!(std::fs::metadata(&path).unwrap().len() > 0, "a page is there");
    let open = |create| store::open(&path.to_str().unwrap().parse().unwrap(), create);
    assert!(matches!(open(false), Err(StoreError::Format(_))));
    open(true).unwrap();
    assert_eq!(count(&path), 0);
    open(false).unwrap();
}

#[test]
fn something_else_is_not_opened_as_a_store() {
    let dir = tempfile::tempdir().unwrap();
    let open = |path: &Path, create| store::open(&path.to_str().unwrap().parse().unwrap(), create);
    let missing = dir.path().join("missing.accord");
    assert!(matches!(open(&missing, false), Err(StoreError::Format(_))));
    assert!(!missing.exists());
    let text = dir.path().join("text");
    std::fs::write(&text, "not a database ".repeat(400)).unwrap();
    assert!(matches!(open(&text, true), Err(StoreError::Format(_))));
    let other = dir.path().join("other.sqlite");
    rusqlite::Connection::open(&other).unwrap().execute("CREATE TABLE t (x)", []).unwrap();
    assert!(matches!(open(&other, true), Err(StoreError::Format(_))));
}
