//! With any content of a file, the commands that read files end with a clear error or a correct result, in bounded
//! memory.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use super::{accord, ok, run, text};

const MAPPING: &str = r#"
agency = "a"
source = "people"
format = "csv"
id = "id"
[label]
category = "unknown"
[[record]]
slot = "person"
type = "person"
[record.fields]
given = "given"
family = "family"
birth_date = { column = "born", invalid = "missing" }
"address.city" = "city"
"#;

const HEADER: &str = "id,given,family,born,city\n";

/// A folder with a mapping in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        std::fs::write(folder.path("map.toml"), MAPPING).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    /// Deduplicates a file.
    fn dedupe(&self, file: &Path) -> Output {
        run(&self.arguments(file).iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn arguments(&self, file: &Path) -> Vec<String> {
        let (map, out) = (self.path("map.toml"), self.path("out.csv"));
        ["dedupe", "--mapping", text(&map), "--out", text(&out), text(file)]
            .map(str::to_owned)
            .to_vec()
    }

    /// The records that the last run wrote, with their clusters.
    fn clusters(&self) -> BTreeMap<String, String> {
        let mut reader = csv::Reader::from_path(self.path("out.csv")).unwrap();
        reader.deserialize().map(Result::unwrap).collect()
    }
}

/// Returns the message of a failure, which must be one line of the program's own, without a panic.
#[track_caller]
fn failure(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("accord: ") && !said.contains("panicked"), "{said}");
    assert!(output.stdout.is_empty());
    said
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn files_that_cannot_be_read_as_a_whole_are_a_clear_error() {
    let folder = Folder::new();
    let rows = format!("{HEADER}r1,Ann,Lee,1990-01-01,Leeds\n");
    let table: [(&str, Vec<u8>, &str); 9] = [
        ("empty", Vec::new(), "the header row is missing"),
        ("blank", b"\n\r\n\n".to_vec(), "the header row is missing"),
        ("header only", HEADER.into(), "there are no rows"),
        ("no id column", rows.replacen("id,", "no,", 1).into(), "column 1 is neither mapped"),
        ("a column less", "id,given,born,city\nr1,Ann,,\n".into(), "`family`"),
        ("utf-16, little", utf16(&rows, false), "UTF-16"),
        ("utf-16, big", utf16(&rows, true), "UTF-16"),
        ("latin-1 header", b"id,given,family,n\xe9,city\nr1,a,b,,\n".to_vec(), "not UTF-8"),
        ("no row is one", format!("{HEADER},Ann,Lee,,\n,Bob,Roe,,\n").into(), "none of the"),
    ];
    for (name, bytes, expected) in table {
        let file = folder.file("people.csv", bytes);
        let said = failure(&folder.dedupe(&file));
        assert!(said.contains(expected) && said.contains("people.csv"), "{name}: {said}");
        assert!(!folder.path("out.csv").exists(), "{name}: nothing is left behind");
        let (map, out) = (folder.path("map.toml"), folder.path("out.csv"));
        let linked =
            run(&["link", "--mapping", text(&map), "--out", text(&out), text(&file), text(&file)]);
        assert!(failure(&linked).contains(expected), "{name}");
    }
    for (file, expected) in
        [(folder.0.path(), "directory"), (Path::new("/nonexistent"), "not found")]
    {
        let said = failure(&folder.dedupe(file));
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn rows_that_cannot_be_read_cost_themselves_alone() {
    let folder = Folder::new();
    let good = "r1,Ann,Lee,1990-01-01,Leeds\nr2,Ann,Lee,1990-01-01,Leeds\n";
    let long = "x".repeat(10_000_000);
    let table: [(&str, Vec<u8>); 7] = [
        ("latin-1", b"r3,Andr\xe9,Lee,,\n".to_vec()),
        ("nul", b"r3,An\0n,Lee,,\n".to_vec()),
        ("nul in the id", b"r\x003,Ann,Lee,,\n".to_vec()),
        ("a field of 10 MB", format!("r3,{long},Lee,,\n").into()),
        ("a quoted field of 10 MB", format!("r3,\"{long}\",Lee,,\n").into()),
        ("no id", b",Ann,Lee,,\n".to_vec()),
        ("too few columns", b"r3,Ann\n".to_vec()),
    ];
    for (name, bytes) in table {
        let file = folder.file("people.csv", [HEADER.as_bytes(), &bytes, good.as_bytes()].concat());
        let output = folder.dedupe(&file);
        assert_eq!(output.status.code(), Some(3), "{name}: {output:?}");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("2 records") && said.contains("1 rows refused"), "{name}: {said}");
        assert_eq!(folder.clusters().len(), 2, "{name}");
    }
}

#[test]
fn odd_files_give_the_clusters_they_hold() {
    let folder = Folder::new();
    let rows = [
        "r1,Ann,Lee,1990-01-01,Leeds",
        "r2,Ann,Lee,1990-01-01,Leeds",
        "r3,Bogdan,Kovacs,1971-05-30,York",
    ];
    let lines = |end: &str| format!("{}{end}{}{end}", HEADER.trim_end(), rows.join(end));
    let one_file = lines("\n");
    let table: [(&str, Vec<u8>); 5] = [
        ("line feeds", one_file.clone().into()),
        ("carriage returns", lines("\r").into()),
        ("both", lines("\r\n").into()),
        ("utf-8 with a mark", format!("\u{feff}{one_file}").into()),
        ("an id twice", format!("{one_file}r1,Ann,Lee,1990-01-01,Leeds\n").into()),
    ];
    for (name, bytes) in table {
        let output = folder.dedupe(&folder.file("people.csv", bytes));
        assert!(output.status.success(), "{name}: {output:?}");
        let found = folder.clusters();
        assert_eq!(found.len(), 3, "{name}");
        assert!(found["r1"] == found["r2"] && found["r1"] != found["r3"], "{name}: {found:?}");
    }
    let output = folder.dedupe(&folder.file("people.csv", format!("{one_file}r1,Eve,Roe,,\n")));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("3 records") && said.contains("1 rows bear the id"), "{said}");
    // A column of which nothing is there takes part in nothing.
    let bare = one_file.replace(",Leeds", ",").replace(",York", ",");
    assert!(folder.dedupe(&folder.file("people.csv", bare)).status.success());
    assert_eq!(folder.clusters()["r1"], folder.clusters()["r2"]);
}

#[test]
fn an_output_that_cannot_be_written_is_found_out_before_the_work() {
    let folder = Folder::new();
    let rows = format!("{HEADER}r1,Ann,Lee,1990-01-01,Leeds\n");
    let (file, map) = (folder.file("people.csv", &rows), folder.path("map.toml"));
    let nowhere = folder.path("none/out.csv");
    let out = folder.path("out.csv");
    for bad in [folder.0.path(), &nowhere, &file] {
        let said =
            failure(&run(&["dedupe", "--mapping", text(&map), "--out", text(bad), text(&file)]));
        assert!(said.contains(text(bad)) && said.contains("written"), "{said}");
        for option in ["--pairs", "--report", "--trained"] {
            let arguments = [
                "dedupe",
                "--mapping",
                text(&map),
                "--out",
                text(&out),
                option,
                text(bad),
                text(&file),
            ];
            assert!(failure(&run(&arguments)).contains("written"), "{option}");
        }
        let said = failure(&run(&["compare", "names", text(&file), "--out", text(bad)]));
        assert!(said.contains("written"), "{said}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), rows, "the input is as it was");
}

/// Runs a command; gives its output and the most memory it held, in MiB, looked at while it ran.
fn measured(arguments: &[String]) -> (Output, u64) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = accord(&arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0_u64) / 1024);
        std::thread::sleep(Duration::from_millis(5));
    }
    (child.wait_with_output().unwrap(), peak)
}

