//! Ring indicators.

use accord::audit::{Entry, Line};
use serde_json::{Value, json};

use super::Server;

#[test]
fn a_finding_tells_its_evidence_its_null_and_what_it_hangs_on() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let answer = client.get("/v1/indicators/shared-hub").ok();
    let findings = answer["findings"]["items"].as_array().unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        let unrelated = finding["unrelated"].as_u64().unwrap();
        assert_eq!(finding["subjects"].as_array().unwrap().len() as u64, unrelated);
        assert!(unrelated >= finding["fires_at"].as_u64().unwrap());
        let evidence = finding["evidence"]["records"].as_array().unwrap();
        let hangs_on = finding["counterfactual"]["records"].as_array().unwrap();
        assert!(!hangs_on.is_empty() && hangs_on.iter().all(|record| evidence.contains(record)));
        let (ties, events) = (&finding["evidence"]["ties"], &finding["evidence"]["events"]);
        let named = finding["evidence"]["statements"].as_array().unwrap();
        let all = ties.as_array().unwrap().len() + events.as_array().unwrap().len();
        assert_eq!(named.len(), all.min(20));
        for statement in named {
            let id = &statement["id"];
            assert!([ties, events].iter().any(|ids| ids.as_array().unwrap().contains(id)));
            assert!(!statement["roles"].as_array().unwrap().is_empty());
            if id.as_str().unwrap().starts_with("evt_") {
                let opened = client.get(&format!("/v1/events/{}", id.as_str().unwrap())).ok();
                for member in ["kind", "at", "place"] {
                    assert_eq!(opened["event"][member], statement[member]);
                }
            }
        }
        assert!(!finding["null"]["description"].as_str().unwrap().is_empty());
        for record in evidence.iter().take(2) {
            client.get(&format!("/v1/records/{}", record.as_str().unwrap())).ok();
        }
    }
    let exempted = answer["exempted"].as_array().unwrap();
    assert!(exempted.iter().any(|it| it["why"]["reason"] == "organization"));
}

#[test]
fn a_ring_over_agencies_fires_only_once_they_share() {
    let ring = |handling: &str| {
        let server = Server::empty();
        let names = [
            "Katarina Horvat",
            "Blerim Hoxha",
            "Oluwaseun Adeyemi",
            "Nguyen Thi Lan",
            "Jonas Weber",
            "Emre Yilmaz",
        ];
        let rows = |agency: usize| -> Vec<Value> {
            let own = names.iter().enumerate().filter(|(index, _)| index % 2 == agency);
            own.map(|(index, name)| {
                json!({
                    "local_id": index.to_string(), "source": "s", "category": "unknown", "handling": handling,
                    "records": [
                        { "slot": "p", "body": { "type": "person", "names": [{ "full": name }] } },
                        { "slot": "t", "body": { "type": "phone", "number": "+442025550101" } },
                    ],
                    "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
                })
            })
            .collect()
        };
        // A population of ordinary phones to weigh the hub against.
        let ordinary = |from: usize| -> Vec<Value> {
            (from..from + 60)
                .map(|index| {
                    json!({
                        "local_id": format!("o{index}"), "source": "s", "category": "unknown", "handling": handling,
                        "records": [
                            { "slot": "p", "body": { "type": "person", "names": [{ "full": format!("Person {}", "abcdefghij".chars().cycle().skip(index).take(4 + index % 7).collect::<String>()) }] } },
                            { "slot": "t", "body": { "type": "phone", "number": format!("+4420255502{index:02}") } },
                        ],
                        "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
                    })
                })
                .collect()
        };
        for (agency, name) in ["metro-police", "border-guard"].into_iter().enumerate() {
            let rows: Vec<Value> = rows(agency).into_iter().chain(ordinary(agency * 30)).collect();
            server.agency(name).post("/v1/records/batch", &json!({ "rows": rows })).ok();
        }
        let answer = server.agency("metro-police").get("/v1/indicators/shared-hub").ok();
        answer["findings"]["total"].as_u64().unwrap()
    };
    assert_eq!(ring("own"), 0, "three people of one agency are below the threshold");
    assert_eq!(ring("shared"), 1);
}

/// The last entry of a server's audit log.
fn last(server: &Server) -> Entry {
    let text = std::fs::read_to_string(&server.audit).unwrap();
    serde_json::from_str::<Line>(text.lines().last().unwrap()).unwrap().entry
}

#[test]
fn the_list_says_of_each_indicator_what_it_takes_and_what_it_cannot_tell() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let listed = client.get("/v1/indicators").ok()["indicators"].as_array().unwrap().clone();
    assert!(!listed.is_empty());
    for indicator in &listed {
        for member in ["looks_for", "meaning"] {
            assert!(!indicator[member].as_str().unwrap().is_empty(), "{indicator}");
        }
        for member in ["cannot_tell", "sources"] {
            assert!(!indicator[member].as_array().unwrap().is_empty(), "{indicator}");
        }
        let path = format!("/v1/indicators/{}", indicator["name"].as_str().unwrap());
        let plain = client.get(&path).ok();
        assert_eq!(
            (&plain["version"], &plain["meaning"]),
            (&indicator["version"], &indicator["meaning"])
        );
        for parameter in indicator["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            let number = |member: &str| parameter[member].as_u64().unwrap();
            let ask = |value: u64| client.get(&format!("{path}?{name}={value}"));
            for member in ["min", "max", "default"] {
                assert_eq!(ask(number(member)).ok()["parameters"][name], number(member));
            }
            assert_eq!(plain["parameters"][name], number("default"));
            for outside in [number("min") - 1, number("max") + 1] {
                assert_eq!(ask(outside).problem(400), "bad_parameter", "{name}={outside}");
            }
        }
        assert_eq!(client.get(&format!("{path}?x=1")).problem(400), "bad_parameter");
    }
    assert_eq!(client.get("/v1/indicators?x=1").problem(400), "bad_parameter");
}

#[test]
fn an_entry_of_the_log_says_which_indicator_was_asked() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    client.get("/v1/indicators/shared-hub?window_days=90").ok();
    assert_eq!(last(&server).operation, "GET /v1/indicators/shared-hub");
    client.get("/v1/indicators").ok();
    assert_eq!(last(&server).operation, "GET /v1/indicators");
    // The name of no indicator may be any text: the answer says so, and the text stays out of the log.
    for name in ["shared_hub", "horvat", "SHARED-HUB", "shared-hub%20"] {
        let answer = client.get(&format!("/v1/indicators/{name}?window_days=x"));
        assert_eq!(answer.problem(404), "not_found", "{name}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("GET /v1/indicators"), "{detail}");
        assert_eq!(last(&server).operation, "GET /v1/indicators/{name}");
    }
    assert!(!std::fs::read_to_string(&server.audit).unwrap().contains("horvat"));
}

#[test]
fn who_may_not_ask_hears_of_no_indicator() {
    let server = Server::empty();
    for path in ["/v1/indicators", "/v1/indicators/shared-hub", "/v1/indicators/none"] {
        assert_eq!(server.operator().get(path).problem(403), "forbidden", "{path}");
        server.with_token(None).get(path).problem(401);
    }
}
