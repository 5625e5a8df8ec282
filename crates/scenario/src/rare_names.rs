//! The rare names of a population: beyond the common ones of the lists, names coined from the
//! syllables of the same culture, and how often which rank is borne. A large population whose names
//! were those of the lists alone would be full of namesakes as no register is.

use std::collections::BTreeSet;

use deunicode::deunicode;

use super::dice::Dice;
use super::name::{Name, Spelling};

/// How names spread in a population: so many names, frequencies falling as 1 / (rank + flat).
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread {
    count: f64,
    flat: f64,
}

impl Spread {
    /// The rank of somebody's name.
    pub fn rank(self, dice: &mut Dice) -> usize {
        dice.ranked(self.count, self.flat)
    }
}

/// Per culture: given names, and how flat the head of their frequencies is, and the same of family
/// names. Orders of magnitude from public name statistics: a few hundred family names in Korea and
/// Vietnam, where one of five bears the first of them; tens of thousands in Thailand or Poland.
const SPREADS: [(&str, [f64; 4]); 25] = [
    ("english", [1_500.0, 8.0, 20_000.0, 18.0]),
    ("spanish", [1_000.0, 6.0, 3_000.0, 6.0]),
    ("portuguese", [1_000.0, 6.0, 2_500.0, 5.0]),
    ("romanian", [600.0, 6.0, 8_000.0, 15.0]),
    ("polish", [500.0, 5.0, 20_000.0, 30.0]),
    ("russian", [300.0, 4.0, 15_000.0, 20.0]),
    ("ukrainian", [300.0, 4.0, 15_000.0, 25.0]),
    ("serbian", [500.0, 6.0, 5_000.0, 10.0]),
    ("albanian", [1_000.0, 15.0, 4_000.0, 8.0]),
    ("turkish", [1_000.0, 8.0, 8_000.0, 10.0]),
    ("arabic", [800.0, 4.0, 6_000.0, 10.0]),
    ("persian", [700.0, 6.0, 8_000.0, 15.0]),
    ("hindi", [3_000.0, 25.0, 3_000.0, 8.0]),
    ("punjabi", [2_500.0, 25.0, 800.0, 2.0]),
    ("bengali", [2_500.0, 20.0, 2_000.0, 4.0]),
    ("nepali", [2_000.0, 20.0, 1_000.0, 4.0]),
    ("chinese", [8_000.0, 60.0, 400.0, 4.0]),
    ("vietnamese", [900.0, 8.0, 120.0, 0.6]),
    ("thai", [2_500.0, 25.0, 30_000.0, 400.0]),
    ("filipino", [2_000.0, 15.0, 5_000.0, 20.0]),
    ("korean", [3_000.0, 40.0, 120.0, 0.9]),
    ("nigerian", [2_500.0, 20.0, 10_000.0, 40.0]),
    ("ethiopian", [2_000.0, 20.0, 2_000.0, 20.0]),
    ("hungarian", [400.0, 4.0, 6_000.0, 12.0]),
    ("greek", [300.0, 4.0, 15_000.0, 40.0]),
];

/// The spreads of a culture's given and family names.
pub(super) fn spreads(culture: &str) -> [Spread; 2] {
    let found = SPREADS.iter().find(|(name, _)| *name == culture);
    let [given, given_flat, family, family_flat] = found.unwrap_or(&SPREADS[0]).1;
    [Spread { count: given, flat: given_flat }, Spread { count: family, flat: family_flat }]
}

