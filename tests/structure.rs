//! Holds the arrows of ARCHITECTURE.md: a room uses only rooms to its left, and no file uses another in a circle.

mod arrows;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use accord::audit::Housekeeping;

/// The rooms, from left to right. A room may use the rooms before it.
const ROOMS: [&str; 16] = [
    "model",
    "ingest",
    "normalize",
    "resolve",
    "matching",
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

/// The rooms of the crate `accord-engine`. The generator is a crate of its own, and all others are rooms of `accord`.
const ENGINE: [&str; 5] = ["model", "ingest", "normalize", "resolve", "matching"];

/// The folders of the crates' sources.
const CRATES: [&str; 3] = ["src", "crates/engine/src", "crates/scenario/src"];

/// The folder of a room.
fn room_folder(room: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    match room {
        "scenario" => root.join(CRATES[2]),
        room if ENGINE.contains(&room) => root.join(CRATES[1]).join(room),
        room => root.join(CRATES[0]).join(room),
    }
}

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

/// Returns the rooms that a source text names after `crate::` or `accord_engine::`, outside comments.
fn rooms_used(text: &str) -> Vec<&'static str> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let code = code.replace("accord_engine::", "crate::");
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
    let mut wrong = Vec::new();
    for (position, room) in ROOMS.iter().enumerate() {
        let mut files = Vec::new();
        sources(&room_folder(room), &mut files);
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

/// Describes the circles among the files of a crate, with the paths that each file of a circle names of the others.
fn circles_of(root: &Path, files: &[PathBuf]) -> Vec<String> {
    let sources = arrows::Crate::read(root, files);
    let arrows = sources.arrows();
    let mut told = Vec::new();
    for circle in arrows::circles(&arrows) {
        for file in &circle {
            for (used, names) in arrows[file].iter().filter(|(used, _)| circle.contains(*used)) {
                let [file, used] = [file, used].map(|it| it.strip_prefix(root).unwrap().display());
                told.push(format!("{file} uses {used}: {names:?}"));
            }
        }
    }
    told
}

#[test]
fn no_file_uses_another_in_a_circle() {
    for folder in CRATES {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut files = Vec::new();
        sources(&root, &mut files);
        // `main.rs` and `cli` are a crate of their own; a leak reaches everywhere, which is what it is for.
        let [cli, leak] = ["cli", "leak"].map(|name| root.join(name));
        let (program, mut library): (Vec<PathBuf>, Vec<PathBuf>) =
            files.into_iter().partition(|it| it.starts_with(&cli) || it.ends_with("main.rs"));
        library.retain(|file| !file.starts_with(&leak));
        assert!(library.len() > 15, "{folder} is empty");
        for files in [library, program] {
            let circles = circles_of(&root, &files);
            assert!(circles.is_empty(), "{folder}: {circles:#?}");
        }
    }
}

#[test]
fn the_check_sees_a_circle_also_behind_a_re_export() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let files = [
        ("lib.rs", "mod room;\nfn begin() { room::start() }"),
        ("room/mod.rs", "mod a; mod b; mod c;\npub use a::Thing;\npub fn start() { c::run() }"),
        ("room/a.rs", "use super::b;\npub struct Thing;\nfn f() { b::g(\"super::c::run\") }"),
        (
            "room/b.rs",
            "use crate::room::{Thing, c};\npub fn g(_: &str) -> Thing { c::run(); Thing }",
        ),
        ("room/c.rs", "// super::a::Thing\npub fn run() { super::start() }"),
    ];
    std::fs::create_dir(root.join("room")).unwrap();
    for (name, text) in files {
        std::fs::write(root.join(name), text).unwrap();
    }
    let files: Vec<PathBuf> = files.iter().map(|(name, _)| root.join(name)).collect();
    let wanted =
        [r#"room/a.rs uses room/b.rs: {"b::g"}"#, r#"room/b.rs uses room/a.rs: {"Thing"}"#];
    assert_eq!(circles_of(root, &files), wanted);
}

#[test]
fn the_check_sees_a_wrong_arrow() {
    assert_eq!(
        rooms_used(
            "use crate::store::Store;\nuse crate::{api, model::Id};\nuse accord_engine::ingest;"
        ),
        ["store", "api", "model", "ingest"]
    );
    assert!(rooms_used("/// see [`crate::store`]").is_empty());
}

/// The places where the program writes into a store without an audit entry, and the reason. A new place needs a reason
/// why its write is nobody's act.
const HOUSEKEEPING: [(Housekeeping, &[&str]); 10] = [
    (Housekeeping::Sessions, &["identity/session.rs"]),
    (Housekeeping::LogOnTries, &["identity/account/log_on.rs"]),
    (Housekeeping::SealingKey, &["identity/sealing.rs"]),
    (Housekeeping::SilentAlerts, &["api/later.rs"]),
    (Housekeeping::Referrals, &["api/later.rs"]),
    (Housekeeping::EndedReviews, &["casework/purges.rs"]),
    (Housekeeping::Linking, &["jobs/late.rs"]),
    (Housekeeping::DryRun, &["jobs/apply.rs"]),
    (Housekeeping::WriteProbe, &["api/probe.rs"]),
    // Of tests and measurements only.
    (Housekeeping::Making, &[]),
];

#[test]
fn nothing_is_written_without_an_entry_but_what_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.retain(|file| !file.starts_with(root.join("audit")) && !file.ends_with("tests.rs"));
    assert_eq!(HOUSEKEEPING.map(|(why, _)| why), Housekeeping::ALL);
    for (why, listed) in HOUSEKEEPING {
        let named = format!("Housekeeping::{why:?}");
        let names = |file: &&PathBuf| std::fs::read_to_string(file).unwrap().contains(&named);
        let found: Vec<&PathBuf> = files.iter().filter(names).collect();
        let wanted: Vec<PathBuf> = listed.iter().map(|file| root.join(file)).collect();
        assert_eq!(found, wanted.iter().collect::<Vec<_>>(), "{named}");
    }
}

#[test]
fn what_leaks_on_purpose_stands_apart() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.retain(|file| !file.starts_with(root.join("leak")));
    let names = |file: &&PathBuf| std::fs::read_to_string(file).unwrap().contains("seeded-leaks");
    let found: Vec<&PathBuf> = files.iter().filter(names).collect();
    assert_eq!(found, [&root.join("lib.rs")]);
}

