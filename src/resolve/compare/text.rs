//! Near equality of short texts.

use rapidfuzz::distance::{jaro_winkler, osa};

/// Tokens at least this similar (Jaro-Winkler) count as one token misspelt.
const TOKEN_SIMILARITY_MIN: f64 = 0.90;

/// Tokens shorter than this must be equal: one edit makes another name of them.
const FUZZY_LETTERS_MIN: usize = 4;

/// Whether two folded (ASCII) tokens are one token with a typing error.
pub(super) fn near(a: &str, b: &str) -> bool {
    a.len() >= FUZZY_LETTERS_MIN
        && b.len() >= FUZZY_LETTERS_MIN
        && may_be_near(a, b)
        && (one_edit(a, b)
            || jaro_winkler::similarity(a.bytes(), b.bytes()) >= TOKEN_SIMILARITY_MIN)
}

/// Whether two tokens share letters enough to be near; most pairs do not, and this is much cheaper
/// than measuring. Never false for near ones: at most `common` letters can match, so the Jaro
/// similarity is at most (common / |a| + common / |b| + 1) / 3, Winkler's prefix adds at most 0.4 of
/// what is missing to 1, and one edit leaves all letters of the longer token but one in common.
fn may_be_near(a: &str, b: &str) -> bool {
    let letters = |text: &str| text.bytes().fold(0u64, |set, byte| set | 1 << (byte & 63));
    let within = |text: &str, set: u64| text.bytes().filter(|b| set >> (b & 63) & 1 == 1).count();
    let common = within(a, letters(b)).min(within(b, letters(a)));
    let shares = common as f64 / a.len() as f64 + common as f64 / b.len() as f64;
    let jaro = ((shares + 1.0) / 3.0).min(1.0);
    common + 1 >= a.len().max(b.len()) || jaro + 0.4 * (1.0 - jaro) >= TOKEN_SIMILARITY_MIN
}

/// Whether one insertion, deletion, substitution or transposition of neighbours makes one of the
/// other (optimal string alignment distance of at most 1).
pub(super) fn one_edit(a: &str, b: &str) -> bool {
    a.len().abs_diff(b.len()) <= 1 && osa::distance(a.bytes(), b.bytes()) <= 1
}

/// Whether two texts that may be missing are both there and equal; `None` when one is missing.
pub(super) fn equal<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> Option<bool> {
    Some(a? == b?)
}

/// How the words of two texts pair off.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Paired {
    /// Words that found their own partner on the other side.
    pub shared: usize,
    /// Partners that are near but not equal.
    pub misspelt: usize,
    /// Words of the shorter side that found none.
    pub left_short: usize,
    /// Words of the longer side that found none.
    pub left_long: usize,
}

/// Pairs each word with one of the other side: equal ones first, then near ones. Symmetric: what is
/// paired with what depends on the words, not on which side is asked first.
pub(super) fn pair_words(a: &[String], b: &[String]) -> Paired {
    let (short, long) = if (a.len(), a) <= (b.len(), b) { (a, b) } else { (b, a) };
    let mut left_long: Vec<&String> = long.iter().collect();
    let mut left_short: Vec<&String> = short.iter().collect();
    let mut pair_off = |same: &dyn Fn(&str, &str) -> bool| {
        left_short.retain(|word| {
            let found = left_long.iter().position(|other| same(word, other));
            found.map(|at| left_long.remove(at)).is_none()
        });
        left_short.len()
    };
    let unequal = pair_off(&|a, b| a == b);
    let unpaired = pair_off(&near);
    Paired {
        shared: short.len() - unpaired,
        misspelt: unequal - unpaired,
        left_short: unpaired,
        left_long: long.len() + unpaired - short.len(),
    }
}

#[cfg(test)]
mod near_tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

        #[test]
        fn the_cheap_look_never_misses_a_near_pair(a in "[a-e0-9]{4,9}", b in "[a-e0-9]{4,9}") {
            let near = one_edit(&a, &b)
                || jaro_winkler::similarity(a.bytes(), b.bytes()) >= TOKEN_SIMILARITY_MIN;
            prop_assert!(!near || may_be_near(&a, &b));
        }

        #[test]
        fn one_edit_is_near(a in "[a-z]{4,9}", at in 0usize..4, letter in "[a-z]") {
            let mut other = a.clone();
            other.replace_range(at..=at, &letter);
            prop_assert!(near(&a, &other));
        }
    }
}
