//! Two texts as names of people.

use super::words::{Alignment, Reading, align};
use crate::model::PersonName;
use crate::normalize::{NameForm, fold};

/// The cost of each word that only one side has, and the highest cost of all such words together.
const EXTRA: f64 = 0.04;
const EXTRA_MAX: f64 = 0.16;
/// The cost of an initial that stands for a name.
const INITIAL: f64 = 0.12;
/// The score of one word that is part of a longer name: it says too little.
const LONE_PART: f64 = 0.55;
/// The highest score of names that contradict each other.
const CONTRADICTION_MAX: f64 = 0.60;
/// The weight of the slips' mean cost per word.
const SLIPS: f64 = 1.2;

/// Offices that are written before names and are no part of them. Sorted.
static OFFICES: &[&str] = &[
    "ambassador",
    "chancellor",
    "governor",
    "imam",
    "judge",
    "king",
    "kyai",
    "minister",
    "mufti",
    "mullah",
    "prasident",
    "premier",
    "president",
    "presidente",
    "prezident",
    "prince",
    "princess",
    "queen",
    "secretary",
    "senator",
    "ustaz",
];

/// How well the texts agree as names of people, 0 to 1.
pub(super) fn score(a: &str, b: &str) -> f64 {
    let (Some(mut x), Some(mut y)) = (Name::new(a), Name::new(b)) else { return 0.0 };
    if x.syllabic && y.syllabic {
        return if x.plain == y.plain { 1.0 } else { CONTRADICTION_MAX / 2.0 };
    }
    x.restore_titles(&y);
    y.restore_titles(&x);
    let score = score_names(&x, &y);
    // One side may have dropped `servant of`, or stand without a word that follows it.
    let dropped = x.all.len() != y.all.len() && score <= CONTRADICTION_MAX;
    if dropped && [&x, &y].into_iter().any(Name::is_servant) {
        let (left, right) = (x.without_servant(), y.without_servant());
        let (shorter, longer) =
            if left.all.len() < right.all.len() { (&left, &right) } else { (&right, &left) };
        let reading = Reading { person: true, scripts_differ: left.native != right.native };
        if align(&shorter.words, &longer.words, reading).left[0] == 0 {
            return score_names(&left, &right).max(score);
        }
    }
    score
}

fn score_names(x: &Name, y: &Name) -> f64 {
    let reading = Reading { person: true, scripts_differ: x.native != y.native };
    let found = align(&x.words, &y.words, reading);
    let words = x.words.len().min(y.words.len()).max(1) as f64;
    let share = (found.shared as f64 / words).min(1.0);
    let [left_a, left_b] = found.left;
    let generations = matches!((x.generation, y.generation), (Some(x), Some(y)) if x != y);
    if (left_a > 0 && left_b > 0) || generations || is_reversed(x, y, &found) {
        return CONTRADICTION_MAX * share;
    }
    if found.shared == found.initials {
        return CONTRADICTION_MAX * share / 2.0;
    }
    let extra = left_a + left_b;
    if extra > 0 && found.shared < 2 {
        return LONE_PART;
    }
    let score = 1.0
        - (EXTRA * extra as f64).min(EXTRA_MAX)
        - INITIAL * found.initials as f64
        - SLIPS * found.cost / words;
    score.max(0.0)
}

/// A name as this comparison sees it.
#[derive(Debug, Clone)]
struct Name {
    /// The significant words.
    words: Vec<String>,
    /// All words as written, folded.
    all: Vec<String>,
    /// For each of `words`: true if `son of` stands before it.
    son_of: Vec<bool>,
    generation: Option<u8>,
    /// Written in another script than Latin.
    native: bool,
    /// Written in Han or Hangul, where each character is a part of the name that has no near ones.
    syllabic: bool,
    /// The text's letters.
    plain: String,
}

