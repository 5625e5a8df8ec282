//! The check refuses statements that would write, leave the view, run without bound, or give rows in no order.

use accord::query::StoredQuery;

const HEADER: &str = "// name: q
// about: A query.
// param: who entity_id -- Who.
// example: who = \"ent_00000000000000000000000000000000\"
// param: max_rows integer = 10 (1..100) -- Most rows.
// column: id entity_id -- The entity.
// key: id
";
const GOOD: &str =
    "MATCH (p:Person {view: $view, id: $who}) RETURN p.id AS id ORDER BY id LIMIT $max_rows";

fn parse(header: &str, cypher: &str) -> Result<StoredQuery, String> {
    StoredQuery::parse("q.cypher", &format!("{header}{cypher}")).map_err(|error| error.to_string())
}

/// `GOOD` with something before its `RETURN`.
fn with(clauses: &str) -> String {
    GOOD.replace("RETURN", &format!("{clauses} RETURN"))
}

#[test]
fn the_portable_core_is_accepted() {
    for clauses in [
        "",
        "MATCH (p {view: $view})-[:USES]->(:Phone)<-[:USES]-(q:Person)",
        "OPTIONAL MATCH (p {view: $view})<-[r:CALLED|PAID *1..4]-(q) WHERE q.id STARTS WITH 'ent'",
        "MATCH s = shortestPath((p {view: $view})-[*..6]-(q:Person {view: $view}))",
        "WHERE NOT (p {view: $view})-[:LIVES_AT]->() AND p.records > 1 - 2",
        "WHERE EXISTS { (p)-[:USES]->(:Phone {view: $view}) WHERE p.name = '}) MERGE' }",
        "WITH p ORDER BY p.id WITH p, collect(DISTINCT p.name) AS names WHERE size(names) > 0",
        "/* CREATE (n) // */ // DELETE n\n WITH p",
    ] {
        assert_eq!(parse(HEADER, &with(clauses)).map(|_| ()), Ok(()), "{clauses}");
    }
}

