//! The open connections: their number is bounded, and none stays open without end. The framework bounds the head of a
//! connection's first request only; here, each phase of a connection has a deadline: the first head, the next head or
//! the rest of a body that nobody reads, and an answer that the client does not take. The time of a body is bounded by
//! [`super::receive`], that of the work by [`super::queues`].

use std::any::Any;
use std::collections::BTreeMap;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream as AsyncStream;
use actix_web::web::Bytes;
use actix_web::{Error, HttpRequest, rt};

use super::limits::{ANSWER_PIECE_BYTES, HANDSHAKE_TIME, IDLE_TIME, REQUEST_TIME, TAKING_TIME};
use super::problem::{Code, MEDIA_TYPE, Problem};

/// The time between two looks at the deadlines.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The time that an answer has to arrive, where the connection is closed after it.
const LINGER_TIME: Duration = Duration::from_secs(1);

/// The open connections of a server.
#[derive(Debug)]
pub struct Connections {
    most: usize,
    open: Mutex<Vec<Weak<Connection>>>,
}

/// One open connection.
#[derive(Debug)]
pub struct Connection {
    /// Another handle of the connection's socket. An answer can be written to it as long as no other was begun;
    /// nothing can where the client speaks TLS.
    socket: TcpStream,
    is_plain: bool,
    phase: Mutex<Phase>,
}

#[derive(Debug)]
struct Phase {
    /// True until the head of the first request has come.
    is_new: bool,
    is_cut: bool,
    /// True if the client was told that its request took too long: nothing more is read from it.
    is_given_up: bool,
    /// The time from which no request is under way.
    idle_since: Instant,
    requests: BTreeMap<u64, Step>,
    next: u64,
}

/// The step of a request under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Its body is being received, since a time.
    Receives(Instant),
    /// It waits or is worked on.
    Works,
    /// Its answer is being sent; the client last took a part of it at a time.
    Sends(Instant),
}

impl Phase {
    /// Tells if the connection has been in its phase for too long.
    fn is_over(&self, is_plain: bool, now: Instant) -> bool {
        let since = |at: Instant| now.saturating_duration_since(at);
        if self.requests.is_empty() {
            let most = match (self.is_new, self.is_given_up) {
                (true, _) if is_plain => REQUEST_TIME,
                // With TLS the framework answers a late first head, which cannot be done from here.
                (true, _) => REQUEST_TIME + HANDSHAKE_TIME,
                (false, true) => LINGER_TIME,
                (false, false) => IDLE_TIME,
            };
            return since(self.idle_since) >= most;
        }
        let stuck = |step: &Step| matches!(step, Step::Sends(at) if since(*at) >= TAKING_TIME);
        self.requests.values().any(stuck)
    }

    /// Returns how readily the connection is given up for a new one, the least first: those without a request, then
    /// those whose bodies are being received, the longest first; `None` if it is not.
    fn rank(&self) -> Option<(bool, Instant)> {
        if self.is_cut {
            return None;
        }
        if self.requests.is_empty() {
            return Some((false, self.idle_since));
        }
        let receives = |step: &Step| match step {
            Step::Receives(at) => Some(*at),
            Step::Works | Step::Sends(_) => None,
        };
        let since: Option<Vec<Instant>> = self.requests.values().map(receives).collect();
        Some((true, since?.into_iter().min()?))
    }
}

