//! A flood of failed authentications: its cost for the log and the memory, and the users it hinders.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use serde_json::Value;

use super::serve::Running;
use super::{ok, text};

/// Requests of a flood.
const FLOOD: usize = 4_000;

struct Flooded {
    server: Running,
    audit: std::path::PathBuf,
    token: String,
}

fn served(folder: &Path) -> Flooded {
    let store = folder.join("s.accord");
    ok(&["import", "--store", text(&store), text(&super::demo("manifest.toml"))]);
    let user = ["--agency", "metro-police", "--user", "ana", "--role", "analyst"];
    let token = ok(&[&["key", "create", "--store", text(&store)], &user[..]].concat());
    let mut audit = store.clone().into_os_string();
    audit.push(".audit");
    let server = Running::start(&store);
    Flooded { server, audit: audit.into(), token: token.trim().to_owned() }
}

/// Sends requests one after the other on one connection; the statuses of their answers.
fn send(server: &Running, times: usize, request: &str) -> Vec<u16> {
    let mut stream = TcpStream::connect(server.base.strip_prefix("http://").unwrap()).unwrap();
    let mut statuses = Vec::new();
    let mut buffer = Vec::new();
    for _ in 0..times {
        stream.write_all(request.as_bytes()).unwrap();
        let end = loop {
            if let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
                let length = text.split("content-length: ").nth(1).unwrap();
                let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
                statuses.push(text.split(' ').nth(1).unwrap().parse().unwrap());
                if statuses.last() == Some(&429) {
                    assert!(text.contains("retry-after: "), "{text}");
                }
                break head + 4 + length;
            }
            let mut bytes = [0; 4096];
            let read = stream.read(&mut bytes).unwrap();
            assert!(read > 0, "the connection was closed");
            buffer.extend_from_slice(&bytes[..read]);
        };
        while buffer.len() < end {
            let mut bytes = [0; 4096];
            let read = stream.read(&mut bytes).unwrap();
            buffer.extend_from_slice(&bytes[..read]);
        }
        buffer.drain(..end);
    }
    statuses
}

fn lines(audit: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(audit).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_flood_of_bad_keys_is_counted_and_hinders_nobody_who_has_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let Flooded { mut server, audit, token } = served(folder.path());
    assert_eq!(server.status("/v1/communities", Some(&token)), 200);
    let bytes = || std::fs::metadata(&audit).unwrap().len();
    let (before, memory) = (bytes(), server.memory("VmRSS"));
    let bad = "GET /v1/queries HTTP/1.1\r\nhost: a\r\nauthorization: Bearer accord_key_0\r\n\
               x-forwarded-for: 203.0.113.7\r\n\r\n";
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let flood = |_| scope.spawn(|| send(&server, FLOOD / 4, bad));
        let floods: Vec<_> = (0..4).map(flood).collect();
        // In the middle of it, from the same address.
        for _ in 0..10 {
            // Its entries name nothing that was shown.
            assert_eq!(server.status("/v1/jobs", Some(&token)), 200);
        }
        floods.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    let unknown = statuses.iter().filter(|status| **status == 401).count();
    let counted = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!(unknown + counted, FLOOD);
    assert!((10..40).contains(&unknown), "{unknown}");
    assert!(bytes() - before < 40_000, "{} bytes of log", bytes() - before);
    assert!(server.memory("VmRSS").saturating_sub(memory) < 32 * 1024);
    server.stop();
    let entries = lines(&audit);
    let of = |name: &str| -> Vec<&Value> {
        entries.iter().map(|line| &line["entry"]).filter(|it| it["operation"] == name).collect()
    };
    let sums = of("authentication failures");
    let sum: u64 = sums.iter().map(|entry| entry["count"].as_u64().unwrap()).sum();
    assert_eq!(sum as usize, counted, "{sums:?}");
    assert!(sums.len() < 5, "{sums:?}");
    for entry in sums {
        assert_eq!(
            (&entry["source"], &entry["outcome"]),
            (&"127.0.0.1".into(), &"unauthenticated".into())
        );
    }
    let single = of("GET /v1/queries");
    assert_eq!(single.len(), unknown);
    assert!(single.iter().all(|entry| entry["source"] == "127.0.0.1"));
    let printed = ok(&["audit", "verify", text(&audit)]);
    assert!(printed.contains("entries"), "{printed}");
}

#[test]
fn a_flood_of_log_ons_is_counted_too() {
    let folder = tempfile::tempdir().unwrap();
    let Flooded { mut server, audit, .. } = served(folder.path());
    let notice = {
        let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
        let mut answer = agent.get(format!("{}/v1/sessions/notice", server.base)).call().unwrap();
        answer.body_mut().read_json::<Value>().unwrap()["id"].as_str().unwrap().to_owned()
    };
    let body = serde_json::json!({
        "agency": "a", "user": "b", "password": "c", "code": "123456", "notice": notice,
    });
    let body = body.to_string();
    let request = format!(
        "POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let statuses = send(&server, 40, &request);
    let counted = statuses.iter().filter(|status| **status == 429).count();
    assert!(counted >= 20, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 401).count() + counted, 40);
    server.stop();
    let sum: u64 = lines(&audit).iter().filter_map(|line| line["entry"]["count"].as_u64()).sum();
    assert_eq!(sum as usize, counted);
}
