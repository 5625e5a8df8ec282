//! Small random databases of three agencies, their agreements, and a caller.

use std::collections::BTreeSet;

use accord::govern::{
    Act, Attribute, BreakGlass, CaseRef, Field, Grant, Level, PlannedOperation, Policy, Principal,
    Purpose, Question, Role,
};
use accord::model::{
    EntityType, Grade, Handling, IdKey, Kind, Label, Nature, RecordId, Series, SubjectCategory,
    Timestamp,
};
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{Rng, RngExt};
use serde_json::{Value, json};

use super::{guesses, reference};
use crate::policy::{self, CASE, signed, signed_by, terms, time};

pub const AGENCIES: [&str; 3] = ["alpha", "beta", "gamma"];
pub const CALLER: &str = "alpha";

/// The reference of a case of the caller's agency alone, and the text that ids in it are keyed with.
const OWN_REFERENCE: &str = "MY-1";
pub const OWN_CASE: &str = "alpha\nMY-1";

/// The person that the drivers ask for by name and date of birth.
pub const ASKED_NAME: &str = "Katarina Horvat";
pub const ASKED_BORN: &str = "1991-07-03";

const NAMES: [&str; 6] = [
    ASKED_NAME,
    "Katerina Horvatova",
    "Horvat, K.",
    "Blerim Hoxha",
    "Blerim Hodza",
    "Oluwaseun Adeyemi",
];
const BORN: [&str; 4] = [ASKED_BORN, "1991-03-07", "1991-07", "1988-11-30"];
const PHONES: [&str; 3] = ["+44 20 2555 0143", "020 2555 0143", "+44 20 2555 0199"];
/// The prefix of the numbers of rare phones.
pub const RARE: &str = "+44 20 2556";
const STREETS: [&str; 3] = ["12 Station Road", "12 Station Rd", "7 Mill Lane"];
const PLATES: [&str; 3] = ["LM30 YAM", "8BXK 210", "KX19 OBD"];
const FIRMS: [&str; 2] = ["Orchard Farm Ltd", "Bridge Hotel"];
pub const CITIES: [(&str, f64, f64); 3] =
    [("Paris", 48.8566, 2.3522), ("London", 51.5074, -0.1278), ("Lyon", 45.764, 4.8357)];
/// Users who may have local accounts.
pub const USERS: [&str; 2] = ["u", "v"];
const CATEGORIES: [&str; 4] = ["suspect", "victim", "possible_victim", "contact"];
pub const PURPOSES: [Purpose; 3] =
    [Purpose::TraffickingInvestigation, Purpose::VictimSafety, Purpose::Deconfliction];

/// A row of an agency, as submitted.
#[derive(Debug, Clone)]
pub struct Row {
    pub agency: &'static str,
    pub json: Value,
}

/// A judgement: the ids of two records, the verdict, and the agency that gave it.
#[derive(Debug, Clone)]
pub struct Judged {
    pub a: RecordId,
    pub b: RecordId,
    pub same: bool,
    pub agency: &'static str,
    pub handling: Handling,
}

impl Judged {
    /// Tells if the judgement replaces another: the same pair, judged by the same agency.
    pub fn is_as(&self, other: &Self) -> bool {
        let pair = |it: &Self| (it.a.min(it.b), it.a.max(it.b));
        self.agency == other.agency && pair(self) == pair(other)
    }
}

/// A database with its policy.
#[derive(Debug, Clone)]
pub struct World {
    pub rows: Vec<Row>,
    pub judged: Vec<Judged>,
    pub policy: Policy,
    /// Agencies whose desk got a message.
    pub messages: Vec<&'static str>,
    /// Agencies with the operations that they plan.
    pub operations: Vec<(&'static str, PlannedOperation)>,
    /// Agencies and users that have a local account.
    pub accounts: Vec<(&'static str, &'static str)>,
    /// Agencies with a user who is logged on.
    pub sessions: Vec<&'static str>,
}

/// A caller with its purpose and case.
#[derive(Debug, Clone)]
pub struct Caller {
    pub principal: Principal,
    pub purpose: Purpose,
    pub case: CaseRef,
    /// True if the caller sometimes asks to unmask: a caller who never does is not shown what it might unmask.
    pub unmasks: bool,
}

impl Caller {
    /// The records about victims that the caller is shown unmasked now and then.
    pub fn unmasked(&self, policy: &Policy) -> BTreeSet<RecordId> {
        match self.unmasks {
            true => reference::unmasked(policy, &self.question()),
            false => BTreeSet::new(),
        }
    }

