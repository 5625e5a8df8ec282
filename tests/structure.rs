//! Holds the arrows of ARCHITECTURE.md: a room uses only rooms to its left.

use std::path::{Path, PathBuf};

/// The rooms of `src/`, from left to right. A room may use those before it.
const ROOMS: [&str; 15] = [
    "model",
    "ingest",
    "normalize",
    "resolve",
    "govern",
    "audit",
    "store",
    "identity",
    "graph",
    "analyze",
    "query",
    "casework",
    "jobs",
    "api",
    "scenario",
];

/// The generator stands beside the flow: it writes files and needs only their format.
const SCENARIO_MAY_USE: [&str; 2] = ["model", "ingest"];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms that a source text names after `crate::`, outside comments.
fn rooms_used(text: &str) -> Vec<&'static str> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or("").split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            used.extend(ROOMS.iter().filter(|room| **room == &name[..end]));
        }
    }
    used
}

#[test]
fn a_room_uses_only_rooms_to_its_left() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (position, room) in ROOMS.iter().enumerate() {
        let mut files = Vec::new();
        sources(&root.join(room), &mut files);
        assert!(!files.is_empty(), "room {room} is empty");
        for file in files {
            for used in rooms_used(&std::fs::read_to_string(&file).unwrap()) {
                let allowed = used == *room
                    || match *room {
                        "scenario" => SCENARIO_MAY_USE.contains(&used),
                        _ => ROOMS[..position].contains(&used),
                    };
                if !allowed {
                    wrong.push(format!("{} uses {used}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_check_sees_a_wrong_arrow() {
    assert_eq!(
        rooms_used("use crate::store::Store;\nuse crate::{api, model::Id};"),
        ["store", "api", "model"]
    );
    assert!(rooms_used("/// see [`crate::store`]").is_empty());
}
