//! Manners of HTTP: HEAD, OPTIONS, `Allow`, other spellings of a path, conditional requests, challenges, headers of
//! security.

use accord::api::public_operations;
use serde_json::{Value, json};

use super::{Answer, Client, Server};

/// A phone of the demo that its agencies see.
const PHONE: &str = "/v1/entities/ent_ac3e67dc330a0be5fb1aea554b9077a4";
/// An id that nothing has.
const NOTHING: &str = "/v1/entities/ent_00000000000000000000000000000000";

/// A request with these headers beside those of the client.
fn ask(client: &Client, method: &str, path: &str, more: &[(&str, &str)]) -> Answer {
    let mut headers = client.headers();
    headers.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    client.send_as_it_is(method, path, &headers, b"")
}

/// The entries of the log.
fn entries(server: &Server) -> Vec<Value> {
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let entry = |line| serde_json::from_str::<Value>(line).unwrap()["entry"].clone();
    text.lines().map(entry).collect()
}

/// Headers but for the id of the request.
fn headers(answer: &Answer) -> Vec<(String, String)> {
    answer.headers.iter().filter(|(name, _)| name != "x-request-id").cloned().collect()
}

#[test]
fn head_answers_as_get_does_without_a_body() {
    let server = Server::demo();
    let (police, nobody) = (server.agency("metro-police"), server.with_token(None));
    for (client, path) in [
        (&police, PHONE),
        (&police, NOTHING),
        (&police, "/v1/queries?limit=1"),
        (&police, "/v1/nothing"),
        (&police, "/metrics"),
        (&nobody, "/health"),
        (&nobody, "/docs/"),
        (&nobody, "/openapi.json"),
        (&nobody, "/v1/queries"),
    ] {
        let get = ask(client, "GET", path, &[]);
        let head = ask(client, "HEAD", path, &[]);
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(headers(&head), headers(&get), "{path}");
        assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
    }
    // HEAD does not do what only POST does.
    assert_eq!(ask(&police, "HEAD", "/v1/resolve", &[]).status, 405);
}

#[test]
fn head_is_permitted_and_logged_as_get_is() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    ask(&client, "GET", PHONE, &[]);
    ask(&client, "HEAD", PHONE, &[]);
    assert_eq!(ask(&server.operator(), "HEAD", PHONE, &[]).status, 403);
    let all = entries(&server);
    let [get, head, refused] = &all[all.len() - 3..] else { panic!() };
    let told = |entry: &Value| {
        ["operation", "object", "shown", "outcome", "status", "case", "purpose"]
            .map(|it| entry[it].clone())
    };
    assert_eq!(told(get), told(head));
    assert!(!get["shown"].as_object().unwrap().is_empty());
    assert_eq!(refused["operation"], "GET /v1/entities/{id}");
    assert_eq!(refused["status"], 403);
}

#[test]
fn another_method_is_told_what_the_path_takes_however_it_is_spelt() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    for (path, allow) in [
        ("/v1/queries", "GET, HEAD, OPTIONS"),
        ("/v1/%71ueries", "GET, HEAD, OPTIONS"),
        ("/v1/resolve", "OPTIONS, POST"),
        ("/v1/records/reviews", "GET, HEAD, OPTIONS, POST"),
        (NOTHING, "GET, HEAD, OPTIONS"),
        ("/v1/sessions", "DELETE, OPTIONS, POST"),
        ("/docs/", "GET, HEAD, OPTIONS"),
        ("/docs", "GET, HEAD, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
    ] {
        let answer = ask(&client, "PUT", path, &[]);
        assert_eq!(answer.problem(405), "method_not_allowed", "{path}");
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
        let options = ask(&client, "OPTIONS", path, &[]);
        assert_eq!((options.status, options.header("allow")), (204, Some(allow)), "{path}");
    }
    assert_eq!(ask(&client, "OPTIONS", "/v1/nothing", &[]).problem(404), "not_found");
    let nobody = server.with_token(None);
    assert_eq!(ask(&nobody, "OPTIONS", "/health", &[]).status, 204);
    assert_eq!(ask(&nobody, "OPTIONS", "/v1/queries", &[]).problem(401), "unauthenticated");
}

#[test]
fn options_says_nothing_of_objects_and_is_logged() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let (there, nowhere) =
        (ask(&client, "OPTIONS", PHONE, &[]), ask(&client, "OPTIONS", NOTHING, &[]));
    assert_eq!((there.status, headers(&there)), (204, headers(&nowhere)));
    assert_eq!((&there.body, nowhere.status), (&nowhere.body, 204));
    let last = entries(&server).pop().unwrap();
    assert_eq!(last["operation"], "OPTIONS /v1/entities/{id}");
    assert_eq!(last["shown"].as_object().map_or(0, serde_json::Map::len), 0);
}

