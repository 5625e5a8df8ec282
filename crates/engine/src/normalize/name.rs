//! Names of people: parts, tokens, initials and transliteration-robust keys.

use super::name_parts::{
    generation_of, is_particle, is_patronymic, is_title, joins_next, servant_of,
};
use super::romanize::has_other_script;
use super::skeleton::skeleton;
use super::text::{cut, fold, is_blank, words};
use crate::model::PersonName;

/// The comparable form of one name of a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct NameForm {
    /// Given names (with middle names and patronymic), folded; empty when the source did not state
    /// or mark parts.
    pub given: Vec<String>,
    /// Family names, folded; empty when the source did not state or mark parts.
    pub family: Vec<String>,
    /// All significant tokens in written order (given, middle, family), folded to ASCII lower case;
    /// titles and particles are left out, `abd al-Aziz` is one token.
    pub tokens: Vec<String>,
    /// True if given and family name are told apart: stated by the source, or marked in one text by a
    /// comma, by capitals (Sergey LAVROV), by a patronymic, or by being written in Han or Hangul.
    pub ordered: bool,
    /// The name as written, when its script is not Latin.
    pub native: Option<String>,
    /// Transliteration-robust key of each of `tokens`, in the same order.
    pub skeletons: Vec<String>,
    /// First letters of `tokens`, in the same order.
    pub initials: String,
    /// The generation, by the suffix that tells father from son of one name: senior is 1, junior and II are 2,
    /// III is 3, IV is 4; `None` without such a suffix.
    pub generation: Option<u8>,
}

/// The most tokens of one name that are looked at: more than any honest name holds.
const TOKENS_MAX: usize = 16;

impl NameForm {
    /// The form of a name; `None` when it holds no letter or says that the name is unknown.
    pub fn new(name: &PersonName) -> Option<Self> {
        let stated = |part: &Option<String>| {
            part.as_deref().map(|part| tokens_of(part, 1)).unwrap_or_default()
        };
        let mut given = stated(&name.given);
        given.extend(stated(&name.middle));
        let mut family = stated(&name.family);
        let mut tokens: Vec<String> = given.iter().chain(&family).cloned().collect();
        if tokens.is_empty() {
            let full = cut(name.full.as_deref()?);
            tokens = tokens_of(full, 2);
            (given, family) = parts_of(full, &tokens);
            if !given.is_empty() {
                tokens = given.iter().chain(&family).cloned().collect();
            }
        }
        tokens.truncate(TOKENS_MAX);
        given.truncate(TOKENS_MAX);
        family.truncate(TOKENS_MAX);
        if tokens.is_empty() {
            return None;
        }
        Some(Self {
            ordered: !given.is_empty() && !family.is_empty(),
            skeletons: tokens.iter().map(|token| skeleton(token)).collect(),
            initials: tokens.iter().filter_map(|token| token.chars().next()).collect(),
            native: native(name),
            generation: generation(name),
            given,
            family,
            tokens,
        })
    }
}

/// The generation that the whole name or the family name ends in.
fn generation(name: &PersonName) -> Option<u8> {
    let stated = [&name.family, &name.full, &name.given];
    // Of one word none is the last of several; most stated parts are.
    let of_several = |text: &&String| !text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    stated.into_iter().flatten().filter(of_several).find_map(|text| {
        let folded = fold(text);
        let (before, last) = folded.rsplit_once(' ')?;
        (!before.is_empty()).then(|| generation_of(last)).flatten()
    })
}

/// The name as written, when a part of it is not in Latin script.
fn native(name: &PersonName) -> Option<String> {
    let parts = [&name.full, &name.given, &name.middle, &name.family];
    let text =
        parts.into_iter().flatten().map(|part| cut(part).trim()).collect::<Vec<_>>().join(" ");
    has_other_script(&text).then_some(text)
}

/// The significant tokens of one text: titles out, split parts joined, particles out unless fewer than
/// `names_min` tokens would be left: `Van` and `Bin` are names too.
fn tokens_of(text: &str, names_min: usize) -> Vec<String> {
    let split = split_camel_case(text);
    let folded = fold(&split);
    if is_blank(&folded) {
        return Vec::new();
    }
    let all: Vec<&str> = words(&folded).take(2 * TOKENS_MAX).collect();
    let untitled: Vec<&str> = all.iter().copied().filter(|word| !is_title(word)).collect();
    let joined = join_split(if untitled.is_empty() { &all } else { &untitled });
    let significant: Vec<String> =
        joined.iter().filter(|word| !is_particle(word)).cloned().collect();
    let enough = names_min.min(joined.len());
    if significant.len() >= enough { significant } else { joined }
}

