//! Near equality of short texts.

use rapidfuzz::distance::jaro_winkler;

use crate::resolve::comparison_cache::Question;
use crate::resolve::lexicon::{Sides, WordEntry};
use crate::resolve::word::Word;

/// Words at least this similar (Jaro-Winkler) count as one word misspelt.
const SIMILARITY_MIN: f64 = 0.90;

/// Words shorter than this must be equal: one edit makes another name of them. Only two letters exchanged count
/// as an error in one of three.
const FUZZY_LETTERS_MIN: usize = 4;

/// Returns true if two words (folded, ASCII) are likely one word with a typing error.
pub(super) fn near(a: &WordEntry, b: &WordEntry) -> bool {
    near_text((&a.text, a.letters), (&b.text, b.letters))
}

/// Returns true if two texts (folded, ASCII), each given with its set of letters, are near: one edit apart, or of a
/// Jaro-Winkler similarity of [`SIMILARITY_MIN`].
pub(super) fn near_text((a, in_a): (&str, u64), (b, in_b): (&str, u64)) -> bool {
    if a.len() == 3 && b.len() == 3 {
        return in_a == in_b && a != b && one_edit(a, b);
    }
    a.len() >= FUZZY_LETTERS_MIN
        && b.len() >= FUZZY_LETTERS_MIN
        && may_be_near((a.len(), in_a), (b.len(), in_b))
        && (one_edit(a, b) || similar(a, b))
}

fn similar(a: &str, b: &str) -> bool {
    // The library rounds its cut-off on the way: a similarity of just so much would fall under it.
    let arguments = jaro_winkler::Args::default().score_cutoff(SIMILARITY_MIN - 1e-9);
    let similarity = jaro_winkler::similarity_with_args(a.bytes(), b.bytes(), &arguments);
    similarity.is_some_and(|similarity| similarity >= SIMILARITY_MIN)
}

/// Returns true if two words of these lengths and sets of letters can be near; most pairs cannot, and this is much
/// cheaper than measuring. Never false for near ones: each letter that only one side has is one that
/// does not match, so at most `common` match and the Jaro similarity is at most
/// (common / |a| + common / |b| + 1) / 3; Winkler's prefix adds at most 0.4 of what is missing to 1;
/// and one edit leaves all letters of the longer word but one in common.
fn may_be_near((length_a, in_a): (usize, u64), (length_b, in_b): (usize, u64)) -> bool {
    let only_a = (in_a & !in_b).count_ones() as usize;
    let only_b = (in_b & !in_a).count_ones() as usize;
    let common = length_a.saturating_sub(only_a).min(length_b.saturating_sub(only_b));
    let shares = common as f64 / length_a as f64 + common as f64 / length_b as f64;
    let jaro = ((shares + 1.0) / 3.0).min(1.0);
    common + 1 >= length_a.max(length_b) || jaro + 0.4 * (1.0 - jaro) >= SIMILARITY_MIN
}

/// Returns true if at most one insertion, deletion, substitution or transposition of neighbours turns one text into
/// the other (optimal string alignment distance of at most 1): only the parts between their common beginning and
/// their common end are looked at.
pub(super) fn one_edit(a: &str, b: &str) -> bool {
    edit_of(a.as_bytes(), b.as_bytes())
}

/// [`one_edit`] on bytes.
pub(super) fn edit_of(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - end], &b[..b.len() - end]) {
        ([] | [_], [] | [_]) => true,
        ([w, x], [y, z]) => w == z && x == y,
        _ => false,
    }
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

/// Pairs each word with one of the other side: equal ones first, then near ones. Symmetric: the pairs depend on
/// the words only, not on the order of the sides.
pub(super) fn pair_words(sides: Sides<'_>, a: &[Word], b: &[Word]) -> Paired {
    let (sides, short, long) =
        if sides.in_order(a, b) { (sides, a, b) } else { (sides.flipped(), b, a) };
    // A bit for each word that has found its partner.
    let (mut taken_short, mut taken_long) = (0u64, 0u64);
    let mut pair_off = |same: &dyn Fn(Word, Word) -> bool| {
        for (i, word) in short.iter().enumerate() {
            if taken_short >> i & 1 == 1 {
                continue;
            }
            let free = |j: &usize| taken_long >> j & 1 == 0;
            if let Some(j) = (0..long.len()).filter(free).find(|j| same(*word, long[*j])) {
                (taken_short, taken_long) = (taken_short | 1 << i, taken_long | 1 << j);
            }
        }
        taken_short.count_ones() as usize
    };
    let equal = pair_off(&|x, y| sides.same_word(x, y));
    let are_near = |x, y| u8::from(near(sides.a.word(x), sides.b.word(y)));
    let shared = pair_off(&|x, y| sides.ask(Question::Near, x, y, || are_near(x, y)) == 1);
    Paired {
        shared,
        misspelt: shared - equal,
        left_short: short.len() - shared,
        left_long: long.len() - shared,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rapidfuzz::distance::osa;

    use super::*;
    use crate::resolve::lexicon::letters;

    fn near_str(a: &str, b: &str) -> bool {
        near_text((a, letters(a)), (b, letters(b)))
    }

    #[test]
    fn a_similarity_of_just_the_least_is_near() {
        // (1 + 4/7 + 1) / 3, and 0.3 of what is missing to 1 for the common beginning: 0.9.
        assert!(near_str("56c7", "56ca07a") && near_str("56ca07a", "56c7"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

        #[test]
        fn the_cheap_look_never_misses_a_near_pair(a in "[a-e0-9]{4,9}", b in "[a-e0-9]{4,9}") {
            let near = osa::distance(a.bytes(), b.bytes()) <= 1
                || jaro_winkler::similarity(a.bytes(), b.bytes()) >= SIMILARITY_MIN;
            prop_assert_eq!(near, near_str(&a, &b));
        }

        #[test]
        fn one_edit_is_near(a in "[a-z]{4,9}", at in 0usize..4, letter in "[a-z]") {
            let mut other = a.clone();
            other.replace_range(at..=at, &letter);
            prop_assert!(near_str(&a, &other));
        }

        #[test]
        fn one_edit_is_a_distance_of_at_most_one(a in "[ab]{0,6}", b in "[ab]{0,6}") {
            prop_assert_eq!(one_edit(&a, &b), osa::distance(a.bytes(), b.bytes()) <= 1);
        }
    }
}
