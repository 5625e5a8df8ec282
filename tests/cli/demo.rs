//! `accord demo` and `accord evaluate`: the whole job on the fixture.

use serde_json::Value;

use super::serve::Running;
use super::{demo, ok, text};

#[test]
fn the_demo_prints_what_it_found_against_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let printed = ok(&["demo", "--no-serve", "--dir", text(&dir)]);
    for part in [
        "metro-police.persons.csv",
        "person ",
        "B-cubed",
        "ring `",
        "vehicle ",
        " times\n",
        "metro-police sees person-",
        "duty desk",
        "a referral: a number of the demo's own rows (source \"demo\") would stand out only if 6 records of \
         metro-police met masked ones (4 of harbour-shelter)",
        "metro-police asks GET /v1/indicators/shared-hub and is shown nothing of it",
        "the desk of the owner: harbour-shelter, duty desk",
        "the victim specialists of the case: labour-inspectorate, victim-specialist;",
        "released, metro-police is told in its inbox to call harbour-shelter, duty desk",
    ] {
        assert!(printed.contains(part), "{part:?} is missing in\n{printed}");
    }
    // The demo's files are the committed ones.
    for file in ["key.csv", "manifest.toml", "metro-police.persons.csv"] {
        let made = std::fs::read(dir.join("scenario").join(file)).unwrap();
        assert_eq!(made, std::fs::read(demo(file)).unwrap(), "{file}");
    }
}

/// The demo names a masked record by the id that works in its case; the id under which it is stored answers nobody.
#[test]
fn the_ids_that_the_demo_prints_answer_the_users_of_its_case() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let printed = ok(&["demo", "--no-serve", "--dir", text(&dir)]);
    let after = |before: &str| {
        let rest = printed.split_once(before).unwrap().1;
        rest.split_once(':').unwrap().0.to_owned()
    };
    let (case, record) = (after("\ncase "), after("a person who may be a victim, in this case "));
    let store = dir.join("demo.accord");
    let user = ["--agency", "metro-police", "--user", "investigator", "--role", "investigator"];
    let token = ok(&[&["key", "create", "--store", text(&store)], &user[..]].concat());
    let server = Running::start(&store);
    let path = format!("/v1/records/{record}");
    assert_eq!(server.status_about(&path, Some(token.trim()), &case), 200, "{path} in {case}");
}

#[test]
fn the_fixture_resolves_as_well_as_promised() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("s.accord");
    ok(&["import", "--store", text(&store), text(&demo("manifest.toml"))]);
    let key = demo("key.csv");
    let printed = ok(&["evaluate", "--store", text(&store), "--key", text(&key), "--json"]);
    let figures: Value = serde_json::from_str(&printed).unwrap();
    for (entity_type, least) in [
        ("person", 0.90),
        ("phone", 0.97),
        ("address", 0.97),
        ("vehicle", 0.97),
        ("organization", 0.97),
    ] {
        let f1 = figures["types"][entity_type]["pairwise"]["f1"].as_f64().unwrap();
        assert!(f1 >= least, "{entity_type}: {f1}");
    }
    assert_eq!(figures["missing_records"], 0);
    let table = ok(&["evaluate", "--store", text(&store), "--key", text(&key)]);
    assert!(table.contains("pairwise") && table.contains("B-cubed"));
}