/// Joins what clerks write apart: `mc donald`, `o brien`, `abd al aziz`.
fn join_split(words: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let mut index = 0;
    while index < words.len() {
        let rest = &words[index..];
        // Several such parts join at once, so that joining what is joined changes nothing.
        let parts = rest.iter().take_while(|word| joins_next(word)).count();
        let (token, taken) = match rest {
            _ if servant_of(rest).is_some() => servant_of(rest).unwrap_or_default(),
            _ if parts > 0 && rest.get(parts).is_some_and(|name| name.len() > 2) => {
                (rest[..=parts].concat(), parts + 1)
            }
            [first, ..] => ((*first).to_owned(), 1),
            [] => break,
        };
        joined.push(token);
        index += taken;
    }
    joined
}

/// Given and family tokens where one text marks them; both empty where it does not.
fn parts_of(full: &str, tokens: &[String]) -> (Vec<String>, Vec<String>) {
    if let Some((family, given)) = full.split_once([',', '،']) {
        let parts = (tokens_of(given, 1), tokens_of(family, 1));
        if !parts.0.is_empty() && !parts.1.is_empty() {
            return parts;
        }
    }
    parts_by_script(full)
        .or_else(|| parts_by_capitals(full))
        .or_else(|| parts_by_patronymic(tokens))
        .unwrap_or_default()
}

/// Han and Hangul names of two to four characters: the first is the family name.
fn parts_by_script(full: &str) -> Option<(Vec<String>, Vec<String>)> {
    let is_east_asian = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    let name = full.trim();
    let count = name.chars().take(5).count();
    if !(2..=4).contains(&count) || !name.chars().all(is_east_asian) {
        return None;
    }
    let first = name.chars().next()?;
    Some((vec![fold(&name[first.len_utf8()..])], vec![fold(&name[..first.len_utf8()])]))
}

/// `Sergey LAVROV`, `LAVROV Sergey`: the words in capitals are the family name.
fn parts_by_capitals(full: &str) -> Option<(Vec<String>, Vec<String>)> {
    let is_capital = |word: &&str| {
        word.chars().filter(|c| c.is_alphabetic()).count() > 2
            && !word.chars().any(char::is_lowercase)
    };
    let capitals: Vec<&str> = full.split_whitespace().filter(is_capital).collect();
    let others: Vec<&str> = full.split_whitespace().filter(|word| !is_capital(word)).collect();
    if !others.iter().any(|word| word.chars().any(char::is_lowercase)) {
        return None;
    }
    let (given, family) = (tokens_of(&others.join(" "), 1), tokens_of(&capitals.join(" "), 1));
    (!given.is_empty() && !family.is_empty()).then_some((given, family))
}

/// Given name, patronymic, family name; or family name first.
fn parts_by_patronymic(tokens: &[String]) -> Option<(Vec<String>, Vec<String>)> {
    match tokens {
        [given, middle, family] if is_patronymic(middle) => {
            Some((vec![given.clone(), middle.clone()], vec![family.clone()]))
        }
        [family, given, middle] if is_patronymic(middle) && !is_patronymic(given) => {
            Some((vec![given.clone(), middle.clone()], vec![family.clone()]))
        }
        _ => None,
    }
}

