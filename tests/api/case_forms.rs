//! References of cases: of the form that the agency registered, so that no name enters the log.

use accord::govern::Role;
use serde_json::{Value, json};

use super::{Client, Server};

fn agency(name: &str, form: Option<&str>) -> Value {
    let mut agency = json!({
        "name": name, "kind": "police", "desk": { "name": "Desk", "channel": "+44 20 2555 0100" },
    });
    if let Some(form) = form {
        agency["case_form"] = json!(form);
    }
    agency
}

fn about(client: &Client, case: &str) -> u16 {
    client.asking(Some("prosecution"), Some(case)).get("/v1/queries").status
}

#[test]
fn by_default_a_reference_has_a_digit_and_no_more_than_letters_and_three_signs() {
    let server = Server::demo();
    let police = server.agency("metro-police");
    for case in ["MP-2026/0042", "1", "a.b/c-9"] {
        assert_eq!(about(&police, case), 200, "{case}");
    }
    for case in ["JaneRoe", "Jane_Roe", "Jane_Roe_1", "jane-roe", "case_jane", "Jane Roe 1"] {
        let answer = police.asking(Some("prosecution"), Some(case)).get("/v1/queries");
        assert_eq!(answer.problem(400), "bad_parameter", "{case}");
        assert_eq!(answer.json()["faults"][0]["column"], "x-case");
        let nobody = server.with_token(None).asking(Some("prosecution"), Some(case));
        nobody.get("/v1/queries").problem(401);
    }
    let log = std::fs::read_to_string(&server.audit).unwrap().to_lowercase();
    assert!(log.contains("mp-2026/0042"));
    assert!(!log.contains("jane"), "{log}");
    // A reference from an unknown caller is not logged either: no agency's form applies to it.
    server
        .with_token(None)
        .asking(Some("prosecution"), Some("Roe1"))
        .get("/v1/queries")
        .problem(401);
    assert!(!std::fs::read_to_string(&server.audit).unwrap().contains("Roe1"));
}

#[test]
fn an_agency_registers_a_form_of_its_own() {
    let server = Server::demo();
    let operator = server.operator();
    for bad in ["", "MP-", "#\u{e9}", "MP ####", "@+", "+#", "##++", &"#".repeat(65)] {
        let answer = operator.post("/v1/agencies", &agency("metro-police", Some(bad)));
        assert_eq!(answer.problem(422), "invalid_input", "{bad:?}");
    }
    let kept = operator.post("/v1/agencies", &agency("metro-police", Some("MP_@@-####/#+"))).ok();
    assert_eq!(kept["case_form"], "MP_@@-####/#+");
    let police = server.agency("metro-police");
    for case in ["MP_ab-2026/1", "MP_XY-0000/123456"] {
        assert_eq!(about(&police, case), 200, "{case}");
    }
    for case in ["MP-2026/1", "MP_ab-2026/", "MP_a1-2026/1", "MP_ab-2026/1x", "mp_ab-2026/1"] {
        assert_eq!(about(&police, case), 400, "{case}");
    }
    // Others have theirs.
    assert_eq!(about(&server.agency("border-guard"), "MP-2026/1"), 200);
    operator.post("/v1/agencies", &agency("metro-police", None)).ok();
    assert_eq!(about(&police, "MP-2026/1"), 200);
}

#[test]
fn references_of_cases_and_operations_are_of_that_form_too() {
    let server = Server::demo();
    let lead = server.user("metro-police", "lead", &[Role::TaskForceLead, Role::Investigator]);
    let case = |reference: &str| {
        let body = json!({ "reference": reference, "expires": "2027-01-01T00:00:00Z" });
        lead.post("/v1/cases", &body)
    };
    assert_eq!(case("Jane-Roe").problem(422), "invalid_input");
    case("TF-2026/1").ok();
    let planned = |reference: &str| {
        let body = json!({
            "reference": reference, "latitude": 51.5, "longitude": 0.1, "radius_metres": 100.0,
            "from": "2026-10-01T00:00:00Z", "until": "2026-10-02T00:00:00Z",
        });
        lead.asking(Some("deconfliction"), Some("OP-1")).post("/v1/planned-operations", &body)
    };
    assert_eq!(planned("Jane-Roe").problem(422), "invalid_input");
    planned("OP-7").ok();
}
