//! The forms of answers: CSV, GraphML, GEXF and GeoJSON show what the JSON of the same answer shows, and no more.

use std::collections::BTreeSet;

use accord::audit::{Entry, Line};
use accord::govern::Role;
use serde_json::{Value, json};

use super::governance::{self, POLICE};
use super::masked::sheltered;
use super::shown::{assert_named, named};
use super::{Answer, Client, Server, documentation};

/// The last entry of a server's audit log.
fn last(server: &Server) -> Entry {
    let text = std::fs::read_to_string(&server.audit).unwrap();
    serde_json::from_str::<Line>(text.lines().last().unwrap()).unwrap().entry
}

/// Asks with this `Accept` and no other header than those of the client.
fn accepting(client: &Client, path: &str, accept: &str) -> Answer {
    let mut headers = client.headers();
    headers.push(("accept".to_owned(), accept.to_owned()));
    client.send_as_it_is("GET", path, &headers, b"")
}

/// The forms of an operation, as the document names them.
fn forms(operation: &Value) -> Vec<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let format = parameters.filter(|parameter| parameter["name"] == "format");
    let names = format.flat_map(|parameter| parameter["schema"]["enum"].as_array().unwrap());
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// The same operation, asked for a form.
fn asked_for(operation: &Value, form: &str) -> Value {
    let mut operation = operation.clone();
    for parameter in operation["parameters"].as_array_mut().unwrap() {
        if parameter["name"] == "format" {
            parameter["example"] = json!(form);
        }
    }
    operation
}

#[test]
fn every_form_shows_and_logs_what_json_shows() {
    let server = Server::demo();
    let client = server.user("metro-police", "all", &documentation::EVERY_ROLE);
    let (mut tried, mut with_objects) = (BTreeSet::new(), BTreeSet::new());
    for ((method, path), operation) in documentation::all() {
        let names = forms(&operation);
        if names.is_empty() {
            continue;
        }
        let id = operation["operationId"].as_str().unwrap();
        let plain = documentation::ask(&client, &method, &path, &operation);
        let (entry, shown) = (last(&server), named(&plain.text()));
        for form in &names {
            let answer = documentation::ask(&client, &method, &path, &asked_for(&operation, form));
            assert_eq!(answer.status, 200, "{id} {form}: {}", answer.text());
            assert_named(&server.audit, id, &answer);
            assert_eq!(last(&server).shown, entry.shown, "{id} {form}");
            let more = &named(&answer.text()) - &shown;
            assert!(more.is_empty(), "{id} {form}: {more:?}");
            if !named(&answer.text()).is_empty() {
                with_objects.insert(form.clone());
            }
            let vary = answer.headers.iter().filter(|(name, _)| name == "vary");
            let vary: Vec<&str> = vary.flat_map(|(_, value)| value.split(", ")).collect();
            assert!(vary.contains(&"accept"), "{id} {form}: {vary:?}");
            tried.insert((id.to_owned(), form.clone()));
        }
        assert_eq!(
            documentation::ask(&client, &method, &path, &asked_for(&operation, "json")).body,
            plain.body
        );
    }
    let lists = [
        "search",
        "get_entity",
        "list_neighbours",
        "find_paths",
        "list_communities",
        "rank_entities",
        "run_indicator",
        "get_routes",
        "run_query",
        "list_reviews",
        "get_record",
        "resolve",
    ];
    for id in lists {
        assert!(tried.contains(&(id.to_owned(), "csv".to_owned())), "{id}");
    }
    for form in ["csv", "graphml", "gexf", "geojson"] {
        assert!(with_objects.contains(form), "{form}: {with_objects:?}");
    }
}

#[test]
fn what_is_masked_is_masked_in_every_form() {
    let (server, specialist, record) = sheltered();
    let stored = specialist.get(&format!("/v1/records/{record}")).ok();
    let entity = stored["entity"]["id"].as_str().unwrap();
    let paths = [
        (format!("/v1/records/{record}?"), &["csv"][..]),
        (format!("/v1/entities/{entity}?"), &["csv"]),
        (format!("/v1/entities/{entity}/neighbours?"), &["csv", "graphml", "gexf", "geojson"]),
        (format!("/v1/entities/{entity}/routes?"), &["csv", "geojson"]),
    ];
    for (path, forms) in paths {
        for form in forms {
            let masked = specialist.get(&format!("{path}format={form}"));
            assert_eq!(masked.status, 200);
            assert!(!masked.text().contains("Horvat"), "{path} {form}: {}", masked.text());
            assert!(!last(&server).unmasked);
            let open = specialist.get(&format!("{path}format={form}&unmask=true"));
            assert_eq!(open.status, 200);
            assert!(last(&server).unmasked, "{path} {form}");
        }
    }
    let open = specialist.get(&format!("/v1/records/{record}?format=csv&unmask=true"));
    assert!(open.text().contains("Horvat"), "{}", open.text());
}

