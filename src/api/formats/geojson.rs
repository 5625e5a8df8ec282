//! GeoJSON (RFC 7946): places and ways between them.

use serde_json::{Map, Value, json};

use super::Place;
use crate::api::grounds::RestsOn;

/// A thing on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Where it is.
    pub geometry: Geometry,
    /// Its properties.
    pub properties: Map<String, Value>,
}

/// Where a thing is. Positions are WGS 84 latitude and longitude in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Geometry {
    /// At a place.
    Point((f64, f64)),
    /// From one place to another, as a straight line: no road between them is invented.
    Line((f64, f64), (f64, f64)),
}

impl Feature {
    /// A thing with the members of an object as its properties.
    pub fn new(geometry: Geometry, properties: Value) -> Self {
        let properties = match properties {
            Value::Object(members) => members,
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        Self { geometry, properties }
    }
}

/// Things on a map as a feature collection, with what the answer says of itself as foreign members.
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
