//! Each kind of work has a queue of its own: what fills one keeps nobody from the others.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};

use super::logged::{Deployment, Serving, agent};
use super::{demo, ok, text};

/// An answer to a request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub status: u16,
    /// True if it says when to try again.
    pub retry_after: bool,
    /// Nothing where it is no JSON.
    pub body: Value,
}

impl Asked {
    /// Tells if it refuses the request since too much is asked at once.
    fn is_refused(&self) -> bool {
        self.status == 503 && self.body["code"] == "overloaded" && self.retry_after
    }
}

/// Asks a server, with a body by POST; nothing where the server is gone.
pub fn ask(
    server: &Serving,
    agent: &ureq::Agent,
    path: &str,
    body: Option<&Value>,
) -> Option<Asked> {
    let url = format!("{}{path}", server.base);
    let token = format!("Bearer {}", server.token);
    let headers = [
        ("authorization", token.as_str()),
        ("x-purpose", "trafficking_investigation"),
        ("x-case", "MP-2026-17"),
    ];
    let mut answer = match body {
        None => {
            let with = |it: ureq::RequestBuilder<_>, (name, value)| it.header(name, value);
            headers.into_iter().fold(agent.get(url), with).call()
        }
        Some(body) => {
            let with = |it: ureq::RequestBuilder<_>, (name, value)| it.header(name, value);
            headers.into_iter().fold(agent.post(url), with).send_json(body)
        }
    }
    .ok()?;
    let retry_after = answer.headers().contains_key("retry-after");
    let body = answer.body_mut().read_json().unwrap_or_default();
    Some(Asked { status: answer.status().as_u16(), retry_after, body })
}

/// Asks a server on a connection of its own.
fn asked(server: &Serving, path: &str, body: Option<&Value>) -> Asked {
    ask(server, &agent(), path, body).unwrap()
}

fn row(number: usize) -> Value {
    json!({
        "local_id": format!("row {number}"), "source": "tips",
        "records": [{ "slot": "p", "body": { "type": "phone", "number": format!("+1 312 555 {number:04}") } }],
    })
}

/// Asks for one thing of every kind of work but writes and heavy questions, which must be answered as ever. A log-on with
/// this notice is answered so.
fn others_are_served(server: &Serving, (notice, status): (&str, u16)) {
    let began = Instant::now();
    assert_eq!(asked(server, "/health", None).status, 200);
    assert_eq!(asked(server, "/ready", None).status, 200);
    let search = json!({ "text": "Horvat" });
    assert_eq!(asked(server, "/v1/search", Some(&search)).status, 200);
    let body = json!({
        "agency": "a", "user": "b", "password": "c", "code": "123456", "notice": notice,
    });
    assert_eq!(asked(server, "/v1/sessions", Some(&body)).status, status);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

fn with_the_demo() -> Deployment {
    let it = Deployment::new();
    ok(&["import", "--store", text(&it.store()), text(&demo("manifest.toml"))]);
    it
}

/// Another process holds the store's lock for writes, so that writes pile up.
#[test]
fn writes_that_wait_keep_nobody_from_reading_from_signing_in_or_from_asking_for_readiness() {
    let it = with_the_demo();
    let server = it.serve();
    let search = json!({ "text": "Horvat" });
    assert_eq!(asked(&server, "/v1/search", Some(&search)).status, 200);
    let other = Connection::open(it.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    const WRITES: usize = 120;
    let told: Vec<Asked> = std::thread::scope(|scope| {
        let server = &server;
        let write = |number| scope.spawn(move || asked(server, "/v1/records", Some(&row(number))));
        let writes: Vec<_> = (0..WRITES).map(write).collect();
        std::thread::sleep(Duration::from_millis(1500));
        // A log-on whose notice is right writes that it was tried.
        others_are_served(server, ("another", 422));
        let communities = asked(server, "/v1/communities", None);
        assert_eq!(communities.status, 200, "{communities:?}");
        let refused = writes.iter().filter(|write| write.is_finished()).count();
        assert!(refused > 20, "only {refused} are refused while the store takes no write");
        other.execute_batch("ROLLBACK").unwrap();
        writes.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let done = told.iter().filter(|told| told.status == 200).count();
    assert!(told.iter().all(|told| told.status == 200 || told.is_refused()), "{told:?}");
    assert!(done >= 8, "{done}");
    let rows = it.rows();
    for (number, told) in told.iter().enumerate() {
        assert_eq!(rows.contains(&format!("row {number}")), told.status == 200, "{number}");
    }
}

#[test]
fn a_write_that_waits_too_long_is_refused_and_not_carried_out() {
    let it = Deployment::new();
    let server = it.serve();
    assert_eq!(asked(&server, "/v1/records", Some(&row(0))).status, 200);
    let other = Connection::open(it.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    std::thread::scope(|scope| {
        let server = &server;
        let write = |number| scope.spawn(move || asked(server, "/v1/records", Some(&row(number))));
        let writes: Vec<_> = (1..20).map(write).collect();
        // Eight are under way, the others wait in the queue.
        let finished = || writes.iter().filter(|write| write.is_finished()).count();
        while finished() < 11 {
            assert!(began.elapsed() < Duration::from_secs(25), "{} are refused", finished());
            std::thread::sleep(Duration::from_millis(50));
        }
        other.execute_batch("ROLLBACK").unwrap();
        let told: Vec<Asked> = writes.into_iter().map(|it| it.join().unwrap()).collect();
        let refused: Vec<&Asked> = told.iter().filter(|told| told.status == 503).collect();
        assert_eq!(refused.len(), 11, "{told:?}");
        assert!(refused.iter().all(|it| it.is_refused()), "{told:?}");
    });
    assert_eq!(it.rows().len(), 9);
}

#[test]
fn heavy_questions_never_take_the_place_of_light_ones() {
    let it = with_the_demo();
    let server = it.serve();
    let search = json!({ "text": "Horvat" });
    assert_eq!(asked(&server, "/v1/search", Some(&search)).status, 200);
    let ended = AtomicBool::new(false);
    let told: Vec<Asked> = std::thread::scope(|scope| {
        let (server, ended) = (&server, &ended);
        // Each its own parameters, so that no result is there already.
        let ask = |number: usize| {
            let path = format!("/v1/centrality/betweenness?limit={}", 1 + number);
            scope.spawn(move || asked(server, &path, None))
        };
        let heavy: Vec<_> = (0..150).map(ask).collect();
        let light = scope.spawn(move || {
            let (notice, mut answers) = (accord::api::Notice::default(), 0);
            while !ended.load(Ordering::Relaxed) || answers == 0 {
                others_are_served(server, (&notice.id, 401));
                answers += 1;
            }
        });
        let told = heavy.into_iter().map(|it| it.join().unwrap()).collect();
        ended.store(true, Ordering::Relaxed);
        light.join().unwrap();
        told
    });
    assert!(told.iter().all(|told| told.status == 200 || told.is_refused()), "{told:?}");
    let served = told.iter().filter(|told| told.status == 200).count();
    assert!(served >= 4 && served < told.len(), "{served} of {}", told.len());
}