#[test]
fn a_form_that_there_is_not_is_406_and_format_decides_before_accept() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let path = "/v1/centrality/degree";
    for none in ["format=xml", "format=CSV", "format=graphml", "format=text%2Fcsv", "format=%20csv"]
    {
        assert_eq!(client.get(&format!("{path}?{none}")).problem(406), "not_acceptable", "{none}");
    }
    for bad in ["format=", "format=csv&format=json", "Format=csv"] {
        assert_eq!(client.get(&format!("{path}?{bad}")).problem(400), "bad_parameter", "{bad}");
    }
    // An operation that has one form has no parameter for it.
    assert_eq!(client.get("/v1/cases?format=json").problem(400), "bad_parameter");
    for none in ["image/png", "text/html", "application/json;q=0", "application/graphml+xml"] {
        assert_eq!(accepting(&client, path, none).problem(406), "not_acceptable", "{none}");
    }
    for (accept, kind) in [
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("TEXT/CSV;q=0.9, application/json;q=0.8", "text/csv; charset=utf-8; header=present"),
        ("application/problem+json, application/json", "application/json"),
    ] {
        let answer = accepting(&client, path, accept);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{accept}");
    }
    let both = accepting(&client, &format!("{path}?format=csv"), "application/json");
    assert!(both.header("content-type").unwrap().starts_with("text/csv"));
    let picture = "/v1/explanations/pair.svg?a=rec_0590d7014edf30197afb1432f44e373e&b=rec_08ea4e531c66657bf4dfb5c73dc4c572";
    assert_eq!(accepting(&client, picture, "image/*").status, 200);
    assert_eq!(accepting(&client, picture, "application/json").problem(406), "not_acceptable");
    // What answers with nothing answers so to all; what is not acceptable stores nothing.
    let accept = |kind: &str| {
        let mut headers = client.headers();
        headers.extend([
            ("accept".to_owned(), kind.to_owned()),
            ("content-type".to_owned(), "application/json".to_owned()),
        ]);
        headers
    };
    let row = governance::row("1", "suspect", "+442025550143").to_string();
    let refused = client.send_as_it_is("POST", "/v1/records", &accept("text/csv"), row.as_bytes());
    assert_eq!(refused.problem(406), "not_acceptable");
    let stored = client.send_as_it_is("POST", "/v1/records", &accept("*/*"), row.as_bytes());
    assert_eq!(stored.ok()["records_new"], 2);
    // Who may not ask hears no more of what there is.
    let nobody = server.with_token(None);
    assert_eq!(nobody.get(&format!("{path}?format=xml")).problem(401), "unauthenticated");
}

#[test]
fn pages_of_a_table_lead_through_the_whole_list() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let whole = client.get("/v1/centrality/degree?limit=500").ok();
    let items = whole["ranking"]["items"].as_array().unwrap();
    let ids: Vec<&str> = items.iter().map(|it| it["entity"]["id"].as_str().unwrap()).collect();
    let (mut found, mut cursor) = (Vec::new(), String::new());
    while found.len() < ids.len() {
        let page = client.get(&format!("/v1/centrality/degree?limit=37&format=csv{cursor}"));
        assert_eq!(page.header("x-total-count"), Some(&*whole["ranking"]["total"].to_string()));
        assert_eq!(page.header("x-snapshot"), whole["snapshot"].as_str());
        let mut reader = csv::Reader::from_reader(&page.body[..]);
        found.extend(reader.records().map(|row| row.unwrap()[0].to_owned()));
        match page.header("x-next-cursor") {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found[..ids.len()], ids);
}

/// A person and a phone who met at a place that has coordinates, with a name that a spreadsheet would run.
fn meeting() -> Value {
    let mut row = governance::row("1", "suspect", "+442025550143");
    row["records"][0]["body"]["names"] = json!([{ "full": "=HYPERLINK(\"http://x\")" }]);
    row["events"] = json!([{
        "kind": "sighting", "at": "2026-01-03T10:00:00Z",
        "place": { "name": "Pier <7> & \"co\"", "city": "Dover", "latitude": 51.12, "longitude": 1.31 },
        "participants": { "subject": ["p"], "contact": ["t"] },
    }]);
    row
}