#[test]
fn statements_that_do_more_than_read_the_view_in_order_are_refused() {
    let whole = [
        // Not the view's.
        GOOD.replace("view: $view, ", ""),
        GOOD.replace("$view", "'tag'"),
        GOOD.replace("$view", "$who"),
        GOOD.replace("view: $view", "vieW: $view"),
        GOOD.replace("view: $view", "view: p.view"),
        GOOD.replace("{view: $view, id: $who}", "{id: $who}) WHERE (p.view = $view"),
        GOOD.replace("p.id AS id", "p.view AS id"),
        GOOD.replace("p.id AS id", "$view AS id"),
        GOOD.replace("p.id AS id", "[(a)-->(b) | b.id][0] AS id"),
        // Not in one order, not all of it, not what the header says.
        GOOD.replace("ORDER BY id ", ""),
        GOOD.replace("ORDER BY id", "ORDER BY p.name"),
        GOOD.replace(" LIMIT $max_rows", ""),
        GOOD.replace("$max_rows", "100000"),
        GOOD.replace("LIMIT", "SKIP 1 LIMIT"),
        GOOD.replace("AS id", "AS person"),
        GOOD.replace("p.id AS id", "p.id AS id, p.name AS name"),
        GOOD.replace("p.id AS id", "*"),
        GOOD.replace("p.id AS id", "p.id"),
        format!("{GOOD} UNION {GOOD}"),
        format!("{GOOD}; MATCH (n) DETACH DELETE n"),
        format!("PROFILE {GOOD}"),
        format!("USE system {GOOD}"),
        "RETURN $who AS id ORDER BY id LIMIT $max_rows".to_owned(),
        String::new(),
    ];
    let clauses = [
        // Unanchored.
        "MATCH (n)",
        "MATCH (p)-->(n)",
        "MATCH (p {view: $view})-->(n), (m)",
        "MATCH (p {view: $view}), (m)-->(n)",
        "OPTIONAL MATCH (m:Person)",
        "MATCH x = shortestPath((p)-[*1..3]-(q))",
        "WITH count(p) AS n MATCH (p)-[:USES]->(q)",
        "WHERE (p)-[:USES]->()",
        "WHERE EXISTS { (n) }",
        "WHERE EXISTS { MATCH (n:Person) WHERE n.name = 'x' }",
        "WHERE COUNT { (p)--() } > 1",
        "WHERE exists((p)-->())",
        "WHERE size([(p)-->(n) | n.id]) > 0",
        "WHERE size([(p {view: $view})-->(n) | n.id]) > 0",
        "WHERE EXISTS { (p {view: $view})-->() WHERE (p)-->() }",
        "MATCH (p {x: {view: $view}})-->(n)",
        "MATCH (p)-[{view: $view}]->(n)",
        "MATCH (n /* {view: $view} */)",
        "MATCH (n {name: '{view: $view}'})",
        "MATCH (p {view: $view})-->(n) MATCH/**/(m)",
        // Unreadable here, so not known to be harmless.
        "MATCH (p {view: $view}) ((a)-->(b)){1,3} (c)",
        "MATCH (p {view: $view})-[:USES]->+(n)",
        "MATCH (p WHERE p.id = 'x')-->(n {view: $view})",
        "MATCH (p:!Person {view: $view})",
        "MATCH (p:Person|Phone {view: $view})",
        "MATCH ANY SHORTEST (p {view: $view})-->(n)",
        "MATCH (`p` {view: $view})",
        "MATCH (p {view: $view}) WHERE p.name = 'a\\u0027 OR true //'",
        "// \\u000a MATCH (n) DETACH DELETE n\n",
        "WHERE p.name = 'open",
        "/* open",
        // Without bound.
        "MATCH (p {view: $view})-[*]-(q)",
        "MATCH (p {view: $view})-[*2..]-(q)",
        "MATCH (p {view: $view})-[*1..7]-(q)",
        "MATCH (p {view: $view})-[:USES*..99]-(q)",
        "MATCH (p {view: $view})-[*1..$max_rows]-(q)",
        "UNWIND range(1, 100000000) AS x",
        "WHERE p.name =~ '(a+)+'",
        // Writes, calls, loads.
        "CREATE (n)",
        "MERGE (n {view: $view})",
        "SET p.name = 'x'",
        "set p += {name: 'x'}",
        "REMOVE p.name",
        "DELETE p",
        "DETACH DELETE p",
        "FOREACH (x IN [1] | CREATE (n))",
        "CALL db.labels() YIELD label",
        "CALL { MATCH (n) RETURN n }",
        "LOAD CSV FROM 'file:///etc/passwd' AS row",
        "WITH apoc.cypher.runFirstColumnMany('MATCH (n) RETURN n', {}) AS x, p",
        // Other rows each time.
        "WHERE rand() < 0.5",
        "WHERE p.at < timestamp()",
        "WHERE datetime().year > 2000",
        "WHERE id(p) > 7",
        "WHERE elementId(p) <> 'x'",
        "WITH p LIMIT 3",
        "WITH p, collect(p.name) AS names",
        // Not declared.
        "WHERE p.id = $other",
    ];
    let all = whole.into_iter().chain(clauses.into_iter().map(with));
    let accepted: Vec<String> = all.filter(|cypher| parse(HEADER, cypher).is_ok()).collect();
    assert_eq!(accepted, Vec::<String>::new());
}

#[test]
fn a_refusal_names_the_file_the_line_and_the_reason() {
    assert_eq!(
        parse(HEADER, &with("\nMATCH (n)\n")).unwrap_err(),
        "q.cypher:9:7: a pattern without `{view: $view}` on one of its nodes"
    );
    assert_eq!(
        parse(HEADER, &with("\n\nSET p.name = 1")).unwrap_err(),
        "q.cypher:10:1: `SET` may not be used"
    );
    assert_eq!(
        parse(HEADER, &GOOD.replace("$who", "'x'")).unwrap_err(),
        "q.cypher:8:77: parameter `who` is never used"
    );
}

#[test]
fn quantified_path_patterns_are_for_neo4j_and_bounded() {
    let neo4j = HEADER.replace("// key", "// engines: neo4j\n// key");
    let pattern = |quantifier: &str, end: &str| {
        with(&format!(
            "MATCH (p {{view: $view}}) ((a)-[:USES]-(b) WHERE a.id <> 'x'){quantifier} ({end})"
        ))
    };
    assert!(parse(&neo4j, &pattern("{1,4}", "c")).is_ok());
    assert!(parse(HEADER, &pattern("{1,4}", "c")).is_err());
    for quantifier in ["+", "*", "{1,}", "{,3}", "{1,7}", "{3,1}", ""] {
        assert!(parse(&neo4j, &pattern(quantifier, "c")).is_err(), "{quantifier}");
    }
    for inner in ["{0,3}", "{1,3}"] {
        let only = with(&format!("MATCH (p) ((a {{view: $view}})--(b)){inner} (c)"));
        assert!(parse(&neo4j, &only).is_err(), "the anchor may be taken zero times");
    }
}
