//! A list as a table, and a table as CSV (RFC 4180).

use serde_json::Value;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value: an empty cell.
    Absent,
    /// Text, or the name of a value in JSON.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
}

impl Cell {
    /// Creates a cell of several texts, separated by `|`.
    pub fn texts(texts: impl IntoIterator<Item = impl ToString>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(|text| text.to_string()).collect();
        Self::Text(texts.join("|"))
    }

    /// Creates a cell with the text of a value.
    pub fn of(value: impl ToString) -> Self {
        Self::Text(value.to_string())
    }

    /// Creates a cell with the text of a value; absent for `None`.
    pub fn maybe(value: Option<impl ToString>) -> Self {
        value.map_or(Self::Absent, Self::of)
    }

    /// Creates a cell with a number; absent for `None`.
    pub fn number(value: Option<f64>) -> Self {
        value.map_or(Self::Absent, Self::Number)
    }

    /// Creates a cell from a JSON value; lists and objects become JSON text.
    pub fn json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Absent,
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Whole(whole),
                (None, Some(number)) => Self::Number(number),
                (None, None) => Self::Absent,
            },
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(_) | Value::Object(_) => Self::Text(value.to_string()),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Absent => String::new(),
            Self::Text(text) => inert(text),
            Self::Whole(whole) => whole.to_string(),
            // The same text as in JSON, so that both forms read back as the same number.
            Self::Number(number) => serde_json::json!(number).to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        i64::try_from(count).map_or(Self::Number(count as f64), Self::Whole)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl Table {
    /// Creates a table of columns, and rows that have as many cells.
    pub fn new<C: ToString>(
        columns: impl IntoIterator<Item = C>,
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> Self {
        let columns: Vec<String> = columns.into_iter().map(|name| name.to_string()).collect();
        let rows: Vec<Vec<Cell>> = rows.into_iter().collect();
        debug_assert!(rows.iter().all(|row| row.len() == columns.len()));
        Self { columns, rows }
    }

    /// Returns the table as CSV: a line with the names of the columns, then a line for each row.
    pub fn csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(Vec::new());
        // Writing into memory does not fail.
        let _ = writer.write_record(&self.columns);
        for row in &self.rows {
            let _ = writer.write_record(row.iter().map(Cell::written));
        }
        let bytes = writer.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// Escapes a text that a spreadsheet would take for a formula by a leading apostrophe (OWASP, CSV injection), since
/// records come from others. Telephone numbers and negative numbers stay unchanged.
fn inert(text: &str) -> String {
    // White space before a formula does not keep every program from running it; nor does its full width (U+FF0B ff.).
    let first = text.trim_start().chars().next().or_else(|| text.chars().next());
    let runs = match first {
        Some('=' | '@' | '＝' | '＠' | '＋' | '－' | '\t' | '\r' | '\n') => true,
        Some('+' | '-') => {
            let mut rest = text.trim_start().chars().skip(1);
            !rest.all(|letter| letter.is_ascii_digit() || " .()/-".contains(letter))
        }
        _ => text.starts_with(['\t', '\r', '\n']),
    };
    if runs { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_reads_back_and_runs_nothing() {
        let texts = ["a,b", "say \"x\"", "two\r\nlines", "Žofia", "+44 20 2555 0143", "-5"];
        let formulas = [
            "=1+1",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3+cmd|x",
            "\t=1",
            "\r=1",
            " =1+1",
            "＝1+1",
        ];
        let rows = texts.iter().chain(&formulas).map(|text| vec![Cell::of(text), true.into()]);
        let csv = Table::new(["text", "flag"], rows).csv();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        assert_eq!(reader.headers().unwrap(), vec!["text", "flag"]);
        let read: Vec<String> =
            reader.records().map(|row| row.unwrap().get(0).unwrap().to_owned()).collect();
        assert_eq!(&read[..texts.len()], &texts);
        for (read, formula) in read[texts.len()..].iter().zip(formulas) {
            assert_eq!(*read, format!("'{formula}"));
        }
    }

    #[test]
    fn numbers_read_back_as_they_were() {
        for number in [0.1, 1.0 / 3.0, 1e300, -2.5, 5e-324] {
            assert_eq!(Cell::Number(number).written().parse::<f64>().unwrap(), number);
        }
        assert_eq!(Cell::json(&serde_json::json!([1, "a"])).written(), "[1,\"a\"]");
        assert_eq!(Cell::json(&Value::Null).written(), "");
    }
}