#[test]
fn places_go_on_a_map_and_names_run_nothing() {
    let server = Server::empty();
    let client = server.agency(POLICE);
    let stored = client.post("/v1/records", &meeting()).ok();
    let record = stored["records"][0].as_str().unwrap();
    let read = client.get(&format!("/v1/records/{record}")).ok();
    let path = format!("/v1/entities/{}/neighbours", read["entity"]["id"].as_str().unwrap());
    let map = client.get(&format!("{path}?format=geojson"));
    assert_eq!(map.header("content-type"), Some("application/geo+json"));
    let map = map.json();
    assert_eq!(map["type"], "FeatureCollection");
    assert_eq!(
        map["features"][0]["geometry"],
        json!({ "type": "Point", "coordinates": [1.31, 51.12] })
    );
    let properties = &map["features"][0]["properties"];
    assert_eq!((&properties["city"], &properties["kind"]), (&json!("Dover"), &json!("sighting")));
    assert!(
        client.get(&format!("/v1/events/{}", properties["id"].as_str().unwrap())).status == 200
    );
    assert_eq!(map["rests_on"], client.get(&path).ok()["rests_on"]);
    let csv = client.get(&format!("/v1/records/{record}?format=csv"));
    assert!(csv.text().contains("HYPERLINK"));
    let mut reader = csv::Reader::from_reader(&csv.body[..]);
    for cell in
        reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
    {
        assert!(!cell.starts_with(['=', '@']), "{cell}");
    }
    for form in ["graphml", "gexf"] {
        let text = client.get(&format!("{path}?format={form}")).text();
        assert!(text.contains("=HYPERLINK(&quot;http://x&quot;)"), "{text}");
    }
}

/// A row that must be reviewed in a year.
fn to_review(id: &str, year: u32) -> Value {
    let mut row = governance::row(id, "suspect", "+442025550143");
    row["review_by"] = json!(format!("{year}-01-01T00:00:00Z"));
    row
}

/// A table says in headers that there are more rows: with a tag of the body alone that was answered 304.
#[test]
fn a_table_has_changed_when_what_stands_beside_it_has() {
    let server = Server::empty();
    let client = server.user(POLICE, "both", &[Role::Investigator, Role::PrivacyOfficer]);
    client.post("/v1/records", &to_review("1", 2028)).ok();
    let path = "/v1/records/reviews?format=csv&limit=1";
    let before = client.get(path);
    assert_eq!((before.status, before.header("x-next-cursor")), (200, None));
    let asked = |tag: &str| {
        let mut headers = client.headers();
        headers.push(("if-none-match".to_owned(), tag.to_owned()));
        client.send_as_it_is("GET", path, &headers, b"")
    };
    let unchanged = asked(before.header("etag").unwrap());
    assert_eq!(unchanged.status, 304);
    assert!(unchanged.headers.contains(&("vary".to_owned(), "accept".to_owned())));
    client.post("/v1/records", &to_review("2", 2029)).ok();
    let after = asked(before.header("etag").unwrap());
    assert_eq!((after.status, &after.body), (200, &before.body));
    assert!(after.header("x-next-cursor").is_some());
}

#[test]
fn line_breaks_in_names_read_back_from_graphs() {
    let server = Server::empty();
    let client = server.agency(POLICE);
    let mut row = meeting();
    row["records"][0]["body"]["names"] = json!([{ "full": "Ana\tMaria\r\nHorvat & \u{7}<b>" }]);
    let stored = client.post("/v1/records", &row).ok();
    let read = client.get(&format!("/v1/records/{}", stored["records"][1].as_str().unwrap())).ok();
    let path = format!("/v1/entities/{}/neighbours", read["entity"]["id"].as_str().unwrap());
    for form in ["graphml", "gexf"] {
        let text = client.get(&format!("{path}?format={form}")).text();
        let name = "Ana&#9;Maria&#13;&#10;Horvat &amp; \u{FFFD}&lt;b&gt;";
        assert!(text.contains(name), "{text}");
    }
}

#[test]
fn a_cursor_of_which_anything_was_altered_is_none() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let page = client.get("/v1/centrality/degree?limit=3").ok();
    let cursor = page["ranking"]["next"].as_str().unwrap();
    let asked =
        |cursor: &str| client.get(&format!("/v1/centrality/degree?limit=3&cursor={cursor}"));
    assert_eq!(asked(cursor).status, 200);
    for at in 4..cursor.len() {
        let mut altered = cursor.as_bytes().to_vec();
        altered[at] = if altered[at] == b'0' { b'1' } else { b'0' };
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(asked(&altered).problem(400), "bad_cursor", "{altered}");
    }
    for cut in [&cursor[..cursor.len() - 1], &cursor[..36], &cursor.to_uppercase()] {
        assert_eq!(asked(cut).problem(400), "bad_cursor", "{cut}");
    }
}

#[test]
fn forms_have_the_manners_of_other_answers() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let path = "/v1/centrality/degree?limit=5&format=csv";
    let whole = client.get(path);
    let head = client.send("HEAD", path, None, b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-type"), whole.header("content-type"));
    let json = client.get("/v1/centrality/degree?limit=5");
    assert_ne!(json.header("etag"), whole.header("etag"));
    let mut headers = client.headers();
    headers.push(("if-none-match".to_owned(), whole.header("etag").unwrap().to_owned()));
    assert_eq!(client.send_as_it_is("GET", path, &headers, b"").status, 304);
    assert_eq!(whole.header("content-disposition"), Some("attachment"));
    assert_eq!(whole.header("cache-control"), Some("no-store"));
}
