//! The values that go into a stored query and come out of it: the part of Cypher's types that
//! both engines share and JSON can carry. Nodes, relationships, paths and temporal values are not
//! among them; stored queries return ids and properties instead.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// A value of a parameter, a property or a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A 64-bit integer; points in time are microseconds since 1970-01-01T00:00:00Z.
    Integer(i64),
    /// A 64-bit float.
    Float(f64),
    /// A text.
    String(String),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// A list of texts.
    pub fn strings(texts: impl IntoIterator<Item = String>) -> Self {
        Self::List(texts.into_iter().map(Self::String).collect())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::String(text.clone())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::String(value) => serializer.serialize_str(value),
            Self::List(values) => values.serialize(serializer),
            Self::Map(values) => values.serialize(serializer),
        }
    }
}
