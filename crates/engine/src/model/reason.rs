//! Reasons that people give in their own words.

/// The shortest and the longest reason, in characters: long enough to be one.
pub const REASON_CHARS: std::ops::RangeInclusive<usize> = 10..=1_000;

/// Tells if a text can serve as a reason: 10 to 1,000 characters after trimming ([`REASON_CHARS`]), without control
/// characters other than line feeds.
pub fn is_reason(text: &str) -> bool {
    let text = text.trim();
    let control = |character: char| character.is_control() && character != '\n';
    REASON_CHARS.contains(&text.chars().count()) && !text.chars().any(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_ten_to_a_thousand_characters_of_text() {
        assert!(is_reason("ten letters") && is_reason("äöüßéèêçñø") && is_reason("a note\nof two"));
        assert!(is_reason(&"x".repeat(1_000)) && !is_reason(&"x".repeat(1_001)));
        for text in ["", "no", "         x         ", "a note\u{0} of two", "a note\tof two"] {
            assert!(!is_reason(text), "{text:?}");
        }
    }
}
