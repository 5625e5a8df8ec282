//! `accord import`: reports, repetition, and what a kill -9 leaves.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::{accord, demo, ok, run, text};

fn report(arguments: &[&str]) -> Value {
    let output = run(arguments);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn sum(report: &Value, count: &str) -> u64 {
    let files = report["files"].as_array().unwrap();
    files.iter().map(|file| file[count].as_u64().unwrap()).sum()
}

#[test]
fn importing_the_same_files_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("s.accord");
    let manifest = demo("manifest.toml");
    let arguments = ["import", "--json", "--store", text(&store), text(&manifest)];
    let first = report(&arguments);
    assert_eq!(sum(&first, "records_new"), 3221);
    let again = report(&arguments);
    assert_eq!((sum(&again, "records_new"), sum(&again, "records_unchanged")), (0, 3221));
    assert_eq!((sum(&again, "links"), sum(&again, "ties"), sum(&again, "events")), (0, 0, 0));
}

#[test]
fn single_files_go_through_one_mapping_and_bad_rows_are_reported_without_their_content() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("s.accord");
    let good = std::fs::read_to_string(demo("metro-police.persons.csv")).unwrap();
    let header = good.lines().next().unwrap();
    let columns = header.split(',').count();
    let dob = header.split(',').position(|name| name == "dob").unwrap();
    let mut cells: Vec<String> = vec![String::new(); columns];
    (cells[0], cells[dob]) = ("Z-1".into(), "Jane Roe".into());
    let mut bytes = format!("{good}{}\n\"Jane Roe\n", cells.join(",")).into_bytes();
    bytes.extend(b"\xff\xfe");
    let file = folder.path().join("persons.csv");
    std::fs::write(&file, bytes).unwrap();
    let refused = folder.path().join("refused.jsonl");
    let map = demo("metro-police.persons.csv.map.toml");
    let arguments = [
        "import",
        "--store",
        text(&store),
        "--mapping",
        text(&map),
        "--refused",
        text(&refused),
        text(&file),
    ];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(3));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("column dob"), "{printed}");
    let written = std::fs::read_to_string(&refused).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(![&printed, &written, &errors].iter().any(|text| text.contains("Roe")));
    let first: Value = serde_json::from_str(written.lines().next().unwrap()).unwrap();
    assert_eq!((first["row"].as_u64(), first["reason"].as_str()), (Some(299), Some("bad_date")));
}

/// A scenario of some ten thousand records.
fn scenario(folder: &Path) -> std::path::PathBuf {
    let out = folder.join("scenario");
    ok(&[
        "generate",
        "--people",
        "1500",
        "--agencies",
        "4",
        "--seed",
        "5",
        "--no-baselines",
        "--out",
        text(&out),
    ]);
    out.join("manifest.toml")
}

#[test]
fn a_kill_loses_nothing_acknowledged_and_importing_again_completes_it() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = scenario(folder.path());
    let whole = folder.path().join("whole.accord");
    let expected = report(&["import", "--json", "--store", text(&whole), text(&manifest)]);
    let store = folder.path().join("killed.accord");
    for milliseconds in [150, 400, 900, 1_600] {
        let mut child = accord(&["import", "--store", text(&store), text(&manifest)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        // SIGKILL on Unix.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = report(&["import", "--json", "--store", text(&store), text(&manifest)]);
    let there = sum(&last, "records_new") + sum(&last, "records_unchanged");
    assert_eq!(there, sum(&expected, "records_new") + sum(&expected, "records_unchanged"));
    // The store is the one that was never interrupted.
    let key = manifest.with_file_name("key.csv");
    let figures =
        |store: &Path| ok(&["evaluate", "--json", "--store", text(store), "--key", text(&key)]);
    assert_eq!(figures(&store), figures(&whole));
}

/// A kill before the second agency's rows left a store that knew the first alone, and refused all others.
#[test]
fn an_import_of_several_agencies_goes_on_where_it_came_to_the_first_of_them_only() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("s.accord");
    let (data, map) = (demo("metro-police.persons.csv"), demo("metro-police.persons.csv.map.toml"));
    ok(&["import", "--store", text(&store), "--mapping", text(&map), text(&data)]);
    ok(&["import", "--store", text(&store), text(&demo("manifest.toml"))]);
}

#[test]
fn a_file_that_is_missing_or_does_not_fit_its_mapping_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("s.accord");
    let missing = run(&["import", "--store", text(&store), "/nonexistent/manifest.toml"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("/nonexistent/manifest.toml"));
    let wrong = demo("key.csv");
    let map = demo("metro-police.persons.csv.map.toml");
    let output = run(&["import", "--store", text(&store), "--mapping", text(&map), text(&wrong)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("key.csv: column 1 "), "{output:?}");
}
