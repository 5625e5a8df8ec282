//! The server under measurement, as a process of its own, and the callers that it knows.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ACCORD: &str = env!("CARGO_BIN_EXE_accord");

/// A running server.
pub struct Server {
    child: Child,
    pub base: String,
}

/// An agency's user with a key.
pub struct Caller {
    pub agency: &'static str,
    pub key: String,
}

impl Server {
    /// Starts it and waits until it says that it is ready.
    pub fn start(store: &Path) -> Self {
        let mut child = Command::new(ACCORD)
            .args(["serve", "--listen", "127.0.0.1:0", "--store", store.to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.split([' ', ',']).find(|word| word.starts_with("http")).unwrap().to_owned();
        let server = Self { child, base };
        while ureq::get(format!("{}/ready", server.base)).call().is_err() {
            std::thread::sleep(Duration::from_millis(5));
        }
        server
    }

    /// Resident memory.
    pub fn megabytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim_matches([' ', '\t', 'k', 'B']).parse::<u64>().unwrap() >> 10
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command of the program and returns what it printed.
pub fn run(arguments: &[&str]) -> String {
    let output = Command::new(ACCORD).args(arguments).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "accord {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Makes a key for an agency's investigator.
pub fn caller(store: &Path, agency: &'static str) -> Caller {
    let store = ["key", "create", "--store", store.to_str().unwrap()];
    let user = ["--agency", agency, "--user", "bench", "--role", "investigator"];
    let key = run(&[&store[..], &user[..]].concat()).trim().to_owned();
    Caller { agency, key }
}
