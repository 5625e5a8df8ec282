//! `accord evaluate`: the detailed figures on the fixture.

use serde_json::Value;

use super::{demo, ok, run, text};

#[test]
fn detail_json_and_plot_tell_of_sizes_thresholds_and_calibration() {
    let folder = tempfile::tempdir().unwrap();
    let (store, plot) = (folder.path().join("s.accord"), folder.path().join("plot.svg"));
    ok(&["import", "--store", text(&store), text(&demo("manifest.toml"))]);
    let key = demo("key.csv");
    let common = ["evaluate", "--store", text(&store), "--key", text(&key)];

    let printed = ok(&[&common[..], &["--detail", "--plot", text(&plot)]].concat());
    for part in ["bits from", "Brier score", "expected calibration error", "20+"] {
        assert!(printed.contains(part), "{part:?} is missing in\n{printed}");
    }
    assert!(!ok(&common).contains("Brier"), "only on request");
    let picture = std::fs::read_to_string(&plot).unwrap();
    assert!(picture.contains("person: reliability"));
    ok(&[&common[..], &["--plot", text(&plot)]].concat());
    assert_eq!(picture, std::fs::read_to_string(&plot).unwrap());

    let figures: Value = serde_json::from_str(&ok(&[&common[..], &["--json"]].concat())).unwrap();
    for (name, figures) in figures["types"].as_object().unwrap() {
        let count = |table: &str, column: &str| -> u64 {
            figures[table].as_array().unwrap().iter().map(|row| row[column].as_u64().unwrap()).sum()
        };
        assert_eq!(count("sizes", "predicted"), figures["clusters"], "{name}");
        assert_eq!(count("sizes", "truth"), figures["entities"], "{name}");
        let links = &figures["links"];
        assert_eq!(links["sweep"].as_array().unwrap().len(), 24, "{name}");
        let bins = links["bins"].as_array().unwrap();
        let in_bins: u64 = bins.iter().map(|bin| bin["links"].as_u64().unwrap()).sum();
        assert_eq!((bins.len(), in_bins), (10, links["links"].as_u64().unwrap()), "{name}");
        assert!(links["brier"].as_f64().unwrap() < 0.25, "{name}: {}", links["brier"]);
    }
}

#[test]
fn groups_are_told_apart_and_the_worst_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("scenario");
    let options = ["--people", "300", "--seed", "7", "--groups", "--no-baselines"];
    ok(&[&["generate", "--out", text(&scenario)], &options[..]].concat());
    // Groups come beside the scenario and change nothing of it.
    let key = scenario.join("key.csv");
    assert_eq!(std::fs::read(&key).unwrap(), std::fs::read(demo("key.csv")).unwrap());
    let store = folder.path().join("s.accord");
    ok(&["import", "--store", text(&store), text(&scenario.join("manifest.toml"))]);
    let groups = scenario.join("groups.csv");
    let common = ["evaluate", "--store", text(&store), "--key", text(&key)];
    assert!(!ok(&common).contains("by group"), "only on request");
    let common = [&common[..], &["--groups", text(&groups)]].concat();
    let printed = ok(&common);
    for part in ["person by group", "vietnamese", "true pairs", "points below that of"] {
        assert!(printed.contains(part), "{part:?} is missing in\n{printed}");
    }
    let figures: Value = serde_json::from_str(&ok(&[&common[..], &["--json"]].concat())).unwrap();
    assert!(figures["types"]["phone"]["groups"].is_null());
    let person = &figures["types"]["person"];
    let rows = person["groups"]["groups"].as_object().unwrap();
    let sum = |count: &str| rows.values().map(|row| row[count].as_u64().unwrap()).sum::<u64>();
    assert_eq!(sum("records"), person["records"].as_u64().unwrap());
    // An entity is of one culture, so each true pair counts once.
    assert_eq!(sum("true_pairs"), person["true_pairs"].as_u64().unwrap());
    let gap = &person["groups"]["recall_gap"];
    let recall =
        |which: &str| rows[gap[which].as_str().unwrap()]["pairwise"]["recall"].as_f64().unwrap();
    let points = 100.0 * (recall("best") - recall("worst"));
    assert!((gap["points"].as_f64().unwrap() - points).abs() < 1e-9);

    std::fs::write(&groups, "agency,record_id\nx,y\n").unwrap();
    let refused = run(&common);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("row 2 is not a row of groups"));
}
