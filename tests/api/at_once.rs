//! Writers that hand in the same person at the same time.

use std::sync::Barrier;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Client, Server};

/// Rounds of each test.
const ROUNDS: usize = 40;

fn person(id: &str, round: usize) -> Value {
    let hash = blake3::hash(round.to_string().as_bytes()).to_hex().to_string();
    let letters = |part: &str| -> String {
        part.bytes().map(|byte| char::from(b'a' + (byte % 16))).collect()
    };
    let name = format!("K{} H{}", letters(&hash[..7]), letters(&hash[7..15]));
    json!({
        "local_id": id, "source": "tips", "category": "suspect", "handling": "shared",
        "records": [
            { "slot": "p", "body": {
                "type": "person", "names": [{ "full": name }],
                "birth_date": format!("19{:02}-07-03", 50 + round % 45),
            } },
            { "slot": "t", "body": { "type": "phone", "number": format!("+1 312 555 {round:04}") } },
        ],
        "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
    })
}

/// Both writers hand in the person of a round at once, now one a little earlier and now the other. Returns what each was
/// told of its records.
fn at_once(writers: &[Client; 2], round: usize) -> [Value; 2] {
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        let write = |writer: usize| {
            let (client, barrier) = (&writers[writer], &barrier);
            scope.spawn(move || {
                barrier.wait();
                if round % 3 == writer {
                    std::thread::sleep(Duration::from_micros(150 * round as u64));
                }
                let answer =
                    client.post("/v1/records", &person(&format!("{writer}-{round}"), round));
                answer.ok()["records"].clone()
            })
        };
        [write(0), write(1)].map(|it| it.join().unwrap())
    })
}

fn are_one_entity(writers: &[Client; 2]) {
    let told: Vec<[Value; 2]> = (0..ROUNDS).map(|round| at_once(writers, round)).collect();
    for client in writers {
        for (round, told) in told.iter().enumerate() {
            // The person and the phone.
            for part in 0..2 {
                let [one, two] = told.each_ref().map(|told| {
                    let id = told[part].as_str().unwrap();
                    client.get(&format!("/v1/records/{id}")).ok()["entity"].clone()
                });
                assert_eq!((&one["id"], &one["records"]), (&two["id"], &json!(2)), "round {round}");
            }
        }
    }
}

#[test]
fn two_users_of_an_agency_who_hand_in_a_person_at_once_make_one_entity() {
    let server = Server::empty();
    let writers = [server.agency("metro-police"), server.agency("metro-police")];
    are_one_entity(&writers);
}

#[test]
fn two_agencies_that_hand_in_a_person_at_once_make_one_entity() {
    let server = Server::empty();
    let writers = [server.agency("metro-police"), server.agency("border-guard")];
    are_one_entity(&writers);
}
