//! GeoJSON (RFC 7946): places and straight lines between them.

use serde_json::{Map, Value, json};

use super::Place;
use crate::api::grounds::RestsOn;

/// A feature: a thing on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The geometry of the feature.
    pub geometry: Geometry,
    /// Its properties.
    pub properties: Map<String, Value>,
}

/// A geometry. Positions are WGS 84 latitude and longitude in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Geometry {
    /// A point.
    Point((f64, f64)),
    /// A straight line from one point to another: no road between them is invented.
    Line((f64, f64), (f64, f64)),
}

impl Feature {
    /// Creates a feature with the members of a JSON object as its properties; any other value becomes the property
    /// `value`.
    pub fn new(geometry: Geometry, properties: Value) -> Self {
        let properties = match properties {
            Value::Object(members) => members,
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        Self { geometry, properties }
    }
}

/// Returns features as a feature collection, with the answer's snapshot, next cursor, total and grounds as foreign
/// members.
pub fn written(features: &[Feature], place: &Place, rests_on: Option<&RestsOn>) -> String {
    // Longitude goes first (RFC 7946, 3.1.1).
    let position = |(latitude, longitude): (f64, f64)| json!([longitude, latitude]);
    let feature = |it: &Feature| {
        let geometry = match it.geometry {
            Geometry::Point(at) => json!({ "type": "Point", "coordinates": position(at) }),
            Geometry::Line(from, to) => {
                json!({ "type": "LineString", "coordinates": [position(from), position(to)] })
            }
        };
        json!({ "type": "Feature", "geometry": geometry, "properties": it.properties })
    };
    let features: Vec<Value> = features.iter().map(feature).collect();
    let mut collection = json!({ "type": "FeatureCollection", "features": features });
    let mut say = |name: &str, value: Option<Value>| {
        value.into_iter().for_each(|value| collection[name] = value);
    };
    say("snapshot", place.snapshot.clone().map(Value::from));
    say("next", place.next.clone().map(Value::from));
    say("total", place.total.map(Value::from));
    say("rests_on", rests_on.map(|it| json!(it)));
    collection.to_string()
}
