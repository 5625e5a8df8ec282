//! Explanations of the scores of pairs and of the links that hold entities together.

use quick_xml::events::Event;
use serde_json::{Value, json};

use super::{Answer, Client, Server};

const PHONE: &str = "ent_ac3e67dc330a0be5fb1aea554b9077a4";
const VEHICLE: &str = "ent_2b7b99e8a2a548d910a1e64dc33838f2";
const PERSON: &str = "ent_06cfc2a8149d51672c9819c6f9d45c6b";
const RECORD: &str = "rec_086fb576f9e65a48d2ffb51087dee134";
const NEVER: &str = "rec_00000000000000000000000000000000";

fn pair(client: &Client, a: &str, b: &str) -> Answer {
    client.get(&format!("/v1/explanations/pair?a={a}&b={b}"))
}

fn picture(client: &Client, a: &str, b: &str) -> Answer {
    client.get(&format!("/v1/explanations/pair.svg?a={a}&b={b}"))
}

/// The ids of an entity's records.
fn records(client: &Client, entity: &str) -> Vec<String> {
    let answer = client.get(&format!("/v1/entities/{entity}")).ok();
    let records = answer["records"].as_array().unwrap().iter();
    records.map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// Submits a person and gives the record's id.
fn person(client: &Client, id: &str, category: &str, body: Value) -> String {
    let mut body = body;
    body["type"] = json!("person");
    let row = json!({
        "local_id": id, "source": "cases", "category": category, "handling": "own",
        "records": [{ "slot": "p", "body": body }],
    });
    let stored = client.post("/v1/records", &row).ok();
    stored["records"][0].as_str().unwrap().to_owned()
}

/// Checks that an answer is well-formed XML that holds and loads nothing foreign; gives its texts.
fn texts(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("image/svg+xml; charset=utf-8"));
    assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let text = answer.text();
    // The grounds of the answer are no part of the drawing.
    let (start, rest) = text.split_once("<metadata>").unwrap();
    let (metadata, end) = rest.split_once("</metadata>").unwrap();
    let metadata: Value = serde_json::from_str(metadata).unwrap();
    assert!(metadata["rests_on"]["purpose"].is_string());
    let text = format!("{start}{end}");
    let mut reader = quick_xml::Reader::from_str(&text);
    reader.config_mut().check_end_names = true;
    let (mut depth, mut elements, mut found) = (0i32, Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                depth += 1;
                elements.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap());
                assert!(start.attributes().all(|attribute| attribute.is_ok()));
            }
            Event::Empty(empty) => {
                elements.push(String::from_utf8(empty.name().as_ref().to_vec()).unwrap());
                assert!(empty.attributes().all(|attribute| attribute.is_ok()));
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => found.push(String::from_utf8(text.to_vec()).unwrap()),
            Event::GeneralRef(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(depth, 0);
    assert_eq!(elements[..3], ["svg", "title", "desc"]);
    assert!(elements.iter().all(|it| {
        ["svg", "title", "desc", "rect", "line", "text", "path", "circle"].contains(&it.as_str())
    }));
    for foreign in ["script", "href", "url(", "style", " on"] {
        assert!(!text.contains(foreign), "{foreign}");
    }
    assert_eq!(text.matches("http").count(), 1, "the namespace alone");
    found
}

#[test]
fn the_steps_add_up_to_the_link_that_the_entity_shows() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    for entity in [VEHICLE, PERSON] {
        let shown = client.get(&format!("/v1/entities/{entity}")).ok();
        for link in shown["why"]["strongest"].as_array().unwrap() {
            let [a, b] = ["a", "b"].map(|end| link[end].as_str().unwrap());
            let answer = pair(&client, a, b).ok();
            assert_eq!(answer, pair(&client, b, a).ok(), "symmetric");
            assert_eq!(answer["bits"], link["bits"]);
            assert_eq!(answer["probability"], link["probability"]);
            let steps = answer["steps"].as_array().unwrap();
            assert_eq!(steps.last().unwrap()["total"], answer["bits"]);
            let mut total = 0.0;
            for step in steps {
                total += step["bits"].as_f64().unwrap();
                assert_eq!(step["total"].as_f64().unwrap(), total);
            }
            assert_eq!((&answer["same_entity"], &answer["linked"]), (&json!(true), &json!(true)));
            assert!(answer["shared_keys"].as_u64().unwrap() > 0);
            assert_eq!(answer["entity_a"]["id"], entity);
            assert!(answer["between"].is_null());
        }
    }
}

