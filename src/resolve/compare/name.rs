//! Names of people: one comparison over all tokens, whatever their order, spelling or script, taking
//! the best over all pairs of main names and aliases.

use super::text::near;
use crate::normalize::NameForm;
use crate::normalize::nicknames::{distinct_given, same_given};

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

/// Tokens of one name that take part; more add nothing but time.
const TOKENS_MAX: usize = 8;

/// The tokens that two names share.
type Shared<'a> = Vec<(&'a str, &'a str)>;

/// The best level over all pairs of names, and what each pair that reaches it shares: which of them
/// counts is for the model to say, never for the order of the names. `None` when either side has no
/// name.
pub(super) fn compare<'a>(a: &'a [NameForm], b: &'a [NameForm]) -> Option<(u8, Vec<Shared<'a>>)> {
    let pairs: Vec<_> = a.iter().flat_map(|a| b.iter().map(move |b| compare_pair(a, b))).collect();
    let best = pairs.iter().map(|(level, _)| *level).min()?;
    let reach = pairs.into_iter().filter(|(level, _)| *level == best);
    Some((best, reach.map(|(_, shared)| shared).collect()))
}

fn compare_pair<'a>(a: &'a NameForm, b: &'a NameForm) -> (u8, Shared<'a>) {
    let (shorter, longer) =
        if (a.tokens.len(), &a.tokens) <= (b.tokens.len(), &b.tokens) { (a, b) } else { (b, a) };
    let matched = Matched::new(shorter, longer);
    let (left_short, left_long) = (matched.unmatched_short.len(), matched.unmatched_long.len());
    let count = matched.shared.len();
    let level = match count {
        0 => DIFFERENT,
        _ if left_short == 0 && left_long == 0 && matched.all_equal => EXACT,
        1 if left_short == 0 && left_long == 0 => EXACT,
        _ if left_short == 0 && left_long == 0 => EQUIVALENT,
        _ if left_short == 0 && count >= 2 => CONTAINED,
        _ if matched.initials_fit(shorter, longer) => INITIAL,
        1 => ONE_SHARED,
        // Same family names, given names known to be different: a sibling, not the same person.
        _ if matched.given_names_differ(shorter, longer) => ONE_SHARED,
        _ => TWO_SHARED,
    };
    (level, matched.shared)
}

/// Which tokens of two names are the same.
struct Matched<'a> {
    shared: Shared<'a>,
    unmatched_short: Vec<usize>,
    unmatched_long: Vec<usize>,
    all_equal: bool,
}

impl<'a> Matched<'a> {
    /// Matches each token of the shorter name with the best one left of the longer: equal ones
    /// first, then equivalent ones, then misspelt ones.
    fn new(shorter: &'a NameForm, longer: &'a NameForm) -> Self {
        let (short_count, long_count) =
            (shorter.tokens.len().min(TOKENS_MAX), longer.tokens.len().min(TOKENS_MAX));
        let (mut taken_short, mut taken_long) = ([false; TOKENS_MAX], [false; TOKENS_MAX]);
        let mut matched = Self {
            shared: Vec::new(),
            unmatched_short: Vec::new(),
            unmatched_long: Vec::new(),
            all_equal: true,
        };
        for strength in 0..3 {
            for (i, taken_short) in taken_short.iter_mut().enumerate().take(short_count) {
                for (j, taken_long) in taken_long.iter_mut().enumerate().take(long_count) {
                    if !*taken_short && !*taken_long && same_token(shorter, i, longer, j, strength)
                    {
                        (*taken_short, *taken_long) = (true, true);
                        matched.shared.push((&shorter.tokens[i], &longer.tokens[j]));
                        matched.all_equal &= strength == 0;
                    }
                }
            }
        }
        matched.unmatched_short = (0..short_count).filter(|i| !taken_short[*i]).collect();
        matched.unmatched_long = (0..long_count).filter(|j| !taken_long[*j]).collect();
        matched
    }

    /// Whether every token left over on the shorter side is an initial of one left on the longer,
    /// or the other way round.
    fn initials_fit(&self, shorter: &NameForm, longer: &NameForm) -> bool {
        let fits = |i: &usize| {
            self.unmatched_long.iter().any(|j| {
                let (a, b) = (&shorter.tokens[*i], &longer.tokens[*j]);
                (a.len() == 1 || b.len() == 1) && a.as_bytes().first() == b.as_bytes().first()
            })
        };
        !self.unmatched_short.is_empty() && self.unmatched_short.iter().all(fits)
    }

    /// Whether tokens left over on both sides are given names known to be different.
    fn given_names_differ(&self, shorter: &NameForm, longer: &NameForm) -> bool {
        self.unmatched_short.iter().any(|i| {
            self.unmatched_long
                .iter()
                .any(|j| distinct_given(&shorter.tokens[*i], &longer.tokens[*j]))
        })
    }
}

/// Whether two tokens are the same at a strength: 0 equal, 1 equivalent (nickname, spelling variant,
/// transliteration), 2 misspelt.
fn same_token(a: &NameForm, i: usize, b: &NameForm, j: usize, strength: u8) -> bool {
    let (x, y) = (a.tokens[i].as_str(), b.tokens[j].as_str());
    match strength {
        0 => x == y,
        1 => {
            same_given(x, y)
                || (skeleton(a, i).len() >= 3
                    && skeleton(a, i) == skeleton(b, j)
                    && !distinct_given(x, y))
        }
        _ => near(x, y) && !distinct_given(x, y),
    }
}

fn skeleton(name: &NameForm, index: usize) -> &str {
    name.skeletons.get(index).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PersonName;

    fn level(a: &str, b: &str) -> &'static str {
        let form = |text: &str| {
            let name = PersonName { full: Some(text.into()), ..PersonName::default() };
            vec![NameForm::new(&name).unwrap()]
        };
        let (a, b) = (form(a), form(b));
        let forward = compare(&a, &b).unwrap().0;
        assert_eq!(forward, compare(&b, &a).unwrap().0, "symmetric");
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
        ] {
            assert_eq!(level(a, b), expected, "{a} / {b}");
        }
    }
}
