//! Names of people: one comparison over all tokens, whatever their order, spelling or script, taking
//! the best over all pairs of main names and aliases.

use super::text::{near, near_text};
use crate::normalize::nicknames::{distinct_in, share_group};
use crate::resolve::comparison_cache::Question;
use crate::resolve::lexicon::{Sides, WordEntry, letters};
use crate::resolve::values::{NAME_WORDS_MAX, Names};
use crate::resolve::word::Word;

/// Levels of the name, strongest first.
pub(super) const LEVELS: [&str; 7] =
    ["exact", "equivalent", "contained", "two_shared", "initial", "one_shared", "different"];

const EXACT: u8 = 0;
const EQUIVALENT: u8 = 1;
const CONTAINED: u8 = 2;
const TWO_SHARED: u8 = 3;
const INITIAL: u8 = 4;
const ONE_SHARED: u8 = 5;
const DIFFERENT: u8 = 6;

/// Shorter skeletons are shared by too many names.
const SKELETON_LETTERS_MIN: usize = 3;

/// A word written in one has at most so many letters more or less than its two parts.
const COMPOUND_LETTERS: usize = 2;

/// Longer words are not two names written together.
const COMPOUND_BYTES: usize = 64;

/// Returns the best level over all pairs of names, and the term frequency in bits of the words shared at it: if
/// several pairs of names agree equally well the rarest counts, whatever the order of the names. `None` when either
/// side has no name.
pub(super) fn compare(sides: Sides<'_>, a: &Names, b: &Names) -> Option<(u8, f64)> {
    let mut best: Option<(u8, f64)> = None;
    for x in a.iter() {
        for y in b.iter() {
            let (level, term_frequency_bits) = compare_pair(sides, x, y);
            best = Some(match best {
                Some((least, _)) if level > least => continue,
                Some((least, most)) if level == least => (level, term_frequency_bits.max(most)),
                _ => (level, term_frequency_bits),
            });
        }
    }
    best
}

fn compare_pair(sides: Sides<'_>, a: &[Word], b: &[Word]) -> (u8, f64) {
    let (sides, shorter, longer) =
        if sides.in_order(a, b) { (sides, a, b) } else { (sides.flipped(), b, a) };
    let matched = Matched::new(sides, shorter, longer);
    let left_short = shorter.len() - matched.count;
    let left_long = longer.len() - matched.count - matched.compounds;
    let level = match matched.count {
        0 => DIFFERENT,
        _ if left_short == 0 && left_long == 0 && matched.all_equal => EXACT,
        1 if left_short == 0 && left_long == 0 => EXACT,
        _ if left_short == 0 && left_long == 0 => EQUIVALENT,
        _ if left_short == 0 && matched.count >= 2 => CONTAINED,
        _ if matched.initials_fit() => INITIAL,
        1 => ONE_SHARED,
        // Same family names, given names known to be different: a sibling, not the same person.
        _ if matched.given_names_differ() => ONE_SHARED,
        _ => TWO_SHARED,
    };
    (level, matched.term_frequency_bits())
}

/// How alike two words are, most alike first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alike {
    Equal,
    /// Nickname, spelling variant, transliteration.
    Equivalent,
    /// A typing error apart.
    Misspelt,
    No,
}

impl Alike {
    /// The number that [`Alike::from_number`] reads back.
    fn number(self) -> u8 {
        self as u8
    }

    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Equal,
            1 => Self::Equivalent,
            2 => Self::Misspelt,
            _ => Self::No,
        }
    }
}

/// The pairing of the words of two names.
struct Matched<'a> {
    sides: Sides<'a>,
    shorter: &'a [Word],
    longer: &'a [Word],
    /// A bit for each word that has its partner.
    taken: (u32, u32),
    count: usize,
    /// How many words of the shorter name are paired with two of the longer.
    compounds: usize,
    term_frequency_bits: [f64; NAME_WORDS_MAX],
    all_equal: bool,
}

