//! The check that every stored query passes before it may run, on any engine: it reads only, it is
//! anchored in the view, it is bounded, and its rows come in one order. A query that the check
//! does not understand is refused; there is no list of exceptions.

use super::header::Header;
use super::token::{Kind, Token, tokens};
use super::{Engines, Refusal, anchor};

/// Words that write, call, load, administer, or give different rows each time. They may not even
/// be names.
const FORBIDDEN: &[&str] = &[
    "ALTER",
    "BEGIN",
    "CALL",
    "COMMIT",
    "CONSTRAINT",
    "CREATE",
    "CSV",
    "CYPHER",
    "DELETE",
    "DENY",
    "DETACH",
    "DROP",
    "EXPLAIN",
    "FILTER",
    "FINISH",
    "FOR",
    "FOREACH",
    "GRANT",
    "INDEX",
    "INSERT",
    "LET",
    "LOAD",
    "MERGE",
    "NEXT",
    "NODETACH",
    "OFFSET",
    "PERIODIC",
    "PROFILE",
    "REMOVE",
    "RETURNING",
    "REVOKE",
    "ROLLBACK",
    "SET",
    "SHORTEST",
    "SHOW",
    "SKIP",
    "START",
    "STOP",
    "TERMINATE",
    "TRANSACTIONS",
    "UNION",
    "USE",
    "USING",
    "YIELD",
];

/// Words that may stand before a parenthesis without being a function.
const BEFORE_PARENTHESIS: &[&str] = &[
    "AND", "BY", "CASE", "DISTINCT", "ELSE", "IN", "MATCH", "NOT", "OR", "RETURN", "THEN",
    "UNWIND", "WHEN", "WHERE", "WITH", "XOR",
];

/// The functions that stored queries may use: same on both engines, no clock, no chance, no
/// internal ids, no lists from nothing.
const FUNCTIONS: &[&str] = &[
    "abs",
    "all",
    "any",
    "avg",
    "coalesce",
    "collect",
    "count",
    "exists",
    "head",
    "labels",
    "last",
    "length",
    "max",
    "min",
    "nodes",
    "none",
    "relationships",
    "shortestPath",
    "single",
    "size",
    "sum",
    "tail",
    "toFloat",
    "toInteger",
    "toLower",
    "toString",
    "toUpper",
    "type",
];

/// Clauses that a stored query is made of.
const CLAUSES: &[&str] = &["MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN"];

/// Checks the statement of a file against its header.
pub(super) fn check(header: &Header, text: &str) -> Result<(), Refusal> {
    let tokens = tokens(text)?;
    size(&tokens)?;
    words(&tokens)?;
    properties_by_name(&tokens)?;
    parameters(header, &tokens)?;
    anchor::check(&tokens, header.engines == Engines::Neo4j)?;
    let clauses = clauses(&tokens)?;
    lists_are_ordered(&clauses)?;
    result(header, clauses.last().copied().unwrap_or_default())
}

fn refuse<T>(token: Option<&Token>, reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::at(token, reason))
}

/// The most tokens of a statement, and its deepest nesting: the parsers of the engines recurse as deep.
const TOKENS_MAX: usize = 2_000;
const DEPTH_MAX: usize = 24;

/// Refuses statements that are too long or nested too deeply.
fn size(tokens: &[Token]) -> Result<(), Refusal> {
    if let Some(token) = tokens.get(TOKENS_MAX) {
        return refuse(Some(token), format!("more than {TOKENS_MAX} words and marks"));
    }
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            Kind::Mark('(' | '[' | '{') => depth += 1,
            Kind::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Kind::Word(word) if among(word, &["CASE"]) => depth += 1,
            Kind::Word(word) if among(word, &["END"]) => depth = depth.saturating_sub(1),
            Kind::Word(word)
                if among(word, &["NOT"]) && at > 0 && tokens[at - 1].is_word("NOT") =>
            {
                return refuse(Some(token), "`NOT NOT`");
            }
            Kind::Mark('+' | '-')
                if at > 1
                    && tokens[at - 2..at].iter().all(|it| it.is_mark('+') || it.is_mark('-')) =>
            {
                return refuse(Some(token), "three signs in a row");
            }
            _ => {}
        }
        if depth > DEPTH_MAX {
            return refuse(Some(token), format!("nested more than {DEPTH_MAX} deep"));
        }
    }
    Ok(())
}