    pub fn question(&self) -> Question<'_> {
        let (principal, case) = (&self.principal, &self.case);
        Question { principal, purpose: self.purpose, case, at: now() }
    }

    /// The case that ids of records masked to the caller are made for: one in accord, or its agency's own.
    pub fn pseudonyms(&self) -> &'static str {
        if self.case.to_string() == CASE { CASE } else { OWN_CASE }
    }
}

pub fn pick<T: Copy>(rng: &mut impl Rng, from: &[T]) -> T {
    *from.choose(rng).unwrap()
}

pub fn person(rng: &mut impl Rng) -> Value {
    let mut body = json!({ "type": "person", "names": [{ "full": pick(rng, &NAMES) }] });
    if rng.random_bool(0.7) {
        body["birth_date"] = json!(pick(rng, &BORN));
    }
    if rng.random_bool(0.3) {
        body["phones"] = json!([{ "number": pick(rng, &PHONES), "region": "GB" }]);
    }
    if rng.random_bool(0.3) {
        body["address"] = address(rng);
        body["address"].as_object_mut().unwrap().remove("type");
    }
    body
}

fn address(rng: &mut impl Rng) -> Value {
    json!({ "type": "address", "line": pick(rng, &STREETS), "city": "London", "country": "GB" })
}

/// Makes a random body of this type.
pub fn body(rng: &mut impl Rng, entity_type: &str) -> Value {
    match entity_type {
        "person" => person(rng),
        "phone" => json!({ "type": "phone", "number": pick(rng, &PHONES), "region": "GB" }),
        "address" => address(rng),
        "organization" => json!({
            "type": "organization", "name": pick(rng, &FIRMS), "kind": pick(rng, &["farm", "hotel"]),
        }),
        _ => json!({ "type": "vehicle", "plate": pick(rng, &PLATES), "plate_country": "GB" }),
    }
}

/// Makes a phone with a number that hardly any other record has.
pub fn rare_phone(rng: &mut impl Rng) -> Value {
    let number = format!("{RARE} {:04}", rng.random_range(1_000..10_000));
    json!({ "type": "phone", "number": number, "region": "GB" })
}

fn event(rng: &mut impl Rng, slots: &[&str]) -> Value {
    let (city, latitude, longitude) = pick(rng, &CITIES);
    let mut roles = json!({});
    for slot in slots {
        let role = match *slot {
            "p" => "subject",
            "t" => "contact",
            "a" => "location",
            "o" => continue,
            _ => "vehicle",
        };
        roles[role] = json!([slot]);
    }
    let mut event = json!({
        "kind": pick(rng, &["sighting", "incident"]),
        "place": { "city": city, "latitude": latitude, "longitude": longitude },
        "participants": roles,
    });
    timed(rng, &mut event);
    event
}

/// Gives an event another time.
pub fn timed(rng: &mut impl Rng, event: &mut Value) {
    event["at"] = json!(format!("2026-03-{:02}T10:00:00Z", rng.random_range(1..28)));
    event.as_object_mut().unwrap().remove("until");
    if rng.random_bool(0.3) {
        event["until"] = json!(format!("2026-04-{:02}T10:00:00Z", rng.random_range(1..28)));
    }
}

/// Gives a tie other times.
pub fn dated(rng: &mut impl Rng, tie: &mut Value) {
    tie.as_object_mut().unwrap().remove("span");
    if rng.random_bool(0.5) {
        let mut span =
            json!({ "from": format!("2025-{:02}-01T00:00:00Z", rng.random_range(1..12)) });
        if rng.random_bool(0.5) {
            span["to"] = json!(format!("2026-{:02}-01T00:00:00Z", rng.random_range(1..12)));
        }
        tie["span"] = span;
    }
}

/// The local id of a row of a world.
pub fn numbered(number: u32) -> String {
    format!("row-{number}")
}

/// The local id of a row of other agencies that only the second of two twins may hold.
pub fn extra(number: u32) -> String {
    format!("extra-{number}")
}

