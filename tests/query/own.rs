//! Own stored queries: a folder whose state decides what is served, taken over while others read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use accord::model::{ClassId, ClassSet, IdKey};
use accord::query::embedded::EmbeddedEngine;
use accord::query::neo4j::Neo4jEngine;
use accord::query::{Cancel, Library, Limits, LiveLibrary, QueryError, Rows, Runner, ViewKey};
use serde_json::{Map, Value, json};

use super::graphs;
use crate::neo4j::Neo4j;
use crate::policy::seeing;

/// A query of the people at addresses.
fn query(name: &str, word: &str) -> String {
    format!(
        "// name: {name}
// about: People who {word} at an address.
// param: least integer = 1 (1..10) -- Least addresses.
// param: max_rows integer = 100 (1..1000) -- Most rows.
// column: person entity_id -- The person.
// column: addresses integer -- How many.
// key: person
MATCH (p:Person)-[:{word}]->(a:Address {{view: $view}})
WITH p.id AS person, count(DISTINCT a.id) AS addresses
WHERE addresses >= $least
RETURN person, addresses ORDER BY addresses DESC, person LIMIT $max_rows
"
    )
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path().join(file), text).unwrap();
        self.path().join(file)
    }

    fn live(&self) -> Arc<LiveLibrary> {
        Arc::new(LiveLibrary::with_folder(Library::shipped().unwrap(), self.path()).unwrap())
    }
}

/// Looks until the folder stood still.
fn settle(live: &LiveLibrary) -> bool {
    (0..3).map(|_| live.look().is_some()).fold(false, |any, one| any | one)
}

fn own(live: &LiveLibrary) -> Vec<String> {
    let library = live.current();
    let own = library.iter().filter(|query| library.is_own(query.name()));
    own.map(|query| query.name().to_owned()).collect()
}

fn refused(live: &LiveLibrary) -> Vec<String> {
    live.current().refused().iter().map(ToString::to_string).collect()
}

#[test]
fn the_state_of_the_folder_decides_whatever_was_there_before() {
    let folder = Folder::new();
    let live = folder.live();
    let shipped = Library::shipped().unwrap().iter().count();
    assert_eq!((own(&live), settle(&live)), (vec![], false));
    folder.write("residents.cypher", query("residents", "LIVES_AT"));
    folder.write("notes.txt", "not a query");
    folder.write(".hidden.cypher", "not one either");
    assert!(live.look().is_none(), "it has not stood still yet");
    assert!(settle(&live));
    assert_eq!(own(&live), ["residents"]);
    assert_eq!(live.current().iter().count(), shipped + 1);
    // One that is refused takes none of the others with it, and is not there while it is wrong.
    let version = live.current().get("residents").unwrap().version().to_owned();
    let good = query("guests", "STAYED_AT");
    folder.write("guests.cypher", &good);
    folder.write(
        "residents.cypher",
        query("residents", "LIVES_AT").replace("RETURN", "SET p.x = 1 RETURN"),
    );
    assert!(settle(&live));
    assert_eq!(own(&live), ["guests"]);
    assert_eq!(refused(&live), ["residents.cypher:11:1: `SET` may not be used"]);
    // Right again, with another text, and of the same size.
    folder.write("residents.cypher", query("residents", "DRIVES__"));
    assert!(settle(&live));
    // Times of files are as coarse as the system's ticks.
    std::thread::sleep(std::time::Duration::from_millis(50));
    folder.write("residents.cypher", query("residents", "LIVES_AT").replace("DESC", "ASC "));
    assert!(settle(&live));
    assert_eq!((own(&live), refused(&live)), (vec!["guests".into(), "residents".into()], vec![]));
    assert_ne!(live.current().get("residents").unwrap().version(), version);
    // A start from here comes to the same.
    assert_eq!(*folder.live().current(), *live.current());
    std::fs::remove_file(folder.path().join("guests.cypher")).unwrap();
    assert!(settle(&live));
    assert_eq!(own(&live), ["residents"]);
    assert!(!settle(&live), "nothing has changed");
}

#[test]
fn a_name_of_a_shipped_query_is_not_taken_away() {
    let folder = Folder::new();
    let mine = query("shared-phones", "LIVES_AT");
    folder.write("shared-phones.cypher", &mine);
    let live = folder.live();
    assert_ne!(live.current().get("shared-phones").unwrap().cypher(), mine);
    assert!(!live.current().is_own("shared-phones"));
    assert!(refused(&live)[0].starts_with("shared-phones.cypher:1:1: "), "{:?}", refused(&live));
}

