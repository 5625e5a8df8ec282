//! Tests of the log's promises under failures.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use super::super::{Committed, OutboxError, Outcome, verify};
use super::*;
use crate::govern::BreakGlassId;
use crate::model::Timestamp;

fn entry(request: &str) -> Entry {
    Entry {
        act: None,
        at: Timestamp::from_micros(1_000_000).unwrap(),
        request: request.into(),
        agency: Some("a".into()),
        user: Some("u".into()),
        operation: "POST /v1/resolve".into(),
        object: None,
        purpose: None,
        case: None,
        break_glass: Vec::new(),
        shown: BTreeMap::new(),
        unmasked: false,
        write: None,
        source: None,
        count: None,
        outcome: Outcome::Done,
        status: 200,
    }
}

fn log_of(lines: usize) -> (tempfile::TempDir, PathBuf, Head) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.jsonl");
    let log = AuditLog::open(&path).unwrap();
    for index in 0..lines {
        log.append(&(), entry(&format!("r{index}"))).unwrap();
    }
    let head = log.head();
    (dir, path, head)
}

#[test]
fn a_log_verifies_and_goes_on_where_it_stopped() {
    let (_dir, path, head) = log_of(3);
    assert_eq!(verify(&path).unwrap(), head);
    AuditLog::open(&path).unwrap().append(&(), entry("later")).unwrap();
    assert_eq!(verify(&path).unwrap().length, 4);
}

#[test]
fn what_is_optional_in_an_entry_is_absent_where_it_is_empty_so_old_logs_verify() {
    let text = serde_json::to_string(&entry("r")).unwrap();
    for optional in ["break_glass", "object", "shown", "unmasked", "write"] {
        assert!(!text.contains(optional), "{text}");
    }
    let (_dir, path, _) = log_of(1);
    let [used, other]: [BreakGlassId; 2] =
        [1, 2].map(|number| format!("bgl_{number:032x}").parse().unwrap());
    let marked = Entry { break_glass: vec![used], ..entry("r") };
    let logs = [AuditLog::open(&path).unwrap(), AuditLog::open(&path).unwrap()];
    logs[0].append(&(), marked.clone()).unwrap();
    logs[1].append(&(), marked).unwrap();
    assert_eq!(verify(&path).unwrap().length, 3);
    // Counted as it is written, as another has written it, and as it is read again.
    let count = |log: &AuditLog| (log.marked(used), log.marked(other));
    assert_eq!((count(&logs[0]), count(&logs[1])), ((1, 0), (2, 0)));
    assert_eq!(count(&AuditLog::open(&path).unwrap()), (2, 0));
}

#[test]
fn two_that_have_the_log_open_write_one_chain() {
    let (_dir, path, _) = log_of(1);
    let logs = [AuditLog::open(&path).unwrap(), AuditLog::open(&path).unwrap()];
    std::thread::scope(|scope| {
        for log in &logs {
            scope.spawn(|| (0..20).for_each(|_| log.append(&(), entry("r")).unwrap()));
        }
    });
    assert_eq!(verify(&path).unwrap().length, 41);
    logs[0].append(&(), entry("last")).unwrap();
    assert_eq!(logs[0].head(), verify(&path).unwrap());
}

#[test]
fn what_another_left_torn_is_cut_before_the_next_entry() {
    let (_dir, path, _) = log_of(1);
    let log = AuditLog::open(&path).unwrap();
    AuditLog::open(&path).unwrap().append(&(), entry("other")).unwrap();
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"index\":2").unwrap();
    log.append(&(), entry("next")).unwrap();
    assert_eq!(verify(&path).unwrap().length, 3);
}

#[test]
fn any_change_within_the_log_is_found_at_its_line() {
    let (_dir, path, _) = log_of(4);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let altered = text.replacen("\"r1\"", "\"rX\"", 1);
    let removed = [lines[0], lines[2], lines[3], ""].join("\n");
    let swapped = [lines[0], lines[2], lines[1], lines[3], ""].join("\n");
    for (bad, first) in [(altered, 3), (removed, 2), (swapped, 2)] {
        std::fs::write(&path, bad).unwrap();
        match verify(&path) {
            Err(AuditError::Broken { line, .. }) => assert_eq!(line, first),
            other => panic!("{other:?}"),
        }
        assert!(AuditLog::open(&path).is_err());
    }
}

