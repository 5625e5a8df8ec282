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
        && (one_edit(a, b)
            || jaro_winkler::similarity(a.bytes(), b.bytes()) >= TOKEN_SIMILARITY_MIN)
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
