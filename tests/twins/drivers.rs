//! One driver for each operation of the OpenAPI document: it makes a request with ids of objects that the caller sees,
//! of objects that it does not see, and of objects that never existed.

use accord::api::Notice;
use accord::graph::{entity_id_in_case, event_id_in_case, record_id_in_case};
use accord::model::{EntityType, EventKind, IdKey, RecordId, hex};
use rand::seq::{IndexedRandom, IteratorRandom, SliceRandom};
use rand::{Rng, RngExt};
use serde_json::{Value, json};

use super::guesses;
use super::world::{self, AGENCIES, CALLER, OWN_CASE};
use crate::policy::CASE;

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub body: Option<Value>,
}

/// A record of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    pub id: RecordId,
    pub entity_type: EntityType,
    /// True if the record is the caller's agency's.
    pub is_own: bool,
    /// True if the record is about a victim.
    pub is_victim: bool,
    /// True if the caller may see the record in its world.
    pub is_visible: bool,
    /// True if the record's victim is in the case of a caller who may unmask.
    pub is_in_case: bool,
}

impl Known {
    /// A record that is in no world.
    pub const NEVER: Self = Self {
        id: RecordId([7; 16]),
        entity_type: EntityType::Person,
        is_own: false,
        is_victim: false,
        is_visible: false,
        is_in_case: false,
    };

    /// Tells if the record is another agency's and masked to the caller.
    pub fn is_masked(&self) -> bool {
        self.is_victim && !self.is_own && !self.is_in_case
    }
}

/// The objects that drivers choose from.
pub struct Pool<'a, R> {
    pub rng: &'a mut R,
    /// The case that ids of records masked to the caller are made for.
    pub case: &'static str,
    /// True if the caller sometimes asks to unmask.
    pub unmasks: bool,
    /// Records of either world.
    pub records: &'a [Known],
    /// The local ids of the caller's agency's rows of either world.
    pub own: &'a [String],
    /// Pairs of a masked record and one of the caller's own with equal bodies in one world only.
    pub alike: &'a [[Known; 2]],
    /// Bodies of visible records that more records of one world have than of the other.
    pub uneven: &'a [Value],
    /// Pairs of records with a judgement in either world.
    pub judged: &'a [[Known; 2]],
    /// Agreements, cases and uses of break-glass of either world.
    pub named: &'a [String],
}

/// A case that the caller has no part in.
pub const CASE_OF_OTHERS: &str = "case_00000000000000000000000000000000";

