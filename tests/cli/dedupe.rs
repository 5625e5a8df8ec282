//! `accord dedupe` and `accord link`: the engine alone on files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{demo, ok, run, text};

type Rows = Vec<Vec<String>>;

fn rows(path: &Path) -> Rows {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        row.unwrap().iter().map(str::to_owned).collect()
    };
    reader.records().map(row).collect()
}

/// The clusters of a file as sets of record ids.
fn clusters(path: &Path) -> BTreeSet<BTreeSet<String>> {
    let mut clusters: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows(path) {
        assert!(clusters.entry(row[1].clone()).or_default().insert(row[0].clone()));
    }
    clusters.into_values().collect()
}

fn mapping(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mappings").join(name)
}

/// A file of the labelled public data beside the project; its README forbids copying it in.
fn public(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.ancestors().map(|it| it.join("shared/data").join(name)).find(|it| it.is_file());
    if path.is_none() {
        println!("SKIPPED: {name} is not beside this checkout");
    }
    path
}

/// Pairwise precision and recall of clusters against the true entity of each record.
fn pairwise(found: &BTreeSet<BTreeSet<String>>, truth: &BTreeMap<String, String>) -> (f64, f64) {
    let pairs = |sizes: &BTreeMap<&str, u64>| sizes.values().map(|n| n * (n - 1) / 2).sum::<u64>();
    let (mut said, mut right) = (0, 0);
    for cluster in found {
        let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
        cluster.iter().for_each(|id| *sizes.entry(&truth[id]).or_default() += 1);
        said += cluster.len() as u64 * (cluster.len() as u64 - 1) / 2;
        right += pairs(&sizes);
    }
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    truth.values().for_each(|entity| *sizes.entry(entity).or_default() += 1);
    (right as f64 / said as f64, right as f64 / pairs(&sizes) as f64)
}

fn f1((precision, recall): (f64, f64)) -> f64 {
    2.0 * precision * recall / (precision + recall)
}

fn dedupe(map: &Path, file: &Path, out: &Path) -> BTreeSet<BTreeSet<String>> {
    ok(&["dedupe", "--mapping", text(map), "--out", text(out), text(file)]);
    clusters(out)
}

#[test]
fn a_file_is_deduplicated_without_labels_in_any_order_of_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let map = demo("metro-police.persons.csv.map.toml");
    let file = demo("metro-police.persons.csv");
    let out = folder.path().join("clusters.csv");
    let found = dedupe(&map, &file, &out);
    let content = std::fs::read_to_string(&file).unwrap();
    let (header, lines) = content.split_once('\n').unwrap();
    let backwards: Vec<&str> = lines.lines().rev().collect();
    let turned = folder.path().join("turned.csv");
    std::fs::write(&turned, format!("{header}\n{}\n", backwards.join("\n"))).unwrap();
    let again = folder.path().join("again.csv");
    assert_eq!(dedupe(&map, &turned, &again), found);
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&again).unwrap());
    let key: BTreeMap<String, String> = rows(&demo("key.csv"))
        .into_iter()
        .filter(|row| row[0] == "metro-police" && row[2] == "person")
        .map(|row| (row[1].clone(), row[3].clone()))
        .collect();
    let truth = key.into_iter().filter(|(id, _)| found.iter().any(|it| it.contains(id)));
    let quality = pairwise(&found, &truth.collect());
    assert!(f1(quality) > 0.9, "{quality:?}");
}

#[test]
fn a_trained_model_can_be_written_and_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let map = demo("metro-police.persons.csv.map.toml");
    let file = demo("metro-police.persons.csv");
    let [model, one, other, pairs] =
        ["m.json", "1.csv", "2.csv", "p.csv"].map(|name| folder.path().join(name));
    let arguments =
        ["dedupe", "--mapping", text(&map), "--trained", text(&model), "--pairs", text(&pairs)];
    ok(&[&arguments[..], &["--out", text(&one), text(&file)]].concat());
    ok(&[
        "dedupe",
        "--mapping",
        text(&map),
        "--model",
        text(&model),
        "--out",
        text(&other),
        text(&file),
    ]);
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&other).unwrap());
    for row in rows(&pairs) {
        assert!(row[0] != row[1] && row[2].parse::<f64>().unwrap() >= -3.0);
        assert!((0.0..=1.0).contains(&row[3].parse::<f64>().unwrap()));
    }
}

#[test]
fn the_report_tells_the_health_of_the_clusters_without_labels() {
    let folder = tempfile::tempdir().unwrap();
    let map = demo("metro-police.persons.csv.map.toml");
    let file = demo("metro-police.persons.csv");
    let [out, pairs, report] = ["c.csv", "p.csv", "h.json"].map(|name| folder.path().join(name));
    let arguments =
        ["dedupe", "--mapping", text(&map), "--out", text(&out), "--pairs", text(&pairs)];
    let printed = ok(&[&arguments[..], &["--report", text(&report), text(&file)]].concat());
    let health: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    let found = clusters(&out);
    assert_eq!(health["found"]["clusters"], found.len());
    assert_eq!(health["found"]["largest_cluster"], found.iter().map(BTreeSet::len).max().unwrap());
    let curve = health["curve"].as_array().unwrap();
    assert_eq!(curve.len(), 17);
    let bits: Vec<f64> = rows(&pairs).iter().map(|row| row[2].parse().unwrap()).collect();
    for row in curve {
        let threshold = row["bits"].as_f64().unwrap();
        // The file rounds to four decimals: leave out what may have been rounded over a threshold.
        if bits.iter().all(|bits| (bits - threshold).abs() > 1e-4) {
            let kept = bits.iter().filter(|bits| **bits >= threshold).count();
            assert_eq!(row["links"], kept, "{threshold}");
        }
    }
    for part in ["open triples", "as found", "mean bits"] {
        assert!(printed.contains(part), "{part:?} is missing in\n{printed}");
    }
    assert!(!ok(&[&arguments[..], &[text(&file)]].concat()).contains("open triples"));
}

