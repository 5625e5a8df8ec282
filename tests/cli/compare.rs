//! `accord compare`.

use super::{ok, run, text};

#[test]
fn names_are_scored_row_by_row_and_other_columns_pass_through() {
    let folder = tempfile::tempdir().unwrap();
    let (pairs, out) = (folder.path().join("pairs.csv"), folder.path().join("out.csv"));
    let rows =
        "id,name1,note,name2\n7,Robert Tanaka,\"a, b\",Bob Tanaka\n8,Ana Ruiz,,Petra Novak\n";
    std::fs::write(&pairs, rows).unwrap();
    let printed = ok(&["compare", "names", text(&pairs)]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], "id,name1,note,name2,score,match");
    assert!(
        lines[1].starts_with("7,Robert Tanaka,\"a, b\",Bob Tanaka,0.")
            && lines[1].ends_with(",true")
    );
    assert_eq!(lines[2], "8,Ana Ruiz,,Petra Novak,0.0000,false");
    assert_eq!(lines.len(), 3);

    ok(&["compare", "names", text(&pairs), "--out", text(&out), "--threshold", "1"]);
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(!written.contains("true") && written.lines().count() == 3);
}

#[test]
fn a_file_without_the_columns_and_a_threshold_out_of_range_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pairs = folder.path().join("pairs.csv");
    std::fs::write(&pairs, "name1,other\na,b\n").unwrap();
    let failed = run(&["compare", "names", text(&pairs)]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&failed.stderr).contains("name2"));
    assert_eq!(run(&["compare", "names", text(&pairs), "--threshold", "7"]).status.code(), Some(1));
}
