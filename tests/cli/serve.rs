//! `accord serve` and `accord key`: a server as its operators run it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use super::{accord, demo, ok, run, text};

/// A running server and its address.
pub struct Running {
    pub child: Child,
    pub base: String,
}

impl Running {
    pub fn start(store: &Path) -> Self {
        let mut child = accord(&["serve", "--store", text(store), "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.split([' ', ',']).find(|word| word.starts_with("http")).unwrap();
        Self { base: base.to_owned(), child }
    }

    /// A figure of the process in `/proc`, in KiB.
    pub fn memory(&self, name: &str) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(status).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().unwrap()
    }

    /// Asks it to stop, and says how long it took.
    pub fn stop(&mut self) -> std::time::Duration {
        let began = std::time::Instant::now();
        let id = self.child.id().to_string();
        assert!(
            std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success()
        );
        self.child.wait().unwrap();
        began.elapsed()
    }

    pub fn status(&self, path: &str, token: Option<&str>) -> u16 {
        self.status_about(path, token, "MP-2026-17")
    }

    pub fn status_about(&self, path: &str, token: Option<&str>, case: &str) -> u16 {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent
            .get(format!("{}{path}", self.base))
            .header("x-purpose", "trafficking_investigation")
            .header("x-case", case);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.call().unwrap().status().as_u16()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_answers_with_the_tokens_made_for_it_and_logs_what_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("s.accord");
    ok(&["import", "--store", text(&store), text(&demo("manifest.toml"))]);
    let create = |agency: &str| {
        let user = ["--agency", agency, "--user", "ana", "--role", "analyst"];
        ok(&[&["key", "create", "--store", text(&store)], &user[..]].concat()).trim().to_owned()
    };
    let token = create("metro-police");
    let server = Running::start(&store);
    assert_eq!(server.status("/v1/communities", Some(&token)), 200);
    assert_eq!(server.status("/v1/communities", None), 401);
    // A token made and one revoked while it runs.
    let late = create("border-guard");
    assert_eq!(server.status("/v1/communities", Some(&late)), 200);
    let listed = ok(&["key", "list", "--store", text(&store)]);
    assert!(listed.contains("metro-police") && listed.contains("border-guard"));
    assert!(!listed.contains(token.trim_start_matches("accord_key_")));
    ok(&["key", "revoke", "--store", text(&store), "--agency", "metro-police", "--user", "ana"]);
    assert_eq!(server.status("/v1/communities", Some(&token)), 401);
    drop(server);
    let mut audit = store.clone().into_os_string();
    audit.push(".audit");
    let printed = ok(&["audit", "verify", audit.to_str().unwrap()]);
    // Ten files imported, two keys made, one revoked, four questions: one chain, though two processes wrote it.
    assert!(printed.starts_with("17 entries"), "{printed}");
}

#[test]
fn a_store_that_is_not_there_is_not_served() {
    let output = run(&["serve", "--store", "/nonexistent/s.accord", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
}