#[test]
fn the_picture_says_what_the_answer_says_and_nothing_foreign() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let people = records(&client, PERSON);
    let texts = texts(&picture(&client, &people[0], &people[1]));
    let answer = pair(&client, &people[0], &people[1]).ok();
    for step in answer["steps"].as_array().unwrap() {
        if step["kind"] == "level" {
            let label = format!(
                "{}: {} ",
                step["attribute"].as_str().unwrap(),
                step["level"].as_str().unwrap()
            );
            assert!(texts.iter().any(|text| text.starts_with(&label)), "{label}: {texts:?}");
        }
    }
    for start in ["prior -", "posterior ", "Posterior "] {
        assert!(texts.iter().any(|text| text.starts_with(start)), "{start}");
    }
    let [one, other] = [(0, 1), (1, 0)].map(|(a, b)| picture(&client, &people[a], &people[b]).body);
    assert_eq!(one, other, "the same bytes either way");
}

#[test]
fn a_pair_that_is_not_one_says_what_it_would_need() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let names = json!([{ "given": "Katarina", "family": "Horvat" }]);
    let a = person(&client, "1", "contact", json!({ "names": names, "birth_date": "1991-07-03" }));
    let b = person(
        &client,
        "2",
        "contact",
        json!({ "names": [{ "given": "Blerim", "family": "Hoxha" }] }),
    );
    let answer = pair(&client, &a, &b).ok();
    assert_eq!((&answer["same_entity"], &answer["linked"]), (&json!(false), &json!(false)));
    assert_eq!(answer["between"]["pairs"], 1);
    let why_not = &answer["why_not"];
    let number = |value: &Value| value.as_f64().unwrap();
    let needed = number(&answer["stop"]) - number(&answer["bits"]);
    assert!((number(&why_not["needed"]) - needed).abs() < 1e-9);
    let smallest = why_not["smallest"].as_array().unwrap();
    let gains = why_not["gains"].as_array().unwrap();
    let first: Vec<&Value> = gains.iter().take(smallest.len()).collect();
    assert!(first.iter().map(|gain| &gain["attribute"]).eq(smallest));
    assert!(first.iter().map(|gain| number(&gain["bits"])).sum::<f64>() >= needed - 1e-9);
    let ask = answer["ask"].as_array().unwrap();
    assert!(ask.iter().any(|ask| ask["attribute"] == "birth_date"), "one side states none");
    assert!(ask.iter().all(|ask| ask["level"] == "missing" && ask["attribute"] != "name"));
    texts(&picture(&client, &a, &b));
    // A human's verdict stands beside the score, and the bits stay.
    let verdict = json!({ "a": a, "b": b, "verdict": "same" });
    client.post("/v1/judgements", &verdict).ok();
    let judged = pair(&client, &a, &b).ok();
    assert_eq!((&judged["verdict"], &judged["same_entity"]), (&json!("same"), &json!(true)));
    assert_eq!(judged["bits"], answer["bits"]);
}

#[test]
fn an_entity_shows_its_weakest_link_and_what_it_would_fall_into() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    for entity in [PHONE, PERSON] {
        let answer = client.get(&format!("/v1/explanations/entity/{entity}")).ok();
        let spanning = answer["spanning"].as_array().unwrap();
        assert_eq!(&answer["weakest"], spanning.last().unwrap());
        let groups = answer["without_weakest"].as_array().unwrap().iter();
        let mut found: Vec<String> = groups
            .flat_map(|group| {
                let records = group["records"].as_array().unwrap();
                assert_eq!(group["size"], records.len());
                records.iter().map(|id| id.as_str().unwrap().to_owned())
            })
            .collect();
        found.sort();
        assert_eq!(found, records(&client, entity));
        assert!(answer["cohesion"].as_f64().unwrap() >= 0.0, "it is one, so its mean is");
    }
}