impl<'a> Matched<'a> {
    /// Matches each word of the shorter name with the best one left of the longer: equal ones first,
    /// then equivalent ones, then misspelt ones.
    fn new(sides: Sides<'a>, shorter: &'a [Word], longer: &'a [Word]) -> Self {
        let mut matched = Self {
            sides,
            shorter,
            longer,
            taken: (0, 0),
            count: 0,
            compounds: 0,
            term_frequency_bits: [0.0; NAME_WORDS_MAX],
            all_equal: true,
        };
        let mut alike = [[Alike::No; NAME_WORDS_MAX]; NAME_WORDS_MAX];
        for (i, x) in shorter.iter().enumerate() {
            for (j, y) in longer.iter().enumerate() {
                if sides.same_word(*x, *y) {
                    alike[i][j] = Alike::Equal;
                }
            }
        }
        matched.pair_off(&alike, Alike::Equal);
        if matched.count < shorter.len() {
            // Only what is left needs a closer look.
            for i in matched.left_short() {
                for j in matched.left_long() {
                    let (x, y) = (shorter[i], longer[j]);
                    let find = || how_alike(sides.a.word(x), sides.b.word(y)).number();
                    let found = sides.ask(Question::AlikeNames, x, y, find);
                    alike[i][j] = Alike::from_number(found);
                }
            }
            matched.pair_off(&alike, Alike::Equivalent);
            // Before what is misspelt: the first part of a compound looks like the whole with its end cut off.
            matched.pair_compounds();
            matched.pair_off(&alike, Alike::Misspelt);
        }
        matched
    }

    fn pair_off(&mut self, alike: &[[Alike; NAME_WORDS_MAX]; NAME_WORDS_MAX], wanted: Alike) {
        for (i, row) in alike.iter().enumerate().take(self.shorter.len()) {
            for (j, found) in row.iter().enumerate().take(self.longer.len()) {
                let free = self.taken.0 >> i & 1 == 0 && self.taken.1 >> j & 1 == 0;
                if free && *found == wanted {
                    self.taken = (self.taken.0 | 1 << i, self.taken.1 | 1 << j);
                    let (x, y) =
                        (self.short(i).term_frequency_bits, self.long(j).term_frequency_bits);
                    // Of two spellings the more frequent one counts.
                    self.term_frequency_bits[self.count] = x.min(y);
                    self.count += 1;
                    self.all_equal &= wanted == Alike::Equal;
                }
            }
        }
    }

    /// Pairs what one name writes as one word and the other as two: Seojun with Seo Jun.
    fn pair_compounds(&mut self) {
        for whole in 0..self.shorter.len() {
            for first in 0..self.longer.len().saturating_sub(1) {
                let free = self.taken.0 >> whole & 1 == 0 && self.taken.1 >> first & 3 == 0;
                if free && is_compound(self.short(whole), self.long(first), self.long(first + 1)) {
                    self.taken = (self.taken.0 | 1 << whole, self.taken.1 | 3 << first);
                    self.term_frequency_bits[self.count] = self.short(whole).term_frequency_bits;
                    self.count += 1;
                    self.compounds += 1;
                    self.all_equal = false;
                }
            }
        }
    }

    fn short(&self, i: usize) -> &'a WordEntry {
        self.sides.a.word(self.shorter[i])
    }

    fn long(&self, j: usize) -> &'a WordEntry {
        self.sides.b.word(self.longer[j])
    }

    fn left_short(&self) -> impl Iterator<Item = usize> + use<> {
        let taken = self.taken.0;
        (0..self.shorter.len()).filter(move |i| taken >> i & 1 == 0)
    }

    fn left_long(&self) -> impl Iterator<Item = usize> + use<> {
        let taken = self.taken.1;
        (0..self.longer.len()).filter(move |j| taken >> j & 1 == 0)
    }

    /// Term frequency in bits of all that is shared, added up in a fixed order.
    fn term_frequency_bits(&self) -> f64 {
        let mut each = self.term_frequency_bits;
        each[..self.count].sort_unstable_by(f64::total_cmp);
        each[..self.count].iter().sum()
    }

    /// Returns true if there are words left over on the shorter side and each of them is an initial of one left on
    /// the longer, or the other way round.
    fn initials_fit(&self) -> bool {
        let mut left = self.left_short().peekable();
        left.peek().is_some()
            && left.all(|i| {
                self.left_long().any(|j| {
                    let (a, b) = (&self.short(i).text, &self.long(j).text);
                    (a.len() == 1 || b.len() == 1) && a.as_bytes().first() == b.as_bytes().first()
                })
            })
    }

    /// Returns true if a word left over on one side and one left over on the other are known to be different given
    /// names.
    fn given_names_differ(&self) -> bool {
        self.left_short().any(|i| self.left_long().any(|j| distinct(self.short(i), self.long(j))))
    }
}

