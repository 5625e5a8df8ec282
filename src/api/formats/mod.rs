//! The forms that an answer leaves in: JSON, and where it is a list CSV, where it is a graph GraphML and GEXF, and
//! where it has places GeoJSON. All are made from the same answer after it has been masked, paged and noted for the
//! audit log, so that no form shows more than another.

mod geojson;
mod gexf;
mod graph;
mod graphml;
mod negotiation;
mod table;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue, VARY};
use actix_web::http::{StatusCode, header};
use serde::Serialize;
use serde_json::Value;

pub use geojson::{Feature, Geometry};
pub use graph::{Attributes, Edge, Graph, Node};
pub use negotiation::Wanted;
pub use table::{Cell, Table};

use super::description::Description;
use super::format::Format;
use super::grounds::RestsOn;
use super::says::Says;

/// Where a page stands in its list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Items of the whole list.
    pub total: Option<usize>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// The state of the view that the answer was computed on.
    pub snapshot: Option<String>,
}

/// The forms that answers of a type have beside their own.
pub struct Forms<T> {
    table: Option<fn(&T) -> Table>,
    graph: Option<fn(&T) -> Graph>,
    features: Option<fn(&T) -> Vec<Feature>>,
    place: fn(&T) -> Place,
}

impl<T> Clone for Forms<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Forms<T> {}

impl<T> Forms<T> {
    /// None beside its own.
    pub fn json() -> Self {
        Self { table: None, graph: None, features: None, place: |_| Place::default() }
    }

    /// Also as a table. `place` tells what a table has no room for.
    pub fn with_table(self, place: fn(&T) -> Place, table: fn(&T) -> Table) -> Self {
        Self { table: Some(table), place, ..self }
    }

    /// Also as a graph.
    pub fn with_graph(self, graph: fn(&T) -> Graph) -> Self {
        Self { graph: Some(graph), ..self }
    }

    /// Also as places on a map.
    pub fn with_features(self, features: fn(&T) -> Vec<Feature>) -> Self {
        Self { features: Some(features), ..self }
    }
}

impl<T: Says> Forms<T> {
    /// The formats, the type's own first.
    pub fn formats(&self) -> Vec<Format> {
        let mut formats = vec![T::FORMAT];
        formats.extend(self.table.map(|_| Format::Csv));
        formats.extend(self.graph.iter().flat_map(|_| [Format::GraphMl, Format::Gexf]));
        formats.extend(self.features.map(|_| Format::GeoJson));
        formats
    }
}

/// An answer's body, and the form that it leaves in.
pub struct Formed<T> {
    body: T,
    format: Format,
    forms: Forms<T>,
}

impl<T> Formed<T> {
    /// A body in a form.
    pub fn new((body, format): (T, Format), forms: Forms<T>) -> Self {
        Self { body, format, forms }
    }
}

impl<T: Says> Says for Formed<T> {
    const FORMAT: Format = T::FORMAT;

    fn response(self, status: StatusCode, rests_on: Option<&RestsOn>) -> HttpResponse {
        let Self { body, format, forms } = self;
        let negotiated = forms.formats().len() > 1;
        let text = match format {
            Format::Csv => forms.table.map(|table| table(&body).csv()),
            Format::GraphMl => forms.graph.map(|graph| graphml::written(&graph(&body))),
            Format::Gexf => forms.graph.map(|graph| gexf::written(&graph(&body))),
            Format::GeoJson => forms.features.map(|features| {
                geojson::written(&features(&body), &(forms.place)(&body), rests_on)
            }),
            Format::Json | Format::Svg | Format::Metrics => None,
        };
        let mut response = match text {
            None => body.response(status, rests_on),
            Some(text) => {
                let mut response = HttpResponse::build(status);
                response.content_type(format.content_type());
                for (name, value) in headers((forms.place)(&body), rests_on) {
                    response.insert_header((name, value));
                }
                response.body(text)
            }
        };
        if negotiated {
            response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
        }
        response
    }

    fn describe(description: &mut Description<'_>) {
        T::describe(description);
    }
}

/// Cursor of the next page, where the form has no room for it.
pub const NEXT: HeaderName = HeaderName::from_static("x-next-cursor");
/// Items of the whole list, where the form has no room for it.
pub const TOTAL: HeaderName = HeaderName::from_static("x-total-count");
/// State of the view, where the form has no room for it.
pub const SNAPSHOT: HeaderName = HeaderName::from_static("x-snapshot");
/// On what the answer rests, as JSON, where the form has no room for it.
pub const RESTS_ON: HeaderName = HeaderName::from_static("x-rests-on");

/// What JSON says beside the items, as headers of the other forms.
fn headers(place: Place, rests_on: Option<&RestsOn>) -> Vec<(HeaderName, HeaderValue)> {
    let Place { total, next, snapshot } = place;
    let rests_on = rests_on.and_then(ascii_json);
    let said = [
        (NEXT, next),
        (TOTAL, total.map(|total| total.to_string())),
        (SNAPSHOT, snapshot),
        (RESTS_ON, rests_on),
    ];
    let values = said.into_iter().filter_map(|(name, value)| {
        let value = value?;
        Some((name, HeaderValue::from_str(&value).ok()?))
    });
    let disposition = (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    values.chain([disposition]).collect()
}

/// JSON of characters that a header takes: others are escaped.
fn ascii_json(value: &impl Serialize) -> Option<String> {
    let text = serde_json::to_string(value).ok()?;
    let mut ascii = String::with_capacity(text.len());
    let mut units = [0; 2];
    for letter in text.chars() {
        match letter.is_ascii() {
            true => ascii.push(letter),
            false => letter
                .encode_utf16(&mut units)
                .iter()
                .for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    Some(ascii)
}

/// The name that a value has in JSON, as the text of a cell or an attribute.
pub fn name_in_json(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        Ok(Value::Null) | Err(_) => String::new(),
        Ok(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_holds_what_json_holds() {
        let text = ascii_json(&"Žofia \u{1F6A2} \"x\"").unwrap();
        assert!(text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), "Žofia \u{1F6A2} \"x\"");
    }
}
