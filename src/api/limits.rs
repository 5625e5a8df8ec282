//! How much one request may ask for: all limits of the API in one place.

use std::time::Duration;

/// Bytes of the body of a request, other than an import.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of the body of an import; larger files go through `accord import`.
pub const IMPORT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of the body of a log-on, which whoever reaches the server may send.
pub const LOG_ON_BYTES_MAX: usize = 16 * 1024;
/// Bytes of the body of a request that count as few: what goes beyond is taken from a budget of its own.
pub const SMALL_BODY_BYTES: usize = 1024 * 1024;
/// Bytes of the bodies of all log-ons under way.
pub const LOG_ON_BODIES_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of the first parts of all other bodies under way.
pub const SMALL_BODIES_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of what goes beyond in all bodies under way: two of the largest.
pub const LARGE_BODIES_BYTES: usize = 128 * 1024 * 1024;
/// Bytes a second that a client sends at least, on average.
pub const BODY_BYTES_A_SECOND: u64 = 1024;
/// Time after which that is asked of it.
pub const BODY_GRACE: Duration = Duration::from_secs(10);
/// Failures of one address to show who one is that are written down one by one, a minute; further ones are counted.
pub const FAILURES_A_MINUTE: u32 = 10;
/// Time between two entries that say how many were counted.
pub const FAILURES_EVERY: Duration = Duration::from_secs(60);
/// Time a client has to send the body of its request.
pub const BODY_TIME: Duration = Duration::from_secs(60);
/// Rows of a batch.
pub const BATCH_ROWS_MAX: usize = 1_000;
/// Candidates of "who is this?".
pub const CANDIDATES_MAX: u64 = 50;
/// Characters of a search.
pub const SEARCH_CHARS_MAX: usize = 200;
/// Work of an exact betweenness, in nodes times edges: some 30 seconds of two cores. A larger network
/// is refused rather than answered with a sample that does not say so.
pub const BETWEENNESS_WORK_MAX: u64 = 2_000_000_000;
/// Records of an entity that one answer holds; an entity of more says so.
pub const ENTITY_RECORDS_MAX: usize = 500;
/// Participants of an event that one answer holds; it says how many there are.
pub const EVENT_PARTICIPANTS_MAX: usize = 500;
/// Ties and events that an answer names for each relationship and each finding, beside their number.
pub const EVIDENCE_MAX: usize = 20;
/// Parts of the things in question that an answer names for each of those events.
pub const EVIDENCE_ROLES_MAX: usize = 20;
/// Time a client has to send the head of its request.
pub const REQUEST_TIME: Duration = Duration::from_secs(15);
/// Time an answer under way has when the server stops.
pub const SHUTDOWN_SECONDS: u64 = 10;
/// Jobs that run at a time.
pub const JOB_THREADS: usize = 2;
/// Passwords hashed at a time: each takes 19 MiB and some 20 ms.
pub const HASHINGS_MAX: usize = 2;
/// Time that a log-on waits for its turn to be hashed.
pub const HASHING_WAIT: Duration = Duration::from_secs(10);
/// Time between two purges of what is kept no longer.
pub const PURGE_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// Time a client has for the TLS handshake.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// Bytes that the body of a request may have, by the route of its operation.
pub fn body_bytes_max(route: &str) -> usize {
    match route {
        "/v1/imports" => IMPORT_BYTES_MAX,
        "/v1/sessions" => LOG_ON_BYTES_MAX,
        _ => BODY_BYTES_MAX,
    }
}
