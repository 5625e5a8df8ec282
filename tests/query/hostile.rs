//! Hostile templates: stored queries that would write, call, load, leave the view, run without bound, or hide from
//! reviewers what an engine would do. Each is refused, at the place of the fault.

use accord::query::{Library, RefusedFile};

const HEADER: &str = "// name: q
// about: A query.
// param: who entity_id -- Who.
// example: who = \"ent_00000000000000000000000000000000\"
// param: max_rows integer = 10 (1..100) -- Most rows.
// column: id entity_id -- The entity.
// key: id
";
const MATCH: &str = "MATCH (p:Person {view: $view, id: $who})";
const RETURN: &str = "RETURN p.id AS id ORDER BY id LIMIT $max_rows";

/// The mark before the place that must be named as the place of the fault.
const MARK: char = '§';

/// Names and texts of faults that stand between `MATCH` and `RETURN` of an otherwise good query.
const WITHIN: &[(&str, &str)] = &[
    // Writes.
    ("creates", "§CREATE (n:Person {view: $view})"),
    ("merges", "§MERGE (n:Person {view: $view})"),
    ("sets", "§SET p.name = 'x'"),
    ("removes", "§REMOVE p.name"),
    ("deletes", "§DETACH DELETE p"),
    ("writes for each", "§FOREACH (x IN [1] | SET p.name = 'x')"),
    ("inserts (GQL)", "§INSERT (n:Person)"),
    // Procedures, subqueries, files, other graphs.
    ("calls a procedure", "§CALL db.labels() YIELD label"),
    ("calls a subquery", "§CALL { MATCH (n) RETURN n.id AS other }"),
    ("calls a subquery in transactions", "§CALL (p) { MATCH (n) DELETE n } IN TRANSACTIONS"),
    ("loads a file", "§LOAD CSV FROM 'file:///etc/passwd' AS row"),
    ("uses another graph", "§USE system MATCH (n {view: $view})"),
    ("runs a function of a plug-in", "WITH p, apoc.§load('x') AS x"),
    ("reads the clock", "WITH p, §timestamp() AS now"),
    ("makes lists from nothing", "UNWIND §range(1, 1000000000) AS x WITH p"),
    ("goes on with another statement", "RETURN p.id AS id §NEXT MATCH (p)"),
    // Patterns that leave the view.
    ("matches all", "MATCH §(n)"),
    ("matches all beside what is anchored", "MATCH (a {view: $view}), §(n)"),
    ("is anchored at a relationship", "MATCH §(p)-[:USES {view: $view}]->(n)"),
    ("is anchored at a name of another case", "MATCH (n {View: §$view})"),
    ("is anchored at another tag", "MATCH (n {§view: $who})"),
    ("is anchored at a value made of the tag", "MATCH (n {view: $view §+ ''})"),
    ("is anchored by a condition", "MATCH §(n) WHERE n.id = $who"),
    ("is anchored by a condition on the tag", "MATCH (n) WHERE n.§view = $view"),
    ("is anchored twice, the second time elsewhere", "MATCH (n {view: $view, §view: 'x'})"),
    ("asks by a label that is none", "MATCH (n:§!Person {view: $view})"),
    ("asks by one of labels", "MATCH (n:Person§|Phone {view: $view})"),
    ("asks by any label", "MATCH (n§:% {view: $view})"),
    ("asks by a label that is given", "MATCH (n§:$who {view: $view})"),
    ("asks by a label that is made", "MATCH (n:§$('Person') {view: $view})"),
    ("asks within a node", "MATCH (n §WHERE n.id = 'x')"),
    ("looks for an unanchored one that is there", "WHERE EXISTS { §(n:Person) }"),
    (
        "looks for an unanchored one in a subquery",
        "WHERE EXISTS { MATCH §(n:Person) WHERE n.name = 'x' }",
    ),
    ("counts unanchored ones", "WHERE COUNT { MATCH §(n) } > 1"),
    ("collects unanchored ones", "WITH p, §COLLECT { MATCH (n) RETURN n.id } AS ids"),
    ("makes a list of unanchored ones", "WHERE size([§(p)-->(n) | n.id]) > 0"),
    ("has an unanchored condition", "WHERE NOT §(p)-[:USES]->()"),
    ("has a condition that cannot be read", "WHERE (p§)-[r:USES*]->()--()"),
    ("goes a shortest way unanchored", "MATCH s = §shortestPath((p)-[*1..3]-(q))"),
    // Properties that are not to be read.
    ("reads the tag", "WITH p, p.§view AS tag"),
    ("reads the tag by its name in a text", "WITH p, p[§'view'] AS tag"),
    ("reads the tag by a made name", "WITH p, 'vi' + 'ew' AS k WITH p, p[§k] AS tag"),
    ("reads all properties", "WITH p, p {§.*} AS all"),
    ("reads all properties by a function", "WITH p, §properties(p) AS all"),
    // Parameters where they are none.
    ("goes so far as it is told", "MATCH (p {view: $view})-[*§1..$max_rows]-(q)"),
    ("has a parameter that is not declared", "WHERE p.name = §$other"),
    ("has the tag in another case", "WHERE p.name = §$VIEW"),
    ("shows the tag", "WHERE p.name = §$view"),
    ("has a quoted parameter", "WHERE p.name = §$`who`"),
    // Without bound.
    ("goes as far as it can", "MATCH (p {view: $view})-[*§]-(q)"),
    ("goes further than is allowed", "MATCH (p {view: $view})-[:USES*§1..7]-(q)"),
    ("cuts off rows before the end", "WITH p §LIMIT 3"),
    // Comments and texts that hide.
    ("hides the anchor in a comment", "MATCH §(n /* {view: $view} */)"),
    ("hides the anchor in a text", "MATCH §(n {name: '{view: $view}'})"),
    ("hides a clause behind the end of a comment", "/* a comment */ §CREATE (n)"),
    ("hides the end of a comment in a text", "WHERE p.name = '*/' /* ' */ §SET p.x = 1"),
    ("hides a clause in a comment that ends early", "// a comment§\r MATCH (n) DETACH DELETE n"),
    ("hides a clause in a comment by an escape", "// a comment §\\u000a MATCH (n) DETACH DELETE n"),
    ("ends a text by an escape", "WHERE p.name = 'a§\\u0027 OR true //'"),
    ("does not end a comment", "§/* a comment"),
    ("does not end a text", "WHERE p.name = §'a text"),
    ("quotes a name", "MATCH (§`p` {view: $view})"),
    ("ends the statement", "WITH p§; MATCH (n) DETACH DELETE n"),
    // Characters that look like others, or like nothing.
    ("has a word with a Cyrillic letter", "MATCH (n {vi§\u{435}w: $view})"),
    ("has a full-width word", "§\u{ff23}\u{ff32}\u{ff25}\u{ff21}\u{ff34}\u{ff25} (n)"),
    ("has a full-width parenthesis", "MATCH §\u{ff08}n\u{ff09}"),
    ("has a dash that is none", "MATCH (n {view: $view})§\u{2010}[:USES]\u{2010}(m)"),
    ("has a space that is none", "WITH§\u{a0}p"),
    ("has a space without a width", "WITH p§\u{200b}"),
    ("turns the direction of a comment", "// a comment §\u{202e} } ;n ETELED"),
    ("turns the direction of a text", "WHERE p.name = 'a§\u{2066}b'"),
    ("has a separator of lines in a comment", "// a comment§\u{2028}MATCH (n) DETACH DELETE n"),
    ("has a zero in a text", "WHERE p.name = 'a§\0b'"),
    // Statements that would crash a parser.
    ("negates without end", "WHERE NOT §NOT NOT NOT p.protected"),
    ("has signs without end", "WHERE 1 = --§- - - 1"),
];

