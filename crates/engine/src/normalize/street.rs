//! Streets: types and directions of several languages in one spelling. Knows folded words only.

use super::text::lookup;

/// A street in canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Street {
    /// Name and type, the type last.
    pub text: String,
    /// The words of the name, sorted.
    pub tokens: Vec<String>,
}

/// The canonical form of a street's folded words; `None` when there are none.
pub fn canonical_street(written: &[String]) -> Option<Street> {
    let words: Vec<&str> = written.iter().flat_map(|word| split_type(word)).collect();
    let kind_at = kind_position(&words);
    let mut name: Vec<String> = Vec::with_capacity(words.len());
    for (index, word) in words.iter().enumerate().filter(|(index, _)| Some(*index) != kind_at) {
        name.push(match *word {
            "st" | "ste" if index + 1 < words.len() => "saint".to_owned(),
            word => lookup(WORDS, word).unwrap_or(word).to_owned(),
        });
    }
    let kind = kind_at.and_then(|at| lookup(TYPES, words[at]));
    let text = name.iter().map(String::as_str).chain(kind).collect::<Vec<_>>().join(" ");
    name.sort();
    name.dedup();
    (!text.is_empty()).then_some(Street { text, tokens: name })
}

/// Returns true if the folded word is a type of street.
pub fn is_street_type(word: &str) -> bool {
    lookup(TYPES, word).is_some()
}

/// Returns the position of the street's type: the last word (before a direction) as in English, else the first, as
/// in most other languages. A street that is called by a type alone ("Broadway", "The Avenue") has none.
fn kind_position(words: &[&str]) -> Option<usize> {
    if words.len() < 2 {
        return None;
    }
    let last = words.len() - 1;
    let before_direction = (matches!(
        lookup(WORDS, words[last]),
        Some("n" | "s" | "e" | "w" | "ne" | "nw" | "se" | "sw")
    ) && last > 1)
        .then(|| last - 1);
    let is_type = |at: &usize| is_street_type(words[*at]);
    Some(last)
        .filter(is_type)
        .or(before_direction.filter(is_type))
        .or(Some(0).filter(|at| is_type(at) && words[0] != "st"))
}

/// The German type that ends a word: hauptstrasse, hauptstr.
fn split_type(word: &str) -> impl Iterator<Item = &str> {
    const ENDINGS: [(&str, &str); 5] = [
        ("strasse", "strasse"),
        ("str", "strasse"),
        ("platz", "platz"),
        ("weg", "weg"),
        ("allee", "allee"),
    ];
    const STEM_LETTERS_MIN: usize = 3;
    let split = ENDINGS.iter().find_map(|(ending, kind)| {
        word.strip_suffix(ending)
            .filter(|stem| stem.len() >= STEM_LETTERS_MIN)
            .map(|stem| (stem, *kind))
    });
    let (stem, kind) = split.map_or((word, None), |(stem, kind)| (stem, Some(kind)));
    std::iter::once(stem).chain(kind)
}

/// Words in names of streets: directions and ordinals. Sorted.
static WORDS: &[(&str, &str)] = &[
    ("e", "e"),
    ("east", "e"),
    ("eighth", "8th"),
    ("eleventh", "11th"),
    ("fifth", "5th"),
    ("first", "1st"),
    ("fourth", "4th"),
    ("mount", "mt"),
    ("n", "n"),
    ("ne", "ne"),
    ("ninth", "9th"),
    ("north", "n"),
    ("northeast", "ne"),
    ("northwest", "nw"),
    ("nw", "nw"),
    ("s", "s"),
    ("se", "se"),
    ("second", "2nd"),
    ("seventh", "7th"),
    ("sixth", "6th"),
    ("south", "s"),
    ("southeast", "se"),
    ("southwest", "sw"),
    ("sw", "sw"),
    ("tenth", "10th"),
    ("third", "3rd"),
    ("twelfth", "12th"),
    ("w", "w"),
    ("west", "w"),
];

