//! Manners of the command line: a reader that goes away, completions and pages, JSON beside tables, and nothing
//! left behind by a command that fails or by a typing error.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;

use super::{accord, demo, ok, run, text};

/// The exit status by which a shell reports a program that SIGPIPE ended.
const PIPE_CLOSED: i32 = 128 + 13;

/// Runs a command whose reader is gone before it prints.
fn unread(arguments: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    accord(arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap()
}

/// A folder with a store that holds the files of the demo and a key.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with_store() -> Self {
        let folder = Self::new();
        let store = folder.store();
        ok(&["import", "--store", text(&store), text(&demo("manifest.toml"))]);
        ok(&key(text(&store), "metro-police", &[]));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn store(&self) -> PathBuf {
        self.path("s.accord")
    }

    /// The names of all that lies in it.
    fn names(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn key<'a>(store: &'a str, agency: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let user = ["--agency", agency, "--user", "ana", "--role", "analyst"];
    [&["key", "create", "--store", store], &user[..], more].concat()
}

/// Returns the message of a command, which must fail.
#[track_caller]
fn failure(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(said.starts_with("accord: ") && !said.contains("panicked"), "{arguments:?}: {said}");
    said
}

fn create_account(store: &str) {
    let user = ["--agency", "metro-police", "--user", "b", "--role", "analyst"];
    ok(&[&["account", "create", "--store", store], &user[..]].concat());
}

#[test]
fn a_command_whose_reader_goes_away_ends_quietly() {
    let folder = Folder::with_store();
    let store = folder.store();
    let store = text(&store);
    create_account(store);
    ok(&["deny", "add", "--store", store, "--agency", "metro-police", "--user", "x"]);
    let pairs = folder.path("pairs.csv");
    std::fs::write(&pairs, "name1,name2\nAnn Lee,Anne Lee\n").unwrap();
    let (people, map) =
        (demo("metro-police.persons.csv"), demo("metro-police.persons.csv.map.toml"));
    let (key_file, manifest) = (demo("key.csv"), demo("manifest.toml"));
    let (audit, out) = (folder.path("s.accord.audit"), folder.path("out"));
    let (out, queries) = (text(&out), Path::new(env!("CARGO_MANIFEST_DIR")).join("cypher"));
    let commands: [&[&str]; 21] = [
        &["openapi"],
        &["man"],
        &["completions", "bash"],
        &["key", "list", "--store", store],
        &["key", "list", "--store", store, "--json"],
        &key(store, "metro-police", &[]),
        &["account", "list", "--store", store],
        &["deny", "list", "--store", store],
        &["agency", "list", "--store", store],
        &["purge", "--store", store],
        &["evaluate", "--store", store, "--key", text(&key_file)],
        &["evaluate", "--store", store, "--key", text(&key_file), "--json"],
        &["import", "--store", store, text(&manifest)],
        &["import", "--json", "--store", store, text(&manifest)],
        &["compare", "names", text(&pairs)],
        &["dedupe", "--mapping", text(&map), "--out", out, text(&people)],
        &["link", "--mapping", text(&map), "--out", out, text(&people), text(&people)],
        &["generate", "--people", "170", "--out", out],
        &["audit", "verify", text(&audit)],
        &["queries", "check", text(&queries)],
        &["demo", "--no-serve"],
    ];
    for arguments in commands {
        // An earlier command may have left `out` as a file.
        let _ = std::fs::remove_file(out);
        let output = unread(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(PIPE_CLOSED), "{arguments:?}: {said}");
        assert_eq!(said, "", "{arguments:?}");
    }
}

#[test]
fn an_output_that_is_full_is_a_failure_and_no_panic() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = accord(&["openapi"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("accord: standard output: "), "{said}");
}

#[test]
fn completions_and_the_page_know_every_command() {
    let help = ok(&["--help"]);
    let listed = help.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let commands: Vec<&str> = listed
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| !word.starts_with('-') && *word != "help")
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = ok(&["completions", shell]);
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
        assert!(script.contains("audit") && script.contains("accord"), "{shell}");
    }
    assert_eq!(run(&["completions", "cmd.exe"]).status.code(), Some(2));
    let page = ok(&["man"]);
    assert!(page.contains(".TH accord 1"), "{}", &page[..200.min(page.len())]);
    for command in &commands {
        assert!(page.contains(&format!("accord\\-{command}(1)")), "{command}");
        let own = ok(&["man", command]);
        assert!(own.contains(&format!(".TH accord-{command} 1")), "{command}");
        assert!(own.contains("Example"), "{command}");
    }
    assert_eq!(run(&["man", "nothing"]).status.code(), Some(1));
    // A folder takes them all.
    let folder = Folder::new();
    let out = folder.path("man1");
    ok(&["man", "--out", text(&out)]);
    for command in &commands {
        assert!(out.join(format!("accord-{command}.1")).is_file(), "{command}");
    }
    assert!(out.join("accord.1").is_file() && out.join("accord-key-create.1").is_file());
}

