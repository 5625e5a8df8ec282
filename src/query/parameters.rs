//! Checks the parameters that a caller gives against a stored query's header.

use std::collections::BTreeMap;

use super::{Parameter, QueryError, StoredQuery, Value, ValueType};
use crate::model::{EntityId, Timestamp};

/// The longest text that a parameter takes, in characters: longer than any name or id.
const TEXT_CHARS_MAX: usize = 500;
/// The most items that a list parameter takes.
const LIST_ITEMS_MAX: usize = 200;

/// The values to run `query` with: those given, checked, and the defaults of the others.
///
/// # Errors
/// [`QueryError::Parameter`] naming the parameter that is unknown, missing, of another type, or
/// out of its range.
pub fn bind(
    query: &StoredQuery,
    given: &serde_json::Map<String, serde_json::Value>,
) -> Result<BTreeMap<String, Value>, QueryError> {
    let known = |name: &String| query.parameters().iter().any(|known| known.name == *name);
    if let Some(name) = given.keys().find(|name| !known(name)) {
        return Err(wrong(name, "is not a parameter of this query"));
    }
    let mut bound = BTreeMap::new();
    for parameter in query.parameters() {
        let value = match (given.get(&parameter.name), &parameter.default) {
            (None, None) => return Err(wrong(&parameter.name, "is required")),
            (None, Some(serde_json::Value::Null)) => Value::Null,
            (Some(serde_json::Value::Null), Some(serde_json::Value::Null)) => Value::Null,
            (Some(value), _) | (None, Some(value)) => {
                cast(parameter, value).map_err(|reason| wrong(&parameter.name, &reason))?
            }
        };
        bound.insert(parameter.name.clone(), value);
    }
    Ok(bound)
}

fn wrong(name: &str, reason: &str) -> QueryError {
    let name = name.chars().take(64).collect();
    QueryError::Parameter { name, reason: reason.to_owned() }
}

/// The value as the parameter's type, or what is wrong with it. Never echoes the value.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Library;
    use serde_json::json;

    fn bound(given: serde_json::Value) -> Result<BTreeMap<String, Value>, QueryError> {
        let library = Library::shipped().unwrap();
        bind(library.get("ego-network").unwrap(), given.as_object().unwrap())
    }

    #[test]
    fn defaults_fill_what_the_caller_leaves_out() {
        let entity = format!("ent_{}", "0".repeat(32));
        let values = bound(json!({ "entity": entity })).unwrap();
        assert_eq!(values["entity"], Value::from(entity));
        assert!(matches!(values["max_rows"], Value::Integer(_)));
    }

    #[test]
    fn an_error_names_the_parameter_and_not_its_value() {
        let entity = format!("ent_{}", "0".repeat(32));
        for (given, name, reason) in [
            (json!({}), "entity", "is required"),
            (json!({ "entity": 7 }), "entity", "is not a text"),
            (
                json!({ "entity": "Jane Roe" }),
                "entity",
                "is not an entity id (`ent_` and 32 hexadecimal digits)",
            ),
            (json!({ "entity": entity, "max_rows": 0 }), "max_rows", "is less than 1"),
            (json!({ "entity": entity, "max_rows": 1e9 }), "max_rows", "is not a whole number"),
            (json!({ "entity": entity, "max_rows": "7" }), "max_rows", "is not a whole number"),
            (json!({ "entity": entity, "max_rows": null }), "max_rows", "is not a whole number"),
            (json!({ "entity": entity, "view": "x" }), "view", "is not a parameter of this query"),
        ] {
            let expected = QueryError::Parameter { name: name.into(), reason: reason.into() };
            assert_eq!(bound(given).unwrap_err(), expected);
        }
    }
}
