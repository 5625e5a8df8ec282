//! Inventories of given and family names of many cultures: spellings, nicknames and native script.
//! The data are in `names/*.txt`: `m`, `f` (given) and `s` (family) lists, most frequent first.
//! An item is `spelling/other/...|feminine/...=native|native feminine~nickname~...`; `_` is a space.
//! The lists are made of names that are common in public life; none is of a real person.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::name::{Name, Spelling};
use super::rare_names::{Coiner, Spread, spreads};

/// How a culture orders and builds names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Given name, family name.
    Western,
    /// Given name, two family names.
    TwoFamilyNames,
    /// Family name first at home.
    FamilyFirst,
}

/// One culture's names.
#[derive(Debug)]
pub(super) struct Culture {
    /// The culture's name, as in the table of cultures.
    pub name: &'static str,
    /// Nationalities (ISO 3166-1 alpha-2), the usual one first.
    pub countries: &'static [&'static str],
    /// Order and number of names.
    pub pattern: Pattern,
    /// Weight among all cultures.
    weight: u32,
    /// Given names: of men, of women.
    pub given: [Vec<Name>; 2],
    /// Family names.
    pub family: Vec<Name>,
    /// Rare names like those of `given` (of men, of women) and of `family`.
    coiners: [Coiner; 3],
    /// How given and family names spread in a population.
    spreads: [Spread; 2],
}

impl Culture {
    /// The given name of a rank: from the list, or a rare one beyond its end.
    pub fn given_name(&self, sex: usize, rank: usize) -> Cow<'_, Name> {
        named(&self.given[sex], &self.coiners[sex], rank)
    }

    /// The family name of a rank.
    pub fn family_name(&self, rank: usize) -> Cow<'_, Name> {
        named(&self.family, &self.coiners[2], rank)
    }

    /// How given names spread in a population.
    pub fn given_spread(&self) -> Spread {
        self.spreads[0]
    }

    /// How family names spread in a population.
    pub fn family_spread(&self) -> Spread {
        self.spreads[1]
    }
}

fn named<'a>(list: &'a [Name], coiner: &Coiner, rank: usize) -> Cow<'a, Name> {
    match list.get(rank) {
        Some(name) => Cow::Borrowed(name),
        None => Cow::Owned(coiner.coin(list, rank)),
    }
}

/// All cultures.
pub(super) static CULTURES: LazyLock<Vec<Culture>> = LazyLock::new(|| {
    use Pattern::{FamilyFirst, TwoFamilyNames, Western};
    macro_rules! culture {
        ($file:literal, $pattern:expr, $weight:literal, $countries:expr) => {
            parse(
                $file,
                include_str!(concat!("names/", $file, ".txt")),
                $pattern,
                $weight,
                $countries,
            )
        };
    }
    vec![
        culture!("english", Western, 18, &["US", "GB"]),
        culture!("spanish", TwoFamilyNames, 14, &["MX", "CO", "PE", "ES", "HN", "GT"]),
        culture!("portuguese", TwoFamilyNames, 4, &["BR", "PT"]),
        culture!("romanian", Western, 8, &["RO", "MD"]),
        culture!("polish", Western, 5, &["PL"]),
        culture!("russian", Western, 5, &["RU", "BY"]),
        culture!("ukrainian", Western, 7, &["UA"]),
        culture!("serbian", Western, 4, &["RS", "BA"]),
        culture!("albanian", Western, 4, &["AL", "XK"]),
        culture!("turkish", Western, 4, &["TR"]),
        culture!("arabic", Western, 6, &["SY", "EG", "MA", "IQ", "LB"]),
        culture!("persian", Western, 3, &["IR", "AF"]),
        culture!("hindi", Western, 4, &["IN"]),
        culture!("punjabi", Western, 3, &["IN", "PK"]),
        culture!("bengali", Western, 3, &["BD", "IN"]),
        culture!("nepali", Western, 3, &["NP"]),
        culture!("chinese", FamilyFirst, 6, &["CN"]),
        culture!("vietnamese", FamilyFirst, 6, &["VN"]),
        culture!("thai", Western, 4, &["TH"]),
        culture!("filipino", Western, 4, &["PH"]),
        culture!("korean", FamilyFirst, 3, &["KR"]),
        culture!("nigerian", Western, 6, &["NG", "GH"]),
        culture!("ethiopian", Western, 3, &["ET", "ER"]),
        culture!("hungarian", FamilyFirst, 4, &["HU"]),
        culture!("greek", Western, 3, &["GR"]),
    ]
});

/// The culture that a number below [`total_weight`] falls on.
pub(super) fn culture_at(mut ticket: u32) -> usize {
    for (index, culture) in CULTURES.iter().enumerate() {
        if ticket < culture.weight {
            return index;
        }
        ticket -= culture.weight;
    }
    0
}

/// The sum of the cultures' weights.
pub(super) fn total_weight() -> u32 {
    CULTURES.iter().map(|culture| culture.weight).sum()
}

fn parse(
    name: &'static str,
    text: &'static str,
    pattern: Pattern,
    weight: u32,
    countries: &'static [&'static str],
) -> Culture {
    let list = |kind: &str| {
        text.lines()
            .filter_map(|line| line.strip_prefix(kind)?.strip_prefix(' '))
            .flat_map(str::split_ascii_whitespace)
            .map(parse_name)
            .collect::<Vec<_>>()
    };
    let (given, family) = ([list("m"), list("f")], list("s"));
    let coiners = [Coiner::of(&given[0]), Coiner::of(&given[1]), Coiner::of(&family)];
    let spreads = spreads(name);
    Culture { name, countries, pattern, weight, given, family, coiners, spreads }
}

fn parse_name(item: &'static str) -> Name {
    let mut parts = item.split('~');
    let written = parts.next().unwrap_or_default();
    let nicknames = parts.map(Cow::Borrowed).collect();
    let (latin, native) = written.split_once('=').unwrap_or((written, ""));
    let mut forms =
        latin.split('|').map(|form| form.split('/').map(Cow::Borrowed).collect::<Vec<Spelling>>());
    let mut scripts = native.split('|').map(|script| Some(script).filter(|s| !s.is_empty()));
    Name {
        forms: [forms.next().unwrap_or_default(), forms.next().unwrap_or_default()],
        native: [scripts.next().flatten(), scripts.next().flatten()],
        nicknames,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_culture_has_dozens_of_well_formed_names() {
        assert!(CULTURES.len() >= 21);
        for culture in CULTURES.iter() {
            for list in [&culture.given[0], &culture.given[1], &culture.family] {
                assert!(list.len() >= 20, "{:?} has a list of {}", culture.countries, list.len());
                for name in list {
                    for sex in [0, 1] {
                        assert!(name.spellings(sex).iter().all(|s| !s.is_empty()), "{name:?}");
                    }
                    assert!(name.nicknames.iter().all(|nickname| !nickname.is_empty()));
                }
            }
        }
    }

    #[test]
    fn tickets_reach_every_culture() {
        let reached: std::collections::BTreeSet<_> = (0..total_weight()).map(culture_at).collect();
        assert_eq!(reached.len(), CULTURES.len());
    }
}
