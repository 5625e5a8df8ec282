//! The program of ten lines, as its users run it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The program, which `cargo test` builds beside the tests.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    let built =
        test.parent().and_then(Path::parent).unwrap_or(Path::new("")).join("examples/dedupe");
    assert!(built.is_file(), "cargo build -p accord-engine --example dedupe");
    built
}

#[test]
fn the_program_of_ten_lines_dedupes_a_csv() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/demo");
    let (file, mapping) = ("metro-police.persons.csv", "metro-police.persons.csv.map.toml");
    let run =
        Command::new(program()).args([folder.join(mapping), folder.join(file)]).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let clusters = String::from_utf8(run.stdout).unwrap();
    assert!(clusters.lines().any(|cluster| cluster == "P-000000003 P-000000004"), "{clusters}");
    let refused = Command::new(program()).output().unwrap();
    assert!(!refused.status.success() && refused.stdout.is_empty());
}
