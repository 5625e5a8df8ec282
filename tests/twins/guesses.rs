//! The content of other agencies' records about victims, and of the caller's guesses at them: values of which no two
//! are similar, so that records are linked only if their values are equal, and none of which the drivers ask a pointer
//! for.

use std::collections::BTreeSet;

use rand::Rng;
use rand::seq::{IteratorRandom, SliceRandom};
use serde_json::{Value, json};

use super::world::{CITIES, pick};

/// Names, dates of birth and numbers in the person's record.
const PEOPLE: [(&str, &str, &str); 10] = [
    ("Zorvanka Thexley", "1979-02-11", "+44 20 7140 3391"),
    ("Quillon Badrogh", "1994-12-30", "+44 161 822 0047"),
    ("Ysmeria Follunt", "1966-08-05", "+44 113 555 9182"),
    ("Jutharat Wekmore", "2001-04-19", "+44 131 290 7765"),
    ("Obadele Prisgoyne", "1983-10-27", "+44 117 346 1528"),
    ("Nivedha Crastuk", "1972-06-14", "+44 29 8801 6234"),
    ("Haukur Zembalist", "1998-01-22", "+44 141 673 4410"),
    ("Dovile Umgwenya", "1959-11-08", "+44 121 478 8853"),
    ("Tsering Aldkvist", "1990-05-31", "+44 151 917 2206"),
    ("Mlada Fjorgyntal", "1986-09-03", "+44 114 231 5979"),
];
const NUMBERS: [&str; 10] = [
    "+44 7700 136029",
    "+44 7811 902384",
    "+44 7533 471196",
    "+44 7990 258847",
    "+44 7402 819553",
    "+44 7625 340768",
    "+44 7156 997031",
    "+44 7388 064215",
    "+44 7867 523490",
    "+44 7249 685172",
];
const STREETS: [&str; 10] = [
    "3 Quarry Close",
    "58 Lantern Street",
    "216 Vexford Avenue",
    "71 Oakum Terrace",
    "140 Priory Gardens",
    "9 Tanner Wharf",
    "95 Juniper Drive",
    "33 Blacksmith Row",
    "187 Meadow Crescent",
    "62 Harrow Parade",
];
const PLATES: [&str; 10] = [
    "QX71 ZPB", "EV04 KWD", "HS65 TRM", "OJ19 FUL", "WC82 NGA", "BD37 YHE", "TP50 CIV", "KR96 SOJ",
    "GZ23 XBN", "FM48 QDW",
];
const FIRMS: [&str; 10] = [
    "Velthorne Textiles",
    "Copperwick Catering",
    "Nightjar Cleaning",
    "Ostrava Scaffolding",
    "Palegrove Nails",
    "Druimhill Fisheries",
    "Saffron Kestrel Spa",
    "Umberlight Logistics",
    "Brackenfold Poultry",
    "Thistledown Care",
];
/// The number of values of each type that victims' records have, until they are renamed.
pub const SAID: usize = 3;
const KINDS: [&str; 4] = ["farm", "hotel", "shelter", "factory"];

/// Gives a victim's row values that nobody else's row has.
pub fn about_victim(rng: &mut impl Rng, row: &mut Value) {
    for record in row["records"].as_array_mut().unwrap() {
        if record["public"] != true {
            // Few, so that some are equal.
            record["body"] = body(rng, record["body"]["type"].as_str().unwrap(), SAID);
        }
    }
}

/// The number of values of each type that the caller guesses at: the victims' values, and one that they may have once
/// they are renamed.
const GUESSED: usize = SAID + 1;

/// Gives a row of the caller values that other agencies' victims may have, in either world.
pub fn guessed(rng: &mut impl Rng, row: &mut Value) {
    for record in row["records"].as_array_mut().unwrap() {
        record["body"] = body(rng, record["body"]["type"].as_str().unwrap(), GUESSED);
    }
}

