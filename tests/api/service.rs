//! Health, readiness, metrics.

use super::Server;

#[test]
fn health_and_readiness_need_no_token() {
    let server = Server::empty();
    let nobody = server.with_token(None);
    assert_eq!(nobody.get("/health").ok()["status"], "ok");
    assert_eq!(nobody.get("/ready").ok()["status"], "ok");
}

#[test]
fn metrics_are_for_operators_and_name_no_agency() {
    let server = Server::demo();
    server.agency("metro-police").get("/v1/queries").ok();
    assert_eq!(server.agency("metro-police").get("/metrics").problem(403), "forbidden");
    assert_eq!(server.with_token(None).get("/metrics").problem(401), "unauthenticated");
    let answer = server.operator().get("/metrics");
    assert_eq!(answer.status, 200);
    let text = answer.text();
    let line = "accord_http_requests_total{operation=\"GET /v1/queries\",status=\"200\"} 1";
    assert!(text.contains(line), "{text}");
    assert!(!text.contains("metro") && !text.contains("agency"));
}

#[test]
fn an_operator_sees_no_content() {
    let server = Server::demo();
    for path in ["/v1/queries", "/v1/jobs", "/v1/communities", "/v1/centrality/degree"] {
        assert_eq!(server.operator().get(path).problem(403), "forbidden");
    }
}
