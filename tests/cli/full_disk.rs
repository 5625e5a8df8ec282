//! A full disk: nothing that was acknowledged is lost, the server says that it is not ready, and goes on by itself when
//! there is room again. The disk is a small file system in memory, in a mount namespace of the server's own; where there
//! are no such namespaces, a limit of the size of files stands in for it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::logged::{Deployment, Serving, agent};
use super::queues::{Asked, ask};
use super::{accord, text};

/// The bytes of the disk.
const DISK: &str = "size=64m";

/// A server whose store, or log as well, lies on a small disk.
struct Small {
    server: Serving,
    disk: PathBuf,
}

/// Tells if this system lets a user make mounts in a namespace of its own; says so where it does not.
fn mounts() -> bool {
    let mount = format!("mount -t tmpfs -o {DISK} accord /mnt");
    let namespace = ["--user", "--map-root-user", "--mount", "sh", "-c", &mount];
    let done = Command::new("unshare").args(namespace).output();
    let may = done.is_ok_and(|output| output.status.success());
    if !may {
        println!("SKIPPED: no mount namespace here (unshare --user --map-root-user --mount)");
    }
    may
}

impl Small {
    /// Serves the store of a deployment, which is copied to the disk; the log lies there as well, or elsewhere.
    fn serve(it: &Deployment, with_log: bool) -> Self {
        let store = it.store();
        let log = if with_log {
            "/mnt/s.accord.audit".to_owned()
        } else {
            format!("{}.audit", text(&store))
        };
        let serve = accord(&[
            "serve",
            "--store",
            "/mnt/s.accord",
            "--listen",
            "127.0.0.1:0",
            "--audit",
            &log,
        ]);
        let script =
            "mount -t tmpfs -o $1 accord /mnt && cp \"$2\"* /mnt/ && shift 2 && exec \"$@\"";
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", DISK]);
        unshare.arg(text(&store)).arg(serve.get_program()).args(serve.get_args());
        let server = it.serve_with(unshare);
        let disk = PathBuf::from(format!("/proc/{}/root/mnt", server.child.id()));
        Self { server, disk }
    }

    fn filler(&self) -> PathBuf {
        self.disk.join("filler")
    }

