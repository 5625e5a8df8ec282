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