pub fn row(rng: &mut impl Rng, agency: &'static str, local_id: &str, shared: f64) -> Row {
    let mut slots = vec!["p"];
    slots.extend(["t", "a", "v"].into_iter().filter(|_| rng.random_bool(0.45)));
    slots.extend(["o"].into_iter().filter(|_| rng.random_bool(0.15)));
    let records: Vec<Value> = slots
        .iter()
        .map(|slot| {
            let body = match *slot {
                "p" => person(rng),
                "t" if rng.random_bool(0.3) => rare_phone(rng),
                "t" => body(rng, "phone"),
                "a" => body(rng, "address"),
                "o" => body(rng, "organization"),
                _ => body(rng, "vehicle"),
            };
            let is_public = *slot != "p" && rng.random_bool(0.1);
            json!({ "slot": slot, "public": is_public, "body": body })
        })
        .collect();
    let ties: Vec<Value> = slots[1..]
        .iter()
        .map(|slot| {
            let kind = match *slot {
                "t" => "USES",
                "a" => "LIVES_AT",
                "o" => "WORKS_FOR",
                _ => "DRIVES",
            };
            let mut tie = json!({ "kind": kind, "from": "p", "to": slot });
            dated(rng, &mut tie);
            tie
        })
        .collect();
    let events: Vec<Value> =
        if rng.random_bool(0.6) { vec![event(rng, &slots)] } else { Vec::new() };
    let mut json = json!({
        "local_id": local_id, "source": "s",
        "category": pick(rng, &CATEGORIES), "tier": rng.random_range(0..2),
        "handling": if !rng.random_bool(shared) { "own" } else { pick(rng, &HANDLING) },
        "records": records, "ties": ties, "events": events,
    });
    if rng.random_bool(0.15) {
        json["intelligence"] =
            json!({ "reasonable_suspicion": "Seen at the place of the offence" });
    }
    graded(rng, &mut json);
    if rng.random_bool(0.2) || json.get("intelligence").is_some() {
        // No row of the caller is overdue for review; some rows of others are.
        let far = "2028-01-01T00:00:00Z";
        // The server removes some of the overdue ones, after the days of grace.
        let odd = local_id.ends_with(['1', '3', '5', '7', '9']);
        let over = if odd { "2026-05-01T00:00:00Z" } else { "2026-09-10T00:00:00Z" };
        let by = if agency == CALLER { far } else { pick(rng, &[over, far, far]) };
        json["review_by"] = json!(by);
    }
    if agency != CALLER && rng.random_bool(0.12) {
        // Some of these audiences include the caller.
        let audiences = [
            json!({ "agencies": [CALLER, "omega"] }),
            json!({ "agencies": [] }),
            json!({ "cases": [CASE] }),
            json!({ "users": [format!("{CALLER}/u"), "omega/u"] }),
            json!({ "users": ["omega/u"], "agencies": [CALLER] }),
        ];
        json["audience"] = audiences.choose(rng).unwrap().clone();
    }
    if rng.random_bool(0.1) {
        json["conditions"] = json!(["onward_with_leave"]);
    }
    let mut row = Row { agency, json };
    if agency == CALLER && rng.random_bool(0.5) {
        guesses::guessed(rng, &mut row.json);
    } else if row.is_about_others_victim() {
        guesses::about_victim(rng, &mut row.json);
    }
    row
}

/// Grades a row anew, or removes its grade: criminal intelligence always has one, other rows now and then.
pub fn graded(rng: &mut impl Rng, row: &mut Value) {
    let is_needed = row.get("intelligence").is_some();
    let members = row.as_object_mut().unwrap();
    members.remove("grade");
    members.remove("nature");
    if is_needed || rng.random_bool(0.5) {
        let grade = Grade::all().choose(rng).unwrap();
        members.insert("grade".to_owned(), json!(grade));
    }
    if rng.random_bool(0.4) {
        members.insert("nature".to_owned(), json!(pick(rng, &[Nature::Fact, Nature::Opinion])));
    }
}

impl Row {
    /// The label of the row's objects of a kind. The category holds for the person and the row's ties and events, and
    /// not for other records; a victim's category holds for all records but public ones.
    pub fn label(&self, kind: Kind) -> Label {
        let mut label = self.own_label();
        let of_records = [Kind::Phone, Kind::Address, Kind::Vehicle, Kind::Organization];
        let is_thing = of_records.contains(&kind);
        if self.is_public(kind) || (is_thing && !label.category.is_victim()) {
            label.category = SubjectCategory::Unknown;
        }
        label
    }

    /// Tells if the row's record of a kind is marked as public.
    fn is_public(&self, kind: Kind) -> bool {
        let mut records = self.json["records"].as_array().unwrap().iter();
        records.any(|record| {
            let name = record["body"]["type"].as_str().unwrap();
            record["public"] == true && Kind::from(EntityType::from_name(name).unwrap()) == kind
        })
    }

    /// Tells if this is another agency's row about somebody who may be a victim.
    pub fn is_about_others_victim(&self) -> bool {
        self.agency != CALLER && self.own_label().category.is_victim()
    }

