//! Checks that every pattern of a stored query is anchored in the view.
//!
//! The graph of each view is a sub-graph of its own, no relationship leads out of it, and all its
//! nodes carry the view's tag. So one node written with `{view: $view}` holds a whole path pattern
//! to the view. The rule here is stricter than need be, so that it can be seen to hold: *every*
//! path pattern shows its own anchor, even when a variable in it is already bound. The grammar is
//! the small part of Cypher's that stored queries use; a pattern that it cannot read is refused.

use super::Refusal;
use super::token::{Kind, Token};

/// The longest variable-length or quantified pattern, in relationships: beyond it the number of
/// walks explodes on real graphs.
const HOPS_MAX: u64 = 6;

/// Words that may follow the patterns of a `MATCH`.
const AFTER_PATTERNS: &[&str] = &["WHERE", "WITH", "RETURN", "MATCH", "OPTIONAL", "UNWIND"];

/// Refuses unanchored, unbounded and unreadable patterns. `quantified` allows quantified path
/// patterns, which only Neo4j runs.
pub(super) fn check(tokens: &[Token], quantified: bool) -> Result<(), Refusal> {
    let reader = Reader { tokens, quantified };
    reader.expression(0, tokens.len())
}

struct Reader<'a> {
    tokens: &'a [Token],
    quantified: bool,
}

/// The result of reading a path pattern.
struct Path {
    /// True if one of its nodes that takes part in every match carries the view's tag.
    anchored: bool,
    relationships: usize,
    /// Position of the first token after the pattern.
    end: usize,
}