impl Connection {
    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the connection, with a problem where an answer is possible.
    fn cut(&self, phase: &mut Phase, problem: &Problem) {
        phase.is_cut = true;
        if self.is_plain && phase.is_new && phase.requests.is_empty() {
            // The socket does not block. What it does not take at once is not sent.
            let _ = (&self.socket).write_all(&raw(problem));
        }
        // The framework finds the connection closed, and drops it.
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// Returns the answer with a problem as it is sent, after which the connection is closed.
fn raw(problem: &Problem) -> Vec<u8> {
    let body = serde_json::to_string(&problem.body(None)).unwrap_or_default();
    let (code, length) = (problem.code(), body.len());
    let retry = problem.retry_seconds().map(|seconds| format!("retry-after: {seconds}\r\n"));
    let retry = retry.unwrap_or_default();
    let phrase = if code == Code::Timeout { "Request Timeout" } else { "Service Unavailable" };
    format!(
        "HTTP/1.1 {} {phrase}\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {length}\r\n{retry}\
         connection: close\r\n\r\n{body}",
        code.status()
    )
    .into_bytes()
}

impl Connections {
    /// Creates the list of at most `most` open connections.
    pub fn new(most: usize) -> Self {
        Self { most, open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, Vec<Weak<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection that was accepted, and notes it for its requests. If there are too many, one that waits for a
    /// client is closed in its place, so that clients which send nothing keep nobody out.
    pub fn accept(&self, accepted: &dyn Any, data: &mut Extensions) {
        let plain = accepted.downcast_ref::<AsyncStream>();
        let tls = accepted.downcast_ref::<TlsStream<AsyncStream>>();
        let stream = plain.or_else(|| tls.map(|tls| tls.get_ref().0));
        // A connection of which no handle can be made is the framework's alone.
        let Some(socket) = stream.and_then(|stream| handle(stream).ok()) else { return };
        let phase = Phase {
            is_new: true,
            is_cut: false,
            is_given_up: false,
            idle_since: Instant::now(),
            requests: BTreeMap::new(),
            next: 0,
        };
        let phase = Mutex::new(phase);
        let connection = Arc::new(Connection { socket, is_plain: plain.is_some(), phase });
        self.make_room(&connection);
        self.open().push(Arc::downgrade(&connection));
        data.insert(connection);
    }

    /// Closes a connection if there are too many: the one that has waited longest for its client, or else the new one.
    fn make_room(&self, new: &Arc<Connection>) {
        let mut open = self.open();
        if open.len() < self.most {
            return;
        }
        open.retain(|it| it.strong_count() > 0);
        let held: Vec<Arc<Connection>> = open.iter().filter_map(Weak::upgrade).collect();
        drop(open);
        if held.iter().filter(|it| !it.phase().is_cut).count() < self.most {
            return;
        }
        let ranked = held.iter().filter_map(|it| Some((it.phase().rank()?, it)));
        let given_up = ranked.min_by_key(|(rank, _)| *rank).map_or(new, |(_, it)| it);
        let problem = Problem::new(Code::Overloaded).retry_after(RETRY_SECONDS);
        given_up.cut(&mut given_up.phase(), &problem);
    }

    /// Closes the connections whose deadline is over, again and again, until the server ends.
    pub async fn watch(self: Arc<Self>) {
        loop {
            rt::time::sleep(LOOK_EVERY).await;
            self.close_overdue(Instant::now());
        }
    }

    fn close_overdue(&self, now: Instant) {
        self.open().retain(|it| it.strong_count() > 0);
        let held: Vec<Arc<Connection>> = self.open().iter().filter_map(Weak::upgrade).collect();
        for connection in held {
            let mut phase = connection.phase();
            if !phase.is_cut && phase.is_over(connection.is_plain, now) {
                connection.cut(&mut phase, &Problem::new(Code::Timeout));
            }
        }
    }
}

/// The seconds after which a client whose connection was closed for want of room may try again.
const RETRY_SECONDS: u16 = 5;

/// Returns another handle of a connection's socket.
#[cfg(unix)]
fn handle(stream: &AsyncStream) -> std::io::Result<TcpStream> {
    use std::os::fd::AsFd;
    Ok(stream.as_fd().try_clone_to_owned()?.into())
}

/// Returns another handle of a connection's socket.
#[cfg(windows)]
fn handle(stream: &AsyncStream) -> std::io::Result<TcpStream> {
    use std::os::windows::io::AsSocket;
    Ok(stream.as_socket().try_clone_to_owned()?.into())
}

/// A request under way on a connection, until its answer is sent.
struct UnderWay {
    connection: Arc<Connection>,
    number: u64,
}

impl UnderWay {
    fn on(connection: Arc<Connection>) -> Self {
        let mut phase = connection.phase();
        let number = phase.next;
        phase.next += 1;
        phase.is_new = false;
        phase.requests.insert(number, Step::Works);
        drop(phase);
        Self { connection, number }
    }

    fn give_up(&self) {
        self.connection.phase().is_given_up = true;
    }

    fn step(&self, step: Step) {
        self.connection.phase().requests.insert(self.number, step);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut phase = self.connection.phase();
        phase.requests.remove(&self.number);
        phase.idle_since = Instant::now();
    }
}

/// Notes that the body of a connection's request is being received, until it is dropped.
pub struct Receiving(Option<Arc<Connection>>);

impl Receiving {
    /// Begins with the body of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let connection = request.conn_data::<Arc<Connection>>().cloned();
        let receiving = Self(connection);
        receiving.step(Step::Works, Step::Receives(Instant::now()));
        receiving
    }

    fn step(&self, before: Step, after: Step) {
        let Some(connection) = &self.0 else { return };
        let mut phase = connection.phase();
        // The latest request: with HTTP/2 several may be under way, and then each is as good as another.
        if let Some(step) = phase.requests.values_mut().rev().find(|step| **step == before) {
            *step = after;
        }
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        let Some(connection) = &self.0 else { return };
        let mut phase = connection.phase();
        let receives = |step: &&mut Step| matches!(step, Step::Receives(_));
        if let Some(step) = phase.requests.values_mut().rev().find(receives) {
            *step = Step::Works;
        }
    }
}

/// Wraps every request, outside of everything else: notes it as under way until its answer is sent.
pub async fn noted<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Sent>, Error> {
    let connection = request.conn_data::<Arc<Connection>>().cloned();
    let under_way = connection.map(UnderWay::on);
    let response = next.call(request).await?.map_into_boxed_body();
    if let Some(under_way) =
        under_way.as_ref().filter(|_| response.status() == StatusCode::REQUEST_TIMEOUT)
    {
        under_way.give_up();
    }
    Ok(response.map_body(|_, body| Sent { body, piece: Bytes::new(), under_way }))
}

/// The body of an answer, sent in pieces: each is asked for when the client has taken the one before.
pub struct Sent {
    body: BoxBody,
    piece: Bytes,
    under_way: Option<UnderWay>,
}

impl MessageBody for Sent {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        if let Some(under_way) = &this.under_way {
            under_way.step(Step::Sends(Instant::now()));
        }
        while this.piece.is_empty() {
            match this.body.as_pin_mut().poll_next(context) {
                Poll::Ready(Some(Ok(bytes))) => this.piece = bytes,
                ended => return ended,
            }
        }
        let length = this.piece.len().min(ANSWER_PIECE_BYTES);
        Poll::Ready(Some(Ok(this.piece.split_to(length))))
    }
}