#[test]
fn fifty_thousand_records_of_one_name_end_in_bounded_memory() {
    let folder = Folder::new();
    let mut rows = HEADER.to_owned();
    for row in 0..50_000 {
        // Of one name, and nothing else said by half of them.
        let born = if row % 2 == 0 { String::new() } else { format!("19{:02}-01-01", row % 97) };
        let _ = writeln!(rows, "r{row},John,Smith,{born},");
    }
    let (output, peak) = measured(&folder.arguments(&folder.file("people.csv", rows)));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(folder.clusters().len(), 50_000);
    assert!(peak < 1_500, "{peak} MiB");
}

#[test]
fn many_rows_of_the_longest_length_end_in_bounded_memory() {
    let folder = Folder::new();
    let cell = "x".repeat(30_000);
    let mut rows = HEADER.to_owned();
    (0..2_000).for_each(|row| rows += &format!("r{row},{cell},{cell},,{cell}\n"));
    let (output, peak) = measured(&folder.arguments(&folder.file("people.csv", rows)));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(folder.clusters().len(), 2_000);
    assert!(peak < 2_000, "{peak} MiB");
}

#[test]
fn a_quote_that_never_ends_costs_no_memory() {
    let folder = Folder::new();
    // Rows without an id are refused, so that only reading is measured.
    let good = "r1,Ann,Lee,,\nr2,Bogdan,Kovacs,,\n";
    let mut rows = format!("{HEADER}{good}r3,\"Ann,Lee,,\n");
    (0..1_000_000).for_each(|row| {
        let _ = writeln!(rows, ",Ann {row},Lee of some length,,");
    });
    let file = folder.file("people.csv", rows);
    let (output, peak) = measured(&folder.arguments(&file));
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(folder.clusters().len(), 2);
    assert!(peak < 200, "{peak} MiB");
}