/// `SergeiLavrov` to `Sergei Lavrov`; not `McDonald`: what stands before the capital must be a whole name.
fn split_camel_case(text: &str) -> String {
    const NAME_LETTERS_MIN: usize = 4;
    let mut split = String::with_capacity(text.len());
    let mut run = 0;
    let mut previous_lower = false;
    for character in cut(text).chars() {
        if previous_lower && character.is_uppercase() && run >= NAME_LETTERS_MIN {
            split.push(' ');
            run = 0;
        }
        run = if character.is_alphabetic() { run + 1 } else { 0 };
        previous_lower = character.is_lowercase();
        split.push(character);
    }
    split
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn full(text: &str) -> NameForm {
        NameForm::new(&PersonName { full: Some(text.to_owned()), ..PersonName::default() }).unwrap()
    }

    #[test]
    fn tokens_leave_out_titles_and_particles_and_join_split_parts() {
        let cases = [
            ("Dr. Rami Makhlouf", "rami makhlouf"),
            ("Mrs Anna de la Cruz", "anna cruz"),
            ("Mohammed bin Salman", "mohammed salman"),
            ("Ali al-Hassan", "ali hassan"),
            ("Abd al-Aziz Nuristani", "abdulaziz nuristani"),
            ("Abdul Aziz Nuristani", "abdulaziz nuristani"),
            ("Abdelaziz Nuristani", "abdulaziz nuristani"),
            ("Abdurrahman Khan", "abdulrahman khan"),
            ("Abdallah Saleh", "abdullah saleh"),
            ("Sean O Brien", "sean obrien"),
            ("Sean O'Brien Jr.", "sean obrien"),
            ("Mc Donald", "mcdonald"),
            ("O O Brien", "oobrien"),
            ("Mac Fitz Gerald", "macfitzgerald"),
            ("Van Nguyen", "van nguyen"),
            ("SergeiLavrov", "sergei lavrov"),
            ("Ronald McDonald", "ronald mcdonald"),
            ("Marie-Thérèse Okoye", "marie therese okoye"),
            ("Haji", "haji"),
        ];
        for (text, tokens) in cases {
            assert_eq!(full(text).tokens.join(" "), tokens, "{text}");
        }
    }

    #[test]
    fn marked_order_is_understood() {
        let cases = [
            ("AL BEN ALI, Isa Ben Tarif", "isa tarif", "ali"),
            ("Smith, John", "john", "smith"),
            ("Sergey Viktorovich LAVROV", "sergey viktorovich", "lavrov"),
            ("LAVROV Sergey", "sergey", "lavrov"),
            ("Лавров Сергей Викторович", "sergey viktorovich", "lavrov"),
            ("习近平", "jinping", "xi"),
            ("김정은", "jeongeun", "gim"),
        ];
        for (text, given, family) in cases {
            let form = full(text);
            assert_eq!(
                (form.given.join(" ").as_str(), form.family.join(" ").as_str()),
                (given, family),
                "{text}"
            );
            assert!(form.ordered);
        }
        assert!(!full("John Smith").ordered);
    }

    #[test]
    fn stated_parts_are_kept_apart_and_native_script_is_kept() {
        let name = PersonName {
            given: Some("Юлія".into()),
            family: Some("Kovalenko".into()),
            ..PersonName::default()
        };
        let form = NameForm::new(&name).unwrap();
        assert_eq!((form.given[0].as_str(), form.family[0].as_str()), ("yuliya", "kovalenko"));
        assert_eq!(form.native.as_deref(), Some("Юлія Kovalenko"));
        assert_eq!(form.initials, "yk");
        assert_eq!(full("Łukasz Müller").native, None);
    }

    #[test]
    fn father_and_son_are_told_apart_by_the_suffix() {
        assert_eq!(full("Suleyman Ozturk Jr.").generation, Some(2));
        assert_eq!(full("Suleyman Ozturk, Sr").generation, Some(1));
        assert_eq!(full("Sr. Juan Pérez").generation, None);
        assert_eq!(full("Suleyman Ozturk III").generation, Some(3));
        assert_eq!(full("Suleyman Ozturk").generation, None);
    }

    #[test]
    fn nothing_is_made_of_a_name_without_letters_or_of_unknown() {
        for text in ["", "--", "Unknown", "N/A"] {
            let name = PersonName { full: Some(text.into()), ..PersonName::default() };
            assert_eq!(NameForm::new(&name), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_name_of_any_characters_has_as_many_skeletons_as_tokens(text in any::<String>(), family in any::<String>()) {
            let name = PersonName { full: Some(text.clone()), given: Some(text), family: Some(family), middle: None };
            if let Some(form) = NameForm::new(&name) {
                prop_assert_eq!(form.tokens.len(), form.skeletons.len());
                prop_assert_eq!(form.tokens.len(), form.initials.len());
            }
        }

        #[test]
        fn the_tokens_of_stated_parts_do_not_change_when_normalized_again(given in "\\PC{1,30}", family in "\\PC{1,30}") {
            let of = |given: &str, family: &str| NameForm::new(&PersonName {
                given: Some(given.into()), family: Some(family.into()), ..PersonName::default()
            });
            if let Some(once) = of(&given, &family) {
                // What is left without particles may be a word for unknown: "d n a".
                let again = of(&once.given.join(" "), &once.family.join(" "));
                let third = again.as_ref().and_then(|again| {
                    of(&again.given.join(" "), &again.family.join(" "))
                });
                prop_assert_eq!(again.map(|it| it.tokens), third.map(|it| it.tokens));
            }
        }
    }
}