/// Words that may stand before a list.
const BEFORE_LIST: &[&str] = &[
    "AND", "BY", "CASE", "CONTAINS", "DISTINCT", "ELSE", "IN", "NOT", "OR", "RETURN", "THEN",
    "UNWIND", "WHEN", "WHERE", "WITH", "XOR",
];

/// Refuses other ways to read properties than `name.property`: `name['property']` and `name {.*}` would read properties
/// that stored queries may not read. Lists may be read at plain numbers only.
fn properties_by_name(tokens: &[Token]) -> Result<(), Refusal> {
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        if token.is_mark('.') && before.is_some_and(|it| it.is_mark('{') || it.is_mark(',')) {
            return refuse(Some(token), "a map of a node's properties");
        }
        let of_value = before.is_some_and(|before| match &before.kind {
            Kind::Word(word) => !among(word, BEFORE_LIST),
            kind => matches!(kind, Kind::Mark(')' | ']' | '}') | Kind::Parameter(_) | Kind::Text),
        });
        if token.is_mark('[') && of_value {
            let plain = |it: &&Token| matches!(it.kind, Kind::Integer(_) | Kind::Mark('-' | '.'));
            let end = at + 1 + tokens[at + 1..].iter().take_while(plain).count();
            if !tokens.get(end).is_some_and(|it| it.is_mark(']')) {
                return refuse(
                    tokens.get(end).or(Some(token)),
                    "a place in a list that is no plain number",
                );
            }
        }
    }
    Ok(())
}

fn among(word: &str, words: &[&str]) -> bool {
    words.iter().any(|other| other.eq_ignore_ascii_case(word))
}

/// Refuses forbidden words and unknown functions.
fn words(tokens: &[Token]) -> Result<(), Refusal> {
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Word(word) = &token.kind else { continue };
        if among(word, FORBIDDEN) {
            return refuse(Some(token), format!("`{word}` may not be used"));
        }
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        if tokens.get(at + 1).is_some_and(|next| next.is_mark('(')) {
            let dotted = before.is_some_and(|before| before.is_mark('.'));
            if dotted || !(among(word, FUNCTIONS) || among(word, BEFORE_PARENTHESIS)) {
                return refuse(Some(token), format!("`{word}` is not a function that may be used"));
            }
        }
        if among(word, &["view"]) {
            let key = before.is_some_and(|before| before.is_mark('{') || before.is_mark(','))
                && tokens.get(at + 1).is_some_and(|next| next.is_mark(':'))
                && tokens
                    .get(at + 2)
                    .is_some_and(|value| value.kind == Kind::Parameter("view".into()));
            if !key {
                return refuse(Some(token), "`view` stands only in `{view: $view}`");
            }
        }
        if among(word, &["COLLECT"]) && tokens.get(at + 1).is_some_and(|next| next.is_mark('{')) {
            return refuse(Some(token), "a list whose order is not stated");
        }
    }
    Ok(())
}

/// Refuses parameters that are used and not declared, or declared and not used.
fn parameters(header: &Header, tokens: &[Token]) -> Result<(), Refusal> {
    let mut unused: Vec<&str> = header.parameters.iter().map(|p| p.name.as_str()).collect();
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Parameter(name) = &token.kind else { continue };
        let key = at.checked_sub(2).is_some_and(|at| tokens[at].is_word("view"));
        if name == "view" && !key {
            return refuse(Some(token), "`$view` stands only in `{view: $view}`");
        }
        if name != "view" && !header.parameters.iter().any(|known| known.name == *name) {
            return refuse(Some(token), format!("parameter `{name}` is not in the header"));
        }
        unused.retain(|other| other != name);
    }
    match unused.first() {
        None => Ok(()),
        Some(name) => refuse(tokens.last(), format!("parameter `{name}` is never used")),
    }
}