/// Onward requests: one of beta about a record of alpha, and one that concerns other agencies only.
pub const ONWARD: [&str; 2] =
    ["onw_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "onw_00000000000000000000000000000000"];

/// Referrals of beta's questions: one to alpha, and one that concerns other agencies only.
pub const REFERRALS: [&str; 2] =
    ["rfl_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "rfl_00000000000000000000000000000000"];

/// Agencies without relation to the caller, which exist in one of two twins only: the caller guesses their names.
pub const UNLISTED: [&str; 2] = ["omega", "quiet-unit"];

type Driver<R> = fn(&mut Pool<'_, R>) -> Request;

fn get(path: String) -> Request {
    Request { method: "GET", path, body: None }
}

fn post(path: &str, body: Value) -> Request {
    Request { method: "POST", path: path.to_owned(), body: Some(body) }
}

fn act(path: String) -> Request {
    Request { method: "POST", path, body: None }
}

impl<R: Rng> Pool<'_, R> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        *from.choose(self.rng).unwrap()
    }

    /// Picks a record: mostly one that the caller may see, now and then a masked one, one whose victim is in the
    /// caller's case, one that was guessed, one that the caller may not see, or none.
    fn known(&mut self) -> Known {
        let fits: fn(&Known) -> bool = match self.rng.random_range(0..20) {
            0 => return Known::NEVER,
            1..4 => |_| true,
            4..6 => |it| it.is_visible && it.is_masked(),
            6..10 => |it| it.is_visible && it.is_in_case,
            10..13 => match self.alike.choose(self.rng) {
                Some(alike) => return self.pick(alike),
                None => |it| it.is_visible,
            },
            _ => |it| it.is_visible,
        };
        let fitting = self.records.iter().filter(|it| fits(it)).choose(self.rng);
        fitting.copied().unwrap_or_else(|| self.pick(self.records))
    }

    fn record(&mut self) -> RecordId {
        let known = self.known();
        self.id_of(known)
    }

    /// The id of a record: the stored one, or the one that it is shown with in a case.
    fn id_of(&mut self, known: Known) -> RecordId {
        match self.case(known) {
            Some(case) => record_id_in_case(&IdKey::default(), case, known.id),
            None => known.id,
        }
    }

    /// The ids of two records of one type, if there are two: often a pair that only one world holds alike or judged,
    /// else mostly a masked one and often one of the caller's own, as a caller who guesses would ask.
    fn pair(&mut self) -> [RecordId; 2] {
        let told = match self.rng.random_range(0..20) {
            0..12 => self.alike.choose(self.rng),
            12..15 => self.judged.choose(self.rng),
            _ => None,
        };
        let mut pair = told.copied().unwrap_or_else(|| self.any_pair());
        pair.shuffle(self.rng);
        pair.map(|known| self.id_of(known))
    }

    fn any_pair(&mut self) -> [Known; 2] {
        let masked = self.records.iter().filter(|it| it.is_visible && it.is_masked());
        let first = match masked.choose(self.rng) {
            Some(masked) if self.rng.random_bool(0.6) => *masked,
            _ => self.known(),
        };
        let own = self.rng.random::<bool>();
        let fits = |it: &&Known| it.entity_type == first.entity_type && it.id != first.id;
        let fitting = self.records.iter().filter(fits).filter(|it| it.is_own || !own);
        [first, fitting.choose(self.rng).copied().unwrap_or(Known::NEVER)]
    }

    /// The id of an entity with a first record of the pool: of this view, of another's, or of none.
    fn entity(&mut self) -> String {
        let known = self.known();
        let stored = IdKey::default().entity(known.entity_type, known.id);
        let shown = match self.case(known) {
            Some(case) => entity_id_in_case(&IdKey::default(), case, stored),
            None => stored,
        };
        shown.to_string()
    }

    /// The id of an event that a row of any agency may have: the stored one, or the one shown in a case.
    fn event(&mut self) -> String {
        let agency = self.pick(&AGENCIES);
        let (local_id, kind) =
            (self.local_id(), self.pick(&[EventKind::Sighting, EventKind::Incident]));
        let stored = IdKey::default().event(agency, &local_id, kind);
        let shown = match self.pick(&[None, Some(self.case), Some(CASE), Some(OWN_CASE)]) {
            Some(case) => event_id_in_case(&IdKey::default(), case, stored),
            None => stored,
        };
        shown.to_string()
    }

    /// The case that an id is made for, if any. Mostly the right one: a victim's record has an id of the case;
    /// otherwise a random one: none, the case that callers work on, or their agency's own.
    fn case(&mut self, known: Known) -> Option<&'static str> {
        match self.rng.random_bool(0.85) {
            true => known.is_victim.then_some(self.case),
            false => self.pick(&[None, Some(CASE), Some(OWN_CASE)]),
        }
    }

    fn name(&mut self) -> String {
        let named = self.named;
        named.choose(self.rng).cloned().unwrap_or_else(|| CASE.to_owned())
    }

    fn unmask(&mut self) -> &'static str {
        match self.unmasks {
            true => self.pick(&["", "?unmask=true", "?unmask=true", "?unmask=true"]),
            false => self.pick(&["", "", "?unmask=false"]),
        }
    }

    /// The `unmask` parameter after another parameter.
    fn and_unmask(&mut self) -> String {
        self.unmask().replace('?', "&")
    }

    fn limit(&mut self) -> u32 {
        self.pick(&[1, 2, 3, 50])
    }

    /// A local id that a row of any agency may have, in both worlds or in one.
    fn local_id(&mut self) -> String {
        match self.rng.random_range(0..20) {
            0..7 => world::extra(self.rng.random_range(0..3)),
            7..13 if !self.own.is_empty() => self.own.choose(self.rng).unwrap().clone(),
            _ => world::numbered(self.rng.random_range(0..16)),
        }
    }

    fn own_row(&mut self) -> Value {
        let local_id = self.local_id();
        world::row(self.rng, CALLER, &local_id, 0.5).json
    }
}