/// Whole statements.
const WHOLE: &[(&str, &str)] = &[
    ("matches all", "MATCH §(p) WHERE p.id = $who RETURN p.id AS id ORDER BY id LIMIT $max_rows"),
    (
        "makes a plan",
        "§PROFILE MATCH (p {view: $view, id: $who}) RETURN p.id AS id ORDER BY id LIMIT $max_rows",
    ),
    (
        "unites",
        "MATCH (p {view: $view, id: $who}) RETURN p.id AS id §UNION MATCH (p) RETURN p.id AS id ORDER BY id LIMIT $max_rows",
    ),
    (
        "skips",
        "MATCH (p {view: $view, id: $who}) RETURN p.id AS id ORDER BY id §SKIP 1 LIMIT $max_rows",
    ),
    (
        "limits itself",
        "MATCH (p {view: $view, id: $who}) RETURN p.id AS id ORDER BY id LIMIT §1000000",
    ),
    (
        "asks for the tag",
        "MATCH (p {view: $view, id: $who}) RETURN p.§view AS id ORDER BY id LIMIT $max_rows",
    ),
    ("begins with nothing", "§UNWIND [$who] AS id RETURN id ORDER BY id LIMIT $max_rows"),
];

/// Returns the refusal of an own query, next to the queries of the program.
fn refused(text: &str) -> Option<RefusedFile> {
    let library = Library::shipped().unwrap().with_own([("q.cypher".into(), Ok(text.into()))]);
    assert_eq!(library.own_count() + library.refused().len(), 1);
    library.refused().first().cloned()
}