/// Cuts the statement into its clauses. There must be one `RETURN`, at the end, and rows may be cut off nowhere else.
fn clauses(tokens: &[Token]) -> Result<Vec<&[Token]>, Refusal> {
    let mut starts = Vec::new();
    let mut depth = 0i64;
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            Kind::Mark('(' | '[' | '{') => depth += 1,
            Kind::Mark(')' | ']' | '}') => depth -= 1,
            Kind::Word(word) if among(word, &["RETURN", "LIMIT"]) && depth != 0 => {
                return refuse(Some(token), format!("`{word}` inside brackets"));
            }
            Kind::Word(word) if depth == 0 && among(word, CLAUSES) => {
                let predicate =
                    at > 0 && (tokens[at - 1].is_word("STARTS") || tokens[at - 1].is_word("ENDS"));
                let optional = at > 0 && tokens[at - 1].is_word("OPTIONAL");
                if !predicate && !optional {
                    starts.push(at);
                }
            }
            _ => {}
        }
    }
    if depth != 0 {
        return refuse(tokens.last(), "brackets that do not match");
    }
    if starts.first() != Some(&0) || !tokens[0].is_word("MATCH") {
        return refuse(tokens.first(), "a stored query begins with `MATCH`");
    }
    starts.push(tokens.len());
    let clauses: Vec<&[Token]> = starts.windows(2).map(|pair| &tokens[pair[0]..pair[1]]).collect();
    for (index, clause) in clauses.iter().enumerate() {
        let is_last = index + 1 == clauses.len();
        if clause[0].is_word("RETURN") != is_last {
            return refuse(clause.first(), "a stored query has one `RETURN`, at its end");
        }
        if let Some(limit) = clause.iter().find(|token| token.is_word("LIMIT")).filter(|_| !is_last)
        {
            return refuse(Some(limit), "`LIMIT` before the end: which rows stay is not stated");
        }
    }
    Ok(clauses)
}

/// Refuses `collect` unless its rows have just been ordered: it keeps their order.
fn lists_are_ordered(clauses: &[&[Token]]) -> Result<(), Refusal> {
    for (index, clause) in clauses.iter().enumerate() {
        let Some(collect) = clause.iter().find(|token| token.is_word("collect")) else { continue };
        let ordered = index.checked_sub(1).map(|before| clauses[before]).is_some_and(|before| {
            before[0].is_word("WITH") && before.iter().any(|token| token.is_word("ORDER"))
        });
        if !ordered {
            return refuse(Some(collect), "`collect` without `WITH ... ORDER BY` just before it");
        }
    }
    Ok(())
}

/// Refuses a `RETURN` that does not give the header's columns in its order, ordered by at least its key, with at most
/// `$max_rows` rows.
fn result(header: &Header, clause: &[Token]) -> Result<(), Refusal> {
    let order = clause.iter().position(|token| token.is_word("ORDER"));
    let limit = clause.iter().position(|token| token.is_word("LIMIT"));
    let (Some(order), Some(limit)) = (order, limit) else {
        return refuse(clause.last(), "the end is not `ORDER BY ... LIMIT $max_rows`");
    };
    let ends = clause.len() == limit + 2
        && clause[limit + 1].kind == Kind::Parameter("max_rows".into())
        && clause.get(order + 1).is_some_and(|token| token.is_word("BY"));
    if !ends || limit < order {
        return refuse(clause.last(), "the end is not `ORDER BY ... LIMIT $max_rows`");
    }
    let items = usize::from(clause.get(1).is_some_and(|token| token.is_word("DISTINCT"))) + 1;
    let returned = names(&clause[items..order], |item| match item {
        [one] => Some(one),
        [.., alias, name] if alias.is_word("AS") => Some(name),
        _ => None,
    })?;
    if returned != header.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>() {
        return refuse(clause.first(), "`RETURN` does not give the columns of the header");
    }
    let ordered = names(&clause[order + 2..limit], |item| match item {
        [one] => Some(one),
        [one, way] if way.is_word("DESC") || way.is_word("ASC") => Some(one),
        _ => None,
    })?;
    if let Some(name) = ordered.iter().find(|name| !returned.contains(name)) {
        return refuse(clause.get(order), format!("`ORDER BY {name}`, which is not a column"));
    }
    match header.key.iter().find(|name| !ordered.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => refuse(clause.get(order), format!("`ORDER BY` without `{name}` of the key")),
    }
}

/// Returns the name of each item of a comma-separated list, as `name` finds it.
fn names<'a>(
    tokens: &'a [Token],
    name: impl Fn(&'a [Token]) -> Option<&'a Token>,
) -> Result<Vec<&'a str>, Refusal> {
    let mut depth = 0i64;
    let items = tokens.split(|token| {
        match token.kind {
            Kind::Mark('(' | '[' | '{') => depth += 1,
            Kind::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        depth == 0 && token.is_mark(',')
    });
    items
        .map(|item| match name(item).map(|token| &token.kind) {
            Some(Kind::Word(name)) => Ok(name.as_str()),
            _ => refuse(item.first().or(tokens.first()), "an item without a plain name"),
        })
        .collect()
}
