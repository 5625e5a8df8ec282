//! A Parquet file gives the rows of the CSV of its table, or an error, never a panic.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type,
};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

use super::ParquetFault;
use crate::ingest::{FileError, FileFault, RowMapper, RowOutput, parse_mapping, read_file};
use crate::ingest::{Reason, RowError};
use crate::model::IdKey;

const MAPPING: &str = r#"
agency = "police"
source = "persons"
format = "parquet"
id = "id"
columns_ignored = ["nothing"]
[label]
category = "unknown"
[[record]]
slot = "person"
type = "person"
[record.fields]
full = "text"
given = "whole"
family = "float"
occupation = "truth"
birth_place = "day"
nationality = "time"
"#;

const SCHEMA: &str = "message table {
    REQUIRED BYTE_ARRAY id (UTF8);
    OPTIONAL BYTE_ARRAY text (UTF8);
    OPTIONAL INT64 whole;
    OPTIONAL DOUBLE float;
    OPTIONAL BOOLEAN truth;
    OPTIONAL INT32 day (DATE);
    OPTIONAL INT64 time (TIMESTAMP(MICROS,false));
}";

type Row = (Option<String>, Option<i64>, Option<i32>, Option<bool>, Option<i32>, Option<i64>);

fn mapper(format: &str) -> Arc<RowMapper> {
    let text = MAPPING.replace("\"parquet\"", format);
    let mapping = parse_mapping("m.toml", &text).unwrap();
    Arc::new(RowMapper::new("m.toml", &mapping, &IdKey::default()).unwrap())
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, std::fs::File>,
    values: Vec<Option<T::T>>,
    nullable: bool,
) {
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = values.into_iter().flatten().collect();
    let mut column = group.next_column().unwrap().unwrap();
    let levels = nullable.then_some(levels.as_slice());
    column.typed::<T>().write_batch(&values, levels, None).unwrap();
    column.close().unwrap();
}

/// Writes rows, so many to a group.
fn write(path: &Path, rows: &[Row], of_group: usize, properties: WriterProperties) {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let file = std::fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    let mut id = 0;
    for rows in rows.chunks(of_group) {
        let mut group = writer.next_row_group().unwrap();
        let ids = rows.iter().map(|_| {
            id += 1;
            Some(ByteArray::from(format!("r{id}").as_str()))
        });
        column::<ByteArrayType>(&mut group, ids.collect(), false);
        let texts = rows.iter().map(|row| row.0.as_deref().map(ByteArray::from));
        column::<ByteArrayType>(&mut group, texts.collect(), true);
        column::<Int64Type>(&mut group, rows.iter().map(|row| row.1).collect(), true);
        let quarters = rows.iter().map(|row| row.2.map(|it| f64::from(it) / 4.0));
        column::<DoubleType>(&mut group, quarters.collect(), true);
        column::<BoolType>(&mut group, rows.iter().map(|row| row.3).collect(), true);
        column::<Int32Type>(&mut group, rows.iter().map(|row| row.4).collect(), true);
        column::<Int64Type>(&mut group, rows.iter().map(|row| row.5).collect(), true);
        group.close().unwrap();
    }
    writer.close().unwrap();
}

/// The same table as CSV.
fn csv(path: &Path, rows: &[Row]) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(["id", "text", "whole", "float", "truth", "day", "time"]).unwrap();
    let day = |days: i64| {
        let date = jiff::Timestamp::from_second(days * 86_400).unwrap();
        date.to_string()[..10].to_owned()
    };
    let time = |micros: i64| {
        let text = jiff::Timestamp::from_microsecond(micros).unwrap().to_string();
        let text = text.trim_end_matches('Z').replace('T', " ");
        text.strip_suffix(" 00:00:00").unwrap_or(&text).to_owned()
    };
    for (row, id) in rows.iter().zip(1..) {
        writer
            .write_record([
                format!("r{id}"),
                row.0.clone().unwrap_or_default(),
                row.1.map(|it| it.to_string()).unwrap_or_default(),
                row.2.map(|it| format!("{:?}", f64::from(it) / 4.0)).unwrap_or_default(),
                row.3.map(|it| it.to_string()).unwrap_or_default(),
                row.4.map(|it| day(i64::from(it))).unwrap_or_default(),
                row.5.map(time).unwrap_or_default(),
            ])
            .unwrap();
    }
    writer.flush().unwrap();
}

type Read = Result<Vec<Result<RowOutput, RowError>>, FileError>;

