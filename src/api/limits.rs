//! All limits of the API in one place: the greatest sizes, times and numbers of requests and answers.

use std::time::Duration;

/// The most bytes of the body of a request, other than an import or a log-on.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most bytes of the body of an import; larger files go through `accord import`.
pub const IMPORT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most bytes of the body of a log-on, which anybody who reaches the server can send.
pub const LOG_ON_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a request's body that are taken from the budget of small bodies; the rest is taken from the budget of large
/// bodies.
pub const SMALL_BODY_BYTES: usize = 1024 * 1024;
/// The most bytes of the bodies of all log-ons under way together.
pub const LOG_ON_BODIES_BYTES: usize = 16 * 1024 * 1024;
/// The most bytes of the first parts ([`SMALL_BODY_BYTES`]) of all other bodies under way together.
pub const SMALL_BODIES_BYTES: usize = 64 * 1024 * 1024;
/// The most bytes of the further parts of all bodies under way together: two of the largest imports.
pub const LARGE_BODIES_BYTES: usize = 128 * 1024 * 1024;
/// The least bytes per second that a client must send on average.
pub const BODY_BYTES_A_SECOND: u64 = 1024;
/// The time after which a client must keep this rate.
pub const BODY_GRACE: Duration = Duration::from_secs(10);
/// Number of failed authentications of one address per minute that are logged one by one; further failures are counted.
pub const FAILURES_A_MINUTE: u32 = 10;
/// Time between two log entries with the number of counted failures.
pub const FAILURES_EVERY: Duration = Duration::from_secs(60);
/// Time a client has to send the body of its request.
pub const BODY_TIME: Duration = Duration::from_secs(60);
/// The most rows of a batch.
pub const BATCH_ROWS_MAX: usize = 1_000;
/// The most candidates of an identification.
pub const CANDIDATES_MAX: u64 = 50;
/// The most characters of a search.
pub const SEARCH_CHARS_MAX: usize = 200;
/// The most work of an exact betweenness, in nodes times edges: about 30 seconds of two cores. Larger networks are
/// refused, since an answer from a sample could be taken for an exact one.
pub const BETWEENNESS_WORK_MAX: u64 = 2_000_000_000;
/// The most records of an entity in one answer, which also gives the number of all.
pub const ENTITY_RECORDS_MAX: usize = 500;
/// The most participants of an event in one answer, which also gives the number of all.
pub const EVENT_PARTICIPANTS_MAX: usize = 500;
/// The most ties and events that an answer names for each relationship and each finding, beside their number.
pub const EVIDENCE_MAX: usize = 20;
/// The most roles that an answer names for each of these ties and events.
pub const EVIDENCE_ROLES_MAX: usize = 20;
/// Time a client has to send the head of its request.
pub const REQUEST_TIME: Duration = Duration::from_secs(15);
/// Time an answer under way has when the server stops.
pub const SHUTDOWN_SECONDS: u64 = 10;
/// The most jobs that run at a time.
pub const JOB_THREADS: usize = 2;
/// Time between two purges of expired data.
pub const PURGE_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// Time a client has for the TLS handshake.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// The limits of a queue of requests.
#[derive(Debug, Clone, Copy)]
pub struct QueueLimits {
    /// The most requests that are worked on at a time.
    pub at_once: usize,
    /// The most requests that wait for their turn; more are refused at once.
    pub waiting: usize,
    /// The longest time that a request waits for its turn.
    pub wait: Duration,
    /// The seconds after which a client that was refused may try again.
    pub retry_seconds: u16,
}

/// Questions about one thing take milliseconds, but wait for each other while a view is made: enough turns that those of
/// other views go on, and as many waiting as are served within the wait.
pub const LIGHT_QUEUE: QueueLimits =
    QueueLimits { at_once: 32, waiting: 256, wait: Duration::from_secs(10), retry_seconds: 2 };
/// A question of a whole network keeps a core or all of them busy, for up to half a minute: a few at a time, and no more
/// waiting than may be served while a person waits.
pub const HEAVY_QUEUE: QueueLimits =
    QueueLimits { at_once: 4, waiting: 16, wait: Duration::from_secs(30), retry_seconds: 10 };
/// A store commits one write at a time; the others prepare theirs meanwhile.
pub const WRITE_QUEUE: QueueLimits =
    QueueLimits { at_once: 8, waiting: 64, wait: Duration::from_secs(10), retry_seconds: 5 };
/// A hashed password takes 19 MiB and about 20 ms, and whoever reaches the server can ask for it.
pub const SIGNING_IN_QUEUE: QueueLimits =
    QueueLimits { at_once: 2, waiting: 64, wait: Duration::from_secs(10), retry_seconds: 5 };
/// Whoever asks if the server is ready gives up after a few seconds; one answer serves several.
pub const READINESS_QUEUE: QueueLimits =
    QueueLimits { at_once: 2, waiting: 16, wait: Duration::from_secs(2), retry_seconds: 5 };
/// A credential is a look-up in the store of less than a millisecond.
pub const CREDENTIALS_QUEUE: QueueLimits =
    QueueLimits { at_once: 16, waiting: 1024, wait: Duration::from_secs(10), retry_seconds: 2 };
/// Entries of the audit log are written one after the other. A request that has been worked on is not refused for the
/// number of others, so all connections may wait, within the time.
pub const LOG_QUEUE: QueueLimits = QueueLimits {
    at_once: 8,
    waiting: CONNECTIONS_MAX,
    wait: Duration::from_secs(20),
    retry_seconds: 5,
};
/// A compressed body is inflated at some 200 MB a second, within the memory for bodies.
pub const INFLATION_QUEUE: QueueLimits =
    QueueLimits { at_once: 4, waiting: 256, wait: Duration::from_secs(10), retry_seconds: 5 };
/// The most questions at a time whose owners are told after the answer.
pub const LATER_AT_ONCE: usize = 2;
/// The longest time that the check of the server's readiness takes before it counts as failed.
pub const READINESS_TIME: Duration = Duration::from_secs(5);
/// The threads for blocking work of one worker: more than all turns of all queues, so that whoever has a turn has a
/// thread.
pub const BLOCKING_THREADS: usize = 128;
/// The most connections of one worker beyond the open ones: those in their TLS handshake. More wait to be accepted.
pub const HANDSHAKES_MAX: usize = 512;
/// The most open connections. Each takes some 20 KB and two file descriptors.
pub const CONNECTIONS_MAX: usize = 2_000;
/// The time from an answer until the head of the next request has come, and the rest of a body that nobody reads. A
/// connection on which nothing comes is closed by the framework earlier.
pub const IDLE_TIME: Duration = Duration::from_secs(20);
/// The bytes of an answer that are handed to the connection at a time.
pub const ANSWER_PIECE_BYTES: usize = 32 * 1024;
/// The time in which a client must take such a piece: about the least rate at which it must send.
pub const TAKING_TIME: Duration = Duration::from_secs(30);

/// Returns the most bytes of a request's body by the route of its operation.
pub fn body_bytes_max(route: &str) -> usize {
    match route {
        "/v1/imports" => IMPORT_BYTES_MAX,
        "/v1/sessions" => LOG_ON_BYTES_MAX,
        _ => BODY_BYTES_MAX,
    }
}