/// Returns true if a word is two others written together, or sounds like them.
fn is_compound(whole: &WordEntry, first: &WordEntry, second: &WordEntry) -> bool {
    // Cheap, and true of all such.
    let longer = whole.text.len().abs_diff(first.text.len() + second.text.len());
    if longer > COMPOUND_LETTERS || whole.text.bytes().next() != first.text.bytes().next() {
        return false;
    }
    is_joined(whole, first, second)
        || whole.skeleton.len() >= SKELETON_LETTERS_MIN && is_spoken_as(whole, first, second)
}

/// Returns true if two words written together are the word `whole` or near it.
fn is_joined(whole: &WordEntry, first: &WordEntry, second: &WordEntry) -> bool {
    let mut joined = [0; COMPOUND_BYTES];
    let (middle, end) = (first.text.len(), first.text.len() + second.text.len());
    let Some(joined) = joined.get_mut(..end) else { return false };
    joined[..middle].copy_from_slice(first.text.as_bytes());
    joined[middle..].copy_from_slice(second.text.as_bytes());
    let Ok(joined) = std::str::from_utf8(joined) else { return false };
    near_text((&whole.text, whole.letters), (joined, letters(joined)))
}

/// Returns true if a word sounds like two spoken one after the other; a vowel or glide at the beginning of the second
/// is not heard.
fn is_spoken_as(whole: &WordEntry, first: &WordEntry, second: &WordEntry) -> bool {
    let rest = whole.skeleton.strip_prefix(&*first.skeleton);
    rest.is_some_and(|rest| rest == second.skeleton.trim_start_matches(['a', 'y']))
}

/// Returns true if two words are known to be different given names.
fn distinct(a: &WordEntry, b: &WordEntry) -> bool {
    distinct_in((&a.text, a.groups), (&b.text, b.groups))
}

/// How alike two unequal words are.
fn how_alike(a: &WordEntry, b: &WordEntry) -> Alike {
    if share_group(a.groups, b.groups) {
        return Alike::Equivalent;
    }
    let sounds_same = a.key == b.key && a.skeleton.len() >= SKELETON_LETTERS_MIN;
    if !sounds_same && !near(a, b) || distinct(a, b) {
        return Alike::No;
    }
    if sounds_same { Alike::Equivalent } else { Alike::Misspelt }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Person, PersonName};
    use crate::normalize::{Form, PersonForm};
    use crate::resolve::lexicon::LexiconBuilder;
    use crate::resolve::values::{Values, values};

    fn level(a: &str, b: &str) -> &'static str {
        let person = |text: &str| {
            let full = Some(text.to_owned());
            let names = vec![PersonName { full, ..PersonName::default() }];
            let mut lexicon = LexiconBuilder::default();
            let form = PersonForm::new(&Person { names, ..Person::default() });
            let Values::Person(values) = values(&Form::Person(form), &mut lexicon) else {
                unreachable!()
            };
            (lexicon.finish(), values.names)
        };
        let ((x, a), (y, b)) = (person(a), person(b));
        let forward = compare(Sides::new(&x, &y), &a, &b).unwrap().0;
        assert_eq!(forward, compare(Sides::new(&y, &x), &b, &a).unwrap().0, "symmetric");
        LEVELS[usize::from(forward)]
    }

    #[test]
    fn names_reach_the_level_a_reader_would_give_them() {
        for (a, b, expected) in [
            ("Ana Ruiz", "Ruiz Ana", "exact"),
            ("Robert Miller", "Bob Miller", "equivalent"),
            ("Yulia Petrova", "Julija Petrova", "equivalent"),
            ("Mohamed Hassan", "Muhammad Hasan", "equivalent"),
            ("Maria Garcia Lopez", "Maria Garcia", "contained"),
            ("Daniel Kowalski", "Daniela Kowalski", "one_shared"),
            ("J Miller", "John Miller", "initial"),
            ("Ana Ruiz", "Petra Novak", "different"),
            ("Kim Seojun", "Seo-Joon Kim", "equivalent"),
            ("Nguyen Minhtuan", "Nguyen Minh Tuan", "equivalent"),
            ("Kim Seojun", "Kim Seo Yeon", "one_shared"),
            ("Song Da-eun", "Song Da-enu", "equivalent"),
            ("Yoon Hye-rin", "Yun Hyerin", "equivalent"),
            ("Camila Alves Silva", "Amanda Alves Silva", "one_shared"),
        ] {
            assert_eq!(level(a, b), expected, "{a} / {b}");
        }
    }
}
