//! The methods of paths: answers to OPTIONS, the header `Allow`, and redirects of paths with a trailing slash. They
//! depend on the path's pattern only, so they do not tell if an id in the path names anything.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;

use super::answer::Answer;
use super::description::Description;
use super::format::Format;
use super::grounds::RestsOn;
use super::problem::{Code, Problem};
use super::public::PublicOperation;
use super::receive::route_of;
use super::says::Says;

/// The methods of each pattern of a path, as `Allow` lists them.
pub struct Methods(BTreeMap<String, String>);

impl Methods {
    /// Collects the methods of all operations of a document and of the public operations.
    pub fn of(document: &Value, public: &[PublicOperation]) -> Self {
        let mut methods: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            let taken = item.as_object().into_iter().flat_map(|item| item.keys());
            methods.entry(path).or_default().extend(taken.map(|name| name.to_ascii_uppercase()));
        }
        for public in public {
            methods.entry(public.path).or_default().insert(public.method.to_owned());
        }
        let allow = |mut taken: BTreeSet<String>| {
            if taken.contains("GET") {
                taken.insert("HEAD".to_owned());
            }
            taken.insert("OPTIONS".to_owned());
            taken.into_iter().collect::<Vec<_>>().join(", ")
        };
        Self(methods.into_iter().map(|(path, taken)| (path.to_owned(), allow(taken))).collect())
    }

    /// Returns the methods of a request's path as `Allow` lists them; `None` if there is no such path.
    fn of_path(&self, request: &HttpRequest) -> Option<&str> {
        self.0.get(&route_of(request)?).map(String::as_str)
    }
}

/// An answer without a body that consists of a status and one header: a redirect, or the list of methods.
struct Header(StatusCode, header::HeaderName, HeaderValue);

impl Says for Header {
    const FORMAT: Format = Format::Json;

    fn describe(_: &mut Description<'_>) {}

    fn response(self, _: StatusCode, _: Option<&RestsOn>) -> HttpResponse {
        let Self(status, name, value) = self;
        HttpResponse::build(status).insert_header((name, value)).finish()
    }
}

/// Answers requests that no operation answers: OPTIONS, a method that the path does not have, a path with a trailing
/// slash, or an unknown path.
pub async fn nowhere(
    request: HttpRequest,
    methods: web::Data<Methods>,
) -> Result<HttpResponse, Problem> {
    if let Some(taken) = methods.of_path(&request) {
        if request.method() != Method::OPTIONS {
            return Err(Problem::new(Code::MethodNotAllowed).allowing(taken));
        }
        let taken = HeaderValue::from_str(taken).map_err(|_| Problem::new(Code::Internal))?;
        let listed = Header(StatusCode::NO_CONTENT, header::ALLOW, taken);
        return Ok(Answer::of_no_object(listed).response());
    }
    let place = without_slash(&request).ok_or_else(|| Problem::new(Code::NotFound))?;
    let there = Header(StatusCode::PERMANENT_REDIRECT, header::LOCATION, place);
    Ok(Answer::of_no_object(there).response())
}

/// Redirects to the page about the API.
pub async fn page() -> web::Redirect {
    web::Redirect::to("/docs/")
}

/// Returns the path without its trailing slashes, with the query, if that is the path of an operation; never the
/// address of another server.
fn without_slash(request: &HttpRequest) -> Option<HeaderValue> {
    let read = request.match_info().as_str().strip_suffix('/')?.trim_end_matches('/');
    request.resource_map().match_pattern(read)?;
    let path = request.uri().path().trim_end_matches('/');
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{path}{query}")).ok()
}