#[test]
fn files_are_made_in_few_places_which_say_who_may_read_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in CRATES {
        sources(&root.join(folder), &mut files);
    }
    // Synthetic tables, a plot of figures, the list of refused rows (where, never what): by the umask.
    let open = [
        "crates/scenario/src/generate.rs",
        "crates/scenario/src/table.rs",
        "src/cli/evaluate/mod.rs",
        "src/cli/import.rs",
    ];
    for file in files {
        let code = std::fs::read_to_string(&file).unwrap();
        let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let makes = ["File::create", "fs::write("].iter().any(|it| code.contains(it));
        let may = open.iter().any(|it| file == root.join(it)) || file.ends_with("tests.rs");
        assert!(!makes || may, "{} makes files: use accord::private", file.display());
    }
}

/// Returns the files under `src` that contain a text.
fn files_with(text: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let holds = |file: &&PathBuf| std::fs::read_to_string(file).unwrap().contains(text);
    let name = |file: &PathBuf| file.strip_prefix(&root).unwrap().display().to_string();
    files.iter().filter(holds).map(name).collect()
}

#[test]
fn only_the_command_line_says_that_it_holds_the_store() {
    let makers = files_with("of_the_command_line");
    let wrong: Vec<_> = makers
        .iter()
        .filter(|file| !["cli/", "leak/", "govern/view.rs"].iter().any(|it| file.starts_with(it)))
        // Tests hold their stores themselves.
        .filter(|file| !file.ends_with("tests.rs"))
        .collect();
    assert!(wrong.is_empty() && makers.len() > 2, "{wrong:?} of {makers:?}");
}

/// The compiler ensures that `govern` alone makes a `Sight`, through which a store is read; this one comes from no
/// decision about a question.
#[test]
fn what_a_discloser_may_count_is_counted_in_its_preview_only() {
    let wanted = ["casework/agreements/preview.rs", "govern/sight.rs"];
    assert_eq!(files_with("to_disclose("), BTreeSet::from(wanted.map(str::to_owned)));
}

/// This `Sight` comes from no decision either: the records that it opens are compared, and only links are made of them.
#[test]
fn what_is_linked_is_compared_by_the_late_links_only() {
    let mut found = files_with("to_link(");
    found.retain(|file| !file.starts_with("jobs/tests/"));
    let wanted = ["govern/sight.rs", "jobs/late.rs"];
    assert_eq!(found, BTreeSet::from(wanted.map(str::to_owned)));
}

