//! Requests to a pair of twins, and comparing their answers.

use std::collections::{BTreeMap, BTreeSet};

use accord::audit::{Entry, Line};
use accord::govern::Policy;
use accord::model::{EntityType, Kind, RecordId};
use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::drivers::{Known, Pool, Request, drivers};
use super::world::{CALLER, Caller, Row, World};
use super::{dice, reference, spelling};
use crate::api::{Answer, Client, Server};

/// Operations that show most of a world, or take an id that another object may have, and how often they are in a deck
/// that has each other operation once.
const OFTEN: [(&str, usize); 12] = [
    ("search", 38),
    ("resolve", 44),
    ("get_entity", 22),
    ("submit_record", 30),
    ("list_neighbours", 30),
    ("run_query", 40),
    ("get_record", 6),
    ("explain_pair", 44),
    ("explain_entity", 8),
    ("rank_entities", 4),
    ("deconflict", 4),
    ("submit_batch", 5),
];

pub fn ask(client: &Client, request: &Request) -> Answer {
    let body = request.body.as_ref().map(Value::to_string).unwrap_or_default();
    let media_type = request.body.as_ref().map(|_| "application/json");
    let answer = client.send(request.method, &request.path, media_type, body.as_bytes());
    settled(client, request, answer)
}

/// The operation that tells how often each use of break-glass was used, refused requests included: if refused writes
/// are not sent to both twins, neither is it.
const BREAK_GLASS: &str = "GET /v1/break-glass";

/// The requests that the second of two twins is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// All requests that the first is sent.
    All,
    /// All but the writes that the first refused: a refused write must leave nothing behind.
    WithoutRefusedWrites,
}

impl Manner {
    /// The manner of a pair; each is used for every second pair.
    pub fn of(pair: u64) -> Self {
        if pair.is_multiple_of(2) { Self::All } else { Self::WithoutRefusedWrites }
    }
}

/// The probability that the second is asked in another spelling than the first.
const RESPELLED: f64 = 0.75;

/// Sends a request to both of a pair; returns the answers, `None` for the second if it was not asked.
pub fn ask_both(
    [first, second]: [&Client; 2],
    request: &Request,
    manner: Manner,
    rng: &mut ChaCha8Rng,
) -> (Answer, Option<Answer>) {
    let one = ask(first, request);
    let is_refused_write = request.method == "POST" && one.status >= 400;
    let is_break_glass = format!("{} {}", request.method, request.path) == BREAK_GLASS;
    let other = match manner {
        Manner::WithoutRefusedWrites if is_refused_write || is_break_glass => None,
        _ if rng.random_bool(RESPELLED) => {
            let spelling = spelling::respelled(request, rng);
            let answer = spelling::send(second, request, &spelling);
            Some(settled(second, request, answer))
        }
        _ => Some(ask(second, request)),
    };
    (kept_alive(one), other.map(kept_alive))
}

/// Returns an answer without the headers that tell if its connection stays open.
fn kept_alive(mut answer: Answer) -> Answer {
    answer.headers.retain(|(name, _)| !["connection", "keep-alive"].contains(&name.as_str()));
    answer
}

