//! Questions and writes at a fixed rate, or as many as go.

use std::cell::RefCell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::{Caller, Server};

const GIVEN: [&str; 12] = [
    "Katarina",
    "Blerim",
    "Oluwaseun",
    "Ling",
    "Igor",
    "Patricia",
    "Alex",
    "Van Nam",
    "Maia",
    "Omar",
    "Ashleigh",
    "Vasile",
];
const FAMILY: [&str; 12] = [
    "Horvat",
    "Hoxha",
    "Adeyemi",
    "Wong",
    "Kuznetsov",
    "Anderson",
    "Constantin",
    "Nguyen",
    "Khadka",
    "Haddad",
    "Thomas",
    "Barbu",
];

/// Endings that make many family names of few, so that rows which are handed in share names as people do.
const ENDINGS: [&str; 20] = [
    "ova", "sen", "ez", "ic", "enko", "ian", "wala", "sson", "escu", "opoulos", "ski", "oglu",
    "man", "ton", "ley", "field", "wood", "er", "ini", "eira",
];

/// How long something took.
pub type Timed = Duration;

/// The server that is measured, the callers that ask it, and the seed of their questions.
pub struct Load<'a> {
    pub server: &'a Server,
    pub callers: &'a [Caller],
    pub seed: u64,
}

thread_local! {
    static AGENT: RefCell<ureq::Agent> = RefCell::new(
        ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(300)))
            .build()
            .into(),
    );
}

impl Load<'_> {
    fn drawn(&self, number: usize, salt: u64) -> usize {
        // SplitMix64 (Steele, Lea and Flood 2014).
        let mut state =
            self.seed.wrapping_add(number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt;
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (state ^ (state >> 31)) as usize
    }

    /// A person of a common name, as asked about, or with an ending of two, as handed in.
    fn person(&self, number: usize, is_handed_in: bool) -> Value {
        let drawn = |from: &[&'static str], salt| from[self.drawn(number, salt) % from.len()];
        let endings = match is_handed_in {
            true => [drawn(&ENDINGS, 7), drawn(&ENDINGS, 8)],
            false => ["", ""],
        };
        let [one, two] = endings;
        let name = format!("{} {}{one}{two}", drawn(&GIVEN, 1), drawn(&FAMILY, 2));
        let born = format!(
            "{}-{:02}-{:02}",
            1950 + self.drawn(number, 3) % 55,
            1 + self.drawn(number, 4) % 12,
            1 + self.drawn(number, 5) % 28
        );
        json!({ "type": "person", "names": [{ "full": name }], "birth_date": born })
    }

    fn call(
        &self,
        caller: &Caller,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (Timed, Value) {
        let began = Instant::now();
        let url = format!("{}{path}", self.server.base);
        let answer = AGENT.with_borrow(|agent| {
            let headers = [
                ("authorization", format!("Bearer {}", caller.key)),
                ("x-purpose", "trafficking_investigation".to_owned()),
                ("x-case", "BENCH-1".to_owned()),
            ];
            let request = ureq::http::Request::builder().method(method).uri(url);
            let request = headers.iter().fold(request, |it, (name, value)| it.header(*name, value));
            let request = request.header("content-type", "application/json");
            let body = body.map(Value::to_string).unwrap_or_default();
            let mut answer = agent.run(request.body(body).unwrap()).unwrap();
            let status = answer.status();
            let said: Value = answer.body_mut().read_json().unwrap();
            assert!(status.is_success(), "{method} {path}: {status} {said}");
            said
        });
        (began.elapsed(), answer)
    }

    /// Resolves a description in the view of an agency.
    pub fn resolve_as(&self, caller: &Caller, number: usize) -> Timed {
        let body = json!({ "body": self.person(number, false), "limit": 5 });
        self.call(caller, "POST", "/v1/resolve", Some(&body)).0
    }

    /// Resolves a description in the view of one agency after the other.
    pub fn resolve(&self, number: usize) -> Timed {
        self.resolve_as(&self.callers[number % self.callers.len()], number)
    }

    fn row(&self, number: usize) -> Value {
        let phone = format!("+1 414 555 {:04}", self.drawn(number, 6) % 10_000);
        json!({
            "local_id": format!("bench-{}-{number}", std::process::id()),
            "source": "bench", "category": "contact",
            "records": [
                { "slot": "p", "body": self.person(number, true) },
                { "slot": "t", "body": { "type": "phone", "number": phone, "region": "US" } },
            ],
            "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
        })
    }

    /// Hands in rows, all at once.
    pub fn hand_in(&self, number: usize, rows: usize) -> Timed {
        let caller = &self.callers[number % self.callers.len()];
        match rows {
            1 => self.call(caller, "POST", "/v1/records", Some(&self.row(number))).0,
            rows => {
                let all: Vec<Value> = (number..number + rows).map(|it| self.row(it)).collect();
                self.call(caller, "POST", "/v1/records/batch", Some(&json!({ "rows": all }))).0
            }
        }
    }

    /// Hands in a row, and opens its record as its writer.
    pub fn write_and_look(&self, number: usize) -> (Timed, Timed) {
        let caller = &self.callers[number % self.callers.len()];
        let (wrote, said) = self.call(caller, "POST", "/v1/records", Some(&self.row(number)));
        let id = said["records"][0].as_str().unwrap();
        let (looked, _) = self.call(caller, "GET", &format!("/v1/records/{id}"), None);
        (wrote, looked)
    }

    /// Does something so many times, by so many clients at once, each as fast as it goes.
    pub fn at_once(
        &self,
        clients: usize,
        count: usize,
        act: impl Fn(usize) -> Timed + Sync,
    ) -> (Duration, Vec<Timed>) {
        let (next, times) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let began = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..clients {
                scope.spawn(|| {
                    let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
                    let own: Vec<Timed> = numbers.take_while(|it| *it < count).map(&act).collect();
                    times.lock().unwrap().extend(own);
                });
            }
        });
        (began.elapsed(), times.into_inner().unwrap())
    }

    /// Does something so many times at a fixed rate. Who comes too late because all clients still wait is counted from
    /// when it was due, so that a slow answer is not left out of the figures.
    pub fn at_rate<T: Late + Send>(
        &self,
        clients: usize,
        count: usize,
        every: Duration,
        act: impl Fn(usize) -> T + Sync,
    ) -> Vec<T> {
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let began = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..clients {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count {
                            return;
                        }
                        let due = began + every * number as u32;
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        let late = due.elapsed();
                        let did = act(number).later_by(late);
                        done.lock().unwrap().push(did);
                    }
                });
            }
        });
        done.into_inner().unwrap()
    }
}

/// Something timed that began later than it was due.
pub trait Late {
    #[must_use]
    fn later_by(self, late: Duration) -> Self;
}

impl Late for Timed {
    fn later_by(self, late: Duration) -> Self {
        self + late
    }
}

impl Late for (Timed, Timed) {
    fn later_by(self, late: Duration) -> Self {
        (self.0 + late, self.1)
    }
}

/// Prints the distribution of some times.
pub fn percentiles(what: &str, times: &[Timed]) {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = |share: f64| {
        let rank = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len());
        sorted[rank - 1].as_secs_f64() * 1e3
    };
    println!(
        "{what:22} p50 {:8.2} p90 {:8.2} p99 {:8.2} p99.9 {:8.2} worst {:8.2} ms",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        at(1.0)
    );
}
