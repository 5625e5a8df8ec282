//! A parameter of a stored query: its type, and the values that it takes.

use std::fmt;

use serde::Serialize;

use super::Value;
use crate::model::{EntityId, Timestamp};

/// The type of a parameter or a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A text.
    String,
    /// A 64-bit integer.
    Integer,
    /// A 64-bit float.
    Float,
    /// True or false.
    Boolean,
    /// A point in time: RFC 3339 text outside, microseconds since 1970 inside the query.
    Timestamp,
    /// The id of an entity of the view.
    EntityId,
    /// A list of texts.
    Strings,
    /// A list of entity ids.
    EntityIds,
}

impl ValueType {
    pub(super) const ALL: [Self; 8] = [
        Self::String,
        Self::Integer,
        Self::Float,
        Self::Boolean,
        Self::Timestamp,
        Self::EntityId,
        Self::Strings,
        Self::EntityIds,
    ];

    /// The name used in headers and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Timestamp => "timestamp",
            Self::EntityId => "entity_id",
            Self::Strings => "list of string",
            Self::EntityIds => "list of entity_id",
        }
    }
}

impl Serialize for ValueType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A parameter of a stored query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// The name of the parameter, without `$`.
    pub name: String,
    /// The type of its values.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// The value if the caller gives none; a parameter without a default is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// The least allowed number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The greatest allowed number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The meaning of the parameter, with its unit.
    pub about: String,
    /// A value to try.
    pub example: serde_json::Value,
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The longest text that a parameter takes, in characters: longer than any name or id.
const TEXT_CHARS_MAX: usize = 500;

/// The most items that a list parameter takes.
const LIST_ITEMS_MAX: usize = 200;

/// Converts a value to the parameter's type, or returns the fault as text, which never repeats the value.
pub(super) fn cast(parameter: &Parameter, value: &serde_json::Value) -> Result<Value, String> {
    match parameter.value_type {
        ValueType::Integer => {
            let number = value.as_i64().ok_or("is not a whole number")?;
            within(parameter, number as f64)?;
            Ok(Value::Integer(number))
        }
        ValueType::Float => {
            let number = value.as_f64().ok_or("is not a number")?;
            within(parameter, number)?;
            Ok(Value::Float(number))
        }
        ValueType::Boolean => {
            value.as_bool().map(Value::Bool).ok_or_else(|| "is not true or false".into())
        }
        ValueType::String => text(value).map(Value::from),
        ValueType::Timestamp => {
            let at: Timestamp = text(value)?
                .parse()
                .map_err(|_| "is not a time with offset, as in 2026-03-01T14:05:00Z".to_owned())?;
            Ok(Value::Integer(at.as_micros()))
        }
        ValueType::EntityId => entity_id(value),
        ValueType::Strings => list(value, |item| text(item).map(Value::from)),
        ValueType::EntityIds => list(value, entity_id),
    }
}

fn within(parameter: &Parameter, number: f64) -> Result<(), String> {
    match (parameter.min, parameter.max) {
        (Some(min), _) if number < min as f64 => Err(format!("is less than {min}")),
        (_, Some(max)) if number > max as f64 => Err(format!("is greater than {max}")),
        _ => Ok(()),
    }
}

fn text(value: &serde_json::Value) -> Result<&str, String> {
    let text = value.as_str().ok_or("is not a text")?;
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(format!("is longer than {TEXT_CHARS_MAX} characters"));
    }
    Ok(text)
}

fn entity_id(value: &serde_json::Value) -> Result<Value, String> {
    let id: EntityId = text(value)?
        .parse()
        .map_err(|_| "is not an entity id (`ent_` and 32 hexadecimal digits)".to_owned())?;
    Ok(Value::String(id.to_string()))
}

fn list(
    value: &serde_json::Value,
    item: impl Fn(&serde_json::Value) -> Result<Value, String>,
) -> Result<Value, String> {
    let items = value.as_array().ok_or("is not a list")?;
    if items.len() > LIST_ITEMS_MAX {
        return Err(format!("has more than {LIST_ITEMS_MAX} items"));
    }
    items.iter().map(item).collect::<Result<_, _>>().map(Value::List)
}