#[test]
fn a_slash_more_leads_to_the_operation_and_the_root_to_the_page() {
    let server = Server::demo();
    let (client, nobody) = (server.agency("metro-police"), server.with_token(None));
    let location = |client: &Client, path: &str| {
        let answer = ask(client, "GET", path, &[]);
        (answer.status, answer.header("location").unwrap_or_default().to_owned())
    };
    assert_eq!(location(&nobody, "/"), (307, "/docs/".to_owned()));
    assert_eq!(location(&nobody, "/docs"), (307, "/docs/".to_owned()));
    assert_eq!(location(&client, "/v1/queries/?limit=2"), (308, "/v1/queries?limit=2".to_owned()));
    assert_eq!(location(&client, &format!("{PHONE}//")), (308, PHONE.to_owned()));
    assert_eq!(location(&client, &format!("{NOTHING}/")), (308, NOTHING.to_owned()));
    assert_eq!(ask(&nobody, "GET", "/v1/queries/", &[]).problem(401), "unauthenticated");
    for path in ["//example.org/", "/v1/nothing/", "/v1/", "/%2Fexample.org/", "/v1/entities/"] {
        assert_eq!(ask(&client, "GET", path, &[]).problem(404), "not_found", "{path}");
    }
}

#[test]
fn an_answer_that_has_not_changed_is_confirmed_and_logged_as_if_it_were_shown() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let whole = ask(&client, "GET", PHONE, &[]);
    let tag = whole.header("etag").unwrap().to_owned();
    for given in [tag.clone(), format!("\"other\", {tag}"), "*".to_owned()] {
        for method in ["GET", "HEAD"] {
            let same = ask(&client, method, PHONE, &[("if-none-match", &given)]);
            assert_eq!((same.status, same.header("etag")), (304, Some(&*tag)), "{given}");
            assert!(same.body.is_empty());
            assert_eq!(same.header("cache-control"), Some("no-store"));
        }
    }
    let all = entries(&server);
    let told = |entry: &Value| {
        ["operation", "object", "shown", "outcome", "case", "purpose"].map(|it| entry[it].clone())
    };
    assert_eq!(told(&all[all.len() - 1]), told(&all[all.len() - 7]));
    let other = ask(&client, "GET", PHONE, &[("if-none-match", "\"other\"")]);
    assert_eq!((other.status, &other.body), (200, &whole.body));
    // An object that does not exist, or a request that is refused, is not confirmed by a star.
    for path in [NOTHING, "/v1/queries?limit=0"] {
        let answer = ask(&client, "GET", path, &[("if-none-match", "*")]);
        assert!([404, 400].contains(&answer.status) && answer.header("etag").is_none());
    }
    // A write is no question.
    let row = json!({ "local_id": "1", "source": "s", "category": "unknown",
        "records": [{ "slot": "p", "body": { "type": "phone", "number": "+44 20 2555 0100" } }] });
    let mut headers = client.headers();
    headers.push(("content-type".into(), "application/json".into()));
    headers.push(("if-none-match".into(), "*".into()));
    let written = client.send_as_it_is("POST", "/v1/records", &headers, row.to_string().as_bytes());
    assert_eq!((written.status, written.header("etag")), (200, None));
}

#[test]
fn a_tag_says_nothing_across_callers_and_changes_with_the_answer() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let tag = |client: &Client| {
        let answer = ask(client, "GET", "/v1/jobs", &[]);
        (answer.header("etag").unwrap().to_owned(), answer.body)
    };
    let (police, border) = (tag(&client), tag(&server.agency("border-guard")));
    assert_ne!(police.0, border.0);
    assert_eq!(police, tag(&client));
    let other = client.asking(Some("trafficking_investigation"), Some("OTHER-1"));
    assert_ne!(police.0, tag(&other).0);
}

#[test]
fn the_challenge_tells_a_bad_token_from_none() {
    let server = Server::empty();
    let challenge = |token: Option<&str>| {
        let answer = server.with_token(token).get("/v1/queries");
        assert_eq!(answer.problem(401), "unauthenticated");
        answer.header("www-authenticate").unwrap().to_owned()
    };
    assert_eq!(challenge(None), "Bearer realm=\"accord\"");
    assert_eq!(challenge(Some("accord_0")), "Bearer realm=\"accord\", error=\"invalid_token\"");
}

#[test]
fn every_answer_bears_the_headers_of_security() {
    let server = Server::demo();
    let (client, nobody) = (server.agency("metro-police"), server.with_token(None));
    for (client, path) in [
        (&nobody, "/"),
        (&nobody, "/docs/"),
        (&nobody, "/docs/swagger-ui.css"),
        (&nobody, "/openapi.json"),
        (&nobody, "/v1/queries"),
        (&client, PHONE),
        (&client, NOTHING),
        (&client, "/v1/explanations/entity/ent_ac3e67dc330a0be5fb1aea554b9077a4.svg"),
    ] {
        let answer = ask(client, "GET", path, &[]);
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("http") && !policy.contains('*'), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
    }
    let page = ask(&nobody, "GET", "/docs/", &[]);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self'"), "{policy}");
}

#[test]
fn the_root_is_public_and_listed() {
    assert!(public_operations().iter().any(|it| (it.method, it.path) == ("GET", "/")));
}