/// Makes a body of a type with one of its first `most` values.
pub fn body(rng: &mut impl Rng, entity_type: &str, most: usize) -> Value {
    let at = (0..most).choose(rng).unwrap();
    numbered(rng, entity_type, at)
}

fn numbered(rng: &mut impl Rng, entity_type: &str, at: usize) -> Value {
    match entity_type {
        "person" => {
            let (name, born, number) = PEOPLE[at];
            json!({
                "type": "person", "names": [{ "full": name }], "birth_date": born,
                "phones": [{ "number": number, "region": "GB" }],
            })
        }
        "phone" => json!({ "type": "phone", "number": NUMBERS[at], "region": "GB" }),
        "address" => json!({
            "type": "address", "line": STREETS[at], "city": "London", "country": "GB",
        }),
        "organization" => json!({
            "type": "organization", "name": FIRMS[at], "kind": pick(rng, &KINDS),
        }),
        _ => json!({ "type": "vehicle", "plate": PLATES[at], "plate_country": "GB" }),
    }
}

/// The number of a body's value in the lists above; `None` if it is in none.
fn number_of(body: &Value) -> Option<usize> {
    let position = |all: &[&str], name: &Value| all.iter().position(|it| name == *it);
    match body["type"].as_str().unwrap() {
        "person" => PEOPLE.iter().position(|it| body["names"][0]["full"] == it.0),
        "phone" => position(&NUMBERS, &body["number"]),
        "address" => position(&STREETS, &body["line"]),
        "organization" => position(&FIRMS, &body["name"]),
        _ => position(&PLATES, &body["plate"]),
    }
}

/// A renaming of the values of victims' records: equal values stay equal, and unequal ones unequal.
pub struct Renaming {
    things: Vec<usize>,
    /// People are compared within an agency only.
    people: Vec<(&'static str, Vec<usize>)>,
}

impl Renaming {
    /// Makes a random renaming that leaves the values of these records of agencies' victims as they are.
    pub fn new(rng: &mut impl Rng, agencies: &[&'static str], kept: &[(&str, Value)]) -> Self {
        let mut shuffled = |is_kept: &dyn Fn(&str, &Value) -> bool| {
            let of_kept = kept.iter().filter(|(agency, body)| is_kept(agency, body));
            let fixed: BTreeSet<usize> = of_kept.filter_map(|(_, it)| number_of(it)).collect();
            let free: Vec<usize> = (0..PEOPLE.len()).filter(|it| !fixed.contains(it)).collect();
            let mut others = free.clone();
            others.shuffle(rng);
            let mut numbers: Vec<usize> = (0..PEOPLE.len()).collect();
            free.into_iter().zip(others).for_each(|(at, other)| numbers[at] = other);
            numbers
        };
        let things = shuffled(&|_, body| body["type"] != "person");
        let of = |agency: &&'static str| {
            (*agency, shuffled(&|owner, body| owner == *agency && body["type"] == "person"))
        };
        Self { things, people: agencies.iter().map(of).collect() }
    }

    /// Renames the values of a record; fields of a person with other values, such as withheld ones, stay as they are.
    pub fn rename(&self, rng: &mut impl Rng, agency: &str, body: &mut Value) {
        let Some(at) = number_of(body) else { return };
        if body["type"] != "person" {
            *body = numbered(rng, body["type"].as_str().unwrap(), self.things[at]);
            return;
        }
        let of_agency = self.people.iter().find(|(name, _)| *name == agency);
        let (before, after) =
            (numbered(rng, "person", at), numbered(rng, "person", of_agency.unwrap().1[at]));
        for member in ["names", "birth_date", "phones"] {
            if body.get(member) == before.get(member) {
                body[member] = after[member].clone();
            }
        }
    }
}

/// Makes a random place.
pub fn place(rng: &mut impl Rng) -> Value {
    let (city, latitude, longitude) = pick(rng, &CITIES);
    json!({ "city": city, "latitude": latitude, "longitude": longitude })
}
