//! `accord evaluate`: the detailed figures on the fixture.

use serde_json::Value;

use super::{demo, ok, text};

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
