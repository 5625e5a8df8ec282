//! The forms of an answer: JSON; CSV if it is a list; GraphML and GEXF if it is a graph; GeoJSON if it has places. All
//! forms are made from the same answer after it has been masked, paged and noted for the audit log, so that no form
//! shows more than another.

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

pub use geojson::{Feature, Geometry};
pub use graph::{Attributes, Edge, Graph, Node};
pub use negotiation::Wanted;
pub use table::{Cell, Table};

use super::description::Description;
use super::format::Format;
use super::grounds::RestsOn;
use super::says::Says;

/// The place of a page in its list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Number of items of the whole list; `None` if the answer is no list.
    pub total: Option<usize>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<String>,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: Option<String>,
}

impl Place {
    /// Returns the place of a list that is given whole, of `total` items.
    pub fn of_whole(total: usize, snapshot: &str) -> Self {
        Self { total: Some(total), next: None, snapshot: Some(snapshot.to_owned()) }
    }
}

/// The further forms of answers of a type, beside its own form.
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
    /// Creates the forms of a type without any further form.
    pub fn json() -> Self {
        Self { table: None, graph: None, features: None, place: |_| Place::default() }
    }

    /// Adds the form of a table. `place` gives the values that a table has no room for and that become headers.
    pub fn with_table(self, place: fn(&T) -> Place, table: fn(&T) -> Table) -> Self {
        Self { table: Some(table), place, ..self }
    }

    /// Adds the forms of a graph.
    pub fn with_graph(self, graph: fn(&T) -> Graph) -> Self {
        Self { graph: Some(graph), ..self }
    }

    /// Adds the form of places on a map.
    pub fn with_features(self, features: fn(&T) -> Vec<Feature>) -> Self {
        Self { features: Some(features), ..self }
    }
}

impl<T: Says> Forms<T> {
    /// Returns the formats, the type's own format first.
    pub fn formats(&self) -> Vec<Format> {
        let mut formats = vec![T::FORMAT];
        formats.extend(self.table.map(|_| Format::Csv));
        formats.extend(self.graph.iter().flat_map(|_| [Format::GraphMl, Format::Gexf]));
        formats.extend(self.features.map(|_| Format::GeoJson));
        formats
    }
}

/// An answer's body with its negotiated format and the type's forms.
pub struct Formed<T> {
    body: T,
    format: Format,
    forms: Forms<T>,
}

impl<T> Formed<T> {
    /// Creates a body with its negotiated format.
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

/// The header for the cursor of the next page, for forms without room for it.
pub const NEXT: HeaderName = HeaderName::from_static("x-next-cursor");
/// The header for the number of items of the whole list, for forms without room for it.
pub const TOTAL: HeaderName = HeaderName::from_static("x-total-count");
/// The header for the snapshot of the view, for forms without room for it.
pub const SNAPSHOT: HeaderName = HeaderName::from_static("x-snapshot");
/// The header for the grounds of the answer as JSON, for forms without room for them.
pub const RESTS_ON: HeaderName = HeaderName::from_static("x-rests-on");

/// Returns the values that JSON has beside the items as headers for the other forms, which are served as attachments.
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

/// Returns a value as JSON in ASCII, as headers require it: other characters are escaped.
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
