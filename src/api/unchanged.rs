//! Conditional requests: an answer bears a tag of its bytes, and who shows that tag is told that nothing has changed.
//! The whole answer is made first, and logged as if it were shown, since the tag confirms all of it.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};

use crate::model::{IdKey, hex};

/// The tags that a request shows.
pub struct Shown(Vec<HeaderValue>);

impl Shown {
    /// Those of these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        Self(headers.get_all(IF_NONE_MATCH).cloned().collect())
    }

    /// Whether a tag is among them, compared weakly (RFC 9110, 13.1.2).
    fn has(&self, tag: &str) -> bool {
        let texts = self.0.iter().filter_map(|value| value.to_str().ok());
        let mut given = texts.flat_map(|text| text.split(',')).map(str::trim);
        given.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
    }
}

/// An answer with its tag, or that it has not changed. `whose` is who asks and about what: equal bytes have another
/// tag for others.
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
        // What is not in memory as a whole has no tag.
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
