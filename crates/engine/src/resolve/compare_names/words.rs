//! Alignment of the words of two names: the words in common, and the words left over on either side.

use super::distance::distance;
use crate::normalize::nicknames::{distinct_given, same_given};
use crate::normalize::skeleton::skeleton;

/// The costliest slip within one word, as a share of the longer word's letters.
const SLIP_SHARE_MAX: f64 = 0.27;
/// The costliest slip, as a share of letters, in a word that is the whole name: nothing else speaks for it.
const LONE_SHARE_MAX: f64 = 0.20;
/// The costliest slip within a number: neighbours in a series differ by no more.
const NUMBER_SLIP_MAX: f64 = 1.3;
/// The costliest slip within one word, in letters.
const SLIP_MAX: f64 = 2.0;
/// The costliest slip between two scripts, as a share of the longer skeleton's letters.
const SCRIPT_SHARE_MAX: f64 = 0.34;
/// The most words of one name that are looked at.
pub(super) const WORDS_MAX: usize = 16;
/// The most words that a clerk writes one word in.
const PIECES_MAX: usize = 4;

/// How the words are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// True if the words are those of a person's name: nicknames, initials and feminine forms count.
    pub person: bool,
    /// True if the two names were written in different scripts.
    pub scripts_differ: bool,
}

/// Two names, word by word.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    /// For each word of the first name the position of its partner in the second; `None` without one.
    pub partner: Vec<Option<usize>>,
    /// Pairs that are the same word, pieces of one word counted once.
    pub shared: usize,
    /// Pairs of a full name and its initial.
    pub initials: usize,
    /// The cost of the slips within words: the sum over the pairs, 0 to 1 each.
    pub cost: f64,
    /// Words of either side that found no partner.
    pub left: [usize; 2],
}

/// Pairs the words of two names: equal ones first, then pieces of one word, then the nearest pairs,
/// then initials.
pub(super) fn align(a: &[String], b: &[String], reading: Reading) -> Alignment {
    let (a, b) = (&a[..a.len().min(WORDS_MAX)], &b[..b.len().min(WORDS_MAX)]);
    let mut taken = [vec![false; a.len()], vec![false; b.len()]];
    let mut found = Alignment { partner: vec![None; a.len()], ..Alignment::default() };
    for (i, word) in a.iter().enumerate() {
        if let Some(j) = (0..b.len()).find(|j| !taken[1][*j] && *word == b[*j]) {
            found.take(&mut taken, i, j, 0.0);
        }
    }
    found.pieces(a, b, &mut taken, reading);
    let lone = a.len().max(b.len()) == 1;
    let mut pairs: Vec<(f64, bool, [&str; 2], usize, usize)> = Vec::new();
    for (i, x) in a.iter().enumerate().filter(|(i, _)| !taken[0][*i]) {
        for (j, y) in b.iter().enumerate().filter(|(j, _)| !taken[1][*j]) {
            if let Some(cost) = slip(x, y, lone, reading) {
                let words = if x <= y { [x.as_str(), y] } else { [y.as_str(), x] };
                pairs.push((cost, false, words, i, j));
            } else if reading.person && is_initial(x, y) {
                let words = if x <= y { [x.as_str(), y] } else { [y.as_str(), x] };
                pairs.push((0.0, true, words, i, j));
            }
        }
    }
    // Names before initials, then the nearest, then by the words themselves.
    pairs.sort_by(|x, y| {
        x.1.cmp(&y.1).then(x.0.total_cmp(&y.0)).then_with(|| (x.2, x.3, x.4).cmp(&(y.2, y.3, y.4)))
    });
    for (cost, initial, _, i, j) in pairs {
        if !taken[0][i] && !taken[1][j] {
            found.take(&mut taken, i, j, cost);
            found.initials += usize::from(initial);
        }
    }
    found.left = [0, 1].map(|side| taken[side].iter().filter(|taken| !**taken).count());
    found
}

impl Alignment {
    fn take(&mut self, taken: &mut [Vec<bool>; 2], i: usize, j: usize, cost: f64) {
        (taken[0][i], taken[1][j]) = (true, true);
        self.partner[i] = Some(j);
        self.shared += 1;
        self.cost += cost;
    }

