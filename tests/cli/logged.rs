//! No act goes past the log: a server as its operators run it, whose log cannot be written for a while or which is
//! killed between its commits.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use accord::audit::{Head, Line, verify};
use accord::model::{ClassId, Event, FormId, FormLink, Judgement, Record, Tie};
use accord::store::{self, SnapshotSink};
use serde_json::json;

use super::{accord, demo, init, ok, run, text};

/// A store with a key of an analyst, and its log.
pub struct Deployment {
    folder: tempfile::TempDir,
    token: String,
}

impl Deployment {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("s.accord");
        let user = ["--agency", "metro-police", "--user", "ana", "--role", "investigator"];
        init(&store);
        let create = ["key", "create", "--new-agency", "--store", text(&store)];
        let create = [&create[..], &user].concat();
        let token = ok(&create).trim().to_owned();
        Self { folder, token }
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("s.accord")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("s.accord.audit")
    }

    fn aside(&self) -> PathBuf {
        self.folder.path().join("aside")
    }

    /// Serves it; what the server says goes to a file.
    pub fn serve(&self) -> Serving {
        let store = self.store();
        self.serve_with(accord(&["serve", "--store", text(&store), "--listen", "127.0.0.1:0"]))
    }

    pub fn serve_with(&self, mut command: Command) -> Serving {
        let said = self.folder.path().join("said");
        let stderr = std::fs::File::options().create(true).append(true).open(&said).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.split([' ', ',']).find(|word| word.starts_with("http"));
        let base = base.unwrap_or_else(|| panic!("{}", std::fs::read_to_string(&said).unwrap()));
        Serving { base: base.to_owned(), child, token: self.token.clone(), said }
    }

    /// The local ids of the rows in the store.
    pub fn rows(&self) -> BTreeSet<String> {
        let store = store::open(&text(&self.store()).parse().unwrap(), false).unwrap();
        let mut rows = Rows::default();
        store.stream(crate::policy::whole(store.as_ref()).sight(), &mut rows).unwrap();
        rows.0
    }

    fn lines(&self) -> Vec<Line> {
        let text = std::fs::read_to_string(self.log()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// How often each request is logged as a submission that was carried out.
    pub fn submits(&self) -> BTreeMap<String, usize> {
        let mut submits = BTreeMap::new();
        for line in self.lines() {
            if line.entry.operation == "POST /v1/records" && line.entry.status == 200 {
                *submits.entry(line.entry.request).or_default() += 1;
            }
        }
        submits
    }

    pub fn head(&self) -> Head {
        verify(&self.log()).unwrap()
    }
}

#[derive(Default)]
struct Rows(BTreeSet<String>);

impl SnapshotSink for Rows {
    fn record(&mut self, _: ClassId, _: FormId, record: Record) {
        self.0.insert(record.local_id);
    }
    fn tie(&mut self, _: Tie) {}
    fn event(&mut self, _: Event) {}
    fn link(&mut self, _: FormLink) {}
    fn judgement(&mut self, _: Judgement) {}
}

/// A running server.
pub struct Serving {
    pub child: Child,
    pub base: String,
    pub token: String,
    said: PathBuf,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}

impl Serving {
    /// Submits a row; the answer's status and the request's id, nothing where the server is gone.
    pub fn submit_by(&self, agent: &ureq::Agent, id: &str) -> Option<(u16, String)> {
        // Each row another number: nothing is linked.
        let digits = blake3::hash(id.as_bytes()).as_bytes()[..8]
            .iter()
            .map(|it| it % 10)
            .collect::<Vec<_>>();
        let number =
            digits.iter().fold("+1 31".to_owned(), |number, digit| format!("{number}{digit}"));
        let row = json!({
            "local_id": id, "source": "tips",
            "records": [{ "slot": "p", "body": { "type": "phone", "number": number } }],
        });
        let answer = agent
            .post(format!("{}/v1/records", self.base))
            .header("authorization", format!("Bearer {}", self.token))
            .header("x-purpose", "trafficking_investigation")
            .header("x-case", "MP-2026-17")
            .send_json(row);
        let answer = answer.ok()?;
        let request = answer.headers().get("x-request-id")?.to_str().ok()?.to_owned();
        Some((answer.status().as_u16(), request))
    }

    pub fn submit(&self, id: &str) -> u16 {
        self.submit_by(&agent(), id).unwrap().0
    }

    pub fn get(&self, path: &str) -> u16 {
        let answer = agent()
            .get(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.token))
            .header("x-purpose", "trafficking_investigation")
            .header("x-case", "MP-2026-17")
            .call();
        answer.unwrap().status().as_u16()
    }

    /// Waits until `/ready` answers so, at most a second.
    #[track_caller]
    pub fn is_ready(&self, status: u16) {
        let began = Instant::now();
        while self.get("/ready") != status {
            assert!(
                began.elapsed() < Duration::from_secs(1),
                "/ready is not {status} within a second"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap()
    }
}

/// A fault of the log under a running server, and its repair.
struct Fault {
    name: &'static str,
    happens: fn(&Deployment),
    ends: fn(&Deployment),
}

fn aside(it: &Deployment) {
    std::fs::rename(it.log(), it.aside()).unwrap();
}

fn back(it: &Deployment) {
    std::fs::rename(it.aside(), it.log()).unwrap();
}

const FAULTS: [Fault; 5] = [
    Fault { name: "moved", happens: aside, ends: back },
    Fault {
        name: "a folder in its place",
        happens: |it| {
            aside(it);
            std::fs::create_dir(it.log()).unwrap();
        },
        ends: |it| {
            std::fs::remove_dir(it.log()).unwrap();
            back(it);
        },
    },
    Fault {
        name: "replaced by an empty file",
        happens: |it| {
            aside(it);
            std::fs::write(it.log(), "").unwrap();
        },
        ends: back,
    },
    Fault {
        name: "replaced, and restored from a copy",
        happens: |it| {
            std::fs::copy(it.log(), it.aside()).unwrap();
            std::fs::remove_file(it.log()).unwrap();
            std::fs::write(it.log(), "{}\n").unwrap();
        },
        ends: |it| {
            std::fs::remove_file(it.log()).unwrap();
            std::fs::copy(it.aside(), it.log()).unwrap();
        },
    },
    Fault {
        name: "cut",
        happens: |it| {
            std::fs::copy(it.log(), it.aside()).unwrap();
            let file = std::fs::File::options().write(true).open(it.log()).unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        },
        ends: |it| {
            let whole = std::fs::read(it.aside()).unwrap();
            std::fs::write(it.log(), whole).unwrap();
        },
    },
];

#[test]
fn while_the_log_cannot_be_written_nothing_is_stored_and_afterwards_it_goes_on() {
    for fault in FAULTS {
        let it = Deployment::new();
        let server = it.serve();
        let name = fault.name;
        assert_eq!(server.submit("before"), 200);
        server.is_ready(200);
        (fault.happens)(&it);
        for number in 0..10 {
            assert_eq!(server.submit(&number.to_string()), 503, "{name}");
        }
        assert_eq!(server.get("/v1/communities"), 503, "{name}: no answer without its entry");
        server.is_ready(503);
        assert_eq!(it.rows(), ["before".to_owned()].into(), "{name}: stored, though refused");
        let said = server.said();
        assert!(said.contains("the audit log"), "{name}: {said}");
        assert!(!said.contains("+1 31"), "{name}: {said}");
        (fault.ends)(&it);
        server.is_ready(200);
        assert_eq!(server.submit("after"), 200, "{name}");
        assert_eq!(server.get("/v1/communities"), 200, "{name}");
        assert_eq!(it.rows().len(), 2, "{name}");
        assert_eq!(it.submits().len(), 2, "{name}");
        it.head();
    }
}

#[test]
fn readiness_is_red_before_anybody_asked_for_something() {
    let it = Deployment::new();
    let server = it.serve();
    server.is_ready(200);
    aside(&it);
    server.is_ready(503);
    back(&it);
    server.is_ready(200);
}

#[test]
fn a_log_that_has_no_room_stops_writes_until_it_has_room_again() {
    let it = Deployment::new();
    // Whatever a process writes beyond a size fails, as on a full disk; the store stays far below it.
    const ROOM: u64 = 8 << 20;
    fill(&it, ROOM);
    let mut shell = Command::new("sh");
    let serve = accord(&["serve", "--store", text(&it.store()), "--listen", "127.0.0.1:0"]);
    shell.args(["-c", "trap '' XFSZ; ulimit -S -f \"$1\"; shift; exec \"$@\"", "sh"]);
    // Dash counts in blocks of 512 bytes.
    shell.arg((ROOM / 512).to_string()).arg(serve.get_program()).args(serve.get_args());
    let server = it.serve_with(shell);
    let answers: Vec<u16> = (0..50).map(|number| server.submit(&number.to_string())).collect();
    let done = answers.iter().filter(|status| **status == 200).count();
    assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
    assert!((1..40).contains(&done), "the room ends within: {answers:?}");
    assert_eq!(it.rows().len(), done, "stored, though refused");
    server.is_ready(503);
    let pid = server.child.id().to_string();
    let raised =
        Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:unlimited"]).status();
    assert!(raised.unwrap().success());
    server.is_ready(200);
    assert_eq!(server.submit("after"), 200);
    assert_eq!(it.rows().len(), done + 1);
    assert_eq!(it.submits().len(), done + 1, "each that was stored is logged");
    it.head();
}

/// Fills the log of a deployment up to a few kilobytes below a size.
fn fill(it: &Deployment, size: u64) {
    let mut head = it.head();
    let mut line = it.lines().pop().unwrap();
    let mut log = std::fs::File::options().append(true).open(it.log()).unwrap();
    loop {
        let left = size - log.metadata().unwrap().len();
        if left < 8 << 10 {
            return;
        }
        line.entry.operation = "x".repeat((left as usize - (6 << 10)).min(1 << 16));
        (line.index, line.previous) = (head.length, head.hash);
        let text = serde_json::to_string(&line).unwrap();
        writeln!(log, "{text}").unwrap();
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        head = Head { length: head.length + 1, hash };
    }
}

#[test]
fn after_kill_9_all_that_is_stored_is_logged_once() {
    const CYCLES: u64 = 20;
    let it = Deployment::new();
    let (mut acknowledged, mut sent) = (BTreeMap::new(), 0u64);
    for cycle in 0..CYCLES {
        let server = it.serve();
        let stop = AtomicBool::new(false);
        let count = AtomicU64::new(0);
        let answers: Vec<(String, String)> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|writer| {
                    let (server, stop, count) = (&server, &stop, &count);
                    scope.spawn(move || {
                        let (agent, mut done) = (agent(), Vec::new());
                        for number in 0.. {
                            let id = format!("{cycle}-{writer}-{number}");
                            let answer = server.submit_by(&agent, &id);
                            count.fetch_add(1, Ordering::Relaxed);
                            match answer {
                                Some((200, request)) => done.push((id, request)),
                                other => {
                                    assert!(other.is_none(), "{other:?}");
                                    break;
                                }
                            }
                            if stop.load(Ordering::Relaxed) {
                                break;
                            }
                        }
                        done
                    })
                })
                .collect();
            // Some way into the writes, another each time.
            let began = Instant::now();
            while count.load(Ordering::Relaxed) < 8 && began.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_micros(cycle * 1_357 % 20_000));
            let pid = server.child.id().to_string();
            assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
            stop.store(true, Ordering::Relaxed);
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });
        sent += count.load(Ordering::Relaxed);
        acknowledged.extend(answers);
    }
    // The next start brings what is missing.
    drop(it.serve());
    let (rows, submits) = (it.rows(), it.submits());
    for (id, request) in &acknowledged {
        assert!(rows.contains(id), "an acknowledged row is lost");
        assert!(submits.contains_key(request), "an acknowledged row is not logged");
    }
    assert!(submits.values().all(|times| *times == 1), "a write is logged twice");
    println!("{sent} sent, {} acknowledged, {} stored", acknowledged.len(), rows.len());
    assert_eq!(rows.len(), submits.len(), "rows stored, and rows logged");
    it.head();
}

