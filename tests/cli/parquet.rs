//! Parquet in the place of CSV.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::{demo, ok, run, text};

/// Writes the table of a CSV as Parquet, all of it text, an empty cell as null.
pub fn from_csv(csv: &Path, parquet: &Path) {
    let mut reader = csv::Reader::from_path(csv).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let fields: Vec<String> =
        header.iter().map(|name| format!("OPTIONAL BYTE_ARRAY {} (UTF8);", name.trim())).collect();
    let schema = parse_message_type(&format!("message table {{ {} }}", fields.join("\n"))).unwrap();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = std::fs::File::create(parquet).unwrap();
    let mut writer =
        SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).unwrap();
    for rows in rows.chunks(1_000) {
        let mut group = writer.next_row_group().unwrap();
        for position in 0..header.len() {
            let cells = || rows.iter().map(|row| row[position].trim());
            let levels: Vec<i16> = cells().map(|cell| i16::from(!cell.is_empty())).collect();
            let values: Vec<ByteArray> =
                cells().filter(|cell| !cell.is_empty()).map(ByteArray::from).collect();
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn dedupe_link_and_import_answer_as_they_do_for_the_csv() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let map = demo("metro-police.persons.csv.map.toml");
    let (csv, parquet) = (demo("metro-police.persons.csv"), path("persons.parquet"));
    from_csv(&csv, &parquet);
    let as_parquet = path("parquet.map.toml");
    let mapping = std::fs::read_to_string(&map).unwrap();
    std::fs::write(&as_parquet, mapping.replace("format = \"csv\"", "format = \"parquet\""))
        .unwrap();
    for (command, files) in [("dedupe", 1), ("link", 2)] {
        let [one, other] = [path("one.csv"), path("other.csv")];
        let answer = |map: &Path, file: &Path, out: &Path| {
            let mut arguments = vec![command, "--mapping", text(map), "--out", text(out)];
            (0..files).for_each(|_| arguments.push(text(file)));
            ok(&arguments);
            std::fs::read(out).unwrap()
        };
        let expected = answer(&map, &csv, &one);
        assert!(expected.len() > 1_000);
        assert_eq!(answer(&map, &parquet, &other), expected, "{command}");
        assert_eq!(answer(&as_parquet, &parquet, &other), expected, "{command}");
    }
    let store = path("s.accord");
    let import = |file: &Path| {
        ok(&["import", "--json", "--store", text(&store), "--mapping", text(&map), text(file)])
    };
    let first: serde_json::Value = serde_json::from_str(&import(&csv)).unwrap();
    let again: serde_json::Value = serde_json::from_str(&import(&parquet)).unwrap();
    let count = |report: &serde_json::Value, name: &str| report["files"][0][name].as_u64().unwrap();
    assert!(count(&first, "records_new") > 100);
    assert_eq!(count(&again, "records_new"), 0, "{again}");
    assert_eq!(count(&again, "records_unchanged"), count(&first, "records_new"));
}

#[test]
fn a_broken_parquet_file_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("persons.parquet");
    from_csv(&demo("metro-police.persons.csv"), &file);
    let bytes = std::fs::read(&file).unwrap();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 3..bytes.len() / 3 + 64].fill(0xa5);
    for broken in [&bytes[..bytes.len() - 9], &flipped, b"PAR1PAR1", b""] {
        std::fs::write(&file, broken).unwrap();
        let out = folder.path().join("out.csv");
        let map = demo("metro-police.persons.csv.map.toml");
        let output = run(&["dedupe", "--mapping", text(&map), "--out", text(&out), text(&file)]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.starts_with("accord: ") && error.contains("persons.parquet: "), "{error}");
        assert!(error.contains("Parquet file") && !error.contains("panicked"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}