fn read(path: &Path, mapper: Arc<RowMapper>) -> Read {
    let rows = read_file(path, "f", mapper)?;
    rows.map(|row| row.map(|(_, row)| row)).collect()
}

fn fault(read: &Read) -> &ParquetFault {
    match read {
        Err(FileError { fault: FileFault::Parquet(fault), .. }) => fault,
        other => panic!("{other:?}"),
    }
}

fn properties(pick: u8) -> WriterProperties {
    let codec = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ][usize::from(pick) % 6];
    let version = if pick.is_multiple_of(2) {
        WriterVersion::PARQUET_1_0
    } else {
        WriterVersion::PARQUET_2_0
    };
    let builder = WriterProperties::builder()
        .set_compression(codec)
        .set_writer_version(version)
        .set_dictionary_enabled(!pick.is_multiple_of(3))
        .set_data_page_row_count_limit(7)
        .set_write_batch_size(5);
    let text = parquet::schema::types::ColumnPath::from("text");
    match pick % 9 {
        3 => builder.set_column_encoding(text, Encoding::DELTA_LENGTH_BYTE_ARRAY).build(),
        6 => builder.set_column_encoding(text, Encoding::DELTA_BYTE_ARRAY).build(),
        _ => builder.build(),
    }
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let text = prop::option::of("[ -~äЖ]{0,12}");
    // Whole days too, and up to the year 9999.
    let time = prop::option::of((-62_135_596_800..253_402_300_799i64, 0..3i64).prop_map(
        |(seconds, kind)| match kind {
            0 => seconds.div_euclid(86_400) * 86_400_000_000,
            1 => seconds * 1_000_000,
            _ => seconds * 1_000_000 + 250_000,
        },
    ));
    let row = (
        text,
        any::<Option<i64>>(),
        any::<Option<i32>>(),
        any::<Option<bool>>(),
        prop::option::of(-719_162..2_932_896i32),
        time,
    );
    prop::collection::vec(row, 0..200)
}

/// Rows that a clean file holds.
fn plain(count: usize) -> Vec<Row> {
    let row = |at: usize| {
        let there = |every: usize| (!at.is_multiple_of(every)).then_some(at);
        let number = |every: usize| there(every).map(|at| at as i64);
        let small = |every: usize| there(every).map(|at| at as i32);
        (
            there(5).map(|at| format!("name {}", at % 17)),
            number(3),
            small(4),
            there(2).map(|at| at % 4 == 1),
            small(6),
            number(7),
        )
    };
    (0..count).map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_rows_are_those_of_the_csv(rows in rows(), of_group in 1..90usize, pick in any::<u8>()) {
        let folder = tempfile::tempdir().unwrap();
        let [parquet, table] = ["t.parquet", "t.csv"].map(|name| folder.path().join(name));
        write(&parquet, &rows, of_group, properties(pick));
        csv(&table, &rows);
        let found = read(&parquet, mapper("\"parquet\"")).unwrap();
        prop_assert_eq!(found.len(), rows.len());
        let expected = read(&table, mapper("\"csv\"")).unwrap();
        prop_assert_eq!(&found, &expected);
        // A mapping for CSV reads it as well, by its name.
        prop_assert_eq!(read(&parquet, mapper("\"csv\"")).unwrap(), expected);
    }
}

#[test]
fn flipped_and_cut_bytes_are_an_error_or_rows_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    for pick in 0..9 {
        write(&path, &plain(150), 64, properties(pick));
        let bytes = std::fs::read(&path).unwrap();
        let mut seed = u64::from(pick) + 1;
        let mut draw = |below: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for round in 0..400 {
            let mut broken = bytes.clone();
            if round % 4 == 0 {
                broken.truncate(draw(bytes.len()));
            } else {
                for _ in 0..1 + round % 3 {
                    // The footer is small: half of the flips go there.
                    let at = if round % 2 == 0 {
                        draw(bytes.len())
                    } else {
                        bytes.len() - 1 - draw(900.min(bytes.len()))
                    };
                    broken[at] = if round % 5 == 0 { 0xff } else { broken[at] ^ 1 << draw(8) };
                }
            }
            std::fs::write(&path, &broken).unwrap();
            if let Ok(rows) = read(&path, mapper("\"parquet\"")) {
                assert!(rows.len() <= 150);
            }
        }
    }
}