/// Returns the answer after the import that it started has ended, so that its effects are compared too.
fn settled(client: &Client, request: &Request, answer: Answer) -> Answer {
    if request.path == "/v1/imports" && answer.status == 202 {
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        while ["queued", "running"]
            .contains(&client.get(&format!("/v1/jobs/{id}")).ok()["state"].as_str().unwrap())
        {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
    answer
}

/// Returns the audit entries of the caller's agency; without refused writes if they were not sent to both twins.
fn trail(server: &Server, manner: Manner) -> Vec<Entry> {
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap().entry);
    // The ids of writes are chance.
    let lines = lines.map(|entry| Entry { write: None, ..entry });
    let mut own: Vec<Entry> =
        lines.filter(|entry| entry.agency.as_deref() == Some(CALLER)).collect();
    // The time at which a job stores its batches varies: their entries are sorted behind all others.
    own.sort_by_key(|entry| entry.operation.contains(" batch "));
    if manner == Manner::WithoutRefusedWrites {
        own.retain(|entry| entry.status < 400 || !entry.operation.starts_with("POST"));
        own.retain(|entry| entry.operation != BREAK_GLASS);
    }
    // How often it is asked whether a job has ended depends on how long it takes.
    own.dedup_by(|one, other| one == other && one.operation == "GET /v1/jobs/{id}");
    own
}

/// Returns a difference between the audit trails of the caller's agency in both of a pair, if there is any, and the
/// length of the first.
pub fn trails(servers: [&Server; 2], manner: Manner) -> (Option<String>, usize) {
    let [one, other] = servers.map(|server| trail(server, manner));
    let differ = one.iter().zip(&other).find(|(one, other)| one != other);
    let differ = differ.map(|differ| format!("the caller's own audit trail: {differ:#?}"));
    let lengths = (one.len() != other.len()).then(|| {
        format!("the caller's own audit trail: {} entries and {}", one.len(), other.len())
    });
    (differ.or(lengths), one.len())
}

/// Returns the difference between two answers, if there is any. A job that was just started may have begun or not.
pub fn difference(request: &Request, one: &Answer, other: &Answer) -> Option<String> {
    let strip = |answer: &Answer| {
        let mut answer = answer.clone();
        if request.path == "/v1/imports" && answer.status == 202 {
            let job = answer.json();
            answer.body = job["id"].to_string().into_bytes();
            answer.headers.retain(|(name, _)| name != "content-length");
        }
        answer
    };
    let (one, other) = (strip(one), strip(other));
    let told =
        |answer: &Answer| format!("{} {:?}\n{}", answer.status, answer.headers, answer.text());
    (one != other).then(|| format!("{request:?}\n{}\n{}", told(&one), told(&other)))
}

/// The operations that a pair is asked, as indexes into the drivers: cards of a deck that is dealt on from pair to pair
/// and shuffled anew when it is used up, so that no operation is rare, and the operations depend on the seed and the
/// pair alone.
pub struct Hand(Vec<usize>);

impl Hand {
    /// The hand of a pair, if each pair gets `count` operations.
    pub fn of(seed: u64, pair: u64, count: usize) -> Self {
        let mut deck: Vec<usize> = Vec::new();
        for (at, (name, _)) in drivers::<ChaCha8Rng>().into_iter().enumerate() {
            let often = OFTEN.iter().find(|(often, _)| *often == name);
            deck.extend(std::iter::repeat_n(at, often.map_or(1, |(_, times)| *times)));
        }
        let (first, length) = (pair * count as u64, deck.len() as u64);
        let shuffled = |round: u64| {
            let mut deck = deck.clone();
            deck.shuffle(&mut dice(seed, 1_000_000 + round));
            deck
        };
        let dealt = (first / length..=(first + count as u64) / length).flat_map(shuffled);
        Self(dealt.skip((first % length) as usize).take(count).collect())
    }
}

/// The objects that a caller may ask a pair about.
struct Askable<'a> {
    caller: &'a Caller,
    /// The records of each world with their bodies.
    known: [Vec<(Known, Value)>; 2],
    policies: [&'a Policy; 2],
    records: Vec<Known>,
    own: Vec<String>,
    alike: Vec<[Known; 2]>,
    uneven: Vec<Value>,
    judged: Vec<[Known; 2]>,
    named: Vec<String>,
}

impl<'a> Askable<'a> {
    fn of(worlds: [&'a World; 2], caller: &'a Caller) -> Self {
        let policies = worlds.map(|world| &world.policy);
        let known = worlds.map(|world| {
            world.rows.iter().flat_map(|row| known(row, &world.policy, caller)).collect::<Vec<_>>()
        });
        let named = policies.into_iter().flat_map(|it| {
            let agreements = it.agreements.keys().map(ToString::to_string);
            let cases = it.cases.keys().map(ToString::to_string);
            agreements.chain(cases).chain(it.break_glass.keys().map(ToString::to_string))
        });
        let named = named.collect::<BTreeSet<_>>().into_iter().collect();
        let rows = worlds.iter().flat_map(|world| &world.rows).filter(|row| row.agency == CALLER);
        let own: BTreeSet<&str> = rows.filter_map(|row| row.json["local_id"].as_str()).collect();
        let own = own.into_iter().map(str::to_owned).collect();
        let (records, alike, uneven, judged) = Default::default();
        let mut askable =
            Self { caller, known, policies, records, own, alike, uneven, judged, named };
        askable.compare();
        let with_id = |id: RecordId| askable.records.iter().find(|it| it.id == id).copied();
        let judged = worlds.iter().flat_map(|world| &world.judged);
        let judged = judged.filter_map(|it| Some([with_id(it.a)?, with_id(it.b)?]));
        askable.judged = judged.collect::<BTreeSet<_>>().into_iter().collect();
        askable
    }

    /// Collects the records of both worlds, the pairs that are alike in one world only, and the uneven bodies.
    fn compare(&mut self) {
        let records = self.known.iter().flatten().map(|(known, _)| *known);
        self.records = records.collect::<BTreeSet<_>>().into_iter().collect();
        let [one, other] = self.known.each_ref().map(|known| alike(known));
        self.alike = one.symmetric_difference(&other).copied().collect();
        self.uneven = uneven(&self.known);
    }

    /// Adds the rows that the caller hands in, so that it asks about them too.
    fn hand_in(&mut self, request: &Request) {
        let rows = match (request.path.as_str(), &request.body) {
            ("/v1/records", Some(row)) => std::slice::from_ref(row),
            ("/v1/records/batch", Some(body)) => body["rows"].as_array().unwrap(),
            _ => return,
        };
        for json in rows {
            let row = Row { agency: CALLER, json: json.clone() };
            for (known_of_world, policy) in self.known.iter_mut().zip(self.policies) {
                known_of_world.extend(known(&row, policy, self.caller));
            }
        }
        self.compare();
    }
}

/// Returns the records of a row with their bodies.
fn known(row: &Row, policy: &Policy, caller: &Caller) -> Vec<(Known, Value)> {
    let records = row.records();
    let sighted = caller.unmasked(policy);
    let is_in_case = row.label(Kind::Person).category.is_victim()
        && records.iter().any(|(id, _)| sighted.contains(id));
    let bodies = row.json["records"].as_array().unwrap().iter().map(|it| it["body"].clone());
    let known = |((id, entity_type), body): ((RecordId, EntityType), Value)| {
        let (kind, question) = (entity_type.into(), caller.question());
        let label = row.label(kind);
        let known = Known {
            id,
            entity_type,
            is_own: row.agency == CALLER,
            is_victim: label.category.is_victim(),
            is_visible: reference::access(policy, &question, kind, &label).full,
            is_in_case,
        };
        (known, body)
    };
    records.into_iter().zip(bodies).map(known).collect()
}

/// Returns pairs of a masked record and one of the caller's own with an equal body, both visible.
fn alike(known: &[(Known, Value)]) -> BTreeSet<[Known; 2]> {
    let visible = || known.iter().filter(|(it, _)| it.is_visible);
    let masked = visible().filter(|(it, _)| it.is_masked());
    let with_own = |(masked, says): &(Known, Value)| {
        let own = visible().filter(|(it, own)| it.is_own && own == says);
        own.map(|(own, _)| [*masked, *own]).collect::<Vec<_>>()
    };
    masked.flat_map(with_own).collect()
}

/// Returns the bodies of visible records that more records of one world have than of the other.
fn uneven(known: &[Vec<(Known, Value)>; 2]) -> Vec<Value> {
    let mut said: BTreeMap<String, (bool, [usize; 2])> = BTreeMap::new();
    for (world, known) in known.iter().enumerate() {
        for (known, says) in known {
            let (is_visible, times) = said.entry(says.to_string()).or_default();
            *is_visible |= known.is_visible;
            times[world] += 1;
        }
    }
    let uneven = said.iter().filter(|(_, (is_visible, [one, other]))| *is_visible && one != other);
    uneven.map(|(says, _)| serde_json::from_str(says).unwrap()).collect()
}

/// Beginnings of the paths of operations whose answers have several forms.
const WITH_FORMS: [&str; 8] = [
    "/v1/entities/",
    "/v1/records/rec",
    "/v1/centrality/",
    "/v1/communities",
    "/v1/paths",
    "/v1/indicators/",
    "/v1/queries/",
    "/v1/search",
];

/// Asks for the answer to some requests in another form than JSON, which it may not have.
fn in_a_form(request: Request, rng: &mut ChaCha8Rng) -> Request {
    let has_forms = WITH_FORMS.iter().any(|path| request.path.starts_with(path));
    if !has_forms || !rng.random_bool(0.06) {
        return request;
    }
    let form = ["csv", "graphml", "gexf", "geojson"].choose(rng).unwrap_or(&"csv");
    let separator = if request.path.contains('?') { '&' } else { '?' };
    Request { path: format!("{}{separator}format={form}", request.path), ..request }
}

/// Makes the requests to a pair.
pub fn requests(
    rng: &mut ChaCha8Rng,
    worlds: [&World; 2],
    caller: &Caller,
    Hand(operations): &Hand,
) -> Vec<Request> {
    let mut askable = Askable::of(worlds, caller);
    let case = caller.pseudonyms();
    let drivers = drivers::<ChaCha8Rng>();
    let request = |operation: &usize| {
        let (_, driver) = drivers[*operation];
        let unmasks = caller.unmasks;
        let Askable { records, own, alike, uneven, judged, named, .. } = &askable;
        let request =
            driver(&mut Pool { rng, case, unmasks, records, own, alike, uneven, judged, named });
        askable.hand_in(&request);
        let request = in_a_form(request, rng);
        let repeats = rng.random_bool(0.03);
        if repeats { spelling::repeating(request, rng) } else { request }
    };
    operations.iter().map(request).collect()
}