/// Sounds that Latin letters have no one way to write: the usual spelling of each, and another that clerks use.
const TRANSLITERATIONS: [(&str, &str); 14] = [
    ("kh", "h"),
    ("zh", "j"),
    ("sh", "ch"),
    ("ph", "f"),
    ("th", "t"),
    ("ts", "c"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("ai", "ay"),
    ("ei", "ey"),
    ("w", "v"),
    ("q", "k"),
    ("y", "i"),
];

/// Coins names that sound like those of a list.
#[derive(Debug)]
pub(super) struct Coiner {
    /// First syllables, in the order of the list.
    first: Vec<String>,
    /// Syllables within.
    within: Vec<String>,
    /// Last syllables, each with the position of a name in the list that ends so.
    last: Vec<(String, usize)>,
    /// True if the names come from another script and may be written in several ways.
    transliterated: bool,
}

impl Coiner {
    /// Learns the syllables of a list's names.
    pub fn of(list: &[Name]) -> Self {
        let mut coiner = Self {
            first: Vec::new(),
            within: Vec::new(),
            last: Vec::new(),
            transliterated: list.iter().any(|name| name.native(0).is_some()),
        };
        let (mut first, mut within, mut last) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let add = |seen: &mut BTreeSet<String>, to: &mut Vec<String>, syllable: &String| {
            if seen.insert(syllable.clone()) {
                to.push(syllable.clone());
            }
        };
        for (position, name) in list.iter().enumerate() {
            let usual = &name.spellings(0)[0];
            // One letter for each: the small form of İ is two.
            let small: String =
                usual.chars().filter_map(|letter| letter.to_lowercase().next()).collect();
            let syllables = syllables(&small);
            if let [start, rest @ ..] = &syllables[..] {
                add(&mut first, &mut coiner.first, start);
                if let [middle @ .., end] = rest {
                    middle.iter().for_each(|it| add(&mut within, &mut coiner.within, it));
                    if last.insert(end.clone()) {
                        coiner.last.push((end.clone(), position));
                    }
                }
            }
        }
        if coiner.last.is_empty() {
            coiner.last = coiner.first.iter().map(|syllable| (syllable.clone(), 0)).collect();
        }
        coiner
    }

    /// The name of a rank, the same at every call.
    pub fn coin(&self, list: &[Name], rank: usize) -> Name {
        // A stream of its own for each rank; ranks of other lists may share it, their syllables
        // are others.
        let mut dice = Dice::new(0, rank as u64);
        let mut text = dice.pick(&self.first).clone();
        for _ in 0..[0, 0, 1, 1, 1, 2][dice.below(6)] {
            if !self.within.is_empty() {
                text += dice.pick(&self.within).as_str();
            }
        }
        let (end, position) = dice.pick(&self.last);
        text += end;
        let masculine = capitalized(&text);
        let mut forms = [self.spelled(masculine.clone(), &mut dice), Vec::new()];
        if let Some(feminine) = list.get(*position).and_then(|model| feminine(&masculine, model)) {
            forms[1] = self.spelled(feminine, &mut dice);
        }
        Name { forms, native: [None, None], nicknames: Vec::new() }
    }

    /// The spelling, with another one where it comes from another script and has such a sound.
    fn spelled(&self, usual: String, dice: &mut Dice) -> Vec<Spelling> {
        let fitting: Vec<_> =
            TRANSLITERATIONS.iter().filter(|(sound, _)| usual.contains(sound)).collect();
        let mut all = vec![usual.clone().into()];
        if self.transliterated && !fitting.is_empty() {
            let (sound, other) = dice.pick(&fitting);
            all.push(usual.replacen(sound, other, 1).into());
        }
        // Min-jun, Minjun, Min Jun.
        if usual.contains(JOINTS) {
            all.push(usual.replace(JOINTS, "").into());
            all.push(usual.replace(JOINTS, "_").into());
        }
        all
    }
}

/// The feminine form of a name that ends as `model` does, where that has one.
fn feminine(masculine: &str, model: &Name) -> Option<String> {
    let (his, hers) = (&model.spellings(0)[0], &model.spellings(1)[0]);
    let shared: usize = his
        .chars()
        .zip(hers.chars())
        .take_while(|(a, b)| a == b)
        .map(|(letter, _)| letter.len_utf8())
        .sum();
    let stem = masculine.strip_suffix(&his[shared..])?;
    (his != hers).then(|| format!("{stem}{}", &hers[shared..]))
}

/// The characters that join the parts of one name; `_` is a space.
const JOINTS: [char; 2] = ['-', '_'];

/// A name cut before the joints of its parts where it has any, else before the last of the
/// consonants between two vowels.
fn syllables(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let vowels: Vec<bool> = letters.iter().map(|letter| is_vowel(*letter)).collect();
    let mut found = vec![String::new()];
    let joined = word.contains(JOINTS);
    for (at, letter) in letters.iter().enumerate() {
        let onset = !vowels[at] && vowels.get(at + 1).is_some_and(|next| *next);
        let onset = onset && vowels[..at].iter().any(|vowel| *vowel);
        if if joined { JOINTS.contains(letter) } else { onset } {
            found.push(String::new());
        }
        if let Some(syllable) = found.last_mut() {
            syllable.push(*letter);
        }
    }
    found
}

fn is_vowel(letter: char) -> bool {
    deunicode(&letter.to_string()).starts_with(['a', 'e', 'i', 'o', 'u', 'y'])
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::super::names::CULTURES;
    use super::*;

    #[test]
    fn words_are_cut_into_syllables() {
        for (word, parts) in [
            ("kuznetsov", vec!["kuz", "net", "sov"]),
            ("anderson", vec!["an", "der", "son"]),
            ("smith", vec!["smith"]),
            ("łąkowski", vec!["łą", "kows", "ki"]),
            ("min-jun", vec!["min", "-jun"]),
            ("xi", vec!["xi"]),
        ] {
            assert_eq!(syllables(word), parts);
        }
    }

    #[test]
    fn every_culture_has_a_spread_and_coins_thousands_of_names_as_a_population_does() {
        assert!(CULTURES.iter().all(|culture| SPREADS.iter().any(|it| it.0 == culture.name)));
        for culture in CULTURES.iter().filter(|culture| culture.family_spread().count > 5_000.0) {
            let listed = culture.family.len();
            let names: BTreeSet<String> = (listed..listed + 4_000)
                .map(|rank| culture.family_name(rank).spellings(0)[0].to_string())
                .collect();
            assert!(names.len() > 1_200, "{}: {}", culture.name, names.len());
        }
    }

    #[test]
    fn every_list_coins_names_of_letters_and_joints() {
        for culture in CULTURES.iter() {
            for rank in 100..400 {
                let names = [
                    culture.given_name(0, rank),
                    culture.given_name(1, rank),
                    culture.family_name(rank),
                ];
                for name in names {
                    for text in name.spellings(0).iter().chain(name.spellings(1)) {
                        let fits = |it: char| it.is_alphabetic() || "-_'’ʻ".contains(it);
                        assert!(text.chars().count() > 1, "{}: {text}", culture.name);
                        assert!(text.chars().all(fits), "{}: {text}", culture.name);
                        assert!(text.starts_with(char::is_uppercase), "{}: {text}", culture.name);
                    }
                }
            }
        }
    }

    #[test]
    fn women_bear_the_feminine_form_of_a_coined_name_where_the_culture_has_one() {
        let russian = CULTURES.iter().find(|culture| culture.name == "russian").unwrap();
        let changed = (100..400).filter(|rank| {
            let name = russian.family_name(*rank);
            name.spellings(1)[0] != name.spellings(0)[0]
        });
        assert!(changed.count() > 250);
    }

    #[test]
    fn common_names_are_as_common_as_in_public_statistics() {
        // Name of the first rank: Smith 0.8 %, Nguyen and Kim many times as much.
        let share = |name: &str| {
            let mut dice = Dice::new(1, 1);
            let culture = CULTURES.iter().find(|culture| culture.name == name).unwrap();
            let spread = culture.family_spread();
            (0..20_000).filter(|_| spread.rank(&mut dice) == 0).count() as f64 / 20_000.0
        };
        assert!((0.004..0.015).contains(&share("english")), "{}", share("english"));
        assert!((0.08..0.4).contains(&share("vietnamese")), "{}", share("vietnamese"));
        assert!(share("thai") < 0.002);
    }
}