#[test]
fn a_file_that_is_cut_empty_or_no_parquet_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write(&path, &plain(150), 64, properties(1));
    let bytes = std::fs::read(&path).unwrap();
    for broken in [&bytes[..0], &bytes[..100], &bytes[4..], b"id,text\nr1,a name that is long\n"] {
        std::fs::write(&path, broken).unwrap();
        assert_eq!(fault(&read(&path, mapper("\"csv\""))), &ParquetFault::NotParquet);
    }
    let mut encrypted = bytes.clone();
    let end = encrypted.len() - 1;
    encrypted[end] = b'E';
    std::fs::write(&path, &encrypted).unwrap();
    assert_eq!(fault(&read(&path, mapper("\"csv\""))), &ParquetFault::Encrypted);
}

#[test]
fn a_footer_that_states_more_than_there_is_sets_nothing_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let file = |footer: &[u8], stated: u32| {
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(b"PAR1").unwrap();
        file.write_all(footer).unwrap();
        file.write_all(&stated.to_le_bytes()).unwrap();
        file.write_all(b"PAR1").unwrap();
        read(&path, mapper("\"parquet\""))
    };
    let corrupt =
        |read: &Read| assert!(matches!(fault(read), ParquetFault::Corrupt(_)), "{read:?}");
    corrupt(&file(&[0; 10], u32::MAX));
    // A list of a billion columns.
    let many = [0x15, 2, 0x19, 0xfc, 0x80, 0x94, 0xeb, 0xdc, 0x03, 0];
    corrupt(&file(&many, many.len() as u32));
    // Groups of one child each, 100,000 deep: 3: required, 4: "a", 5: one child.
    let mut deep = vec![0x15, 2, 0x19, 0xfc, 0xa0, 0x8d, 0x06];
    (0..100_000).for_each(|_| deep.extend([0x35, 0, 0x18, 1, b'a', 0x15, 2, 0]));
    deep.push(0);
    corrupt(&file(&deep, deep.len() as u32));
    // A group that says it has two billion children.
    let wide = [0x15, 2, 0x19, 0x1c, 0x48, 1, b'a', 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 0];
    corrupt(&file(&wide, wide.len() as u32));
}

#[test]
fn nested_columns_are_refused_unless_they_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let schema = |text: &str| SCHEMA.replace("OPTIONAL BYTE_ARRAY text (UTF8);", text);
    let empty = |text: &str| {
        let schema = Arc::new(parse_message_type(&schema(text)).unwrap());
        let file = std::fs::File::create(&path).unwrap();
        SerializedFileWriter::new(file, schema, Default::default()).unwrap().close().unwrap();
        read(&path, mapper("\"parquet\""))
    };
    for nested in [
        "REPEATED BYTE_ARRAY text (UTF8);",
        "OPTIONAL group text { OPTIONAL BYTE_ARRAY part (UTF8); }",
        "OPTIONAL group text (LIST) { REPEATED group list { OPTIONAL BYTE_ARRAY element (UTF8); } }",
    ] {
        let found = empty(nested);
        assert_eq!(fault(&found), &ParquetFault::Nested("text".into()));
        assert!(found.unwrap_err().to_string().contains("`text` is nested"));
        let ignored = nested.replacen("text", "nothing", 1);
        assert_eq!(empty(&format!("{ignored} OPTIONAL BYTE_ARRAY text (UTF8);")), Ok(Vec::new()));
    }
    assert_eq!(
        fault(&empty("OPTIONAL BYTE_ARRAY text (BSON);")),
        &ParquetFault::Type("text".into(), "binary data")
    );
    let found = empty("OPTIONAL BYTE_ARRAY other (UTF8);").unwrap_err();
    assert_eq!(found.fault, FileFault::UnmappedColumn(2));
    assert_eq!(empty("").unwrap_err().fault, FileFault::MissingColumn("text".into()));
}

#[test]
fn a_cell_that_is_no_text_or_too_long_costs_its_row_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let mut rows = plain(5);
    rows[1].0 = Some("a".repeat(40_000));
    rows[2].0 = Some("nul \0".into());
    rows[3].4 = Some(i32::MAX);
    write(&path, &rows, 3, properties(1));
    let found = read(&path, mapper("\"parquet\"")).unwrap();
    let reasons: Vec<Option<(&str, Reason)>> = found
        .iter()
        .map(|row| row.as_ref().err().map(|it| (it.column.as_deref().unwrap_or(""), it.reason)))
        .collect();
    let expected = [
        None,
        Some(("text", Reason::CellTooLong)),
        Some(("text", Reason::Nul)),
        Some(("day", Reason::BadDate)),
        None,
    ];
    // The first row has nothing but its id.
    assert_eq!(reasons[0], Some(("", Reason::EmptyRow)));
    assert_eq!(reasons[1..], expected[1..]);
}
