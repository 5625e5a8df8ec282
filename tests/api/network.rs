//! Paths, centrality, communities.

use accord::govern::Role;
use serde_json::{Value, json};

use super::{Client, Server};

/// A chain of people and phones: p0 - t0 - p1 - t1 - p2, and a pair apart.
fn chain(server: &Server) -> Vec<String> {
    let client = server.agency("metro-police");
    let uses = |id: &str, person: &str, phone: &str| {
        json!({
            "local_id": id, "source": "s", "category": "unknown",
            "records": [
                { "slot": "p", "body": { "type": "person", "names": [{ "full": person }], "birth_date": "1990-01-01" } },
                { "slot": "t", "body": { "type": "phone", "number": phone } },
            ],
            "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
        })
    };
    let rows = json!([
        uses("1", "Katarina Horvat", "+442025550101"),
        uses("2", "Blerim Hoxha", "+442025550101"),
        uses("3", "Blerim Hoxha", "+442025550102"),
        uses("4", "Oluwaseun Adeyemi", "+442025550102"),
        uses("5", "Nguyen Thi Lan", "+442025550103"),
    ]);
    client.post("/v1/records/batch", &json!({ "rows": rows })).ok();
    let find = |text: &str| {
        let found = client.post("/v1/search", &json!({ "text": text })).ok();
        assert_eq!(found["hits"]["total"], 1, "{text}: {found}");
        found["hits"]["items"][0]["entity"]["id"].as_str().unwrap().to_owned()
    };
    ["Horvat", "442025550101", "Hoxha", "442025550102", "Adeyemi", "Nguyen"].map(find).to_vec()
}

#[test]
fn a_path_names_each_entity_and_what_relates_them() {
    let server = Server::empty();
    let ids = chain(&server);
    let client = server.agency("metro-police");
    let path = |from: &str, to: &str, more: &str| {
        client.get(&format!("/v1/paths?from={from}&to={to}{more}")).ok()
    };
    let answer = path(&ids[0], &ids[4], "");
    let entities = answer["paths"][0]["entities"].as_array().unwrap();
    let along: Vec<&str> = entities.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(along, ids[..5]);
    assert_eq!(answer["paths"][0]["steps"].as_array().unwrap().len(), 4);
    assert_eq!(answer["paths"][0]["steps"][0][0]["kind"], "USES");
    assert_eq!(answer["complete"], true);
    assert_eq!(path(&ids[0], &ids[4], "&max_hops=3")["paths"], json!([]));
    assert_eq!(path(&ids[0], &ids[4], "&hub_neighbours_max=1")["paths"], json!([]));
    assert_eq!(path(&ids[0], &ids[5], "")["paths"], json!([]));
}

#[test]
fn centralities_of_a_chain_are_those_of_the_closed_form() {
    let server = Server::empty();
    let ids = chain(&server);
    let client = server.agency("metro-police");
    let score = |measure: &str, id: &str| {
        let answer = client.get(&format!("/v1/centrality/{measure}")).ok();
        let items = answer["ranking"]["items"].as_array().unwrap().clone();
        let of = |item: &&Value| item["entity"]["id"] == id;
        items.iter().find(of).unwrap()["score"].as_f64().unwrap()
    };
    for (id, degree) in ids.iter().zip([1.0, 2.0, 2.0, 2.0, 1.0]) {
        assert_eq!(score("degree", id), degree);
    }
    // Seven entities: the chain of five and a pair. The middle lies between 2 x 2 pairs.
    let pairs = 6.0 * 5.0 / 2.0;
    for (id, between) in ids.iter().zip([0.0, 3.0, 4.0, 3.0, 0.0]) {
        assert!((score("betweenness", id) - between / pairs).abs() < 1e-12);
    }
    let all = client.get("/v1/centrality/pagerank").ok();
    let sum: f64 = all["ranking"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["score"].as_f64().unwrap())
        .sum();
    assert!((sum - 1.0).abs() < 1e-9);
    assert!(all["error_bound"].as_f64().unwrap() < 1e-8);
}