#[test]
fn an_import_is_logged_with_each_batch_and_refused_without_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let (store, log) = (folder.path().join("s.accord"), folder.path().join("elsewhere"));
    let import = |log: &Path| {
        let manifest = demo("manifest.toml");
        run(&["import", "--store", text(&store), "--audit", text(log), text(&manifest)])
    };
    assert!(import(&log).status.success());
    let read = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<Line> = read.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty());
    for line in &lines {
        assert!(line.entry.operation.starts_with("command: import"), "{}", line.entry.operation);
        assert!(line.entry.agency.is_some());
    }
    // One log of many: a folder is none.
    let other = folder.path().join("other.accord");
    let manifest = demo("manifest.toml");
    let refused =
        run(&["import", "--store", text(&other), "--audit", text(folder.path()), text(&manifest)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!other.exists() || rows_of(&other) == 0);
}

pub fn rows_of(path: &Path) -> usize {
    let store = store::open(&text(path).parse().unwrap(), false).unwrap();
    let mut rows = Rows::default();
    store.stream(crate::policy::whole(store.as_ref()).sight(), &mut rows).unwrap();
    rows.0.len()
}

#[test]
fn files_with_content_are_their_owners_alone_whatever_the_umask() {
    let it = Deployment::new();
    // Files that an earlier version made, or that were opened to others, are closed.
    for file in [it.store(), it.log()] {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let mut shell = Command::new("sh");
    let serve = accord(&["serve", "--store", text(&it.store()), "--listen", "127.0.0.1:0"]);
    shell.args(["-c", "umask 0; exec \"$@\"", "sh"]).arg(serve.get_program());
    let server = it.serve_with({
        shell.args(serve.get_args());
        shell
    });
    assert_eq!(server.submit("1"), 200);
    let made = std::fs::read_dir(it.folder.path()).unwrap();
    let names: BTreeMap<String, u32> = made
        .map(|entry| {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            (entry.file_name().into_string().unwrap(), mode)
        })
        .filter(|(name, _)| name != "said")
        .collect();
    for name in ["s.accord", "s.accord-wal", "s.accord-shm", "s.accord.audit", "s.accord.key"] {
        assert!(names.contains_key(name), "{names:?}");
    }
    assert!(names.values().all(|mode| *mode == 0o600), "{names:?}");
}

#[test]
fn a_table_of_persons_is_its_owners_alone_whatever_the_umask() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let (mapping, rows) = (folder.path().join("p.map.toml"), folder.path().join("p.csv"));
    std::fs::write(
        &mapping,
        "agency = \"a\"\nsource = \"s\"\nformat = \"csv\"\nid = \"no\"\nlabel = {}\n[[record]]\nslot = \"p\"\n\
         type = \"person\"\nfields = { full = \"name\" }\n",
    )
    .unwrap();
    std::fs::write(&rows, "no,name\n1,Ann Lee\n2,Anne Lee\n3,Bob Ray\n").unwrap();
    let program =
        accord(&["dedupe", "--mapping", text(&mapping), "--out", text(&out), text(&rows)]);
    let output = Command::new("sh")
        .args(["-c", "umask 0; exec \"$@\"", "sh"])
        .arg(program.get_program())
        .args(program.get_args())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Durable submissions a second over HTTP; `ACCORD_BEFORE` names another program to compare with. Not part of the
/// suite: `cargo test --test integration -- --ignored --nocapture submits_a_second`.
#[test]
#[ignore = "a measurement"]
fn submits_a_second() {
    let measured = |program: Option<String>| {
        let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_accord").to_owned());
        // Its own store, which may be of an earlier format.
        let it = Deployment::made_by(&program);
        let mut command = Command::new(&program);
        command.args(["serve", "--store", text(&it.store()), "--listen", "127.0.0.1:0"]);
        rate(&it.serve_with(command))
    };
    for round in 0..3 {
        if let Ok(before) = std::env::var("ACCORD_BEFORE") {
            println!("round {round}: before {:?}", measured(Some(before)));
        }
        println!("round {round}: now {:?}", measured(None));
    }
}

/// Submissions a second of one client and of eight.
fn rate(server: &Serving) -> [u64; 2] {
    [1, 8].map(|clients| {
        const EACH: u64 = 400;
        let began = Instant::now();
        std::thread::scope(|scope| {
            for client in 0..clients {
                scope.spawn(move || {
                    let agent = agent();
                    for number in 0..EACH / clients {
                        let id = format!("{clients}-{client}-{number}");
                        assert_eq!(server.submit_by(&agent, &id).unwrap().0, 200);
                    }
                });
            }
        });
        (EACH as f64 / began.elapsed().as_secs_f64()) as u64
    })
}

impl Deployment {
    /// A deployment with a store that another program made.
    fn made_by(program: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("s.accord");
        // Earlier versions make the store with the first key, and know no other way.
        let init = Command::new(program).args(["init", "--store", text(&store)]).output();
        let more: &[&str] = if init.unwrap().status.success() { &["--new-agency"] } else { &[] };
        let output = Command::new(program)
            .args(["key", "create", "--store", text(&store), "--agency", "metro-police"])
            .args(["--user", "ana", "--role", "investigator"])
            .args(more)
            .output()
            .unwrap();
        let token = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        Self { folder, token }
    }
}