#[test]
fn the_bash_completions_complete() {
    let folder = Folder::new();
    let script = folder.path("accord.bash");
    std::fs::write(&script, ok(&["completions", "bash"])).unwrap();
    let ask = "source \"$1\"; COMP_WORDS=(accord key cre); COMP_CWORD=2; _accord accord cre key; \
               echo \"${COMPREPLY[@]}\"";
    let mut bash = std::process::Command::new("bash");
    let output = bash.args(["-c", ask, "bash", text(&script)]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "create", "{output:?}");
}

/// Returns the output of a command as JSON.
#[track_caller]
fn json(arguments: &[&str]) -> Value {
    let printed = ok(arguments);
    serde_json::from_str(&printed)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{printed}"))
}

#[test]
fn what_is_printed_as_a_table_is_had_as_json_too() {
    let folder = Folder::with_store();
    let store = folder.store();
    let store = text(&store);
    let keys = json(&["key", "list", "--store", store, "--json"]);
    assert_eq!(keys[0]["agency"], "metro-police");
    assert_eq!((&keys[0]["user"], &keys[0]["state"]), (&"ana".into(), &"until".into()));
    assert_eq!(keys[0]["roles"], serde_json::json!(["analyst"]));
    assert!(keys[0]["id"].is_string() && keys[0]["expires"].is_string());
    create_account(store);
    let accounts = json(&["account", "list", "--store", store, "--json"]);
    assert_eq!((&accounts[0]["user"], &accounts[0]["state"]), (&"b".into(), &"new".into()));
    assert!(!accounts.to_string().contains("argon2"), "{accounts}");
    assert_eq!(json(&["deny", "list", "--store", store, "--json"]), serde_json::json!([]));
    ok(&["deny", "add", "--store", store, "--agency", "metro-police"]);
    let denied = json(&["deny", "list", "--store", store, "--json"]);
    assert_eq!((&denied[0]["agency"], &denied[0]["user"]), (&"metro-police".into(), &Value::Null));
    assert_eq!(json(&["key", "officers", "--store", store, "--json"]), serde_json::json!([]));
    let purged = json(&["purge", "--store", store, "--json"]);
    assert_eq!(purged, serde_json::json!({ "removed": {} }));
    let agencies = json(&["agency", "list", "--store", store, "--json"]);
    assert_eq!(agencies.as_array().unwrap().len(), 6, "{agencies}");
    let log = folder.path("s.accord.audit");
    let head = json(&["audit", "verify", text(&log), "--json"]);
    assert!(head["entries"].as_u64().unwrap() > 10 && head["hash"].is_string(), "{head}");
    let (people, map) =
        (demo("metro-police.persons.csv"), demo("metro-police.persons.csv.map.toml"));
    let (out, blocking, health) =
        (folder.path("o.csv"), folder.path("b.json"), folder.path("h.json"));
    let dedupe = ["dedupe", "--json", "--mapping", text(&map), "--out", text(&out)];
    let more = ["--blocking", text(&blocking), "--report", text(&health), text(&people)];
    let found = json(&[&dedupe[..], &more].concat());
    assert!(found["records"].as_u64().unwrap() > 100 && found["clusters"].is_u64(), "{found}");
    assert!(
        found["blocking"]["rules"].is_array() && found["health"]["found"].is_object(),
        "{found}"
    );
    let links = json(&[
        "link",
        "--json",
        "--mapping",
        text(&map),
        "--out",
        text(&out),
        text(&people),
        text(&people),
    ]);
    assert!(links["links"].as_u64().unwrap() > 0, "{links}");
    let scenario = folder.path("scenario");
    let made = json(&["generate", "--json", "--people", "170", "--out", text(&scenario)]);
    assert!(made["baselines"]["exact"]["f1"].is_number(), "{made}");
    let table = folder.path("table");
    assert_eq!(
        json(&["generate", "--json", "--table", "50", "--out", text(&table)])["records"],
        50
    );
    let queries = Path::new(env!("CARGO_MANIFEST_DIR")).join("cypher");
    let refused = run(&["queries", "check", text(&queries), "--json"]);
    let refused: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert!(
        refused["refused"].as_array().unwrap().len() > 10,
        "names of shipped queries: {refused}"
    );
}