    fn own_label(&self) -> Label {
        let of = |name: &str| self.json[name].clone();
        Label {
            agency: self.agency.to_owned(),
            category: serde_json::from_value(of("category")).unwrap(),
            tier: serde_json::from_value(of("tier")).unwrap(),
            handling: serde_json::from_value(of("handling")).unwrap(),
            conditions: serde_json::from_value(of("conditions")).unwrap_or_default(),
            audience: serde_json::from_value(of("audience")).unwrap(),
            intelligence: !of("intelligence").is_null(),
            review_by: serde_json::from_value(of("review_by")).unwrap(),
            released_until: None,
        }
    }

    /// The row's records as id and type, in their order.
    pub fn records(&self) -> Vec<(RecordId, EntityType)> {
        let local_id = self.json["local_id"].as_str().unwrap();
        let series = Series::of(self.json.get("intelligence").is_some());
        let records = self.json["records"].as_array().unwrap().iter().enumerate();
        records
            .map(|(position, record)| {
                let slot = record["slot"].as_str().unwrap();
                let id =
                    if position == 0 { local_id.to_owned() } else { format!("{local_id}/{slot}") };
                let name = record["body"]["type"].as_str().unwrap();
                (
                    IdKey::default().record_of(series, self.agency, &id),
                    EntityType::from_name(name).unwrap(),
                )
            })
            .collect()
    }
}

/// A random world.
pub fn world(rng: &mut impl Rng) -> World {
    let count = rng.random_range(8..17);
    let rows: Vec<Row> = (0..count)
        .map(|number| {
            let agency = pick(rng, &AGENCIES);
            row(rng, agency, &numbered(number), 0.7)
        })
        .collect();
    let ids = records(&rows);
    let mut judged_pairs: Vec<Judged> = Vec::new();
    for _ in 0..rng.random_range(0..6) {
        let new = judged(rng, &ids, 0.5).filter(|new| !judged_pairs.iter().any(|it| it.is_as(new)));
        judged_pairs.extend(new);
    }
    let judged = judged_pairs;
    let mut policy = policy(rng);
    for row in rows.iter().filter(|row| row.label(Kind::Person).category.is_victim()) {
        if rng.random_bool(0.4) {
            let case = policy.cases.get_mut(&CASE.parse().unwrap()).unwrap();
            // One record of the row is enough to bring the whole row into the case.
            let most = if rng.random() { 1 } else { usize::MAX };
            case.subjects.extend(row.records().into_iter().take(most).map(|(id, _)| id));
        }
    }
    let mut accounts = vec![(CALLER, "u")];
    accounts.extend(others_accounts(rng));
    let operations = AGENCIES[1..].iter().map(|agency| (*agency, operation(rng))).collect();
    let (messages, sessions) = (Vec::new(), Vec::new());
    World { rows, judged, policy, messages, operations, accounts, sessions }
}

/// Local accounts of other agencies.
pub fn others_accounts(rng: &mut impl Rng) -> Vec<(&'static str, &'static str)> {
    let all = AGENCIES[1..].iter().flat_map(|agency| USERS.map(|user| (*agency, user)));
    all.filter(|_| rng.random()).collect()
}

/// Makes an operation at the place and time of the caller's, or elsewhere.
pub fn operation(rng: &mut impl Rng) -> PlannedOperation {
    PlannedOperation {
        reference: "op-x".parse().unwrap(),
        latitude: pick(rng, &[51.5, 51.501, 48.9]),
        longitude: -0.1,
        radius_metres: 400.0,
        from: time(pick(rng, &["2099-03-01T05:00:00Z", "2099-03-02T05:00:00Z"])),
        until: time("2099-03-03T00:00:00Z"),
    }
}

/// The records of all rows, as id and type.
pub fn records(rows: &[Row]) -> Vec<(RecordId, EntityType)> {
    rows.iter().flat_map(Row::records).collect()
}

pub fn judged(rng: &mut impl Rng, ids: &[(RecordId, EntityType)], shared: f64) -> Option<Judged> {
    let (a, kind) = *ids.choose(rng)?;
    let others: Vec<_> = ids.iter().filter(|(id, of)| *id != a && *of == kind).collect();
    let b = others.choose(rng)?.0;
    let handling = if rng.random_bool(shared) { Handling::Shared } else { Handling::Own };
    Some(Judged { a, b, same: rng.random(), agency: pick(rng, &AGENCIES[1..]), handling })
}

/// The handling of rows that may be shared: mostly shared as far as agreements allow.
const HANDLING: [&str; 6] = ["shared", "shared", "shared", "shared", "shared", "pointer"];