/// Types of streets, abbreviated and not, and the English word for them. Sorted.
static TYPES: &[(&str, &str)] = &[
    ("al", "avenue"),
    ("aleea", "alley"),
    ("aleja", "avenue"),
    ("aleje", "avenue"),
    ("allee", "avenue"),
    ("alley", "alley"),
    ("ally", "alley"),
    ("aly", "alley"),
    ("av", "avenue"),
    ("avda", "avenue"),
    ("ave", "avenue"),
    ("avenida", "avenue"),
    ("avenue", "avenue"),
    ("avn", "avenue"),
    ("bd", "boulevard"),
    ("bdul", "boulevard"),
    ("bend", "bend"),
    ("blv", "boulevard"),
    ("blvd", "boulevard"),
    ("boul", "boulevard"),
    ("boulevard", "boulevard"),
    ("bul", "boulevard"),
    ("bulevar", "boulevard"),
    ("bulevardul", "boulevard"),
    ("bulvar", "boulevard"),
    ("calea", "road"),
    ("calle", "street"),
    ("camino", "road"),
    ("carrer", "street"),
    ("carretera", "road"),
    ("cct", "circuit"),
    ("chaussee", "road"),
    ("chemin", "road"),
    ("cir", "circle"),
    ("circ", "circle"),
    ("circle", "circle"),
    ("circuit", "circuit"),
    ("cl", "close"),
    ("close", "close"),
    ("corso", "avenue"),
    ("court", "court"),
    ("cove", "cove"),
    ("cres", "crescent"),
    ("crescent", "crescent"),
    ("crt", "court"),
    ("ct", "court"),
    ("cv", "cove"),
    ("dr", "drive"),
    ("drive", "drive"),
    ("drv", "drive"),
    ("expressway", "expressway"),
    ("expy", "expressway"),
    ("gardens", "gardens"),
    ("gasse", "lane"),
    ("gdns", "gardens"),
    ("gr", "grove"),
    ("grove", "grove"),
    ("highway", "highway"),
    ("hwy", "highway"),
    ("la", "lane"),
    ("lane", "lane"),
    ("ln", "lane"),
    ("loop", "loop"),
    ("odos", "street"),
    ("os", "estate"),
    ("osiedle", "estate"),
    ("parade", "parade"),
    ("park", "park"),
    ("parkway", "parkway"),
    ("pass", "pass"),
    ("path", "path"),
    ("pde", "parade"),
    ("per", "lane"),
    ("pereulok", "lane"),
    ("piata", "square"),
    ("piazza", "square"),
    ("pike", "pike"),
    ("pkwy", "parkway"),
    ("pky", "parkway"),
    ("pl", "place"),
    ("plac", "square"),
    ("place", "place"),
    ("platz", "square"),
    ("plaza", "plaza"),
    ("ploshcha", "square"),
    ("ploshchad", "square"),
    ("plz", "plaza"),
    ("pr", "avenue"),
    ("prosp", "avenue"),
    ("prospect", "avenue"),
    ("prospekt", "avenue"),
    ("prov", "lane"),
    ("provulok", "lane"),
    ("quai", "quay"),
    ("quay", "quay"),
    ("rd", "road"),
    ("ridge", "ridge"),
    ("road", "road"),
    ("route", "route"),
    ("row", "row"),
    ("rt", "route"),
    ("rte", "route"),
    ("rua", "street"),
    ("rue", "street"),
    ("shosse", "road"),
    ("sok", "street"),
    ("sokak", "street"),
    ("sq", "square"),
    ("sqr", "square"),
    ("square", "square"),
    ("st", "street"),
    ("str", "street"),
    ("straat", "street"),
    ("strada", "street"),
    ("strasse", "street"),
    ("street", "street"),
    ("strt", "street"),
    ("tce", "terrace"),
    ("ter", "terrace"),
    ("terr", "terrace"),
    ("terrace", "terrace"),
    ("tpke", "turnpike"),
    ("trail", "trail"),
    ("trl", "trail"),
    ("turnpike", "turnpike"),
    ("ul", "street"),
    ("ulica", "street"),
    ("ulitsa", "street"),
    ("ut", "street"),
    ("utca", "street"),
    ("via", "street"),
    ("viale", "avenue"),
    ("vul", "street"),
    ("vulytsia", "street"),
    ("vulytsya", "street"),
    ("walk", "walk"),
    ("way", "way"),
    ("weg", "road"),
    ("wy", "way"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::text::tests::assert_sorted;

    #[test]
    fn tables_are_sorted() {
        assert_sorted(WORDS);
        assert_sorted(TYPES);
    }

    #[test]
    fn the_type_is_put_last_and_spelled_out() {
        let cases = [
            ("main st", "main street"),
            ("st marys rd", "saint marys road"),
            ("calle mayor", "mayor street"),
            ("broadway", "broadway"),
            ("park ave s", "park s avenue"),
            ("fifth avenue", "5th avenue"),
            ("hauptstr", "haupt street"),
            ("north st", "n street"),
        ];
        for (written, canonical) in cases {
            let words: Vec<String> = written.split(' ').map(str::to_owned).collect();
            assert_eq!(canonical_street(&words).unwrap().text, canonical, "{written}");
        }
    }
}