#[test]
fn a_torn_last_line_is_cut_when_the_log_is_opened_again() {
    let (_dir, path, head) = log_of(2);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"index\":2,\"prev").unwrap();
    assert!(matches!(verify(&path), Err(AuditError::Broken { line: 3, .. })));
    assert_eq!(AuditLog::open(&path).unwrap().head(), head);
    assert_eq!(verify(&path).unwrap(), head);
}

/// A store's entries, in memory.
#[derive(Default)]
struct Kept {
    entries: Mutex<Vec<Committed>>,
    logged: AtomicU64,
}

impl Kept {
    fn commit(&self, request: &str) -> String {
        let mut entries = self.entries.lock().unwrap();
        let position = entries.last().map_or(1, |last| last.position + 1);
        let write = format!("w{request}");
        entries.push(Committed { position, write: write.clone(), entry: entry(request) });
        write
    }
}

impl Outbox for Kept {
    fn committed(&self, after: u64, most: usize) -> Result<Vec<Committed>, OutboxError> {
        let entries = self.entries.lock().unwrap();
        Ok(entries.iter().filter(|it| it.position > after).take(most).cloned().collect())
    }

    fn logged(&self, up_to: u64) {
        self.logged.fetch_max(up_to, Ordering::Relaxed);
    }

    fn remove(&self, up_to: u64) -> Result<(), OutboxError> {
        self.entries.lock().unwrap().retain(|it| it.position > up_to);
        Ok(())
    }
}

fn requests(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let line = |line| serde_json::from_str::<super::super::Line>(line).unwrap().entry.request;
    text.lines().map(line).collect()
}

/// Beyond the pause after a try that failed.
fn wait() {
    std::thread::sleep(PAUSE + Duration::from_millis(20));
}

#[test]
fn what_a_store_committed_comes_before_what_is_asked_later_in_its_order_and_once() {
    let (_dir, path, _) = log_of(0);
    let (log, kept) = (AuditLog::open(&path).unwrap(), Kept::default());
    kept.commit("a");
    kept.commit("b");
    log.append(&kept, entry("c")).unwrap();
    assert_eq!(kept.logged.load(Ordering::Relaxed), 2, "durable after an append");
    kept.commit("d");
    log.settle(&kept, None).unwrap();
    assert_eq!(requests(&path), ["a", "b", "c", "d"]);
    // As after a kill: the store still has all of them.
    let again = AuditLog::open(&path).unwrap();
    kept.commit("e");
    again.settle(&kept, None).unwrap();
    log.append(&kept, entry("f")).unwrap();
    assert_eq!(requests(&path), ["a", "b", "c", "d", "e", "f"]);
    again.empty(&kept).unwrap();
    assert!(kept.entries.lock().unwrap().is_empty());
    verify(&path).unwrap();
}

#[test]
fn a_write_is_logged_as_it_is_known_after_the_answer_unless_it_is_logged_already() {
    let (_dir, path, _) = log_of(0);
    let (log, kept) = (AuditLog::open(&path).unwrap(), Kept::default());
    let after = |write: String| (write, Entry { unmasked: true, ..entry("after") });
    let first = after(kept.commit("a"));
    assert!(log.settle(&kept, Some(&first)).unwrap());
    let second = after(kept.commit("b"));
    log.append(&kept, entry("between")).unwrap();
    assert!(!log.settle(&kept, Some(&second)).unwrap());
    assert_eq!(requests(&path), ["after", "b", "between"]);
    verify(&path).unwrap();
}

#[test]
fn more_than_one_batch_is_removed_as_it_is_logged() {
    let (_dir, path, _) = log_of(0);
    let (log, kept) = (AuditLog::open(&path).unwrap(), Kept::default());
    (0..BATCH * 2 + 5).for_each(|number| drop(kept.commit(&number.to_string())));
    log.settle(&kept, None).unwrap();
    assert_eq!(kept.entries.lock().unwrap().len(), 5);
    assert_eq!(requests(&path).len(), BATCH * 2 + 5);
}