impl Name {
    fn new(text: &str) -> Option<Self> {
        let text = unmasked(text);
        let full = PersonName { full: Some(text.clone()), ..PersonName::default() };
        let form = NameForm::new(&full)?;
        let folded = fold(&text);
        let all: Vec<&str> = folded.split(' ').collect();
        // A title that is half of the name is a name.
        let mut words = if form.tokens.len() == 1 && all.len() > 1 && form.native.is_none() {
            all.iter().map(|word| (*word).to_owned()).collect()
        } else {
            form.tokens
        };
        if words.len() > 2 {
            words.retain(|word| OFFICES.binary_search(&word.as_str()).is_err());
        }
        let after = |word: &String| {
            all.windows(2).any(|pair| {
                matches!(pair[0], "bin" | "ibn" | "ben" | "bint") && pair[1] == word.as_str()
            }) || all.windows(3).any(|triple| {
                matches!(triple[0], "bin" | "ibn" | "ben" | "bint")
                    && matches!(triple[1], "al" | "el")
                    && triple[2] == word.as_str()
            })
        };
        let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let is_syllable = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
        Some(Self {
            son_of: words.iter().map(after).collect(),
            all: all.iter().map(|word| (*word).to_owned()).collect(),
            words,
            generation: form.generation,
            native: form.native.is_some(),
            syllabic: plain.chars().all(is_syllable) && plain.chars().count() <= 4,
            plain,
        })
    }

    /// Takes up the titles that are words of the other name: there they are part of it.
    fn restore_titles(&mut self, other: &Self) {
        for word in &self.all {
            if other.words.contains(word) && !self.words.contains(word) && is_title(word) {
                self.words.push(word.clone());
                self.son_of.push(false);
            }
        }
    }

    fn is_servant(&self) -> bool {
        self.words.iter().any(|word| servant_part(word).is_some())
    }

    /// The name with `abdulaziz` in two words.
    fn without_servant(&self) -> Self {
        let apart = |word: &String| match servant_part(word) {
            Some(of) => vec!["abdul".to_owned(), of.to_owned()],
            None => vec![word.clone()],
        };
        let words: Vec<String> = self.words.iter().flat_map(apart).collect();
        Self { son_of: vec![false; words.len()], words, ..self.clone() }
    }
}

/// Returns the name behind "servant of" (`abdul`) in a word, `aziz` for `abdulaziz`; `None` for other words, and for
/// `abdullah`, which stays one name.
fn servant_part(word: &str) -> Option<&str> {
    word.strip_prefix("abdul").filter(|of| of.len() > 2 && *of != "lah")
}

/// Returns true if the folded word, where it stands before a name, is dropped as a title.
fn is_title(word: &str) -> bool {
    let with = PersonName { full: Some(format!("{word} x y")), ..PersonName::default() };
    NameForm::new(&with).is_some_and(|form| !form.tokens.iter().any(|token| token == word))
}

/// The text with the digits that stand for letters in words (`Ig0r`) put back to letters.
fn unmasked(text: &str) -> String {
    let mask = |word: &str| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if letters < 2 || digits == 0 || digits > letters {
            return word.to_owned();
        }
        let letter = |c: char| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            '8' => 'b',
            '9' => 'g',
            other => other,
        };
        word.chars().map(letter).collect()
    };
    text.split_whitespace().map(mask).collect::<Vec<_>>().join(" ")
}

/// Returns true if father and son changed places: a name that stands as the son's on one side stands as the
/// father's on the other, and the other way round.
fn is_reversed(a: &Name, b: &Name, found: &Alignment) -> bool {
    let states = |name: &Name| name.son_of.iter().any(|son_of| *son_of);
    let moved =
        |from: bool| {
            found.partner.iter().enumerate().any(|(i, partner)| {
                partner.is_some_and(|j| a.son_of[i] == from && b.son_of[j] != from)
            })
        };
    states(a) && states(b) && moved(true) && moved(false)
}

#[cfg(test)]
mod tests {
    use super::OFFICES;

    #[test]
    fn offices_are_sorted() {
        assert!(OFFICES.is_sorted());
    }
}
