//! Checks the parameters that a caller gives against a stored query's header.

use std::collections::BTreeMap;

use super::parameter::cast;
use super::{QueryError, StoredQuery, Value};

/// Binds the parameters of `query`: the given values, checked, and the defaults of the others.
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
