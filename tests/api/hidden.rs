//! A hidden object answers exactly as one that does not exist: two stores that differ only in objects that a caller may
//! not see give that caller the same bytes.

use serde_json::{Value, json};

use super::Server;
use super::documentation::{all, ask};

const NAMES: [&str; 3] = ["Maya Khadka", "Maria Cruz Cruz", "Linda King"];

/// Rows that only the shelter may see, about the people, phones and vehicles of everyone.
fn hidden_rows() -> Vec<Value> {
    (0..40)
        .map(|index| {
            json!({
                "local_id": format!("hidden-{index}"), "source": "secret", "handling": "own",
                "category": if index % 2 == 0 { "victim" } else { "suspect" },
                "records": [
                    { "slot": "p", "body": { "type": "person",
                        "names": [{ "full": NAMES[index % 3] }],
                        "birth_date": "2002-09-27" } },
                    { "slot": "t", "body": { "type": "phone", "number": "+19015553242" } },
                    { "slot": "v", "body": { "type": "vehicle", "plate": "LM30 YAM" } },
                    { "slot": "a", "body": { "type": "address", "line": "966 Windsor Cres", "city": "London", "country": "GB" } },
                ],
                "ties": [
                    { "kind": "USES", "from": "p", "to": "t" },
                    { "kind": "DRIVES", "from": "p", "to": "v" },
                    { "kind": "LIVES_AT", "from": "p", "to": "a" },
                ],
                "events": [{
                    "kind": "sighting", "at": format!("2025-04-{:02}T10:00:00Z", index % 28 + 1),
                    "place": { "city": "Paris", "latitude": 48.8566, "longitude": 2.3522 },
                    "participants": { "vehicle": ["v"], "subject": ["p"] },
                }],
            })
        })
        .collect()
}

#[test]
fn hidden_rows_change_no_byte_of_any_answer() {
    let (without, with) = (Server::demo(), Server::demo());
    let shelter = with.agency("harbour-shelter");
    let stored = shelter.post("/v1/records/batch", &json!({ "rows": hidden_rows() })).ok();
    assert_eq!(stored["records_new"], 160);
    // The one more request has used one request id: use one on the other side as well.
    without.agency("harbour-shelter").get("/v1/jobs").ok();
    let mut asked = 0;
    for ((method, path), operation) in all() {
        let id = operation["operationId"].as_str().unwrap();
        // The time of a job is when it ran.
        if ["metrics", "start_import"].contains(&id) {
            continue;
        }
        let [one, other] = [&without, &with]
            .map(|server| ask(&server.agency("metro-police"), &method, &path, &operation));
        assert!(one == other, "{method} {path}\n{}\n{}", one.text(), other.text());
        asked += 1;
    }
    assert!(asked > 15);
    // The comparison can fail: the owner of the hidden rows gets other answers.
    let path = "/v1/entities/ent_ac3e67dc330a0be5fb1aea554b9077a4";
    let [one, other] = [&without, &with].map(|server| server.agency("harbour-shelter").get(path));
    assert_ne!(one.text(), other.text());
}

#[test]
fn a_hidden_record_answers_as_one_that_never_was() {
    let server = Server::demo();
    let shelter = server.agency("harbour-shelter");
    let stored = shelter.post("/v1/records/batch", &json!({ "rows": hidden_rows() })).ok();
    let hidden = stored["records"][0].as_str().unwrap();
    let entity = shelter.get(&format!("/v1/records/{hidden}")).ok()["entity"]["id"].clone();
    let entity = entity.as_str().unwrap();
    let client = server.agency("metro-police");
    let bare = |path: &str| {
        let mut answer = client.get(path);
        assert_eq!(answer.problem(404), "not_found", "{path}");
        let id = answer.header("x-request-id").unwrap().to_owned();
        answer.body = answer.text().replace(&id, "").into_bytes();
        answer.headers.retain(|(name, _)| name != "x-request-id");
        answer
    };
    let never = "00000000000000000000000000000000";
    assert_eq!(bare(&format!("/v1/records/{hidden}")), bare(&format!("/v1/records/rec_{never}")));
    for end in ["", "/neighbours", "/routes"] {
        // The entity's id is that of the shelter's view; for the police it may be another's.
        if client.get(&format!("/v1/entities/{entity}")).status == 404 {
            let one = bare(&format!("/v1/entities/{entity}{end}"));
            assert_eq!(one, bare(&format!("/v1/entities/ent_{never}{end}")));
        }
    }
    let judge = |other: &str| {
        let visible = "rec_086fb576f9e65a48d2ffb51087dee134";
        let asked = json!({ "a": visible, "b": other, "verdict": "same" });
        let answer = client.post("/v1/judgements", &asked);
        assert_eq!(answer.problem(404), "not_found");
    };
    judge(hidden);
    judge(&format!("rec_{never}"));
}
