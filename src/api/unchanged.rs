//! Conditional requests: an answer bears a tag of its bytes, and a request that shows this tag is answered 304. The
//! whole answer is made first, and logged as if it were shown, since a matching tag confirms all of it.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};

use crate::model::{IdKey, hex};

/// The tags that a request shows (`If-None-Match`).
pub struct Shown(Vec<HeaderValue>);

impl Shown {
    /// Reads the tags from the headers.
    pub fn of(headers: &HeaderMap) -> Self {
        Self(headers.get_all(IF_NONE_MATCH).cloned().collect())
    }

    /// Tells if a tag is among them, compared weakly (RFC 9110, 13.1.2).
    fn has(&self, tag: &str) -> bool {
        let texts = self.0.iter().filter_map(|value| value.to_str().ok());
        let mut given = texts.flat_map(|text| text.split(',')).map(str::trim);
        given.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
    }
}

/// Adds its tag to an answer, or replaces it by 304 if the request shows the tag. `whose` is the agency, the user and
/// the case of the caller: equal bytes have another tag for other callers.
pub fn tagged<B: MessageBody + 'static>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    shown: &Shown,
    key: &IdKey,
    whose: [&str; 3],
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        // A body that is not in memory as a whole has no tag.
        Err(body) => return ServiceResponse::new(request, head.set_body(body)),
    };
    let parts = [whose[0].as_bytes(), whose[1].as_bytes(), whose[2].as_bytes(), &bytes];
    let tag = format!("\"{}\"", hex(&key.tag("answer", &parts)));
    // Weak: the same answer may leave compressed.
    let header = HeaderValue::from_str(&format!("W/{tag}")).ok();
    let mut response = match shown.has(&tag) {
        true => HttpResponse::NotModified().finish(),
        false => head.set_body(BoxBody::new(bytes)),
    };
    header.map(|header| response.headers_mut().insert(ETAG, header));
    ServiceResponse::new(request, response).map_into_right_body()
}
