//! The OpenAPI document as it is published: among the media types of an answer, JSON comes first, since generators of
//! clients take the first one that they can read. All other keys are in ascending order.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The media type that is written first.
const FIRST: &str = "application/json";

/// A document, or a part of it, as it is published.
pub struct Published<'d>(pub &'d Value);

impl Serialize for Published<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                let first = members.get_key_value(FIRST);
                let others = members.iter().filter(|(name, _)| *name != FIRST);
                for (name, member) in first.into_iter().chain(others) {
                    map.serialize_entry(name, &Published(member))?;
                }
                map.end()
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Published)),
            other => other.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_comes_first_and_nothing_is_lost() {
        let document = json!({ "b": [{ "text/csv": 1, "application/json": 2, "application/geo+json": 3 }], "a": null });
        let text = serde_json::to_string(&Published(&document)).unwrap();
        assert_eq!(
            text,
            r#"{"a":null,"b":[{"application/json":2,"application/geo+json":3,"text/csv":1}]}"#
        );
    }
}
