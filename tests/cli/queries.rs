//! `accord queries` and `accord serve --queries`: stored queries of one's own as specialists keep them.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{accord, demo, ok, run, text};

/// A query of people who live at an address.
fn query(name: &str) -> String {
    format!(
        "// name: {name}
// about: People at addresses.
// param: max_rows integer = 100 (1..1000) -- Most rows.
// column: person entity_id -- The person.
// key: person
MATCH (p:Person)-[:LIVES_AT]->(a:Address {{view: $view}})
RETURN DISTINCT p.id AS person ORDER BY person LIMIT $max_rows
"
    )
}

#[test]
fn a_folder_is_checked_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let dir = text(folder.path());
    std::fs::write(folder.path().join("residents.cypher"), query("residents")).unwrap();
    assert_eq!(ok(&["queries", "check", dir]), "1 queries are taken, 0 are refused\n");
    let write = query("writes").replace("RETURN", "  SET p.name = 'x'\nRETURN");
    std::fs::write(folder.path().join("writes.cypher"), write).unwrap();
    let output = run(&["queries", "check", dir]);
    assert_eq!(output.status.code(), Some(1));
    let file = folder.path().join("writes.cypher");
    let expected = format!(
        "{}:7:3: `SET` may not be used\n1 queries are taken, 1 are refused\n",
        file.display()
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    let output = run(&["queries", "check", dir, "--json"]);
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        printed,
        json!({
            "taken": ["residents"],
            "refused": [{ "file": "writes.cypher", "line": 7, "column": 3, "reason": "`SET` may not be used" }],
        })
    );
    let nowhere = run(&["queries", "check", "/nonexistent"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nowhere.stderr).starts_with("accord: /nonexistent: "));
}

/// The example of the help is one.
#[test]
fn the_example_of_the_help_passes_the_check() {
    let help = ok(&["help", "queries"]);
    let example = help.split("people-at-address.cypher:\n").nth(1).unwrap();
    let lines = example.lines().take_while(|line| line.starts_with("  "));
    let lines: Vec<&str> = lines.map(|line| &line[2..]).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people-at-address.cypher"), lines.join("\n")).unwrap();
    let checked = run(&["queries", "check", text(folder.path())]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

struct Serving {
    child: Child,
    base: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    fn start(store: &Path, queries: &Path, said: &Path) -> Self {
        let serve = [
            "serve",
            "--store",
            text(store),
            "--listen",
            "127.0.0.1:0",
            "--queries",
            text(queries),
        ];
        let stderr = std::fs::File::create(said).unwrap();
        let mut child = accord(&serve).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.split([' ', ',']).find(|word| word.starts_with("http")).unwrap();
        Self { base: base.to_owned(), child }
    }

    fn request(&self, method: &str, path: &str, token: &str) -> (u16, Value) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let url = format!("{}{path}", self.base);
        let headers = [
            ("authorization", format!("Bearer {token}")),
            ("content-type", "application/json".to_owned()),
            ("x-purpose", "trafficking_investigation".to_owned()),
            ("x-case", "MP-2026-17".to_owned()),
        ];
        let answer = if method == "POST" {
            let request =
                headers.iter().fold(agent.post(&url), |it, (name, value)| it.header(*name, value));
            request.send("{}")
        } else {
            let request =
                headers.iter().fold(agent.get(&url), |it, (name, value)| it.header(*name, value));
            request.call()
        };
        let mut answer = answer.unwrap();
        (
            answer.status().as_u16(),
            serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap(),
        )
    }

    /// Asks until the answer is as it should be. What it waits for comes with a look at the folder, once a second.
    #[track_caller]
    fn until(&self, token: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let (status, list) = self.request("GET", "/v1/queries", token);
            assert_eq!(status, 200);
            if is_so(&list) {
                return list;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{list}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

#[test]
fn a_server_takes_over_what_changes_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (store, said) = (folder.path().join("s.accord"), folder.path().join("said"));
    let queries = folder.path().join("queries");
    std::fs::create_dir(&queries).unwrap();
    std::fs::write(queries.join("residents.cypher"), query("residents")).unwrap();
    ok(&["import", "--store", text(&store), text(&demo("manifest.toml"))]);
    let token = |user: &str, role: &str| {
        let create = ["key", "create", "--store", text(&store), "--agency", "metro-police"];
        ok(&[&create[..], &["--user", user, "--role", role]].concat()).trim().to_owned()
    };
    let (specialist, analyst) = (token("gus", "graph_specialist"), token("ana", "analyst"));
    let server = Serving::start(&store, &queries, &said);
    let own = |list: &Value| -> Vec<String> {
        let own = list["queries"].as_array().unwrap().iter().filter(|it| it["own"] == true);
        own.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let (_, list) = server.request("GET", "/v1/queries", &specialist);
    assert_eq!((own(&list), &list["refused"]), (vec!["residents".to_owned()], &json!([])));
    let (status, first) = server.request("POST", "/v1/queries/residents", &analyst);
    assert_eq!(status, 200, "{first}");
    assert!(!first["rows"].as_array().unwrap().is_empty());
    // Another text under the same name, and one that is refused.
    let other = query("residents").replace("DISTINCT", "DISTINCT /* again */");
    std::fs::write(queries.join("residents.cypher"), other).unwrap();
    std::fs::write(queries.join("wrong.cypher"), query("wrong").replace("{view: $view}", ""))
        .unwrap();
    let list = server.until(&specialist, |list| !list["refused"].as_array().unwrap().is_empty());
    assert_eq!(own(&list), ["residents"]);
    let refused = &list["refused"][0];
    assert_eq!(
        (&refused["file"], &refused["line"], &refused["column"]),
        (&"wrong.cypher".into(), &6.into(), &7.into())
    );
    let (_, seen) = server.request("GET", "/v1/queries", &analyst);
    assert!(seen.get("refused").is_none(), "an analyst is not told of files: {seen}");
    let (_, second) = server.request("POST", "/v1/queries/residents", &analyst);
    assert_eq!(second["rows"], first["rows"]);
    assert_ne!(second["version"], first["version"]);
    std::fs::remove_file(queries.join("residents.cypher")).unwrap();
    server.until(&specialist, |list| own(list).is_empty());
    assert_eq!(server.request("POST", "/v1/queries/residents", &analyst).0, 404);
    let said = std::fs::read_to_string(&said).unwrap();
    assert!(said.contains("wrong.cypher") && said.contains("an own query is refused"), "{said}");
}