    /// Takes all the room of the disk but some bytes.
    fn fill(&self, but: usize) {
        let mut file = File::options().create(true).append(true).open(self.filler()).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        while file.write_all(&[0; 1]).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(but as u64)).unwrap();
    }

    fn make_room(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    fn ask(&self, path: &str, body: Option<&Value>) -> Asked {
        ask(&self.server, &agent(), path, body).unwrap()
    }

    fn submit(&self, id: &str) -> Asked {
        self.ask("/v1/records", Some(&row(id)))
    }

    /// Waits until readiness is answered so, at most ten seconds.
    #[track_caller]
    fn is_ready(&self, status: u16) {
        let began = Instant::now();
        loop {
            let said = self.ask("/ready", None);
            if said.status == status {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "{said:?}, not {status}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until a write is taken, at most ten seconds.
    #[track_caller]
    fn takes_writes(&self) {
        let began = Instant::now();
        while self.submit("again").status != 200 {
            assert!(began.elapsed() < Duration::from_secs(10), "no write is taken");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Tells if these rows are there, each with its two records.
    fn has(&self, ids: &[String]) -> bool {
        ids.iter().all(|id| {
            let again = self.submit(id);
            again.status == 200 && again.body["records_unchanged"] == 2
        })
    }
}

/// A row of some 4 KB.
fn row(id: &str) -> Value {
    let hash = blake3::hash(id.as_bytes()).to_hex().to_string();
    json!({
        "local_id": id, "source": "tips", "category": "suspect",
        "records": [
            { "slot": "p", "body": { "type": "person", "names": [{ "full": format!("Ana {}", &hash[..12]) }] } },
            { "slot": "t", "body": { "type": "phone", "number": format!("+1 312 {}", u32::from_str_radix(&hash[..6], 16).unwrap()) } },
        ],
        "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
        "events": [{ "kind": "sighting", "at": "2026-03-01T00:00:00Z", "text": hash.repeat(50),
                     "participants": { "subject": ["p"] } }],
    })
}

/// Hands in rows until one is refused. Returns the acknowledged ones and the refusal.
fn until_refused(small: &Small, name: &str) -> (Vec<String>, Asked) {
    let mut done = Vec::new();
    for number in 0..2000 {
        let id = format!("{name}-{number}");
        let said = small.submit(&id);
        if said.status != 200 {
            return (done, said);
        }
        done.push(id);
    }
    panic!("the disk is never full");
}

#[test]
fn a_store_without_room_refuses_writes_answers_reads_and_goes_on_by_itself() {
    if !mounts() {
        return;
    }
    let it = Deployment::new();
    let small = Small::serve(&it, false);
    assert_eq!(small.submit("before").status, 200);
    let search = json!({ "text": "Ana" });
    let mut all = vec!["before".to_owned()];
    for round in 0..3 {
        small.fill(0);
        let (done, refused) = until_refused(&small, &format!("full-{round}"));
        all.extend(done);
        assert!([503, 507].contains(&refused.status), "{refused:?}");
        assert_eq!(refused.status == 507, refused.body["code"] == "store_full", "{refused:?}");
        assert!(refused.retry_after, "{refused:?}");
        small.is_ready(503);
        // The log has room, so reads go on.
        assert_eq!(small.ask("/v1/search", Some(&search)).status, 200);
        assert_eq!(small.ask("/v1/jobs", None).status, 200);
        assert!([503, 507].contains(&small.submit("in vain").status));
        assert_eq!(small.ask("/health", None).status, 200);
        small.make_room();
        small.is_ready(200);
        let after = format!("after-{round}");
        assert_eq!(small.submit(&after).status, 200, "round {round}");
        all.push(after);
    }
    assert!(small.has(&all), "an acknowledged row is lost");
    assert!(!small.server.said().contains("Ana"));
}

/// A limit of the size of the files that a process writes, which needs no permission.
fn limit(server: &Serving, bytes: &str) {
    let pid = server.child.id().to_string();
    let limit = format!("--fsize={bytes}:unlimited");
    assert!(Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap().success());
}

#[test]
fn a_store_that_cannot_grow_refuses_writes_answers_reads_and_goes_on_by_itself() {
    let it = Deployment::new();
    let serve = accord(&["serve", "--store", text(&it.store()), "--listen", "127.0.0.1:0"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(serve.get_program());
    shell.args(serve.get_args());
    let small = Small { server: it.serve_with(shell), disk: it.store() };
    let mut all: Vec<String> = (0..20).map(|number| format!("before-{number}")).collect();
    assert!(all.iter().all(|id| small.submit(id).status == 200));
    let log = std::fs::metadata(it.store().with_file_name("s.accord-wal")).unwrap().len();
    limit(&small.server, &log.to_string());
    let (done, refused) = until_refused(&small, "full");
    all.extend(done);
    assert!([503, 507].contains(&refused.status) && refused.retry_after, "{refused:?}");
    small.is_ready(503);
    assert_eq!(small.ask("/v1/search", Some(&json!({ "text": "Ana" }))).status, 200);
    assert_eq!(small.ask("/health", None).status, 200);
    limit(&small.server, "unlimited");
    small.is_ready(200);
    assert_eq!(small.submit("after").status, 200);
    assert!(small.has(&all), "an acknowledged row is lost");
}

#[test]
fn a_disk_that_fills_and_empties_under_load_loses_nothing() {
    if !mounts() {
        return;
    }
    let it = Deployment::new();
    let small = Small::serve(&it, true);
    let (stop, done) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let refused = std::thread::scope(|scope| {
        let (small, stop, done) = (&small, &stop, &done);
        let write = |writer: usize| {
            scope.spawn(move || {
                let (agent, mut refused) = (agent(), 0);
                for number in 0.. {
                    let id = format!("{writer}-{number}");
                    let said = ask(&small.server, &agent, "/v1/records", Some(&row(&id))).unwrap();
                    match said.status {
                        200 => done.lock().unwrap().push(id),
                        _ => {
                            assert!([503, 507].contains(&said.status), "{said:?}");
                            refused += 1;
                            std::thread::sleep(Duration::from_millis(20));
                        }
                    }
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
                refused
            })
        };
        let writers: Vec<_> = (0..3).map(write).collect();
        let ends = Ends(stop);
        for round in 0..4 {
            std::thread::sleep(Duration::from_millis(300));
            small.fill(round * 20_000);
            std::thread::sleep(Duration::from_millis(1200));
            small.make_room();
            small.takes_writes();
        }
        drop(ends);
        writers.into_iter().map(|it| it.join().unwrap()).sum::<usize>()
    });
    let done = done.into_inner().unwrap();
    println!("{} rows acknowledged, {refused} refused", done.len());
    assert!(refused > 0 && !done.is_empty());
    small.is_ready(200);
    assert_eq!(small.submit("after").status, 200);
    assert!(small.has(&done), "an acknowledged row is lost");
    let log = small.disk.join("s.accord.audit");
    let copied = it.store().with_file_name("copied.audit");
    std::fs::copy(log, &copied).unwrap();
    accord::audit::verify(&copied).unwrap();
    // Two records each.
    assert_eq!(rows_in(&small.disk, it.store().parent().unwrap()), 2 * (done.len() + 2));
}

/// Ends the writers, also when the test fails.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The number of rows of a store, read from a copy.
fn rows_in(disk: &Path, folder: &Path) -> usize {
    for file in ["s.accord", "s.accord-wal"] {
        let _ = std::fs::copy(disk.join(file), folder.join(format!("copy-{file}")));
    }
    super::logged::rows_of(&folder.join("copy-s.accord"))
}
