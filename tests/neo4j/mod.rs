//! One real Neo4j for the whole test binary, started when the first test asks for it.
//!
//! Tests that need it fail when it is missing; they are never skipped. `tests/neo4j/setup` gets it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use accord::store::StoreAddress;

/// Java packages that Neo4j opens by reflection.
const OPENED: [&str; 4] = ["java.nio", "java.io", "sun.nio.ch", "java.lang"];

const PASSWORD: &str = "accord-tests-only";

/// A running Neo4j. It has one database, so whoever uses it holds it alone.
pub struct Neo4j {
    port: u16,
    alone: Mutex<()>,
    _directory: tempfile::TempDir,
    _process: Child,
}

impl Neo4j {
    /// The server, started if need be. It ends with this process: its standard input is a pipe
    /// from here.
    pub fn shared() -> &'static Self {
        static SERVER: OnceLock<Neo4j> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    /// Waits until no other test uses the server. The caller clears what it needs cleared.
    pub fn alone(&self) -> MutexGuard<'_, ()> {
        self.alone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address of the server.
    pub fn address(&self) -> StoreAddress {
        format!("bolt://neo4j:{PASSWORD}@127.0.0.1:{}", self.port).parse().unwrap()
    }

    fn start() -> Self {
        let lib = home().join("lib");
        assert!(
            lib.is_dir(),
            "no Neo4j in {}: run tests/neo4j/setup (tests/run does)",
            home().display()
        );
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut command = Command::new("java");
        command.args(["-Xmx1g", "-cp"]).arg(lib.join("*"));
        for package in OPENED {
            command.arg(format!("--add-opens=java.base/{package}=ALL-UNNAMED"));
        }
        let mut process = command
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/neo4j/Main.java"))
            .arg(directory.path())
            .args([&port.to_string(), PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("java starts");
        let output = process.stdout.take().unwrap();
        let ready =
            BufReader::new(output).lines().map_while(Result::ok).any(|line| line == "ready");
        assert!(ready, "Neo4j ended before it was ready");
        Self { port, alone: Mutex::new(()), _directory: directory, _process: process }
    }
}

/// The folder in which `tests/neo4j/setup` installs Neo4j.
fn home() -> PathBuf {
    if let Some(home) = std::env::var_os("ACCORD_NEO4J_HOME") {
        return home.into();
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").expect("HOME is set")).join(".cache"),
        PathBuf::from,
    );
    cache.join("accord/neo4j-5.26.18")
}

/// A port that is free now. Another process may take it before Neo4j does; the start then fails
/// loudly.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
