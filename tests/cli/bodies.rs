//! The memory that bodies of requests may make the server hold, measured from outside.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::serve::Running;
use super::{ok, text};

/// The most additional memory of the server while it is sent bodies that it does not take.
const HELD_KIB_MAX: u64 = 96 * 1024;

/// The most additional memory at any instant of a hundred bombs at once, of 14 MiB each where one is not put out: 60 to
/// 118 MiB were measured, the more the less the server was given of the machine.
const BOMBS_KIB_MAX: u64 = 160 * 1024;

fn served(folder: &Path) -> Running {
    let store = folder.join("s.accord");
    ok(&["import", "--store", text(&store), text(&super::demo("manifest.toml"))]);
    let server = Running::start(&store);
    // Data that is built at the first question is there before anything is measured.
    assert_eq!(server.status("/ready", None), 200);
    server
}

fn connect(server: &Running) -> TcpStream {
    let stream = TcpStream::connect(server.base.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    stream
}

/// The head of a request with a body to come.
fn head(path: &str, token: Option<&str>, rest: &str) -> Vec<u8> {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n"));
    let token = token.unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nhost: accord\r\ncontent-type: application/json\r\n\
         x-purpose: trafficking_investigation\r\nx-case: MP-1\r\n{token}{rest}\r\n\r\n"
    )
    .into_bytes()
}

/// The status of the answer that is there or comes; 0 for a connection that was cut off.
fn status(stream: &mut TcpStream) -> (u16, String) {
    let mut bytes = [0; 4096];
    let mut text = String::new();
    while !text.contains("\r\n\r\n") {
        match stream.read(&mut bytes) {
            Ok(0) | Err(_) => break,
            Ok(read) => text += &String::from_utf8_lossy(&bytes[..read]),
        }
    }
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_default(), text.to_lowercase())
}

/// Sends as much of 64 MB as the server takes.
fn pour(stream: &mut TcpStream, chunked: bool) {
    let piece = vec![b' '; 64 * 1024];
    for _ in 0..1024 {
        let sent = match chunked {
            true => [format!("{:x}\r\n", piece.len()).as_bytes(), &piece, b"\r\n"].concat(),
            false => piece.clone(),
        };
        if stream.write_all(&sent).is_err() {
            return;
        }
    }
}

#[test]
fn whoever_reaches_the_server_cannot_make_it_hold_what_it_does_not_take() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    for connections in [8, 100] {
        let before = server.memory("VmRSS");
        for rest in ["content-length: 67108864", "transfer-encoding: chunked"] {
            for path in ["/v1/sessions", "/v1/imports", "/v1/nothing"] {
                let mut streams: Vec<TcpStream> =
                    (0..connections).map(|_| connect(&server)).collect();
                std::thread::scope(|scope| {
                    for stream in &mut streams {
                        scope.spawn(move || {
                            stream.write_all(&head(path, None, rest)).ok();
                            pour(stream, rest.contains("chunked"));
                        });
                    }
                });
                let held = server.memory("VmRSS").saturating_sub(before);
                println!("{connections} x {path} {rest}: {held} KiB more");
                assert!(held < HELD_KIB_MAX, "{connections} {path} {rest}: {held} KiB");
            }
        }
    }
    assert_eq!(server.status("/ready", None), 200);
}

#[test]
fn a_bomb_is_put_out_at_the_limit_of_the_operation() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    (0..14).for_each(|_| bomb.write_all(&zeros).unwrap());
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 16 * 1024, "{}", bomb.len());
    let before = server.memory("VmHWM");
    let rest = format!("content-encoding: gzip\r\ncontent-length: {}", bomb.len());
    std::thread::scope(|scope| {
        for _ in 0..100 {
            let (server, rest, bomb) = (&server, &rest, &bomb);
            scope.spawn(move || {
                let mut stream = connect(server);
                stream.write_all(&head("/v1/sessions", None, rest)).unwrap();
                stream.write_all(bomb).ok();
                assert_eq!(status(&mut stream).0, 413);
            });
        }
    });
    let held = server.memory("VmHWM").saturating_sub(before);
    assert!(held < BOMBS_KIB_MAX, "{held} KiB");
}

#[test]
fn a_body_that_trickles_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    let mut stream = connect(&server);
    stream.write_all(&head("/v1/sessions", None, "content-length: 16000")).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let began = Instant::now();
    let trickle = std::thread::spawn(move || {
        while writer.write_all(b" ").is_ok() && began.elapsed() < Duration::from_secs(25) {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    assert_eq!(status(&mut stream).0, 408);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    drop(stream);
    trickle.join().unwrap();
}

#[test]
fn callers_with_keys_cannot_send_more_at_once_than_the_server_can_hold() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("s.accord");
    let server = served(folder.path());
    let user = ["--agency", "metro-police", "--user", "ana", "--role", "investigator"];
    let token = ok(&[&["key", "create", "--store", text(&store)], &user[..]].concat());
    let token = Some(token.trim());
    let before = server.memory("VmRSS");
    let mut streams: Vec<TcpStream> = (0..12).map(|_| connect(&server)).collect();
    std::thread::scope(|scope| {
        for stream in &mut streams {
            scope.spawn(move || {
                let rest = "content-length: 67000000";
                stream.write_all(&head("/v1/imports", token, rest)).unwrap();
                // All but its end.
                (0..900).all(|_| stream.write_all(&[b' '; 64 * 1024]).is_ok());
            });
        }
    });
    let held = server.memory("VmRSS").saturating_sub(before);
    assert!(held < 200 * 1024, "{held} KiB");
    let mut refused = 0;
    for stream in &mut streams {
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let (status, text) = status(stream);
        if status == 503 {
            refused += 1;
            assert!(text.contains("retry-after: "), "{text}");
        }
    }
    assert!(refused >= 10, "{refused}");
    // A client that sends little is served all the same.
    assert_eq!(server.status("/v1/communities", None), 401);
    drop(streams);
}

#[test]
fn bodies_that_nobody_reads_do_not_hold_up_the_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = served(folder.path());
    let mut streams = Vec::new();
    for rest in ["content-length: 67108864", "transfer-encoding: chunked"] {
        for path in ["/v1/imports", "/v1/nothing", "/v1/sessions"] {
            let mut stream = connect(&server);
            stream.write_all(&head(path, None, rest)).unwrap();
            stream.write_all(b"10\r\n                \r\n").ok();
            streams.push(stream);
        }
    }
    std::thread::sleep(Duration::from_millis(300));
    let took = server.stop();
    assert!(took < Duration::from_secs(13), "{took:?}");
    drop(streams);
}
