//! The parts of names that are not names: titles, particles, patronymics, and parts that belong to the
//! next word. Knows single folded words only.

/// Titles, honorifics and generational suffixes that are no part of a name. Sorted.
static TITLES: &[&str] = &[
    "agha",
    "ayatollah",
    "capt",
    "captain",
    "col",
    "colonel",
    "dipl",
    "doctor",
    "doktor",
    "don",
    "dona",
    "dr",
    "dra",
    "dres",
    "eng",
    "esq",
    "fr",
    "frau",
    "gen",
    "general",
    "gospodin",
    "gospoza",
    "haci",
    "hadj",
    "hadji",
    "hafiz",
    "haj",
    "haji",
    "hajj",
    "hajji",
    "herr",
    "hon",
    "ii",
    "iii",
    "ing",
    "iv",
    "jr",
    "junior",
    "lic",
    "licenciado",
    "lord",
    "lt",
    "madame",
    "mademoiselle",
    "maj",
    "major",
    "maulana",
    "maulvi",
    "messrs",
    "mgr",
    "miss",
    "mister",
    "mlle",
    "mme",
    "monsieur",
    "moulavi",
    "mr",
    "mrs",
    "ms",
    "mullah",
    "ofw",
    "pan",
    "pani",
    "phd",
    "pr",
    "prof",
    "professor",
    "qari",
    "rabbi",
    "rev",
    "saikh",
    "sayed",
    "sayyed",
    "sayyid",
    "senhor",
    "senhora",
    "senior",
    "senor",
    "senora",
    "senorita",
    "sgt",
    "shaikh",
    "shaykh",
    "sheik",
    "sheikh",
    "signor",
    "signora",
    "sir",
    "sr",
    "sra",
    "srta",
    "syed",
    "ustad",
];

/// Particles between or before names, of all languages. Sorted.
static PARTICLES: &[&str] = &[
    "ad", "af", "al", "am", "an", "ap", "ar", "as", "at", "av", "az", "ben", "bent", "bin", "bint",
    "binte", "binti", "d", "da", "dal", "dalla", "das", "de", "degli", "dei", "del", "dela",
    "della", "delle", "delli", "den", "der", "des", "di", "do", "dos", "du", "e", "ed", "el", "en",
    "es", "het", "i", "ibn", "la", "las", "le", "les", "lo", "los", "of", "oglu", "ogly", "op",
    "qizi", "s", "san", "t", "te", "ten", "ter", "the", "uul", "uz", "van", "vanden", "vander",
    "vom", "von", "vonder", "y", "z", "zu", "zum", "zur",
];

/// Returns true if the folded word is a title, honorific or generational suffix.
pub fn is_title(word: &str) -> bool {
    TITLES.binary_search(&word).is_ok()
}

/// The generation that a folded suffix states: senior 1, junior 2, ...
pub fn generation_of(word: &str) -> Option<u8> {
    Some(match word {
        "sr" | "senior" => 1,
        "jr" | "junior" | "ii" => 2,
        "iii" => 3,
        "iv" => 4,
        _ => return None,
    })
}

/// Returns true if the folded word is a particle of names, such as `von` or `bin`.
pub fn is_particle(word: &str) -> bool {
    PARTICLES.binary_search(&word).is_ok()
}

/// Returns true if the folded word ends as East Slavic patronymics do.
pub fn is_patronymic(word: &str) -> bool {
    const ENDINGS: [&str; 15] = [
        "ovich", "evich", "ovych", "evych", "yovych", "iovych", "ovna", "evna", "ivna", "yivna",
        "ovic", "evic", "ichna", "inichna", "ovitch",
    ];
    word.len() > 6 && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// Returns true if the folded word is written together with the next one: `mc donald`, `o brien`.
pub fn joins_next(word: &str) -> bool {
    matches!(word, "mc" | "mac" | "o" | "fitz")
}

/// The first syllables of "servant of", in the spellings that assimilation of the article makes.
static SERVANT: &[&str] = &[
    "abdal", "abdel", "abdoul", "abdul", "abdur", "abder", "abdar", "abdus", "abdes", "abdun",
    "abden", "abdud", "abdol",
];

/// Names of the kind "servant of the ..." at the start of `words`, which are written in one, two or three
/// words and with many vowels: the canonical `abdul...`, and how many words it takes.
pub fn servant_of(words: &[&str]) -> Option<(String, usize)> {
    match words {
        ["abd" | "abdu" | "abed", particle, name, ..]
            if is_particle(particle) && name.len() > 2 =>
        {
            Some((servant(name), 3))
        }
        ["abd" | "abdu", name, ..] if name.len() > 3 => Some((servant(name), 2)),
        [first, name, ..] if SERVANT.contains(first) && name.len() > 2 => Some((servant(name), 2)),
        [one, ..] => servant_in_one_word(one).map(|name| (name, 1)),
        [] => None,
    }
}

fn servant(name: &str) -> String {
    match name {
        "lah" | "allah" | "ellah" | "illah" | "ilah" | "lahi" => "abdullah".to_owned(),
        _ => format!("abdul{name}"),
    }
}

fn servant_in_one_word(word: &str) -> Option<String> {
    if matches!(
        word,
        "abdullah" | "abdulla" | "abdallah" | "abdalla" | "abdellah" | "abdella" | "abdoullah"
    ) {
        return Some("abdullah".to_owned());
    }
    // The article's l is assimilated: abdurrahman, abderrahmane, abdussalam.
    let name = SERVANT.iter().find_map(|first| word.strip_prefix(first))?;
    (name.len() > 3).then(|| servant(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(TITLES.is_sorted() && TITLES.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(PARTICLES.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn patronymics_are_told_from_family_names() {
        assert!(
            is_patronymic("viktorovich")
                && is_patronymic("ivanovna")
                && is_patronymic("oleksandrovych")
        );
        assert!(!is_patronymic("lavrov") && !is_patronymic("anna"));
    }
}