impl Reader<'_> {
    fn mark(&self, at: usize, mark: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_mark(mark))
    }

    fn word(&self, at: usize, words: &[&str]) -> bool {
        self.tokens.get(at).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    }

    fn is_name(&self, at: usize) -> bool {
        matches!(self.tokens.get(at), Some(Token { kind: Kind::Word(_), .. }))
    }

    fn integer(&self, at: usize) -> Option<u64> {
        match self.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Integer(value)) => Some(*value),
            _ => None,
        }
    }

    fn refuse<T>(&self, at: usize, reason: &str) -> Result<T, Refusal> {
        Err(Refusal::at(self.tokens.get(at).or(self.tokens.last()), reason))
    }

    fn expect(&self, at: usize, mark: char) -> Result<usize, Refusal> {
        if self.mark(at, mark) {
            Ok(at + 1)
        } else {
            self.refuse(at, &format!("a pattern that the check cannot read: expected `{mark}`"))
        }
    }

    /// Walks all tokens of a range, reading patterns wherever they can stand.
    fn expression(&self, from: usize, to: usize) -> Result<(), Refusal> {
        let mut at = from;
        while at < to {
            if self.word(at, &["MATCH"]) {
                at = self.patterns(at + 1)?;
                if at < to && !self.word(at, AFTER_PATTERNS) && !self.mark(at, '}') {
                    return self.refuse(at, "a pattern that the check cannot read");
                }
            } else if self.word(at, &["EXISTS", "COUNT"]) && self.mark(at + 1, '{') {
                at += 2;
                if !self.word(at, &["MATCH"]) {
                    at = self.patterns(at)?;
                    if !self.word(at, &["WHERE"]) && !self.mark(at, '}') {
                        return self.refuse(at, "a pattern that the check cannot read");
                    }
                }
            } else if self.mark(at, '(') {
                at = self.pattern_in_expression(at)?;
            } else {
                self.refuse_joint(at)?;
                at += 1;
            }
        }
        Ok(())
    }

    /// Reads a path pattern at `(`, or passes over a mere parenthesis. Returns the position after it.
    fn pattern_in_expression(&self, at: usize) -> Result<usize, Refusal> {
        let path = match self.path(at) {
            Ok(path) if path.relationships > 0 => path,
            _ => return Ok(at + 1),
        };
        if !path.anchored {
            return self.refuse(at, "a pattern without `{view: $view}` on one of its nodes");
        }
        if at > 0 && (self.mark(at - 1, '[') || self.mark(path.end, '|')) {
            return self.refuse(at, "a pattern comprehension: its list has no order");
        }
        Ok(path.end)
    }

    /// Refuses `)-[`, `)--`, `)->` and `)<-` outside of a pattern that could be read.
    fn refuse_joint(&self, at: usize) -> Result<(), Refusal> {
        let dash =
            self.mark(at + 1, '-') && ['[', '-', '>'].iter().any(|mark| self.mark(at + 2, *mark));
        let arrow = self.mark(at + 1, '<') && self.mark(at + 2, '-');
        if self.mark(at, ')') && (dash || arrow) {
            return self.refuse(at, "what looks like a pattern that the check cannot read");
        }
        Ok(())
    }

    /// Reads patterns separated by commas: `[name =] path` or `[name =] shortestPath(path)`. Returns the position after
    /// them.
    fn patterns(&self, mut at: usize) -> Result<usize, Refusal> {
        loop {
            if self.is_name(at) && self.mark(at + 1, '=') {
                at += 2;
            }
            let start = at;
            let shortest = self.word(at, &["shortestPath"]) && self.mark(at + 1, '(');
            let path = self.path(if shortest { at + 2 } else { at })?;
            at = if shortest { self.expect(path.end, ')')? } else { path.end };
            if !path.anchored {
                return self.refuse(start, "a pattern without `{view: $view}` on one of its nodes");
            }
            if !self.mark(at, ',') {
                return Ok(at);
            }
            at += 1;
        }
    }

    /// Reads a path: nodes and groups with relationships between them.
    fn path(&self, at: usize) -> Result<Path, Refusal> {
        let mut path = self.element(at)?;
        loop {
            let at = path.end;
            let next = if self.mark(at, '-') || (self.mark(at, '<') && self.mark(at + 1, '-')) {
                let node = self.relationship(at)?;
                path.relationships += 1;
                self.element(node)?
            } else if self.quantified && self.mark(at, '(') {
                self.element(at)?
            } else {
                return Ok(path);
            };
            path.anchored |= next.anchored;
            path.relationships += next.relationships;
            path.end = next.end;
        }
    }

    fn element(&self, at: usize) -> Result<Path, Refusal> {
        if self.quantified && self.mark(at, '(') && self.mark(at + 1, '(') {
            self.group(at)
        } else {
            self.node(at)
        }
    }

    /// Reads a quantified group, `((a)-[:T]-(b) WHERE ...){1,4}`. It is never an anchor: it may be taken zero times.
    fn group(&self, at: usize) -> Result<Path, Refusal> {
        let inner = self.path(at + 1)?;
        let mut end = inner.end;
        if self.word(end, &["WHERE"]) {
            let close = self.closing(end)?;
            self.expression(end + 1, close)?;
            end = close;
        }
        end = self.expect(self.expect(end, ')')?, '{')?;
        let bounded = match (self.integer(end), self.mark(end + 1, ','), self.integer(end + 2)) {
            (Some(min), true, Some(max)) => min <= max && max <= HOPS_MAX,
            _ => false,
        };
        if !bounded {
            return self
                .refuse(end, &format!("a quantifier that is not {{min,max}} up to {HOPS_MAX}"));
        }
        let end = self.expect(end + 3, '}')?;
        Ok(Path { anchored: false, relationships: inner.relationships.max(1), end })
    }

    /// Finds the `)` that closes the parenthesis around `at`.
    fn closing(&self, at: usize) -> Result<usize, Refusal> {
        let mut depth = 0usize;
        for close in at..self.tokens.len() {
            if self.mark(close, '(') {
                depth += 1;
            } else if self.mark(close, ')') {
                match depth.checked_sub(1) {
                    None => return Ok(close),
                    Some(less) => depth = less,
                }
            }
        }
        self.refuse(at, "an open parenthesis")
    }

    /// Reads a node, `(name:Label:Label {key: value})`.
    fn node(&self, at: usize) -> Result<Path, Refusal> {
        let mut end = self.expect(at, '(')?;
        if self.is_name(end) {
            end += 1;
        }
        let mut separators: &[char] = &[':'];
        while separators.iter().any(|mark| self.mark(end, *mark)) {
            if !self.is_name(end + 1) {
                return self.refuse(end, "a label that the check cannot read");
            }
            end += 2;
            separators = if self.quantified { &[':', '|', '&'] } else { &[':'] };
        }
        let mut anchored = false;
        if self.mark(end, '{') {
            (anchored, end) = self.properties(end)?;
        }
        Ok(Path { anchored, relationships: 0, end: self.expect(end, ')')? })
    }

    /// Reads a relationship, `<-[name:TYPE|TYPE *1..4 {key: value}]-` or another direction. Returns the position after
    /// it.
    fn relationship(&self, at: usize) -> Result<usize, Refusal> {
        let start = if self.mark(at, '<') { at + 1 } else { at };
        let mut end = self.expect(start, '-')?;
        if self.mark(end, '[') {
            end += 1;
            if self.is_name(end) {
                end += 1;
            }
            let mut separator = ':';
            while self.mark(end, separator) {
                if !self.is_name(end + 1) {
                    return self.refuse(end, "a relationship type that the check cannot read");
                }
                end += 2;
                separator = '|';
            }
            if self.mark(end, '*') {
                end = self.length(end + 1)?;
            }
            if self.mark(end, '{') {
                end = self.properties(end)?.1;
            }
            end = self.expect(end, ']')?;
        }
        end = self.expect(end, '-')?;
        Ok(if self.mark(end, '>') { end + 1 } else { end })
    }

    /// Reads the length after `*`: `4`, `1..4` or `..4`. Returns the position after it.
    fn length(&self, at: usize) -> Result<usize, Refusal> {
        let least = self.integer(at);
        let mut end = if least.is_some() { at + 1 } else { at };
        let mut most = least;
        if self.mark(end, '.') && self.mark(end + 1, '.') {
            most = self.integer(end + 2);
            end += if most.is_some() { 3 } else { 2 };
        }
        match most {
            Some(most) if most <= HOPS_MAX && least.unwrap_or(1) <= most => Ok(end),
            _ => self.refuse(at, &format!("a variable length that is not bounded by {HOPS_MAX}")),
        }
    }

    /// Reads `{key: value, ...}`, each value a literal, a parameter, a name or `name.property`. Returns true if one of
    /// the entries is `view: $view`, and the position after it.
    fn properties(&self, at: usize) -> Result<(bool, usize), Refusal> {
        let mut end = at + 1;
        let mut anchored = false;
        loop {
            if !self.is_name(end) {
                return self.refuse(end, "a property that the check cannot read");
            }
            let is_view = matches!(&self.tokens[end].kind, Kind::Word(key) if key == "view");
            end = self.expect(end + 1, ':')?;
            match self.tokens.get(end).map(|token| &token.kind) {
                Some(Kind::Parameter(name)) => {
                    if is_view != (name == "view") {
                        return self.refuse(end, "`view` and `$view` that are not together");
                    }
                    anchored |= is_view;
                    end += 1;
                }
                Some(Kind::Integer(_) | Kind::Float | Kind::Text) if !is_view => end += 1,
                Some(Kind::Word(_)) if !is_view => {
                    end += 1;
                    if self.mark(end, '.') && self.is_name(end + 1) {
                        end += 2;
                    }
                }
                _ => return self.refuse(end, "a property value that the check cannot read"),
            }
            if !self.mark(end, ',') {
                return Ok((anchored, self.expect(end, '}')?));
            }
            end += 1;
        }
    }
}
