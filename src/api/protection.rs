//! Headers that restrict in browsers what an answer may load, run and be framed by.

use actix_web::http::header::{self, HeaderMap, HeaderValue};

/// The content security policy of answers that are data: nothing is loaded, run or framed.
const OF_DATA: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// The content security policy of the page, which loads its own parts and calls this server. Its library sets inline
/// styles.
const OF_PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// The content security policy of a picture, which a browser may also open by itself.
pub const OF_PICTURE: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// The pattern of the page and its parts.
pub const PAGE: &str = "/docs/{_:.*}";

/// Sets the headers of the answer of a route. An answer that is not `kept` forbids caches to store it.
pub fn protect(headers: &mut HeaderMap, route: &str, kept: bool) {
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    if !kept {
        set(header::CACHE_CONTROL, "no-store");
    }
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_FRAME_OPTIONS, "DENY");
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = if route == PAGE { OF_PAGE } else { OF_DATA };
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
}