/// Every other computation on masked content gives a figure, and each type of figure states why it is one.
#[test]
fn what_is_masked_is_opened_in_its_room_only_and_figures_are_few() {
    let opened = files_with(".original()");
    let wrong: Vec<_> = opened
        .iter()
        .filter(|file| !["graph/", "leak/"].iter().any(|it| file.starts_with(it)))
        .collect();
    assert!(wrong.is_empty() && opened.contains("graph/figure.rs"), "{wrong:?}");
    let figures = [
        "analyze/identify.rs",
        "analyze/indicator/blocks.rs",
        "analyze/indicator/exempt.rs",
        "graph/figure.rs",
        "query/projection.rs",
    ];
    assert_eq!(files_with(" Figure for "), BTreeSet::from(figures.map(str::to_owned)));
}

/// Times of events are shown through `Seen::time_of` only, which shows none of masked events.
#[test]
fn ties_and_events_reach_answers_through_what_notes_them_only() {
    for list in [".ties()", ".events()"] {
        let mut found = files_with(list);
        found.retain(|file| file.starts_with("api/"));
        assert_eq!(found, BTreeSet::from(["api/scope/seen.rs".to_owned()]), "{list}");
    }
    let timed = ["api/events/get.rs", "api/evidence.rs", "api/scope/seen.rs"];
    let mut found = files_with("time_of(");
    found.retain(|file| file.starts_with("api/"));
    assert_eq!(found, BTreeSet::from(timed.map(str::to_owned)));
}

/// A masked event has a placeholder for its time, so the time must be read from the snapshot.
#[test]
fn when_an_event_of_a_snapshot_was_is_asked_of_the_snapshot() {
    for time in ["event.at", "event.until"] {
        let found = files_with(time);
        let of_answers = |file: &&String| {
            ["analyze/", "api/", "casework/", "query/"].iter().any(|room| file.starts_with(room))
        };
        let wrong: Vec<_> = found.iter().filter(of_answers).collect();
        assert!(wrong.is_empty() && found.contains("graph/times.rs"), "{time}: {wrong:?}");
    }
}

#[test]
fn what_a_server_shares_is_reached_by_its_frames_only() {
    let names = ["state::State", "Data<State>", "Arc<State>"];
    let found: BTreeSet<String> = names.iter().flat_map(|name| files_with(name)).collect();
    // Around requests: the guard, and the files that are given a question, a body or the entrance. Apart from requests:
    // work after an answer or again and again, and building a server.
    let frames = [
        "api/application.rs",
        "api/background.rs",
        "api/context.rs",
        "api/entrance.rs",
        "api/guard.rs",
        "api/later.rs",
        "api/purging.rs",
        "api/receive.rs",
        "api/reporting.rs",
        "api/scope.rs",
    ];
    assert_eq!(found, BTreeSet::from(frames.map(str::to_owned)));
    // No operation is among them: those stand in folders of `api`.
    let handlers = files_with("operation! {");
    let handlers: Vec<String> =
        handlers.into_iter().filter(|file| file != "api/operation.rs").collect();
    assert!(handlers.len() > 40, "{handlers:?}");
    for handler in handlers {
        let text = std::fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(&handler),
        );
        assert!(!text.unwrap().contains(".state."), "{handler} reaches past its scope");
    }
}

/// Links of a write may be found after its answer: views are read through `graph::Cache`, which completes them first.
/// The command line does so itself; the preview of an agreement counts objects without links.
#[test]
fn whoever_answers_reads_views_with_their_links() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for room in ROOMS.iter().filter(|room| !["store", "graph"].contains(room)) {
        sources(&room_folder(room), &mut files);
    }
    files.retain(|file| !file.ends_with("tests.rs") && !file.starts_with(root.join("jobs/tests")));
    let reads = |file: &&PathBuf| {
        let text = std::fs::read_to_string(file).unwrap();
        [".stream(", "graph::build", "build_in(", "Joined::build"]
            .iter()
            .any(|it| text.contains(it))
    };
    let found: Vec<&PathBuf> = files.iter().filter(reads).collect();
    assert_eq!(found, [&root.join("casework/agreements/preview.rs")]);
}