#[test]
fn what_cannot_be_read_as_a_query_is_refused_and_waits_for_nobody() {
    let folder = Folder::new();
    folder.write("latin.cypher", b"// name: latin\n// about: Caf\xe9.\n");
    folder.write("large.cypher", "// x\n".repeat(20_000));
    std::fs::create_dir(folder.path().join("folder.cypher")).unwrap();
    std::os::unix::fs::symlink("/nonexistent", folder.path().join("link.cypher")).unwrap();
    let pipe = folder.path().join("pipe.cypher");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    folder.write("good.cypher", query("good", "LIVES_AT"));
    let live = folder.live();
    assert_eq!(own(&live), ["good"]);
    let refused = refused(&live);
    for start in [
        "folder.cypher:1:1: is not a file",
        "large.cypher:1:1: has more than 65536 bytes",
        "latin.cypher:2:14: is not UTF-8",
        "link.cypher:1:1: cannot be read",
        "pipe.cypher:1:1: is not a file",
    ] {
        assert!(refused.iter().any(|line| line.starts_with(start)), "{start}: {refused:#?}");
    }
    assert_eq!(refused.len(), 5);
}

#[test]
fn a_folder_that_goes_away_leaves_the_queries_and_says_so() {
    let folder = Folder::new();
    folder.write("residents.cypher", query("residents", "LIVES_AT"));
    let live = folder.live();
    settle(&live);
    let aside = folder.path().with_extension("aside");
    std::fs::rename(folder.path(), &aside).unwrap();
    assert!(settle(&live));
    assert_eq!(own(&live), ["residents"]);
    assert!(
        refused(&live)[0].starts_with(".:1:1: the folder cannot be read"),
        "{:?}",
        refused(&live)
    );
    assert!(!settle(&live), "it is said once");
    std::fs::rename(&aside, folder.path()).unwrap();
    assert!(settle(&live));
    assert_eq!((own(&live), refused(&live)), (vec!["residents".into()], vec![]));
    let nowhere = folder.path().join("none");
    assert!(LiveLibrary::with_folder(Library::shipped().unwrap(), &nowhere).is_err());
}

/// Two queries are always changed together: nobody sees one of the old and one of the new.
#[test]
fn who_reads_while_it_changes_has_one_state_of_the_folder() {
    let folder = Folder::new();
    let both = |word: &str| {
        folder.write("a.cypher", query("a", word));
        folder.write("b.cypher", query("b", word));
    };
    both("LIVES_AT");
    let live = folder.live();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let library = live.current();
                    let about = |name| library.get(name).unwrap().about();
                    assert_eq!(about("a"), about("b"));
                }
            });
        }
        for round in 0..20 {
            both(if round % 2 == 0 { "STAYED_AT" } else { "LIVES_AT" });
            assert!(settle(&live), "{round}");
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

fn rows(
    runner: &Runner,
    name: &str,
    given: &Map<String, Value>,
    seed: u64,
) -> Result<Rows, QueryError> {
    let view = seeing(ClassSet::from_iter([ClassId(seed as u32)]));
    let view = ViewKey::new(&IdKey::default(), &view, "", 1);
    let snapshot = graphs::random(seed, 60);
    runner.run(name, given, &view, &snapshot, &Limits::default(), &Cancel::default())
}

#[test]
fn an_own_query_gives_the_same_rows_on_both_engines_and_follows_its_folder() {
    let server = Neo4j::shared();
    let _alone = server.alone();
    let folder = Folder::new();
    folder.write("people.cypher", query("people", "LIVES_AT"));
    let live = folder.live();
    let neo4j = Neo4jEngine::connect(&server.address()).unwrap();
    let neo4j = Runner::new(Arc::clone(&live), Box::new(neo4j));
    let embedded = Runner::new(Arc::clone(&live), Box::new(EmbeddedEngine::new()));
    let mut found = 0;
    let both = |seed: u64, least: u64, found: &mut usize| {
        let given = json!({ "least": least }).as_object().unwrap().clone();
        let here = rows(&embedded, "people", &given, seed).unwrap();
        assert_eq!(here, rows(&neo4j, "people", &given, seed).unwrap(), "seed {seed}, {least}");
        *found += here.rows.len();
        here
    };
    let first = both(31, 1, &mut found);
    for (seed, least) in [(31, 2), (32, 1), (33, 1)] {
        both(seed, least, &mut found);
    }
    assert!(found > 5, "{found} rows");
    folder.write("people.cypher", query("people", "STAYED_AT"));
    assert!(settle(&live));
    let second = both(31, 1, &mut found);
    assert_ne!((first.rows, first.version), (second.rows, second.version));
    std::fs::remove_file(folder.path().join("people.cypher")).unwrap();
    assert!(settle(&live));
    let gone = rows(&embedded, "people", &Map::new(), 31);
    assert_eq!(gone.unwrap_err(), QueryError::UnknownQuery);
}