/// The driver of each operation.
pub fn drivers<R: Rng>() -> Vec<(&'static str, Driver<R>)> {
    vec![
        ("submit_record", |pool| post("/v1/records", pool.own_row())),
        ("submit_batch", |pool| {
            let rows = [pool.own_row(), pool.own_row()];
            post("/v1/records/batch", json!({ "rows": rows }))
        }),
        ("get_record", |pool| {
            let (record, unmask) = (pool.record(), pool.unmask());
            get(format!("/v1/records/{record}{unmask}"))
        }),
        ("list_reviews", |pool| {
            let (limit, before) = (pool.limit(), pool.pick(&["", "&before=2028-06-01T00:00:00Z"]));
            get(format!("/v1/records/reviews?limit={limit}{before}"))
        }),
        ("review_records", |pool| {
            let by = pool.pick(&["2029-01-01T00:00:00Z", "2026-12-01T00:00:00Z"]);
            let mut body = json!({ "review_by": by, "explanation": "The trial is still to come" });
            if pool.rng.random() {
                body["records"] = json!([pool.record()]);
            } else {
                body["local_ids"] = json!([pool.local_id()]);
            }
            post("/v1/records/reviews", body)
        }),
        ("resolve", |pool| {
            let kind =
                pool.pick(&["person", "person", "phone", "phone", "address", "vehicle", "vehicle"]);
            let body = match pool.rng.random_range(0..20) {
                0..4 => guesses::body(pool.rng, kind, guesses::SAID),
                4..13 if !pool.uneven.is_empty() => pool.uneven.choose(pool.rng).unwrap().clone(),
                _ => world::body(pool.rng, kind),
            };
            let path = format!("/v1/resolve{}", pool.unmask());
            post(&path, json!({ "body": body, "limit": 20 }))
        }),
        ("search", |pool| {
            // Beginnings of words find many entities at once, so that their order shows.
            let text = pool.pick(&[
                "horvat",
                "k b o h",
                "h 2555 l",
                "h l o b 2",
                "z q y h",
                "q l v e",
                "h c n 7",
            ]);
            let path = format!("/v1/search{}", pool.unmask());
            let limit = pool.pick(&[1, 3, 50, 50, 50]);
            post(&path, json!({ "text": text, "limit": limit }))
        }),
        ("get_entity", |pool| {
            let (entity, unmask) = (pool.entity(), pool.unmask());
            get(format!("/v1/entities/{entity}{unmask}"))
        }),
        ("list_neighbours", |pool| {
            let (entity, limit, unmask) = (pool.entity(), pool.limit(), pool.and_unmask());
            get(format!("/v1/entities/{entity}/neighbours?limit={limit}{unmask}"))
        }),
        ("get_routes", |pool| {
            let (entity, unmask) = (pool.entity(), pool.unmask());
            get(format!("/v1/entities/{entity}/routes{unmask}"))
        }),
        ("explain_pair", |pool| {
            let ([a, b], unmask) = (pool.pair(), pool.and_unmask());
            get(format!("/v1/explanations/pair?a={a}&b={b}{unmask}"))
        }),
        ("picture_pair", |pool| {
            let ([a, b], unmask) = (pool.pair(), pool.and_unmask());
            get(format!("/v1/explanations/pair.svg?a={a}&b={b}{unmask}"))
        }),
        ("picture_entity", |pool| {
            let (entity, unmask) = (pool.entity(), pool.unmask());
            get(format!("/v1/explanations/entity/{entity}.svg{unmask}"))
        }),
        ("explain_entity", |pool| {
            let (entity, unmask) = (pool.entity(), pool.unmask());
            get(format!("/v1/explanations/entity/{entity}{unmask}"))
        }),
        ("find_paths", |pool| {
            let (from, to, unmask) = (pool.entity(), pool.entity(), pool.and_unmask());
            get(format!("/v1/paths?from={from}&to={to}&hub_neighbours_max=3{unmask}"))
        }),
        ("rank_entities", |pool| {
            let measure = pool.pick(&["degree", "pagerank", "betweenness"]);
            let (limit, unmask) = (pool.limit(), pool.and_unmask());
            get(format!("/v1/centrality/{measure}?limit={limit}{unmask}"))
        }),
        ("list_communities", |pool| get(format!("/v1/communities{}", pool.unmask()))),
        ("get_event", |pool| {
            let (event, unmask) = (pool.event(), pool.unmask());
            get(format!("/v1/events/{event}{unmask}"))
        }),
        ("list_indicators", |_| get("/v1/indicators".to_owned())),
        ("run_indicator", |pool| {
            let name = pool.pick(&["shared-hub", "shared-hub", "shared-hub", "none"]);
            // The shortest window with a finding would tell the times of its evidence.
            let (days, unmask) = (pool.pick(&[1, 10, 180]), pool.and_unmask());
            get(format!("/v1/indicators/{name}?window_days={days}{unmask}"))
        }),
        ("list_queries", |_| get("/v1/queries".to_owned())),
        ("get_query", |_| get("/v1/queries/shared-phones".to_owned())),
        ("run_query", |pool| {
            let entity = pool.entity();
            let (name, parameters) = match pool.rng.random_range(0..4) {
                0 => ("shared-phones", json!({ "min_people": 2 })),
                1 => ("cross-agency-entities", json!({})),
                2 => ("ego-network", json!({ "entity": entity })),
                _ => ("route-of-entity", json!({ "entity": entity })),
            };
            let path = format!("/v1/queries/{name}{}", pool.unmask());
            post(&path, json!({ "parameters": parameters }))
        }),
        ("start_import", |pool| {
            let mapping = "source = \"people\"\nformat = \"csv\"\nid = \"id\"\n\n[label]\ncategory = \
                           \"contact\"\nhandling = \"own\"\n\n[[record]]\nslot = \"person\"\ntype = \
                           \"person\"\n[record.fields]\nfull = \"name\"\nbirth_date = \"born\"\n";
            let id = pool.local_id();
            let data = format!("id,name,born\n{id},Katarina Horvat,1991-07-03\n");
            let body = json!({ "name": "p.csv", "mapping": mapping, "data": data });
            post("/v1/imports", body)
        }),
        ("submit_judgement", |pool| {
            let verdict = pool.pick(&["same", "not_same", "unsure"]);
            let ([a, b], unmask) = (pool.pair(), pool.unmask());
            let path = format!("/v1/judgements{unmask}");
            post(&path, json!({ "a": a, "b": b, "verdict": verdict }))
        }),
        ("deconflict", |pool| {
            let identifier = match pool.rng.random_range(0..3) {
                0 => json!({ "kind": "phone", "number": "+44 20 2555 0143" }),
                1 => json!({ "kind": "plate", "plate": "LM30 YAM", "country": "GB" }),
                _ => json!({
                    "kind": "person", "name": world::ASKED_NAME, "birth_date": world::ASKED_BORN,
                }),
            };
            let covert = pool.rng.random_bool(0.2);
            post("/v1/deconflict", json!({ "identifiers": [identifier], "covert": covert }))
        }),
        ("announce_operation", |pool| {
            let reference = format!("op-{}", pool.rng.random_range(0..3));
            let body = json!({
                "reference": reference, "latitude": 51.5, "longitude": -0.1, "radius_metres": 500,
                "from": "2099-03-01T06:00:00Z", "until": "2099-03-01T09:00:00Z",
            });
            post("/v1/planned-operations", body)
        }),
        ("cancel_operation", |pool| {
            let reference = format!("op-{}", pool.rng.random_range(0..3));
            post("/v1/planned-operations/cancel", json!({ "reference": reference }))
        }),
        ("read_inbox", |_| get("/v1/inbox".to_owned())),
        ("break_glass", |pool| {
            let agency = pool.pick(&AGENCIES);
            let body = json!({ "agency": agency, "reason": "A child is on its way tonight" });
            post("/v1/break-glass", body)
        }),
        ("list_break_glass", |_| get("/v1/break-glass".to_owned())),
        ("review_break_glass", |pool| {
            let id = pool.name();
            let body =
                json!({ "justified": pool.rng.random_bool(0.5), "note": "Asked at the desk" });
            post(&format!("/v1/break-glass/{id}/review"), body)
        }),
        ("list_cases", |_| get("/v1/cases".to_owned())),
        ("open_case", |pool| {
            let reference = format!("tf-{}", pool.rng.random_range(0..5));
            let body = json!({ "reference": reference, "expires": "2099-01-01T00:00:00Z" });
            post("/v1/cases", body)
        }),
        ("add_member", |pool| {
            let agencies = [&AGENCIES[..], &UNLISTED].concat();
            let (case, agency) = (pool.name(), pool.pick(&agencies));
            let body = json!({ "agency": agency, "user": "v" });
            post(&format!("/v1/cases/{case}/members"), body)
        }),
        ("remove_member", |pool| {
            let case = pool.name();
            let body = json!({ "agency": "gamma", "user": "v" });
            post(&format!("/v1/cases/{case}/members/remove"), body)
        }),
        ("add_subjects", |pool| {
            let (case, record) = (pool.name(), pool.record());
            post(&format!("/v1/cases/{case}/subjects"), json!({ "records": [record] }))
        }),
        // Not the case that the caller works on: everything after would see less.
        ("end_case", |_| act(format!("/v1/cases/{CASE_OF_OTHERS}/end"))),
        ("list_agreements", |_| get("/v1/agreements".to_owned())),
        ("get_agreement", |pool| get(format!("/v1/agreements/{}", pool.name()))),
        ("preview_agreement", |pool| get(format!("/v1/agreements/{}/preview", pool.name()))),
        ("draft_agreement", |pool| post("/v1/agreements", terms(pool))),
        ("draft_version", |pool| {
            let name = pool.name();
            post(&format!("/v1/agreements/{name}/versions"), terms(pool))
        }),
        ("sign_agreement", |pool| {
            let name = pool.name();
            let mut body = json!({ "version": 1, "terms_hash": hex(&[7; 32]) });
            if pool.rng.random() {
                (body["key"], body["signature"]) = (json!("k"), json!("s"));
            }
            post(&format!("/v1/agreements/{name}/sign"), body)
        }),
        ("suspend_agreement", |pool| act(format!("/v1/agreements/{}/suspend", pool.name()))),
        ("end_agreement", |pool| act(format!("/v1/agreements/{}/end", pool.name()))),
        ("confirm_purge", |pool| {
            let name = pool.name();
            let body = json!({ "note": "All of it was deleted" });
            post(&format!("/v1/agreements/{name}/purge-receipts"), body)
        }),
        ("ask_onward", |pool| {
            let (record, recipient) = (pool.record(), pool.pick(&["beta", "omega"]));
            let body = json!({
                "record": record, "recipient": recipient, "reason": "They can find the vessel",
            });
            post("/v1/onward-requests", body)
        }),
        ("list_onward_requests", |_| get("/v1/onward-requests".to_owned())),
        ("decide_onward", |pool| {
            let id = pool.pick(&ONWARD);
            let body = json!({ "granted": pool.rng.random_bool(0.5), "note": "As was agreed" });
            post(&format!("/v1/onward-requests/{id}/decision"), body)
        }),
        ("list_referrals", |_| get("/v1/referrals".to_owned())),
        ("decide_referral", |pool| {
            let id = pool.pick(&REFERRALS);
            let decision = pool.pick(&["release", "refuse"]);
            let body = json!({ "decision": decision, "note": "As the desks agreed" });
            post(&format!("/v1/referrals/{id}/decision"), body)
        }),
        ("list_agencies", |_| get("/v1/agencies".to_owned())),
        ("register_agency", |pool| {
            let name = pool.pick(&AGENCIES);
            let desk = json!({ "name": "Desk", "channel": "1" });
            post("/v1/agencies", json!({ "name": name, "kind": "police", "desk": desk }))
        }),
        ("list_jobs", |_| get("/v1/jobs".to_owned())),
        ("get_job", |_| get(format!("/v1/jobs/job_{}", hex(&[7; 16])))),
        ("cancel_job", |_| Request {
            method: "DELETE",
            path: format!("/v1/jobs/job_{}", hex(&[7; 16])),
            body: None,
        }),
        ("read_notice", |_| get("/v1/sessions/notice".to_owned())),
        ("begin_session", |pool| {
            let (agency, user) = (pool.pick(&AGENCIES), pool.pick(&["u", "v", "nobody"]));
            let mut body = json!({
                "agency": agency, "user": user, "password": "x", "code": "123456",
                "notice": Notice::default().id,
            });
            if agency == CALLER && user == "u" {
                // The first password must be replaced; once it is, it is wrong.
                let (password, code) = super::accounts::right();
                (body["password"], body["code"]) = (json!(password), json!(code));
                if pool.rng.random() {
                    body["new_password"] = json!("a password of one's own");
                }
            }
            post("/v1/sessions", body)
        }),
        // A key is no session: the caller is still known afterwards.
        ("end_session", |_| Request {
            method: "DELETE",
            path: "/v1/sessions".to_owned(),
            body: None,
        }),
        ("list_public_operations", |_| get("/v1/meta/public-operations".to_owned())),
        ("health", |_| get("/health".to_owned())),
        ("ready", |_| get("/ready".to_owned())),
        ("metrics", |_| get("/metrics".to_owned())),
    ]
}

fn terms<R: Rng>(pool: &mut Pool<'_, R>) -> Value {
    let reference = format!("mou-{}", pool.rng.random_range(0..4));
    let recipient = pool.pick(&["beta", UNLISTED[0], UNLISTED[1]]);
    json!({
        "id": reference, "discloser": CALLER, "recipients": [recipient], "legal_basis": "law",
        "grants": [{
            "kinds": ["person"], "subject": ["suspect"], "purposes": ["prosecution"],
            "level": "white",
        }],
        "onward": "ask", "court_use": "ask", "retention_days": 30,
        "on_end": "recipient_purges_copies",
        "valid": ["2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"],
        "sections": { "audit": "paper, 4.1", "dissemination": "paper, 4.2", "hit_confirmation": "paper, 4.3", "logging": "paper, 4.4", "quality": "paper, 4.5", "security": "paper, 4.6", "timeliness": "paper, 4.7", "training": "paper, 4.8", "use": "paper, 4.9", "validation": "paper, 4.10" },
        "document_sha256": "0".repeat(64),
    })
}
