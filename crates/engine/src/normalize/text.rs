//! Text to folded ASCII tokens. Knows nothing of what the text means.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::romanize::romanize_word;

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
/// scripts transliterated. Anything that is not a letter or a digit becomes one space; apostrophes
/// join (`O'Brien` is one word). Folding folded text changes nothing.
pub fn fold(text: &str) -> String {
    let text = cut(text);
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let compatible: String = text.nfkc().filter(|c| !is_joiner(*c)).collect();
    let mut folded = String::with_capacity(compatible.len());
    for word in compatible.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c)) {
        let word = romanize_word(word);
        if !word.is_empty() && folded.len() + word.len() < FIELD_BYTES_MAX {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(&word);
        }
    }
    folded
}

fn fold_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'a'..='z' | '0'..='9' => folded.push(character),
            'A'..='Z' => folded.push(character.to_ascii_lowercase()),
            _ if is_joiner(character) || folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Characters inside a word that are no letters: apostrophes (also those that stand for ayn, hamza
/// and the soft sign), zero-width joiners, the soft hyphen and the Arabic tatweel.
fn is_joiner(character: char) -> bool {
    matches!(
        character,
        '\'' | '`'
            | '\u{b4}'
            | '\u{2b9}'..='\u{2bf}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{200b}'..='\u{200f}'
            | '\u{ad}'
            | '\u{640}'
            | '\u{feff}'
    )
}

/// The words of folded text.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').filter(|word| !word.is_empty())
}

/// The folded text, unless nothing is left of it or it is a word for "unknown".
pub fn fold_option(text: Option<&String>) -> Option<String> {
    text.map(|text| fold(text)).filter(|folded| !is_blank(folded))
}

/// Returns true if the folded text is empty or one of the words that sources write for "not known".
pub fn is_blank(folded: &str) -> bool {
    matches!(
        folded,
        "" | "desconocido"
            | "inconnu"
            | "n a"
            | "na"
            | "nan"
            | "neizvestno"
            | "nil"
            | "no data"
            | "none"
            | "null"
            | "unbekannt"
            | "unk"
            | "unknown"
            | "xxx"
    )
}

/// Upper-case ASCII letters and digits of the text, nothing else.
pub fn alphanumeric_upper(text: &str) -> String {
    let mut code = fold(text);
    code.retain(|character| character != ' ');
    code.make_ascii_uppercase();
    code
}

/// [`alphanumeric_upper`] of a stated code, unless nothing is left of it.
pub fn code_option(text: Option<&String>) -> Option<String> {
    text.map(|text| alphanumeric_upper(text)).filter(|code| !code.is_empty())
}

/// Looks a word up in a table sorted by its first column.
pub fn lookup<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.binary_search_by(|(key, _)| (*key).cmp(word)).ok().map(|index| table[index].1)
}

#[cfg(test)]
pub mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Fails when a table for [`lookup`] is not sorted by its key or repeats one.
    pub fn assert_sorted<T>(table: &[(&str, T)]) {
        for pair in table.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} must come after {}", pair[1].0, pair[0].0);
        }
    }

    #[test]
    fn text_of_any_script_folds_to_ascii_words() {
        let cases = [
            ("  O'Brien-Núñez ", "obrien nunez"),
            ("O’Brien", "obrien"),
            ("ＡＢＣ　１２", "abc 12"),
            ("Straße", "strasse"),
            ("Łódź", "lodz"),
            ("Nguyễn", "nguyen"),
            ("Nguye\u{302}\u{303}n", "nguyen"),
            ("Зеленський", "zelensky"),
            ("Юлія", "yuliya"),
            ("习近平", "xijinping"),
            ("バラク・オバマ", "baraku obama"),
            ("---", ""),
        ];
        for (text, folded) in cases {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn words_for_unknown_are_nothing() {
        for text in ["", " N/A ", "UNKNOWN", "-", "неизвестно"] {
            assert_eq!(fold_option(Some(&text.to_owned())), None, "{text}");
        }
    }

    #[test]
    fn a_long_field_is_cut_at_a_character_boundary() {
        let long = "я".repeat(5_000_000);
        assert!(fold(&long).len() <= FIELD_BYTES_MAX);
        assert_eq!(cut(&format!("x{long}")).len(), FIELD_BYTES_MAX - 1);
    }

    proptest! {
        #[test]
        fn folding_folded_text_changes_nothing(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert!(folded.bytes().all(|b| b == b' ' || b.is_ascii_digit() || b.is_ascii_lowercase()));
            prop_assert_eq!(fold(&folded), folded);
        }
    }
}
