//! Cuts a Cypher text into tokens, dropping white space and comments. Syntax that two readers of the text might read
//! differently (escapes, quoted names) is refused here.

use super::Refusal;

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A keyword or name, as written.
    Word(String),
    /// `$name`.
    Parameter(String),
    /// An unsigned integer.
    Integer(u64),
    /// A number with a fraction.
    Float,
    /// A quoted text.
    Text,
    /// Any other single character.
    Mark(char),
}

/// A token and its position: the line, and the character in the line, from 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub line: usize,
    pub column: usize,
}

impl Token {
    /// Tells if this token is the keyword, in upper or lower case.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(text) if text.eq_ignore_ascii_case(word))
    }

    /// Tells if this token is the character.
    pub fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

impl Refusal {
    /// Makes a refusal at a token, or at the beginning of the file.
    pub(super) fn at(token: Option<&Token>, reason: impl Into<String>) -> Self {
        let (line, column) = token.map_or((1, 1), |token| (token.line, token.column));
        Self { line, column, reason: reason.into() }
    }
}

/// The characters that may stand for themselves. `;` (a second statement), `!`, `~`, `^`, `@`, `#`
/// and everything beyond ASCII are not needed and not understood here.
const MARKS: &str = "()[]{}:,.|&<>=+-*/%";

/// All tokens of `text`.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    characters(text)?;
    let mut lexer = Lexer { rest: text, line: 1, column: 1 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

/// Refuses characters that two readers of a text might take for different things, also in comments and texts: people
/// see no invisible characters; Neo4j reads backslash escapes (`\u0027`) even in comments, and both engines end a
/// comment at a carriage return.
pub(super) fn characters(text: &str) -> Result<(), Refusal> {
    let (mut line, mut column) = (1, 1);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let what = match c {
            '\n' | '\t' => None,
            '\r' if rest.peek() == Some(&'\n') => None,
            '\r' => Some("a carriage return without a line feed".to_owned()),
            '\\' => Some("a backslash".to_owned()),
            c if is_unseen(c) => Some(format!("a character that is not seen (U+{:04X})", c as u32)),
            _ => None,
        };
        if let Some(what) = what {
            return Err(Refusal { line, column, reason: format!("holds {what}") });
        }
        (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    Ok(())
}

/// Tells if a character is a control character, is invisible, or turns the direction of the text around it.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Result<Option<Token>, Refusal> {
        self.skip_blank()?;
        let (line, column) = (self.line, self.column);
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let kind = match first {
            '\'' | '"' => self.text(first)?,
            '$' => {
                let nameless = self.refuse("`$` without a name");
                self.take(1);
                Kind::Parameter(self.word().ok_or(nameless)?)
            }
            '0'..='9' => self.number()?,
            'a'..='z' | 'A'..='Z' | '_' => {
                Kind::Word(self.word().ok_or_else(|| self.refuse("an unreadable name"))?)
            }
            '`' => return Err(self.refuse("a quoted name (backticks)")),
            mark if MARKS.contains(mark) => {
                self.take(1);
                Kind::Mark(mark)
            }
            _ => return Err(self.refuse("a character that stored queries may not use")),
        };
        Ok(Some(Token { kind, line, column }))
    }

    fn skip_blank(&mut self) -> Result<(), Refusal> {
        loop {
            let blank =
                self.rest.len() - self.rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            self.take(blank);
            if self.rest.starts_with("//") {
                self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                let end =
                    self.rest[2..].find("*/").ok_or_else(|| self.refuse("an open comment"))?;
                self.take(end + 4);
            } else {
                return Ok(());
            }
        }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        let (before, last) = taken.rsplit_once('\n').map_or((self.column, taken), |it| (1, it.1));
        self.line += taken.matches('\n').count();
        self.column = before + last.chars().count();
        self.rest = rest;
        taken
    }

    fn text(&mut self, quote: char) -> Result<Kind, Refusal> {
        let end = self.rest[1..].find(quote).ok_or_else(|| self.refuse("an open text"))?;
        self.take(end + 2);
        Ok(Kind::Text)
    }

    fn word(&mut self) -> Option<String> {
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(self.rest.len());
        (end > 0).then(|| self.take(end).to_owned())
    }

    /// Reads a number; `1..4` is an integer, two dots and an integer.
    fn number(&mut self) -> Result<Kind, Refusal> {
        let digits =
            |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let whole = digits(self.rest);
        let after = &self.rest[whole..];
        let fraction = after.strip_prefix('.').map_or(0, digits);
        if fraction > 0 {
            self.take(whole + 1 + fraction);
            return self.number_end(Kind::Float);
        }
        let value = self.rest[..whole].parse().map_err(|_| self.refuse("too large a number"))?;
        self.take(whole);
        self.number_end(Kind::Integer(value))
    }

    /// Refuses a number that goes on: `0x1F`, `1e9` and `1_000` are not needed.
    fn number_end(&self, kind: Kind) -> Result<Kind, Refusal> {
        if self.rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            return Err(self.refuse("a number that is not plain decimal"));
        }
        Ok(kind)
    }

    fn refuse(&self, what: &str) -> Refusal {
        Refusal { line: self.line, column: self.column, reason: format!("holds {what}") }
    }
}
