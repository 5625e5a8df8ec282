//! Conditional requests: an answer bears a tag of its bytes, and a request that shows this tag is answered 304. The
//! whole answer is made first, and logged as if it were shown, since a matching tag confirms all of it.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, VARY};

use super::formats::{NEXT, RESTS_ON, SNAPSHOT, TOTAL};

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
    // A form that has no room for them says in headers where its page stands and on what it rests.
    let beside = [&NEXT, &TOTAL, &SNAPSHOT, &RESTS_ON].map(|name| head.headers().get(name));
    let beside = beside.map(|value| value.map_or(&b""[..], HeaderValue::as_bytes));
    let mut parts: Vec<&[u8]> = whose.map(str::as_bytes).to_vec();
    parts.extend(beside);
    parts.push(&bytes);
    let tag = format!("\"{}\"", hex(&key.tag("answer", &parts)));
    // Weak: the same answer may leave compressed.
    let header = HeaderValue::from_str(&format!("W/{tag}")).ok();
    let mut response = match shown.has(&tag) {
        true => {
            // Caches must know by what the answer was chosen (RFC 9110, 15.4.5).
            let mut unchanged = HttpResponse::NotModified();
            head.headers().get_all(VARY).for_each(|value| {
                unchanged.append_header((VARY, value.clone()));
            });
            unchanged.finish()
        }
        false => head.set_body(BoxBody::new(bytes)),
    };
    header.map(|header| response.headers_mut().insert(ETAG, header));
    ServiceResponse::new(request, response).map_into_right_body()
}
