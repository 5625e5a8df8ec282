//! Other spellings of a request: the answer and the audit entry must not depend on the spelling.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use rand::seq::{IteratorRandom, SliceRandom};
use rand::{Rng, RngExt};

use super::drivers::Request;
use crate::api::{Answer, Client};

/// A spelling of a request.
#[derive(Debug, Clone, Default)]
pub struct Spelling {
    /// The path and the query, in other characters and another order.
    path: String,
    /// True if the names of headers are in capitals.
    capitals: bool,
    /// True if the body is compressed.
    gzip: bool,
}

/// Makes another spelling of a request.
pub fn respelled(request: &Request, rng: &mut impl Rng) -> Spelling {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            format!("{}={}", encoded(name, rng), encoded(value, rng))
        })
        .collect();
    pairs.shuffle(rng);
    // The last part may be an id, whose characters can be written otherwise, too.
    let path = match path.rsplit_once('/') {
        Some((before, last)) if last.contains('_') => format!("{before}/{}", encoded(last, rng)),
        _ => path.to_owned(),
    };
    let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
    Spelling {
        path: format!("{path}{query}"),
        capitals: rng.random(),
        gzip: request.body.is_some() && rng.random(),
    }
}

/// Returns the request with one of its parameters twice. It must be refused, since two readers might take different
/// values.
pub fn repeating(request: Request, rng: &mut impl Rng) -> Request {
    let Some((_, query)) = request.path.split_once('?') else { return request };
    let again = query.split('&').choose(rng).unwrap();
    Request { path: format!("{}&{again}", request.path), ..request }
}

/// Tells if a request has a parameter twice.
pub fn is_repeating(request: &Request) -> bool {
    let Some((_, query)) = request.path.split_once('?') else { return false };
    let mut names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() < count
}

/// Percent-encodes some characters of a text, with hexadecimal digits in either case.
fn encoded(text: &str, rng: &mut impl Rng) -> String {
    let mut encoded = String::new();
    // A text that is already encoded stays as it is.
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let whole = text.chars().all(plain);
    for character in text.chars() {
        match (whole && rng.random_bool(0.3), rng.random::<bool>()) {
            (false, _) => encoded.push(character),
            (true, false) => encoded += &format!("%{:02x}", character as u32),
            (true, true) => encoded += &format!("%{:02X}", character as u32),
        }
    }
    encoded
}

/// Sends a request in a spelling.
pub fn send(client: &Client, request: &Request, spelling: &Spelling) -> Answer {
    let body = request.body.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default();
    let mut headers = client.headers();
    if request.body.is_some() {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let body = if spelling.gzip { zipped(&body) } else { body };
    if spelling.gzip {
        headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
    }
    if spelling.capitals {
        headers.iter_mut().for_each(|(name, _)| *name = name.to_uppercase());
    }
    client.send_as_it_is(request.method, &spelling.path, &headers, &body)
}

fn zipped(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_spelling_says_the_same() {
    let mut rng = super::dice(super::seed(), 40_000);
    let request = Request {
        method: "GET",
        path: "/v1/records/rec_0a?unmask=true&limit=3".into(),
        body: None,
    };
    assert!(!is_repeating(&request) && is_repeating(&repeating(request.clone(), &mut rng)));
    let (mut encoded, mut swapped) = (0, 0);
    for _ in 0..50 {
        let spelling = respelled(&request, &mut rng);
        encoded += usize::from(spelling.path.contains('%'));
        let plain: String = decoded(&spelling.path);
        swapped += usize::from(plain.ends_with("?limit=3&unmask=true"));
        assert!(plain.starts_with("/v1/records/rec_0a?"), "{plain}");
    }
    assert!(encoded > 40 && swapped > 10, "{encoded} {swapped}");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&zipped(b"body")[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, "body");
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let code = u8::from_str_radix(&part[..2], 16).unwrap();
        plain.push(char::from(code));
        plain += &part[2..];
    }
    plain
}
