//! The program itself, as its users run it.

mod account;
mod bad_input;
mod bodies;
mod compare;
mod connections;
mod dedupe;
mod demo;
mod evaluate;
mod flood;
mod full_disk;
mod help;
mod import;
mod key;
mod killed;
mod late;
mod logged;
mod manners;
mod parquet;
mod purge;
mod queries;
mod queues;
mod serve;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A command of the program, without anything from this environment that it reads.
pub fn accord(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
    command.args(arguments);
    for name in [
        "ACCORD_STORE",
        "ACCORD_IDENTITY",
        "ACCORD_ID_KEY",
        "ACCORD_LISTEN",
        "ACCORD_NEO4J_PASSWORD",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str]) -> Output {
    accord(arguments).output().unwrap()
}

/// Returns the output of a run, which must succeed.
#[track_caller]
pub fn ok(arguments: &[&str]) -> String {
    let output = run(arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Makes an empty store.
pub fn init(store: &Path) {
    ok(&["init", "--store", text(store)]);
}

/// A file of fixtures/demo.
pub fn demo(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo").join(file)
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