#[test]
fn after_a_write_that_failed_the_log_is_taken_up_again_without_a_restart() {
    let (_dir, path, _) = log_of(2);
    let (log, kept) = (AuditLog::open(&path).unwrap(), Kept::default());
    kept.commit("a");
    log.settle(&kept, None).unwrap();
    log.state().file.fail_next_write();
    kept.commit("b");
    assert!(log.settle(&kept, None).is_err());
    assert!(log.check(&kept).is_err(), "not at once");
    wait();
    log.check(&kept).unwrap();
    assert_eq!(requests(&path), ["r0", "r1", "a", "b"]);
    log.append(&kept, entry("c")).unwrap();
    assert_eq!(verify(&path).unwrap().length, 5);
}

#[test]
fn a_file_that_is_not_the_log_is_not_written_and_the_right_one_is_taken_up_again() {
    let (dir, path, _) = log_of(3);
    let log = AuditLog::open(&path).unwrap();
    let aside = dir.path().join("aside");
    std::fs::rename(&path, &aside).unwrap();
    assert!(matches!(log.check(&()), Err(AuditError::Missing { .. })));
    assert!(log.append(&(), entry("lost")).is_err());
    wait();
    let whole = std::fs::read_to_string(&aside).unwrap();
    let other = whole.replacen("\"r1\"", "\"rX\"", 1);
    let short = whole.lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
    for wrong in ["", &other, &short] {
        std::fs::write(&path, wrong).unwrap();
        for _ in 0..2 {
            let checked = log.check(&());
            assert!(matches!(checked, Err(AuditError::Replaced { .. })), "{checked:?}");
            wait();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), wrong);
        std::fs::remove_file(&path).unwrap();
    }
    // A copy goes as well, and so does one that another process has gone on with.
    std::fs::copy(&aside, &path).unwrap();
    AuditLog::open(&path).unwrap().append(&(), entry("other")).unwrap();
    log.check(&()).unwrap();
    log.append(&(), entry("next")).unwrap();
    assert_eq!(requests(&path), ["r0", "r1", "r2", "other", "next"]);
    verify(&path).unwrap();
}

#[test]
fn a_log_that_was_cut_is_taken_up_again_only_when_all_of_it_is_back() {
    let (_dir, path, _) = log_of(3);
    let log = AuditLog::open(&path).unwrap();
    let whole = std::fs::read_to_string(&path).unwrap();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(whole.len() as u64 / 2).unwrap();
    assert!(matches!(log.check(&()), Err(AuditError::Cut { .. })));
    wait();
    let altered = whole.replacen("\"r2\"", "\"rX\"", 1);
    std::fs::write(&path, &altered).unwrap();
    assert!(matches!(log.check(&()), Err(AuditError::Cut { .. } | AuditError::Broken { .. })));
    wait();
    std::fs::write(&path, &whole).unwrap();
    log.check(&()).unwrap();
    log.append(&(), entry("next")).unwrap();
    assert_eq!(verify(&path).unwrap().length, 4);
}

#[test]
fn a_probe_leaves_nothing() {
    let (_dir, path, head) = log_of(2);
    let before = std::fs::read(&path).unwrap();
    let log = AuditLog::open(&path).unwrap();
    log.probe(&()).unwrap();
    assert_eq!((std::fs::read(&path).unwrap(), log.head()), (before, head));
}

#[test]
fn an_act_without_an_entry_cannot_be_committed_and_one_with_is_stored_once() {
    use super::super::{Due, Housekeeping, NoEntry};
    assert_eq!(Due::awaited().to_store(), Err(NoEntry));
    assert_eq!(Due::unlogged(Housekeeping::Sessions).to_store(), Ok(Vec::new()));
    let due = Due::of(entry("a"));
    due.amend(|entry| entry.object = Some("job_1".into()));
    assert_eq!(due.to_store().unwrap()[0].object.as_deref(), Some("job_1"));
    assert!(due.stored().is_empty());
    due.stored_as(vec!["w".into()]);
    due.amend(|entry| entry.object = None);
    assert_eq!(due.to_store(), Ok(Vec::new()));
    assert_eq!(due.stored()[0].1.object.as_deref(), Some("job_1"));
}

#[test]
fn lines_of_earlier_versions_are_read() {
    let line = r#"{"index":0,"previous":"0","entry":{"at":"2026-01-01T00:00:00Z","request":"r","operation":"GET /v1/x","outcome":"done","status":200}}"#;
    let line: super::super::Line = serde_json::from_str(line).unwrap();
    assert!(line.entry.shown.is_empty() && !line.entry.unmasked && line.entry.write.is_none());
}