#[test]
fn communities_are_the_connected_parts_of_a_small_network() {
    let server = Server::empty();
    let ids = chain(&server);
    let client = server.agency("metro-police");
    let answer = client.get("/v1/communities?resolution=0.05").ok();
    let items = answer["communities"]["items"].as_array().unwrap();
    let sizes: Vec<u64> = items.iter().map(|item| item["size"].as_u64().unwrap()).collect();
    assert_eq!(sizes, [5, 2]);
    let members = items[0]["members"].as_array().unwrap();
    assert!(ids[..5].iter().all(|id| members.iter().any(|member| member["id"] == **id)));
}

#[test]
fn every_figure_names_its_convention_and_snapshot() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let mut snapshots = std::collections::BTreeSet::new();
    for path in ["/v1/centrality/degree", "/v1/centrality/betweenness", "/v1/communities"] {
        let answer = client.get(path).ok();
        assert!(answer["convention"].as_str().unwrap().len() > 20);
        snapshots.insert(answer["snapshot"].as_str().unwrap().to_owned());
    }
    assert_eq!(snapshots.len(), 1);
}

/// Analyses of a server that were computed, and such that were kept.
fn analyses(operator: &Client) -> (u64, u64) {
    let text = operator.get("/metrics").text();
    let count = |kept: bool| {
        let name = format!("accord_analyses_total{{kept=\"{kept}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&name));
        line.map_or(0, |number| number.trim().parse().unwrap())
    };
    (count(false), count(true))
}

#[test]
fn pages_and_the_same_question_again_compute_nothing_anew_until_the_view_changes() {
    let server = Server::demo();
    let [police, colleague] =
        ["analyst", "colleague"].map(|user| server.user("metro-police", user, &[Role::Analyst]));
    let purpose = Some("trafficking_investigation");
    let [police, colleague] = [police, colleague].map(|it| it.asking(purpose, Some("REF-1")));
    let [shelter, investigator] = ["harbour-shelter", "metro-police"].map(|it| server.agency(it));
    // A client is made by a write, which is another state of the view.
    let operator = server.operator();
    for path in ["/v1/centrality/pagerank?limit=20", "/v1/communities?limit=2"] {
        let before = analyses(&operator);
        let mut cursor = String::new();
        let mut pages = 0;
        for client in [&police, &colleague, &police].iter().cycle().take(6) {
            let page = client.get(&format!("{path}{cursor}")).ok();
            let list =
                if page["ranking"].is_null() { &page["communities"] } else { &page["ranking"] };
            pages += 1;
            let Some(next) = list["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert!(pages > 2, "{path}");
        let after = analyses(&operator);
        assert_eq!((after.0 - before.0, after.1 - before.1), (1, pages - 1), "{path}");
    }
    // Of another agency, case, measure or state of the view it is another analysis.
    let path = "/v1/centrality/pagerank?limit=20";
    let computes = |ask: &dyn Fn()| {
        let before = analyses(&operator).0;
        ask();
        analyses(&operator).0 - before
    };
    assert_eq!(computes(&|| drop(police.get(path).ok())), 0);
    assert_eq!(computes(&|| drop(shelter.get(path).ok())), 1);
    assert_eq!(computes(&|| drop(police.asking(purpose, Some("OTHER-1")).get(path).ok())), 1);
    assert_eq!(computes(&|| drop(police.get(&format!("{path}&type=phone")).ok())), 1);
    let row = json!({
        "local_id": "new", "source": "s", "category": "unknown",
        "records": [{ "slot": "t", "body": { "type": "phone", "number": "+442025550188" } }],
    });
    investigator.post("/v1/records", &row).ok();
    assert_eq!(computes(&|| drop(police.get(path).ok())), 1);
}