fn grant(rng: &mut impl Rng) -> Grant {
    let some = |rng: &mut dyn FnMut() -> bool, kind: &Kind| *kind == Kind::Person || rng();
    let mut flip = || rng.random_bool(0.75);
    let kinds = Kind::ALL.into_iter().filter(|kind| some(&mut flip, kind)).collect();
    let subject = SubjectCategory::ALL.into_iter().filter(|_| rng.random_bool(0.75)).collect();
    let white = Level::White;
    let levels = [white, white, white, white, white, Level::Gray, Level::Gray, Level::Black];
    let level = pick(rng, &levels);
    Grant {
        kinds,
        subject,
        tier_max: rng.random_range(0..2),
        purposes: PURPOSES.into(),
        level,
        break_glass: level == Level::Gray && rng.random_bool(0.6),
        silent_alert: level == Level::Black && rng.random_bool(0.6),
        requires: Attribute::ALL
            .into_iter()
            .filter(|_| level != Level::Black && rng.random_bool(0.15))
            .collect(),
    }
}

fn policy(rng: &mut impl Rng) -> Policy {
    let mut policy = Policy::default();
    for discloser in &AGENCIES[1..] {
        for number in 0..rng.random_range(1..3) {
            let grants = (0..rng.random_range(1..3)).map(|_| grant(rng)).collect();
            let mut terms = terms(discloser, &[CALLER], grants);
            terms.id = format!("mou-{number}").parse().unwrap();
            let fields = [Field::Phones, Field::HomeAddress, Field::BirthDate, Field::EventPlace];
            terms.fields_never = fields.into_iter().filter(|_| rng.random_bool(0.15)).collect();
            let id = terms.agreement_id(&IdKey::default());
            // Now and then an agreement that only one side has signed.
            let agreement =
                if rng.random_bool(0.1) { signed_by(terms, &[discloser]) } else { signed(terms) };
            policy.agreements.insert(id, agreement);
        }
    }
    let shared = policy::everyone_shares(&AGENCIES);
    policy.cases.extend(shared.cases);
    if rng.random_bool(0.5) {
        broken(&mut policy, (CALLER, "v"), AGENCIES[1], PURPOSES[0], CASE);
    }
    policy
}

/// Adds a use of break-glass that was opened just now.
pub fn broken(
    policy: &mut Policy,
    (agency, user): (&str, &str),
    owner: &str,
    purpose: Purpose,
    case: &str,
) {
    let glass = BreakGlass {
        by: Act { agency: agency.into(), user: user.into(), at: now() },
        owner: owner.into(),
        purpose,
        case: case.parse().unwrap(),
        reason: "danger".into(),
        review: None,
    };
    policy.break_glass.insert(glass.id(&IdKey::default()), glass);
}

/// The time at which everything happens.
fn now() -> Timestamp {
    time("2026-09-21T14:13:20Z")
}

/// Returns the policy after the caller has opened break-glass against all agencies: its widest possible view.
pub fn once_broken(policy: &Policy, caller: &Caller) -> Policy {
    let mut policy = policy.clone();
    for owner in &AGENCIES[1..] {
        let by = (CALLER, caller.principal.user.as_str());
        broken(&mut policy, by, owner, caller.purpose, &caller.case.to_string());
    }
    policy
}

/// A random caller.
pub fn caller(rng: &mut impl Rng) -> Caller {
    use Role::{Analyst, Approver, Investigator, TaskForceLead, VictimSpecialist};
    let roles: Vec<Role> = match rng.random_range(0..14) {
        0..2 => vec![Analyst],
        2..4 => vec![Investigator, TaskForceLead],
        4..6 => vec![Investigator, Approver],
        6..8 => vec![Investigator],
        _ => vec![Investigator, VictimSpecialist],
    };
    // Now and then a caller that is bound to a purpose for which it is shown no record.
    let (purpose, is_bound) = match rng.random_range(0..20) {
        0 => (Purpose::VictimSafety, false),
        1 => (Purpose::Deconfliction, false),
        2 => (Purpose::Deconfliction, true),
        _ => (PURPOSES[0], false),
    };
    let principal = Principal {
        agency: CALLER.into(),
        user: "u".into(),
        roles: roles.into_iter().collect(),
        purposes: is_bound.then(|| [purpose].into()),
        certified: rng.random(),
        attributes: Attribute::ALL.into_iter().filter(|_| rng.random_bool(0.7)).collect(),
    };
    let case = if rng.random_bool(0.85) { CASE } else { OWN_REFERENCE };
    Caller { principal, purpose, case: case.parse().unwrap(), unmasks: rng.random_bool(0.6) }
}

pub fn label_of(judged: &Judged) -> Label {
    Label {
        agency: judged.agency.into(),
        category: SubjectCategory::Unknown,
        tier: 0,
        handling: judged.handling,
        ..Label::default()
    }
}