#[test]
fn files_without_records_or_with_odd_ones_are_a_clear_error_or_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let map = mapping("febrl.map.toml");
    let header = "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, date_of_birth, soc_sec_id\n";
    let out = folder.path().join("out.csv");
    let dedupe = |name: &str, content: &[u8]| {
        let file = folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        run(&["dedupe", "--mapping", text(&map), "--out", text(&out), text(&file)])
    };
    for content in ["", header] {
        let output = dedupe("empty.csv", content.as_bytes());
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("accord: "));
    }
    let one = format!("{header}r1, ann, lee, , , , , , , ,\n");
    assert!(dedupe("one.csv", one.as_bytes()).status.success());
    assert_eq!(clusters(&out).len(), 1);
    // All equal, far more than a block holds.
    let mut equal = header.to_owned();
    (0..3_000).for_each(|row| {
        equal += &format!("r{row}, ann, lee, 1, main street, , x, 2000, nsw, 19900101, 1\n")
    });
    assert!(dedupe("equal.csv", equal.as_bytes()).status.success());
    // One column all missing, and a line that is not UTF-8.
    let mut odd = format!(
        "{header}r1, ann, lee, , , , , , , 19900101,\nr2, ann, lee, , , , , , , 19900101,\n"
    )
    .into_bytes();
    odd.extend(b"r3, \xff, , , , , , , , ,\n");
    let output = dedupe("odd.csv", &odd);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 rows refused"));
}

#[test]
fn febrl3_clusters_are_at_least_as_good_as_they_were() {
    let Some(file) = public("people/febrl3.csv") else { return };
    let folder = tempfile::tempdir().unwrap();
    let found = dedupe(&mapping("febrl.map.toml"), &file, &folder.path().join("c.csv"));
    let of = |id: &String| (id.clone(), id.split('-').nth(1).unwrap().to_owned());
    let truth = found.iter().flatten().map(of).collect();
    let quality = pairwise(&found, &truth);
    assert!(f1(quality) >= 0.998, "{quality:?}");
}

#[test]
fn febrl4_links_are_at_least_as_good_as_they_were() {
    let files = [public("people/febrl4a.csv"), public("people/febrl4b.csv")];
    let [Some(first), Some(second)] = files else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("links.csv");
    let map = mapping("febrl.map.toml");
    ok(&["link", "--mapping", text(&map), "--out", text(&out), text(&first), text(&second)]);
    let number = |id: &str| id.split('-').nth(1).unwrap().to_owned();
    let links = rows(&out);
    let right = links.iter().filter(|row| number(&row[0]) == number(&row[1])).count() as f64;
    let f1 = 2.0 * right / (links.len() as f64 + 5_000.0);
    assert!(f1 >= 0.9985, "{f1}");
}

#[test]
fn historical_clusters_are_at_least_as_good_as_they_were() {
    let Some(file) = public("people/historical_25k.csv") else { return };
    let folder = tempfile::tempdir().unwrap();
    let found = dedupe(&mapping("historical.map.toml"), &file, &folder.path().join("c.csv"));
    let truth = rows(&file).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let quality = pairwise(&found, &truth);
    assert!(f1(quality) >= 0.92, "{quality:?}");
    let largest = found.iter().map(BTreeSet::len).max().unwrap();
    assert!(largest <= 60, "{largest} records in one cluster");
}

#[test]
fn a_generated_table_is_read_whole_and_its_people_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table");
    ok(&["generate", "--table", "3000", "--seed", "4", "--out", text(&table)]);
    let (map, file) = (table.join("people.csv.map.toml"), table.join("people.csv"));
    let found = dedupe(&map, &file, &folder.path().join("c.csv"));
    let key = rows(&table.join("key.csv")).into_iter();
    let truth: BTreeMap<_, _> = key.map(|row| (row[1].clone(), row[3].clone())).collect();
    assert_eq!(found.iter().map(BTreeSet::len).sum::<usize>(), 3_000);
    let quality = pairwise(&found, &truth);
    // Families, twins and namesakes are kept apart: a wrong merge is the worse error.
    assert!(f1(quality) >= 0.98 && quality.0 >= 0.97, "{quality:?}");
}

#[test]
fn a_table_and_a_scenario_are_not_asked_for_together() {
    for wrong in [&["--table", "10", "--people", "10"][..], &["--table", "10", "--groups"], &[]] {
        let output = run(&[&["generate", "--out", "/nonexistent/out"], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}
