//! Values on their way to and from Bolt.

use std::collections::{BTreeMap, HashMap};

use neo4rs::BoltType;

use crate::query::{QueryError, Value};

pub(super) fn properties(properties: &BTreeMap<&'static str, Value>) -> BoltType {
    let map: HashMap<String, BoltType> =
        properties.iter().map(|(name, value)| ((*name).to_owned(), bolt(value))).collect();
    map.into()
}

pub(super) fn bolt(value: &Value) -> BoltType {
    match value {
        Value::Null => None::<i64>.into(),
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(value) => value.as_str().into(),
        Value::List(values) => values.iter().map(bolt).collect::<Vec<_>>().into(),
        Value::Map(values) => values
            .iter()
            .map(|(name, value)| (name.clone(), bolt(value)))
            .collect::<HashMap<_, _>>()
            .into(),
    }
}

pub(super) fn plain(value: BoltType) -> Result<Value, QueryError> {
    match value {
        BoltType::Null(_) => Ok(Value::Null),
        BoltType::Boolean(value) => Ok(Value::Bool(value.value)),
        BoltType::Integer(value) => Ok(Value::Integer(value.value)),
        BoltType::Float(value) => Ok(Value::Float(value.value)),
        BoltType::String(value) => Ok(Value::String(value.value)),
        BoltType::List(values) => {
            values.value.into_iter().map(plain).collect::<Result<_, _>>().map(Value::List)
        }
        BoltType::Map(values) => values
            .value
            .into_iter()
            .map(|(name, value)| Ok((name.value, plain(value)?)))
            .collect::<Result<_, _>>()
            .map(Value::Map),
        BoltType::Node(_) => Err(QueryError::UnsupportedValue("node")),
        BoltType::Relation(_) | BoltType::UnboundedRelation(_) => {
            Err(QueryError::UnsupportedValue("relationship"))
        }
        BoltType::Path(_) => Err(QueryError::UnsupportedValue("path")),
        _ => Err(QueryError::UnsupportedValue("temporal or spatial value")),
    }
}
