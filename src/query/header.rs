//! The comment header of a stored query: its name, purpose, engines, parameters and columns.
//! `cypher/README.md` describes the format line by line.

use std::collections::BTreeMap;

use serde::Serialize;

use super::parameter::cast;
use super::{Parameter, Refusal, Value, ValueType};

/// The engines that run a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Engines {
    /// All engines, with the same rows: the query is within the portable core.
    All,
    /// Only Neo4j.
    Neo4j,
}

/// A column of a stored query's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The name of the column.
    pub name: String,
    /// The type of its values.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// True if the column may be without a value.
    pub nullable: bool,
    /// The meaning of the column, with its unit.
    pub about: String,
}

/// The content of a file's comment header.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    pub name: String,
    pub about: String,
    pub engines: Engines,
    pub parameters: Vec<Parameter>,
    pub columns: Vec<Column>,
    pub key: Vec<String>,
}

/// Reads the comment lines before the first line of Cypher.
pub(super) fn parse(text: &str) -> Result<Header, Refusal> {
    let mut draft = Draft::default();
    for Entry { line, column, text } in entries(text) {
        draft.add(&text).map_err(|reason| Refusal { line, column, reason })?;
    }
    let last = text.lines().take_while(|line| line.trim_start().starts_with("//")).count();
    draft.finish().map_err(|reason| Refusal { line: last.max(1), column: 1, reason })
}

/// A comment of the header, with the line and column (from 1) where its text begins.
struct Entry {
    line: usize,
    column: usize,
    text: String,
}

/// Splits the header into comments; a line that is indented by three spaces or more continues the comment before.
fn entries(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(comment) = line.trim_start().strip_prefix("//") else { break };
        match entries.last_mut() {
            Some(entry) if comment.starts_with("   ") => {
                entry.text.push(' ');
                entry.text.push_str(comment.trim());
            }
            _ if comment.trim().is_empty() => {}
            _ => {
                let before = line.len() - comment.trim_start().len();
                let column = line[..before].chars().count() + 1;
                entries.push(Entry { line: index + 1, column, text: comment.trim().to_owned() });
            }
        }
    }
    entries
}

#[derive(Default)]
struct Draft {
    name: Option<String>,
    about: Option<String>,
    engines: Option<Engines>,
    parameters: Vec<Parameter>,
    examples: BTreeMap<String, serde_json::Value>,
    columns: Vec<Column>,
    key: Option<Vec<String>>,
}

impl Draft {
    fn add(&mut self, entry: &str) -> Result<(), String> {
        let (field, text) = entry.split_once(':').ok_or("expected `field: text`")?;
        let text = text.trim();
        match field {
            "name" => once(&mut self.name, text.to_owned(), field),
            "about" => once(&mut self.about, text.to_owned(), field),
            "engines" => once(&mut self.engines, engines(text)?, field),
            "key" => once(&mut self.key, text.split(',').map(|c| c.trim().into()).collect(), field),
            "param" => {
                let parameter = parameter(text)?;
                let known = self.parameters.iter().any(|other| other.name == parameter.name);
                if known || parameter.name == "view" {
                    return Err(format!("parameter `{}` cannot be declared here", parameter.name));
                }
                self.parameters.push(parameter);
                Ok(())
            }
            "example" => {
                let (name, value) = text.split_once('=').ok_or("expected `name = value`")?;
                match self.examples.insert(name.trim().to_owned(), json(value)?) {
                    None => Ok(()),
                    Some(_) => Err(format!("a second example of `{}`", name.trim())),
                }
            }
            "column" => {
                let column = column(text)?;
                if self.columns.iter().any(|other| other.name == column.name) {
                    return Err(format!("a second column `{}`", column.name));
                }
                self.columns.push(column);
                Ok(())
            }
            other => Err(format!("unknown field `{other}`")),
        }
    }

    fn finish(mut self) -> Result<Header, String> {
        let missing = |field: &str| format!("the header has no `{field}:`");
        let header = Header {
            name: self.name.ok_or_else(|| missing("name"))?,
            about: self.about.filter(|about| !about.is_empty()).ok_or_else(|| missing("about"))?,
            engines: self.engines.unwrap_or(Engines::All),
            key: self.key.ok_or_else(|| missing("key"))?,
            columns: self.columns,
            parameters: self
                .parameters
                .into_iter()
                .map(|parameter| with_example(parameter, &mut self.examples))
                .collect::<Result<_, _>>()?,
        };
        if let Some(name) = self.examples.keys().next() {
            return Err(format!("an example of `{name}`, which is no parameter"));
        }
        if let Some(name) = header.key.iter().find(|name| {
            !header.columns.iter().any(|column| column.name == **name && !column.nullable)
        }) {
            return Err(format!("`{name}` of the key is not a column that always has a value"));
        }
        Ok(header)
    }
}

/// Sets the example of a parameter, which defaults to its default; the parameter must take both values.
fn with_example(
    mut parameter: Parameter,
    examples: &mut BTreeMap<String, serde_json::Value>,
) -> Result<Parameter, String> {
    parameter.example = examples
        .remove(&parameter.name)
        .or_else(|| parameter.default.clone())
        .ok_or_else(|| format!("parameter `{}` has no example", parameter.name))?;
    for value in parameter.default.iter().chain([&parameter.example]) {
        let optional = parameter.default == Some(serde_json::Value::Null) && value.is_null();
        if !optional {
            let cast: Result<Value, _> = self::cast(&parameter, value);
            cast.map_err(|reason| format!("parameter `{}`: {reason}", parameter.name))?;
        }
    }
    Ok(parameter)
}