#[test]
fn names_are_compared_or_it_is_said_why_not() {
    let folder = Folder::new();
    let names = |bytes: &[u8]| {
        let file = folder.file("pairs.csv", bytes);
        run(&["compare", "names", text(&file)])
    };
    let long = "x".repeat(10_000_000);
    let long = format!("name1,name2\n{long},b\n");
    let table: [(&str, &[u8], &str); 7] = [
        ("empty", b"", "no column name1"),
        ("one column", b"name1\na\n", "no column name2"),
        ("latin-1", b"name1,name2\nAndr\xe9,Andre\n", "UTF-8"),
        ("utf-16", &utf16("name1,name2\na,b\n", false), "UTF-16"),
        ("too few columns", b"name1,name2\na\n", "line"),
        ("a name of 10 MB", long.as_bytes(), "line 2: a name of more than 2000 bytes"),
        ("latin-1 header", b"name1,name2,\xe9\na,b,c\n", "UTF-8"),
    ];
    for (name, bytes, expected) in table {
        let output = names(bytes);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(expected) && said.contains("pairs.csv"), "{name}: {said}");
        assert!(!said.contains("Andr"), "{name}: what the file holds is not told: {said}");
    }
    let good: [(&[u8], &str); 4] = [
        (b"name1,name2\n", "name1,name2,score,match\n"),
        (
            b"name1,name2\rAnn Lee,Ann Lee\r",
            "name1,name2,score,match\nAnn Lee,Ann Lee,1.0000,true\n",
        ),
        (b"\xef\xbb\xbfname1,name2\n,\n", "name1,name2,score,match\n,,0.0000,false\n"),
        (b"name1,name2\nA\0n,A\0n\n", "name1,name2,score,match\nA\0n,A\0n,1.0000,true\n"),
    ];
    for (bytes, expected) in good {
        let output = names(bytes);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }
}

#[test]
fn a_key_that_is_none_is_a_clear_error() {
    let folder = Folder::new();
    let store = folder.path("s.accord");
    let people = folder.file("people.csv", format!("{HEADER}r1,Ann,Lee,1990-01-01,Leeds\n"));
    let map = folder.path("map.toml");
    ok(&["import", "--store", text(&store), "--mapping", text(&map), text(&people)]);
    let evaluate = |key: &Path| run(&["evaluate", "--store", text(&store), "--key", text(key)]);
    let columns = "agency,record_id,type,entity\n";
    let table: [(&str, Vec<u8>, &str); 8] = [
        ("empty", Vec::new(), "a column agency"),
        ("header only", columns.into(), "a key without rows"),
        ("no entity", b"agency,record_id,type\na,r1,person\n".to_vec(), "a column entity"),
        ("no such type", format!("{columns}a,r1,ghost,e1\n").into(), "row 2: no such type"),
        ("twice", format!("{columns}a,r1,person,e1\na,r1,person,e2\n").into(), "row 3"),
        ("latin-1", [columns.as_bytes(), b"a,r\xe9,person,e1\n"].concat(), "row 2"),
        ("too few columns", format!("{columns}a,r1\n").into(), "row 2"),
        ("utf-16", utf16(columns, false), "UTF-16"),
    ];
    for (name, bytes, expected) in table {
        let key = folder.file("key.csv", bytes);
        let said = failure(&evaluate(&key));
        assert!(said.contains(expected) && said.contains("key.csv"), "{name}: {said}");
    }
    failure(&evaluate(folder.0.path()));
    let key = folder.file("key.csv", format!("{columns}a,r1,person,e1\na,r1,person,e1\n"));
    assert!(evaluate(&key).status.success(), "the same twice says nothing else");
}
