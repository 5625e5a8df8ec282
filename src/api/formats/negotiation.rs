//! Content negotiation: the form is named by `?format=` if given, else by `Accept` (RFC 9110, 12.5.1).

use actix_web::http::header::{ACCEPT, HeaderMap};

use crate::api::format::Format;
use crate::api::problem::{Code, Problem};

/// The media ranges that a request accepts, each with its weight from 0 to 1000.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(Vec<(String, u16)>);

impl Wanted {
    /// Returns the media ranges of the header `Accept`; any media type if the header is missing or cannot be read.
    pub fn of(headers: &HeaderMap) -> Self {
        let texts = headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok());
        let ranges: Vec<_> = texts.flat_map(|text| text.split(',')).filter_map(range).collect();
        if ranges.is_empty() { Self(vec![("*/*".to_owned(), 1000)]) } else { Self(ranges) }
    }

    /// Returns the format with the greatest weight among `formats`, the first of equal ones. `named` is the value of
    /// `?format=`, which decides alone if given.
    ///
    /// # Errors
    /// 406 when none of the formats is wanted, or the named format is not among them.
    pub fn among(&self, formats: &[Format], named: Option<&str>) -> Result<Format, Problem> {
        let found = match named {
            Some(name) => formats.iter().copied().find(|format| format.name() == name),
            None => {
                let weighed = formats.iter().map(|format| (self.weight(*format), *format));
                let mut best = None;
                for (weight, format) in weighed.filter(|(weight, _)| *weight > 0) {
                    if best.is_none_or(|(most, _)| weight > most) {
                        best = Some((weight, format));
                    }
                }
                best.map(|(_, format)| format)
            }
        };
        found.ok_or_else(|| {
            let names: Vec<&str> = formats.iter().map(|format| format.name()).collect();
            Problem::new(Code::NotAcceptable).detail(format!("it has {}", names.join(", ")))
        })
    }

    /// Returns the weight of a format: the weight of the most specific range that contains it, 0 if none does.
    fn weight(&self, format: Format) -> u16 {
        let media_type = format.media_type();
        let whole = media_type.split('/').next().unwrap_or_default();
        let ranges = [media_type.to_owned(), format!("{whole}/*"), "*/*".to_owned()];
        let of = |range: &String| self.0.iter().find(|(name, _)| name == range);
        ranges.iter().find_map(of).map_or(0, |(_, weight)| *weight)
    }
}

/// Parses a media range with its weight. Other parameters of the range are ignored.
fn range(text: &str) -> Option<(String, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| name.contains('/'))?.to_ascii_lowercase();
    let weight = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>().unwrap_or(0.0))
    });
    let weight = (weight.unwrap_or(1.0).clamp(0.0, 1.0) * 1000.0) as u16;
    Some((name, weight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn wanted(accept: &str) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
        Wanted::of(&headers)
    }

    #[test]
    fn the_most_wanted_form_is_taken_and_none_that_is_not() {
        let all = [Format::Json, Format::Csv, Format::GraphMl];
        let among = |accept: &str| wanted(accept).among(&all, None).map_err(|it| it.code());
        assert_eq!(among("*/*"), Ok(Format::Json));
        assert_eq!(among(""), Ok(Format::Json));
        assert_eq!(among("text/csv"), Ok(Format::Csv));
        assert_eq!(among("TEXT/CSV; header=present"), Ok(Format::Csv));
        assert_eq!(among("text/html, application/xhtml+xml, */*;q=0.8"), Ok(Format::Json));
        assert_eq!(among("application/json;q=0.1, text/*;q=0.5"), Ok(Format::Csv));
        assert_eq!(among("application/json;q=0, */*"), Ok(Format::Csv));
        assert_eq!(among("application/*"), Ok(Format::Json));
        assert_eq!(among("application/problem+json, application/json"), Ok(Format::Json));
        for none in ["text/html", "image/png", "application/json;q=0", "*/*;q=0"] {
            assert_eq!(among(none), Err(Code::NotAcceptable), "{none}");
        }
        let named = |name| wanted("text/html").among(&all, Some(name)).map_err(|it| it.code());
        assert_eq!(named("graphml"), Ok(Format::GraphMl));
        for none in ["GraphML", "gexf", "xml"] {
            assert_eq!(named(none), Err(Code::NotAcceptable), "{none}");
        }
        assert_eq!(Wanted::of(&HeaderMap::new()).among(&all, None).unwrap(), Format::Json);
    }
}