fn once<T>(slot: &mut Option<T>, value: T, field: &str) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("a second `{field}:`")),
    }
}

fn engines(text: &str) -> Result<Engines, String> {
    match text {
        "all" => Ok(Engines::All),
        "neo4j" => Ok(Engines::Neo4j),
        _ => Err("engines are `all` or `neo4j`".into()),
    }
}

/// Reads `NAME TYPE [= DEFAULT] [(MIN..MAX)] -- ABOUT`.
fn parameter(text: &str) -> Result<Parameter, String> {
    let (declaration, about) = described(text)?;
    let (declaration, range) = match declaration.strip_suffix(')') {
        Some(open) => {
            let (declaration, range) = open.rsplit_once('(').ok_or("`)` without `(`")?;
            (declaration.trim(), Some(range))
        }
        None => (declaration, None),
    };
    let (declaration, default) = match declaration.split_once('=') {
        Some((declaration, default)) => (declaration.trim(), Some(json(default)?)),
        None => (declaration, None),
    };
    let (name, value_type) = declared(declaration)?;
    let (min, max) = range.map(bounds).transpose()?.unzip();
    let number = matches!(value_type, ValueType::Integer | ValueType::Float);
    if number != min.is_some() {
        return Err(format!("parameter `{name}`: numbers, and only they, need `(min..max)`"));
    }
    let example = serde_json::Value::Null;
    Ok(Parameter { name, value_type, default, min, max, about, example })
}

/// Reads `NAME TYPE[?] -- ABOUT`.
fn column(text: &str) -> Result<Column, String> {
    let (declaration, about) = described(text)?;
    let plain = declaration.strip_suffix('?');
    let (name, value_type) = declared(plain.unwrap_or(declaration))?;
    Ok(Column { name, value_type, nullable: plain.is_some(), about })
}

fn described(text: &str) -> Result<(&str, String), String> {
    let (declaration, about) =
        text.split_once(" -- ").ok_or("expected ` -- ` and a description")?;
    match about.trim() {
        "" => Err("the description is empty".into()),
        about => Ok((declaration.trim(), about.to_owned())),
    }
}

fn declared(declaration: &str) -> Result<(String, ValueType), String> {
    let (name, type_name) = declaration.split_once(' ').ok_or("expected a name and a type")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return Err("a name has lower-case letters, digits and `_` only".into());
    }
    let type_name = type_name.trim();
    let value_type = ValueType::ALL.into_iter().find(|known| known.as_str() == type_name);
    Ok((name.to_owned(), value_type.ok_or_else(|| format!("unknown type `{type_name}`"))?))
}

fn bounds(range: &str) -> Result<(i64, i64), String> {
    let (min, max) = range.split_once("..").ok_or("a range is `(min..max)`")?;
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| "a range has whole numbers");
    let (min, max) = (number(min)?, number(max)?);
    if min > max { Err("the range is empty".into()) } else { Ok((min, max)) }
}

fn json(text: &str) -> Result<serde_json::Value, String> {
    serde_json::from_str(text.trim()).map_err(|_| "a value is written as JSON".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "// name: shared-phones\n// about: Phones that\n//   several people use.\n\
        // param: min integer = 3 (2..10) -- Least people.\n// param: who entity_id -- Who.\n\
        // example: who = \"ent_00000000000000000000000000000000\"\n\
        // column: phone entity_id -- The phone.\n// column: city string? -- City.\n\
        // key: phone\nMATCH";

    #[test]
    fn a_header_says_name_purpose_parameters_and_columns() {
        let header = parse(GOOD).unwrap();
        assert_eq!(header.about, "Phones that several people use.");
        assert_eq!(header.engines, Engines::All);
        assert_eq!((header.parameters[0].min, header.parameters[0].max), (Some(2), Some(10)));
        assert_eq!(header.parameters[0].example, 3);
        assert!(header.parameters[1].default.is_none());
        assert!(header.columns[1].nullable && !header.columns[0].nullable);
    }

    #[test]
    fn errors_name_the_line_and_the_reason() {
        for (from, to, line, reason) in [
            ("= 3 (2", "= 1 (2", 9, "parameter `min`: is less than 2"),
            ("integer", "number", 4, "unknown type `number`"),
            ("(2..10)", "(10..2)", 4, "the range is empty"),
            ("(2..10) ", "", 4, "parameter `min`: numbers, and only they, need `(min..max)`"),
            (
                "// key: phone",
                "// key: city",
                9,
                "`city` of the key is not a column that always has a value",
            ),
            ("// key: phone\n", "", 8, "the header has no `key:`"),
            ("// column: city", "// column: phone", 8, "a second column `phone`"),
            ("param: who", "param: view", 5, "parameter `view` cannot be declared here"),
            ("-- Least people.", "", 4, "expected ` -- ` and a description"),
            ("about:", "abuot:", 2, "unknown field `abuot`"),
            ("example: who", "example: whom", 9, "parameter `who` has no example"),
            (
                "who = \"ent_",
                "who = \"",
                9,
                "parameter `who`: is not an entity id (`ent_` and 32 hexadecimal digits)",
            ),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let error = parse(&GOOD.replace(from, to)).unwrap_err();
            assert_eq!((error.line, error.reason.as_str()), (line, reason));
        }
    }
}
