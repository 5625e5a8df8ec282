//! Receiving the body of a request: within the limits of its operation, in time, and within the memory for all bodies
//! under way.

use std::future::Future;
use std::io::Read;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::body::object;
use super::budget::{Budget, STEP};
use super::connections::Receiving;
use super::limits::{
    BODY_BYTES_A_SECOND, BODY_GRACE, BODY_TIME, LOG_ON_BYTES_MAX, SMALL_BODY_BYTES, body_bytes_max,
};
use super::problem::{Code, Problem};
use super::state::State;

/// The seconds after which a client that was turned away may try again.
const RETRY_SECONDS: u16 = 5;

/// One body's share of the budget, given back when it is dropped.
struct Share {
    first: Arc<Semaphore>,
    beyond: Arc<Semaphore>,
    held: Vec<OwnedSemaphorePermit>,
    steps: [usize; 2],
}

impl Share {
    fn of(budget: &Budget, bytes_max: usize) -> Self {
        let is_log_on = bytes_max == LOG_ON_BYTES_MAX;
        let first = if is_log_on { &budget.log_ons } else { &budget.small };
        let (first, beyond) = (Arc::clone(first), Arc::clone(&budget.large));
        Self { first, beyond, held: Vec::new(), steps: [0; 2] }
    }

    /// Enlarges the share to the permits that a body of `bytes` bytes needs.
    fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        let small = bytes.min(SMALL_BODY_BYTES);
        let needed = [small.div_ceil(STEP), (bytes - small).div_ceil(STEP)];
        let pools = [Arc::clone(&self.first), Arc::clone(&self.beyond)];
        for ((pool, needed), steps) in pools.into_iter().zip(needed).zip(&mut self.steps) {
            let Some(more) = needed.checked_sub(*steps).filter(|more| *more > 0) else { continue };
            let busy = || Problem::new(Code::Busy).retry_after(RETRY_SECONDS);
            let permit = u32::try_from(more).map_err(|_| busy())?;
            self.held.push(pool.try_acquire_many_owned(permit).map_err(|_| busy())?);
            *steps = needed;
        }
        Ok(())
    }
}

/// The body of a request, read within the limits of its operation.
pub struct Body {
    bytes: Vec<u8>,
    is_json: bool,
    share: Share,
}

/// A body whose content type is JSON.
pub struct Json {
    bytes: Vec<u8>,
    _share: Share,
}

impl Body {
    /// Returns the body if its content type is JSON.
    ///
    /// # Errors
    /// When the content type is another one.
    pub fn json(self) -> Result<Json, Problem> {
        let Self { bytes, is_json, share } = self;
        if !is_json {
            return Err(Problem::new(Code::UnsupportedMediaType));
        }
        Ok(Json { bytes, _share: share })
    }
}

impl Json {
    /// Parses the body as a JSON object. This may take long and must not run on the async executor's threads.
    ///
    /// # Errors
    /// When the body is not JSON, or not a `T`.
    pub fn object<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        object(&self.bytes)
    }
}

/// Returns the pattern of the route that matches the path: an operation has one pattern, however its path is spelt.
pub(super) fn route_of(request: &HttpRequest) -> Option<String> {
    request.resource_map().match_pattern(request.match_info().as_str())
}

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    /// Reads the body, bounded by the size that the operation takes and the time that any request may take.
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes_max = body_bytes_max(route_of(request).as_deref().unwrap_or_default());
        let state = request.app_data::<web::Data<State>>().cloned();
        let is_json = is_json(request.headers());
        let encoding = Encoding::of(request.headers());
        let announced = request.headers().get(header::CONTENT_LENGTH);
        let announced = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let payload = payload.take();
        let receiving = Receiving::of(request);
        Box::pin(async move {
            let state = state.ok_or_else(|| Problem::new(Code::Internal))?;
            let encoding = encoding?;
            let mut share = Share::of(&state.bodies, bytes_max);
            if let Some(announced) = announced {
                if announced > bytes_max {
                    return Err(too_large(bytes_max));
                }
                // The share of a large body is taken before the body is read.
                if announced > SMALL_BODY_BYTES {
                    share.grow(announced)?;
                }
            }
            let bytes = receive(payload, announced, bytes_max, &mut share).await?;
            drop(receiving);
            let Some(encoding) = encoding else { return Ok(Self { bytes, is_json, share }) };
            let turn = state.queues.inflation.turn().await?;
            let inflate = move || {
                let _turn = turn;
                let bytes = encoding.inflate(&bytes, bytes_max, &mut share)?;
                Ok(Self { bytes, is_json, share })
            };
            web::block(inflate).await.map_err(|_| Problem::new(Code::Internal))?
        })
    }
}