#[test]
fn the_picture_of_an_entity_shows_its_records_its_links_and_the_weakest() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    for entity in [PHONE, PERSON] {
        let path = format!("/v1/explanations/entity/{entity}");
        let how = client.get(&path).ok();
        let drawn = client.get(&format!("{path}.svg"));
        let found = texts(&drawn);
        for id in records(&client, entity) {
            assert!(found.iter().any(|text| text.contains(&id)), "{id}: {found:?}");
        }
        let count = |part: &str| drawn.text().matches(part).count();
        assert_eq!(count("<circle"), how["entity"]["records"].as_u64().unwrap() as usize);
        assert_eq!(count("stroke-width=\"3\""), how["spanning"].as_array().unwrap().len());
        assert_eq!(found.iter().filter(|text| text.starts_with("weakest ")).count(), 1);
        assert_eq!(count("stroke-dasharray"), 1, "the weakest alone");
        let groups = how["without_weakest"].as_array().unwrap().len();
        for group in 1..=groups {
            let named = format!(", group {group}");
            assert!(found.iter().any(|text| text.ends_with(&named)), "{named}: {found:?}");
        }
        let other =
            how["links"].as_u64().unwrap() as usize - how["spanning"].as_array().unwrap().len();
        assert_eq!(count("stroke-opacity"), other);
        assert_eq!(client.get(&format!("{path}.svg")).body, drawn.body);
    }
}

#[test]
fn of_a_large_entity_sixty_records_are_drawn_and_the_rest_is_counted() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let row = |at: usize| {
        json!({
            "local_id": at.to_string(), "source": "cases", "category": "contact", "handling": "own",
            "records": [{ "slot": "p", "body": { "type": "phone", "number": "+19015553242" } }],
        })
    };
    let rows: Vec<Value> = (0..70).map(row).collect();
    let stored = client.post("/v1/records/batch", &json!({ "rows": rows })).ok();
    let record = stored["records"][0].as_str().unwrap();
    let entity = client.get(&format!("/v1/records/{record}")).ok()["entity"]["id"].clone();
    let entity = entity.as_str().unwrap();
    let drawn = client.get(&format!("/v1/explanations/entity/{entity}.svg"));
    let found = texts(&drawn);
    assert_eq!(drawn.text().matches("<circle").count(), 60);
    let said = "Shown: 60 records; left out: 10";
    assert!(found.iter().any(|text| text.ends_with(said)), "{:?}", &found[..6]);
}

#[test]
fn a_single_record_and_one_joined_by_a_human_are_drawn_too() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let named = |name: &str| json!({ "names": [{ "full": name }] });
    let a = person(&client, "1", "contact", named("Katarina Horvat"));
    let entity_of = |record: &str| {
        let answer = client.get(&format!("/v1/records/{record}")).ok();
        answer["entity"]["id"].as_str().unwrap().to_owned()
    };
    let draw = || client.get(&format!("/v1/explanations/entity/{}.svg", entity_of(&a)));
    assert!(texts(&draw()).iter().any(|text| text == "No link connects its records"));
    let b = person(&client, "2", "contact", named("Blerim Hoxha"));
    client.post("/v1/judgements", &json!({ "a": a, "b": b, "verdict": "same" })).ok();
    let drawn = draw();
    assert_eq!(drawn.text().matches("<circle").count(), 2);
    assert!(texts(&drawn).iter().any(|text| text == "1 and 2 judged the same"));
}