/// The text without its mark, and the place of it.
fn marked(text: &str) -> (String, (usize, usize)) {
    let at = text.find(MARK).unwrap_or_else(|| panic!("no mark in {text:?}"));
    let before = &text[..at];
    let last = before.rsplit('\n').next().unwrap();
    let place = (before.matches('\n').count() + 1, last.chars().count() + 1);
    (text.replace(MARK, ""), place)
}

#[test]
fn what_is_around_the_hostile_parts_is_good() {
    assert_eq!(refused(&format!("{HEADER}{MATCH}\n{RETURN}")), None);
    assert_eq!(refused(&format!("{HEADER}{MATCH}\r\nWITH p // ok\r\n{RETURN}\r\n")), None);
    assert_eq!(
        refused(&format!("{HEADER}{MATCH} WHERE p.name <> 'København // )' {RETURN}")),
        None
    );
    assert_eq!(refused(&format!("{HEADER}{MATCH} WHERE labels(p)[0] <> 'x' {RETURN}")), None);
}

#[test]
fn hostile_templates_are_refused_at_the_very_place() {
    assert!(WITHIN.len() + WHOLE.len() >= 30);
    let mut wrong = Vec::new();
    let within = WITHIN.iter().map(|(name, part)| (name, format!("{MATCH}\n  {part}\n{RETURN}")));
    let whole = WHOLE.iter().map(|(name, statement)| (name, (*statement).to_owned()));
    for (name, statement) in within.chain(whole) {
        let (text, place) = marked(&format!("{HEADER}{statement}"));
        match refused(&text) {
            None => wrong.push(format!("{name}: is taken")),
            Some(it) if (it.line, it.column) != place => {
                wrong.push(format!("{name}: {it}, expected at {place:?}"));
            }
            Some(it) => assert!(it.to_string().starts_with("q.cypher:") && it.reason.len() > 5),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn hostile_headers_are_refused_at_the_very_place() {
    for (name, header) in [
        ("another file's name", HEADER.replace("// name: q", "§// name: other")),
        ("a shipped query's name", HEADER.replace("// name: q", "§// name: shared-phones")),
        ("the tag as a parameter", HEADER.replace("// param: who", "// §param: view")),
        ("a type that is none", HEADER.replace("// param: who entity_id", "// §param: who node")),
        (
            "a field that is none",
            format!("{HEADER}//   \n// §engine: all\n").replace("//   \n", ""),
        ),
        ("a mark of byte order", format!("§\u{feff}{HEADER}")),
        ("a field twice", format!("{HEADER}// §about: Another.\n")),
    ] {
        let (text, place) = marked(&format!("{header}{MATCH}\n{RETURN}"));
        let it = refused(&text).unwrap_or_else(|| panic!("{name} is taken"));
        assert_eq!((it.line, it.column), place, "{name}: {it}");
    }
}

#[test]
fn what_the_check_cannot_know_is_found_by_trying_the_query_out() {
    for (part, reason) in [
        ("WITH q", "undefined variable"),
        ("WHERE p.name = 'a' p.name", "syntax"),
        ("WITH p, size(q) AS n", "undefined variable"),
    ] {
        let it = refused(&format!("{HEADER}{MATCH}\n{part}\n{RETURN}")).unwrap();
        assert!(it.line >= 8 && it.reason.contains(reason), "{part}: {it}");
    }
}

/// Files of any depth or length are refused, and the process does not crash.
#[test]
fn files_that_are_too_deep_or_too_long_are_refused() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{a: ", "}"), ("((", ")){1,2}"), ("CASE WHEN ", " THEN 1 END")]
    {
        for count in [40, 900, 15_000] {
            let deep = format!("{}1{}", open.repeat(count), close.repeat(count));
            for header in [HEADER.to_owned(), HEADER.replace("// key", "// engines: neo4j\n// key")]
            {
                let it = refused(&format!("{header}{MATCH}\nWHERE 1 = {deep}\n{RETURN}")).unwrap();
                assert!(it.line >= 9 || it.reason.contains("more than"), "{open} {count}: {it}");
            }
        }
    }
    let long = "AND p.id = 'x' ".repeat(1_000);
    let it = refused(&format!("{HEADER}{MATCH}\nWHERE true {long}\n{RETURN}")).unwrap();
    assert!(it.reason.contains("more than"), "{it}");
}