#[test]
fn the_demo_on_a_busy_port_fails_before_it_works() {
    let folder = Folder::new();
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap().to_string();
    let dir = folder.path("demo");
    let output = run(&["demo", "--listen", &address, "--dir", text(&dir)]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "nothing was imported");
    assert_eq!(folder.names(), BTreeSet::new());
}

#[test]
fn a_typing_error_in_the_store_makes_nothing_and_says_what_would() {
    let folder = Folder::new();
    let store = folder.path("typo.accord");
    let store = text(&store);
    let user = ["--agency", "metro-police", "--user", "ana"];
    let role = ["--role", "analyst"];
    let pem = folder.path("officer.pub");
    let key_file = demo("key.csv");
    std::fs::write(
        &pem,
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
         -----END PUBLIC KEY-----\n",
    )
    .unwrap();
    let officer = ["--public-key", text(&pem)];
    let evaluate = ["--key", text(&key_file)];
    let listen = ["--listen", "127.0.0.1:0"];
    let agency = ["--agency", "metro-police", "--kind", "police", "--desk", "d", "--channel", "1"];
    let commands: [(&[&str], Vec<&str>); 18] = [
        (&["key", "create"], [&user[..], &role].concat()),
        (&["key", "list"], vec![]),
        (&["key", "officer"], [&user[..], &officer].concat()),
        (&["key", "officers"], vec![]),
        (&["key", "revoke"], user.to_vec()),
        (&["account", "create"], [&user[..], &role].concat()),
        (&["account", "list"], vec![]),
        (&["account", "change"], [&user[..], &role].concat()),
        (&["account", "reset"], user.to_vec()),
        (&["account", "release"], user.to_vec()),
        (&["account", "disable"], user.to_vec()),
        (&["deny", "add"], user.to_vec()),
        (&["deny", "remove"], user.to_vec()),
        (&["agency", "list"], vec![]),
        (&["agency", "register"], agency.to_vec()),
        (&["purge"], vec![]),
        (&["evaluate"], evaluate.to_vec()),
        (&["serve"], listen.to_vec()),
    ];
    for (command, more) in commands {
        let said = failure(&[command, &["--store", store][..], &more].concat());
        assert!(
            said.contains("typo.accord") && said.contains("accord init"),
            "{command:?}: {said}"
        );
        assert_eq!(folder.names(), ["officer.pub".to_owned()].into(), "{command:?}");
    }
}

#[test]
fn a_store_is_made_on_purpose_once() {
    let folder = Folder::new();
    let store = folder.store();
    assert!(ok(&["init", "--store", text(&store)]).contains("s.accord"));
    let before = std::fs::read(&store).unwrap();
    assert!(failure(&["init", "--store", text(&store)]).contains("is there already"));
    assert_eq!(std::fs::read(&store).unwrap(), before);
    assert_eq!(ok(&["key", "list", "--store", text(&store)]), "");
    let nowhere = folder.path("none/s.accord");
    failure(&["init", "--store", text(&nowhere)]);
}

#[test]
fn a_command_that_fails_leaves_nothing_behind() {
    let folder = Folder::with_store();
    let (store, new) = (folder.store(), folder.path("new.accord"));
    let (store, new) = (text(&store), text(&new));
    let before = folder.names();
    let (none, refused) = (folder.path("none"), folder.path("refused.jsonl"));
    let (none, refused) = (text(&none), text(&refused));
    let (wrong, map) = (demo("key.csv"), demo("metro-police.persons.csv.map.toml"));
    let manifest = demo("manifest.toml");
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = busy.local_addr().unwrap().to_string();
    let nowhere = folder.path("none/x.audit");
    let out = folder.path("model.json");
    let commands: [&[&str]; 13] = [
        &["import", "--store", new, "--refused", refused, none],
        &["import", "--store", new, "--refused", refused, "--mapping", text(&map), text(&wrong)],
        &["import", "--store", new, "--refused", refused, "--mapping", none, text(&wrong)],
        &["import", "--store", new, "--audit", text(&nowhere), text(&manifest)],
        &["import", "--store", new, "--model", none, text(&manifest)],
        &["import", "--store", new, "--refused", text(&nowhere), text(&manifest)],
        &["serve", "--store", store, "--listen", &busy],
        &["serve", "--store", store, "--listen", "127.0.0.1:0", "--notice", none],
        &[
            "serve",
            "--store",
            store,
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            none,
            "--tls-key",
            none,
        ],
        &["serve", "--store", store, "--listen", "127.0.0.1:0", "--model", none],
        &["serve", "--store", store, "--listen", "127.0.0.1:0", "--queries", none],
        &["account", "reset", "--store", store, "--agency", "metro-police", "--user", "nobody"],
        &["train", "--out", text(&out), none],
    ];
    for arguments in commands {
        failure(arguments);
        assert_eq!(folder.names(), before, "{arguments:?}");
    }
}

