//! No connection stays open without end, whatever its client leaves undone, and the others are served meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::logged::{Deployment, Serving};

/// The longest time that a connection may stay open when its client does nothing more: the deadline of a body or a head,
/// and the time after an answer.
const OPEN_MAX: Duration = Duration::from_secs(45);

/// A connection whose client stalls, by the way in which it does.
struct Stalled {
    way: &'static str,
    /// True if the client must be told 408 before the connection is closed.
    is_told: bool,
    stream: TcpStream,
}

fn connect(server: &Serving) -> TcpStream {
    let stream = TcpStream::connect(server.base.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    stream
}

fn head(path: &str, token: Option<&str>, rest: &str) -> String {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n"));
    let token = token.unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nhost: accord\r\ncontent-type: application/json\r\n\
         x-purpose: trafficking_investigation\r\nx-case: MP-1\r\n{token}{rest}\r\n\r\n"
    )
}

/// Makes connections that stall in every way.
fn stall(server: &Serving, each: usize) -> Vec<Stalled> {
    let token = Some(server.token.as_str());
    let (length, chunked) = ("content-length: 1000", "transfer-encoding: chunked");
    let ways = [
        ("a body of a known length", true, head("/v1/records", token, length) + "{"),
        ("a body in chunks", true, head("/v1/records", token, chunked) + "1\r\n{\r\n"),
        ("a body of a log-on", true, head("/v1/sessions", None, chunked) + "1\r\n{\r\n"),
        ("a body that nobody reads", false, head("/v1/records", None, chunked) + "1\r\n{\r\n"),
        ("no head", true, String::new()),
        ("half a head", true, "GET /health HTTP/1.1\r\nhost: acc".to_owned()),
        (
            "half a second head",
            false,
            "GET /health HTTP/1.1\r\nhost: a\r\n\r\nGET /health HTTP/1.1\r\nho".to_owned(),
        ),
    ];
    let mut all = Vec::new();
    for (way, is_told, sent) in &ways {
        for _ in 0..each {
            let mut stream = connect(server);
            stream.write_all(sent.as_bytes()).unwrap();
            all.push(Stalled { way, is_told: *is_told, stream });
        }
    }
    all
}

/// Tells if a connection has been closed, and keeps what came before.
fn is_closed(stream: &mut TcpStream, said: &mut Vec<u8>) -> bool {
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(read) => said.extend_from_slice(&bytes[..read]),
            Err(error) => {
                let waits = [std::io::ErrorKind::WouldBlock, std::io::ErrorKind::TimedOut];
                return !waits.contains(&error.kind());
            }
        }
    }
}

#[test]
fn four_hundred_stalled_connections_are_gone_after_the_deadline_and_keep_nobody_out() {
    let it = Deployment::new();
    let server = it.serve();
    assert_eq!(server.submit("before"), 200);
    let began = Instant::now();
    let mut open: Vec<(Stalled, Vec<u8>)> =
        stall(&server, 58).into_iter().map(|it| (it, Vec::new())).collect();
    assert!(open.len() > 400);
    // Each sends a byte now and then, and never its whole body.
    let mut drips: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = connect(&server);
            let head = head("/v1/records", Some(&server.token), "content-length: 16000");
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let mut number = 0;
    while !open.is_empty() || !drips.is_empty() {
        assert!(
            began.elapsed() < OPEN_MAX,
            "open: {} that drip, {:?}",
            drips.len(),
            open.iter().map(|(it, _)| it.way).collect::<std::collections::BTreeSet<_>>()
        );
        for path in ["/health", "/ready", "/v1/jobs"] {
            let asked = Instant::now();
            assert_eq!(server.get(path), 200);
            assert!(asked.elapsed() < Duration::from_secs(5), "{path}: {:?}", asked.elapsed());
        }
        assert_eq!(server.submit(&format!("{number}")), 200);
        number += 1;
        drips.retain_mut(|stream| {
            stream.write_all(b" ").is_ok() && !is_closed(stream, &mut Vec::new())
        });
        open.retain_mut(|(it, said)| {
            let closed = is_closed(&mut it.stream, said);
            if closed && it.is_told {
                let said = String::from_utf8_lossy(said).to_lowercase();
                assert!(said.starts_with("http/1.1 408 "), "{}: {said}", it.way);
                assert!(said.contains("content-type: application/problem+json"), "{said}");
                assert!(said.contains("\"code\":\"timeout\""), "{}: {said}", it.way);
            }
            !closed
        });
    }
}

#[test]
fn an_answer_that_the_client_does_not_take_is_given_up() {
    let it = Deployment::new();
    let server = it.serve();
    // As many requests as fill the buffers between the two with their answers, which the client never reads.
    let mut stream = connect(&server);
    stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    let request = "GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n";
    while stream.write_all(request.repeat(16).as_bytes()).is_ok() {}
    let began = Instant::now();
    while !matches!(stream.write(b" "), Err(error) if error.kind() != std::io::ErrorKind::WouldBlock)
    {
        assert!(began.elapsed() < OPEN_MAX, "the connection is still open");
        assert_eq!(server.get("/health"), 200);
    }
}
