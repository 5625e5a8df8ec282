//! Text to folded ASCII tokens. Knows nothing of what the text means.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The longest text that is looked at, in bytes; the rest of a field is cut off. Longer than any
/// name, address line or number, short enough that a hostile field costs nothing.
pub const FIELD_BYTES_MAX: usize = 512;

/// The text cut to [`FIELD_BYTES_MAX`], at a character boundary.
pub fn cut(text: &str) -> &str {
    let mut end = text.len().min(FIELD_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The text in ASCII lower case, compatibility characters resolved (NFKC), accents dropped and other
/// scripts transliterated. Anything that is not a letter or a digit becomes one space.
pub fn fold(text: &str) -> String {
    let text = cut(text);
    let ascii: Cow<'_, str> = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        let compatible: String = text.nfkc().collect();
        Cow::Owned(deunicode::deunicode(&compatible))
    };
    let mut folded = String::with_capacity(ascii.len());
    for character in ascii.chars() {
        match character {
            'a'..='z' | '0'..='9' => folded.push(character),
            'A'..='Z' => folded.push(character.to_ascii_lowercase()),
            // Apostrophes join: O'Brien is one token.
            '\'' | '`' => {}
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The folded text, unless nothing is left of it.
pub fn fold_option(text: Option<&String>) -> Option<String> {
    text.map(|text| fold(text)).filter(|folded| !folded.is_empty())
}

/// Upper-case ASCII letters and digits of the text, nothing else.
pub fn alphanumeric_upper(text: &str) -> String {
    let mut code = fold(text);
    code.retain(|character| character != ' ');
    code.make_ascii_uppercase();
    code
}
