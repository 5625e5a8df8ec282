//! Transliteration-robust keys of single name tokens: spellings that transliterators of one name
//! produce get one key. Knows nothing of whole names.

/// The skeleton of a folded (ASCII lower-case) token: consonant classes after the first sound.
pub fn skeleton(token: &str) -> String {
    let mut key = String::with_capacity(token.len());
    for character in token.chars().filter(char::is_ascii_alphanumeric) {
        let class = match character {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'w' | 'j' if !key.is_empty() => continue,
            'q' | 'c' | 'k' => 'k',
            'v' | 'f' | 'w' => 'v',
            'z' => 's',
            other => other,
        };
        if !key.ends_with(class) {
            key.push(class);
        }
    }
    key
}