    /// Pairs words that one side writes in pieces: `patr ushev`, `good will`; and initials that one
    /// side writes as one word: `jc` for `jean claude`.
    fn pieces(&mut self, a: &[String], b: &[String], taken: &mut [Vec<bool>; 2], reading: Reading) {
        for whole in [1, 0] {
            let (words, parts) = if whole == 1 { (b, a) } else { (a, b) };
            for at in 0..words.len() {
                if taken[whole][at] {
                    continue;
                }
                let runs = (2..=PIECES_MAX).rev().flat_map(|length| {
                    (0..=parts.len().saturating_sub(length)).map(move |start| (start, length))
                });
                let free = |start: usize, length: usize| {
                    start + length <= parts.len()
                        && taken[1 - whole][start..start + length].iter().all(|taken| !taken)
                };
                let fit = runs
                    .filter(|(start, length)| free(*start, *length))
                    .find(|run| is_in_pieces(&words[at], &parts[run.0..run.0 + run.1], reading));
                if let Some((start, length)) = fit {
                    taken[1 - whole][start..start + length].fill(true);
                    for piece in start..start + length {
                        let (i, j) = if whole == 1 { (piece, at) } else { (at, piece) };
                        self.partner[i] = Some(j);
                    }
                    taken[whole][at] = true;
                    self.shared += length.min(2);
                    self.cost += 0.05;
                }
            }
        }
    }
}

fn is_in_pieces(word: &str, pieces: &[String], reading: Reading) -> bool {
    const WORD_LETTERS_MIN: usize = 5;
    let joined = pieces.concat();
    let initials = || pieces.iter().filter_map(|piece| piece.chars().next()).eq(word.chars());
    let spelled = word.len() >= WORD_LETTERS_MIN
        && (joined == word
            || (joined.len() > WORD_LETTERS_MIN && heard(word, &joined) <= 1.0 && {
                // A piece that is the whole word is not a piece of it.
                !pieces.iter().any(|piece| heard(word, piece) <= 1.0)
            }));
    spelled || (reading.person && pieces.len() == word.len() && initials())
}

/// Returns true if one word is the initial of the other.
fn is_initial(a: &str, b: &str) -> bool {
    (a.len() == 1) != (b.len() == 1) && a.as_bytes().first() == b.as_bytes().first()
}

/// Returns the cost of taking two unequal words for one, 0 to 1; `None` if they are different words.
fn slip(a: &str, b: &str, lone: bool, reading: Reading) -> Option<f64> {
    let length = a.len().max(b.len());
    if reading.person && same_given(a, b) {
        return Some(0.10);
    }
    let apart = if reading.person { heard(a, b) } else { distance(a, b) };
    let share = apart / length as f64;
    if is_number(a, reading) || is_number(b, reading) {
        let numbers = is_number(a, reading) && is_number(b, reading);
        return (!lone && numbers && apart <= NUMBER_SLIP_MAX).then_some(0.25);
    }
    // Known to be two names: only one key struck for another in the middle of a name is still a slip.
    if reading.person && distinct_given(a, b) {
        let one_key =
            a.len() == b.len() && a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count() == 1;
        return (one_key && a.as_bytes().last() == b.as_bytes().last()).then_some(0.30);
    }
    let (x, y) = (skeleton(a), skeleton(b));
    let keys = x.len().min(y.len());
    if reading.person && keys >= 2 && x == y && share <= 0.5 && !lone {
        return Some(0.10);
    }
    if reading.scripts_differ && keys >= 2 {
        let consonants = distance(&x, &y) / x.len().max(y.len()) as f64;
        if consonants <= SCRIPT_SHARE_MAX && share <= 0.5 {
            return Some(0.10 + consonants / 2.0);
        }
    }
    let most = if lone { LONE_SHARE_MAX } else { SLIP_SHARE_MAX };
    (share <= most && apart <= SLIP_MAX && length >= 2).then_some(share)
}

/// Returns true if the word holds a digit or, in the name of an organization, consists of the letters of small
/// Roman numerals.
fn is_number(word: &str, reading: Reading) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
        || (!reading.person && word.bytes().all(|byte| b"ivx".contains(&byte)))
}

/// The distance of two words, also as the older romanizations of Chinese and Korean write them (`hsi`,
/// `chin` for `xi`, `jin`).
fn heard(a: &str, b: &str) -> f64 {
    const OLDER: [(&str, &str); 3] = [("hs", "x"), ("sh", "x"), ("ch", "j")];
    let newer = |word: &str| OLDER.iter().fold(word.to_owned(), |word, (x, y)| word.replace(x, y));
    let (x, y) = (newer(a), newer(b));
    if x == a && y == b { distance(a, b) } else { distance(a, b).min(distance(&x, &y) + 0.3) }
}