/// A key that is not where it was is not replaced by a new one, which would open nothing.
#[test]
fn a_sealing_key_that_is_named_wrongly_is_not_made() {
    let folder = Folder::with_store();
    let store = folder.store();
    let account = |user: &str, key: &Path| {
        let user = ["--agency", "metro-police", "--user", user, "--role", "analyst"];
        let store = ["account", "create", "--store", text(&store), "--secrets-key", text(key)];
        run(&[&store[..], &user].concat())
    };
    let (good, typo) = (folder.path("secrets.key"), folder.path("secret.key"));
    assert!(account("a", &good).status.success());
    let output = account("b", &typo);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("secret.key") && !typo.exists(), "{said}");
    let listen = ["--listen", "127.0.0.1:0", "--secrets-key", text(&typo)];
    failure(&[&["serve", "--store", text(&store)], &listen[..]].concat());
    assert!(!typo.exists());
    assert!(account("b", &good).status.success());
}

#[test]
fn an_agency_that_the_store_does_not_know_is_refused_until_it_is_brought_in() {
    let folder = Folder::with_store();
    let path = folder.store();
    let store = text(&path);
    let user = ["--agency", "metro-plice", "--user", "ana"];
    let role = ["--role", "analyst"];
    let at = ["--store", store];
    let pem = folder.path("officer.pub");
    std::fs::write(
        &pem,
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
         -----END PUBLIC KEY-----\n",
    )
    .unwrap();
    let officer = ["--public-key", text(&pem)];
    for (command, more) in [
        (["key", "create"], &role[..]),
        (["account", "create"], &role),
        (["deny", "add"], &[]),
        (["key", "officer"], &officer),
    ] {
        let arguments = [&command[..], &at, &user, more].concat();
        let said = failure(&arguments);
        assert!(said.contains("`metro-plice`") && said.contains("`metro-police`"), "{said}");
        assert!(said.contains("--new-agency") && said.contains("accord agency register"), "{said}");
    }
    assert!(!ok(&["key", "list", "--store", store]).contains("plice"));
    assert_eq!(ok(&["account", "list", "--store", store]), "");
    assert_eq!(ok(&["deny", "list", "--store", store]), "");
    assert!(!folder.path("s.accord.key").exists());
    // On purpose, once: then it is known.
    ok(&[&key(store, "operations", &[])[..], &["--new-agency"]].concat());
    ok(&key(store, "operations", &[]));
    // Registered with its desk.
    let register = ["agency", "register", "--store", store, "--agency", "coast-guard"];
    let desk = ["--kind", "police", "--desk", "duty desk", "--channel", "+44 20 7946 0000"];
    ok(&[&register[..], &desk].concat());
    ok(&key(store, "coast-guard", &[]));
    let listed = ok(&["agency", "list", "--store", store]);
    let line = listed.lines().find(|line| line.contains("coast-guard")).unwrap();
    assert!(line.contains("police") && line.contains("duty desk"), "{listed}");
    assert!(
        failure(&[&register[..], &["--kind", "police", "--desk", "", "--channel", "x"]].concat())
            .contains("desk")
    );
    let log = std::fs::read_to_string(folder.path("s.accord.audit")).unwrap();
    assert!(log.contains("command: agency register") && !log.contains("plice"));
}

#[test]
fn files_of_an_unknown_agency_come_into_a_store_with_others_on_purpose_only() {
    let folder = Folder::with_store();
    let path = folder.store();
    let store = text(&path);
    let map = std::fs::read_to_string(demo("metro-police.persons.csv.map.toml")).unwrap();
    assert!(map.contains("agency = \"metro-police\""));
    let typo = folder.path("persons.map.toml");
    std::fs::write(&typo, map.replace("\"metro-police\"", "\"metro-plice\"")).unwrap();
    let people = demo("metro-police.persons.csv");
    let before = ok(&["agency", "list", "--store", store]);
    let import = ["import", "--store", store, "--mapping", text(&typo), text(&people)];
    let said = failure(&import);
    assert!(said.contains("`metro-plice`") && said.contains("--new-agency"), "{said}");
    assert_eq!(ok(&["agency", "list", "--store", store]), before);
    ok(&[&import[..], &["--new-agency"]].concat());
    ok(&import);
    assert!(ok(&["agency", "list", "--store", store]).contains("metro-plice"));
    // A store that knows none takes those of the first files.
    let first = folder.path("first.accord");
    ok(&["import", "--store", text(&first), "--mapping", text(&typo), text(&people)]);
}