/// Reads the payload. A client that sends more slowly than the least rate, after a time of grace, is given up.
async fn receive(
    mut payload: Payload,
    announced: Option<usize>,
    bytes_max: usize,
    share: &mut Share,
) -> Result<Vec<u8>, Problem> {
    let began = Instant::now();
    let mut bytes = Vec::with_capacity(announced.filter(|it| *it > SMALL_BODY_BYTES).unwrap_or(0));
    loop {
        let earned = Duration::from_secs(bytes.len() as u64 / BODY_BYTES_A_SECOND);
        let deadline = began + earned.clamp(BODY_GRACE, BODY_TIME);
        let chunk = timeout_at(deadline, payload.next());
        let chunk = chunk.await.map_err(|_| Problem::new(Code::Timeout))?;
        let Some(chunk) = chunk else { return Ok(bytes) };
        let chunk = chunk.map_err(|_| Problem::new(Code::BadRequest))?;
        if bytes.len() + chunk.len() > bytes_max {
            return Err(too_large(bytes_max));
        }
        share.grow(bytes.len() + chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
}

/// The compression of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Gzip,
    Deflate,
}

impl Encoding {
    /// Returns the encoding that the headers name; `None` for an uncompressed body.
    fn of(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let mut named = headers.get_all(header::CONTENT_ENCODING);
        let Some(name) = named.next() else { return Ok(None) };
        let unknown = || {
            let detail = "the content-encoding is gzip, deflate or none";
            Problem::new(Code::UnsupportedMediaType).detail(detail)
        };
        if named.next().is_some() {
            return Err(unknown());
        }
        match name.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "identity" => Ok(None),
            "gzip" | "x-gzip" => Ok(Some(Self::Gzip)),
            "deflate" => Ok(Some(Self::Deflate)),
            _ => Err(unknown()),
        }
    }

    /// Decompresses a body; its size is checked while it is inflated.
    fn inflate(
        self,
        compressed: &[u8],
        bytes_max: usize,
        share: &mut Share,
    ) -> Result<Vec<u8>, Problem> {
        let mut reader: Box<dyn Read + '_> = match self {
            Self::Gzip => Box::new(flate2::read::GzDecoder::new(compressed)),
            Self::Deflate => Box::new(flate2::read::ZlibDecoder::new(compressed)),
        };
        let mut bytes = Vec::new();
        let mut piece = vec![0; STEP];
        loop {
            let read = reader.read(&mut piece).map_err(|_| {
                Problem::new(Code::BadRequest).detail("the body is not compressed as it says")
            })?;
            if read == 0 {
                return Ok(bytes);
            }
            if bytes.len() + read > bytes_max {
                return Err(too_large(bytes_max));
            }
            share.grow(compressed.len() + bytes.len() + read)?;
            bytes.extend_from_slice(&piece[..read]);
        }
    }
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(Code::TooLarge).detail(format!("more than {bytes_max} bytes"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_given_back_and_no_pool_takes_from_another() {
        let budget = Budget::default();
        let mut imports = Vec::new();
        let refused = loop {
            let mut share = Share::of(&budget, super::super::limits::IMPORT_BYTES_MAX);
            match share.grow(super::super::limits::IMPORT_BYTES_MAX) {
                Ok(()) => imports.push(share),
                Err(problem) => break problem,
            }
        };
        assert_eq!((refused.code(), imports.len()), (Code::Busy, 2));
        Share::of(&budget, super::super::limits::BODY_BYTES_MAX).grow(SMALL_BODY_BYTES).unwrap();
        Share::of(&budget, LOG_ON_BYTES_MAX).grow(LOG_ON_BYTES_MAX).unwrap();
        imports.pop();
        let mut next = Share::of(&budget, super::super::limits::IMPORT_BYTES_MAX);
        next.grow(super::super::limits::IMPORT_BYTES_MAX).unwrap();
    }

    #[test]
    fn what_is_inflated_is_counted_on_the_way() {
        let budget = Budget::default();
        let mut share = Share::of(&budget, LOG_ON_BYTES_MAX);
        let mut zipped = Vec::new();
        let zeros = vec![0; 1 << 20];
        let mut reader = flate2::read::GzEncoder::new(&zeros[..], flate2::Compression::best());
        reader.read_to_end(&mut zipped).unwrap();
        let refused = Encoding::Gzip.inflate(&zipped, LOG_ON_BYTES_MAX, &mut share).unwrap_err();
        assert_eq!(refused.code(), Code::TooLarge);
        let whole = Encoding::Gzip.inflate(&zipped, 1 << 20, &mut share).unwrap();
        assert_eq!(whole, zeros);
        let cut = &zipped[..zipped.len() / 2];
        assert_eq!(
            Encoding::Gzip.inflate(cut, 1 << 20, &mut share).unwrap_err().code(),
            Code::BadRequest
        );
    }
}
