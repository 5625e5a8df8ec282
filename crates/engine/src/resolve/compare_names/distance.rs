//! The weighted edit distance of two folded (ASCII) words: letters that ears, keys or transliterators confuse
//! cost less than others.

/// The cost of one unexplained edit, in tenths of a letter.
const EDIT: u32 = 10;
/// The cost of substituting a letter that sounds or looks alike, in tenths of a letter.
const CONFUSED: u32 = 5;
/// The cost of doubling a letter, or of a mute `h` more or less, in tenths of a letter.
const MUTE: u32 = 3;

/// Letters that stand for one another over transliterations, dialects and typing: pairs within one of
/// these sets are confusable.
const CONFUSABLE: [&[u8]; 10] =
    [b"aeiouy", b"ckqgx", b"szxc", b"vwfu", b"bp", b"dt", b"ijy", b"mn", b"lr", b"gjh"];

/// The weighted edit distance (substitution, insertion, deletion, transposition of neighbours), in
/// letters. Symmetric.
pub(super) fn distance(a: &str, b: &str) -> f64 {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let width = b.len() + 1;
    let mut table = vec![0_u32; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let at = |i: usize, j: usize| table[i * width + j];
            let mut best = if i == 0 && j == 0 { 0 } else { u32::MAX };
            if i > 0 {
                best = best.min(at(i - 1, j) + single(a, i - 1));
            }
            if j > 0 {
                best = best.min(at(i, j - 1) + single(b, j - 1));
            }
            if i > 0 && j > 0 {
                best = best.min(at(i - 1, j - 1) + substitution(a[i - 1], b[j - 1]));
            }
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(at(i - 2, j - 2) + EDIT);
            }
            table[i * width + j] = best;
        }
    }
    f64::from(table[a.len() * width + b.len()]) / f64::from(EDIT)
}

/// Returns the cost of inserting or deleting the letter at `index` of the word.
fn single(word: &[u8], index: usize) -> u32 {
    let doubled = index > 0 && word[index] == word[index - 1];
    let mute = index > 0 && word[index] == b'h';
    if doubled || mute { MUTE } else { EDIT }
}

fn substitution(a: u8, b: u8) -> u32 {
    match () {
        () if a == b => 0,
        () if CONFUSABLE.iter().any(|set| set.contains(&a) && set.contains(&b)) => CONFUSED,
        () => EDIT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_easily_confused_lies_nearer() {
        for (a, b, expected) in [
            ("", "", 0.0),
            ("weber", "weber", 0.0),
            ("weber", "wever", 1.0),
            ("weber", "veber", 0.5),
            ("weber", "webber", 0.3),
            ("weber", "wbeer", 1.0),
            ("tomas", "thomas", 0.3),
            ("tomas", "tomasz", 1.0),
            ("ab", "", 2.0),
            ("lopez", "ropes", 1.0),
        ] {
            assert!((distance(a, b) - expected).abs() < 1e-9, "{a} {b}: {}", distance(a, b));
            assert!((distance(b, a) - expected).abs() < 1e-9, "{b} {a}");
        }
    }
}