#[test]
fn a_hidden_record_explains_as_one_that_never_was() {
    let server = Server::demo();
    let shelter = server.agency("harbour-shelter");
    let hidden = person(&shelter, "h", "victim", json!({ "names": [{ "full": "Jane Roe" }] }));
    let client = server.agency("metro-police");
    let bare = |path: &str| {
        let mut answer = client.get(path);
        assert_eq!(answer.problem(404), "not_found", "{path}");
        let id = answer.header("x-request-id").unwrap().to_owned();
        answer.body = answer.text().replace(&id, "").into_bytes();
        answer.headers.retain(|(name, _)| name != "x-request-id");
        answer
    };
    for kind in ["pair", "pair.svg"] {
        let of = |a: &str, b: &str| bare(&format!("/v1/explanations/{kind}?a={a}&b={b}"));
        let never = of(RECORD, NEVER);
        // The visible one is a phone: that the hidden one is none, or the same twice, is not told.
        assert_eq!(of(RECORD, &hidden), never);
        assert_eq!(of(&hidden, RECORD), never);
        assert_eq!(of(&hidden, &hidden), never);
    }
    let entity = shelter.get(&format!("/v1/records/{hidden}")).ok()["entity"]["id"].clone();
    for end in ["", ".svg"] {
        let of = |id: &str| bare(&format!("/v1/explanations/entity/{id}{end}"));
        assert_eq!(of(entity.as_str().unwrap()), of("ent_00000000000000000000000000000000"));
    }
}

#[test]
fn who_may_be_a_victim_is_explained_without_what_the_records_say() {
    let server = Server::empty();
    let shelter = server.agency("harbour-shelter");
    let body = || json!({ "names": [{ "full": "Katarina Horvat" }], "birth_date": "1991-07-03" });
    let a = person(&shelter, "1", "victim", body());
    let b = person(&shelter, "2", "possible_victim", body());
    let answer = pair(&shelter, &a, &b);
    assert_eq!(answer.ok()["entity_a"]["protected"], true);
    assert_eq!(answer.ok()["same_entity"], true);
    // Not even how far they agree.
    assert!(answer.ok()["bits"].is_null() && answer.ok()["probability"].is_null());
    let entity = answer.ok()["entity_a"]["id"].clone();
    let [how, drawn] = ["", ".svg"].map(|end| {
        client_text(&shelter, &format!("/v1/explanations/entity/{}{end}", entity.as_str().unwrap()))
    });
    assert!(drawn.contains("Masked"));
    for text in [answer.text(), picture(&shelter, &a, &b).text(), how, drawn] {
        assert!(!text.to_lowercase().contains("horvat") && !text.contains("1991"), "{text}");
    }
}

fn client_text(client: &Client, path: &str) -> String {
    let answer = client.get(path);
    assert_eq!(answer.status, 200);
    answer.text()
}

#[test]
fn parameters_that_are_no_pair_are_refused() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let person = records(&client, PERSON).remove(0);
    for kind in ["pair", "pair.svg"] {
        let get = |query: &str| client.get(&format!("/v1/explanations/{kind}{query}"));
        for query in [
            String::new(),
            format!("?a={RECORD}"),
            format!("?a={RECORD}&b=Roe"),
            format!("?a={RECORD}&b={person}&Roe=1"),
            format!("?a={RECORD}&a={RECORD}&b={person}"),
        ] {
            let answer = get(&query);
            assert_eq!(answer.problem(400), "bad_parameter", "{query}");
            assert!(!answer.text().contains("Roe"));
        }
        for other in [RECORD, &person] {
            let answer = get(&format!("?a={RECORD}&b={other}"));
            assert_eq!(answer.problem(422), "invalid_input");
            assert_eq!(answer.json()["faults"][0]["reason"], "not_a_pair");
        }
    }
    for end in ["", ".svg"] {
        let path = format!("/v1/explanations/entity/{PHONE}{end}");
        assert_eq!(client.get(&format!("{path}?unmasked=true")).problem(400), "bad_parameter");
        assert_eq!(server.operator().get(&path).problem(403), "forbidden");
    }
}
