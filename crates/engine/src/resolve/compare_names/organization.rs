//! Two texts as names of organizations.

use super::words::{Reading, align};
use crate::model::Organization;
use crate::normalize::{OrganizationForm, fold};

/// The highest score of names that contradict each other.
const CONTRADICTION_MAX: f64 = 0.60;
/// The score where one side has a word more that says something: a branch, a sister, a successor.
const EXTENDED: f64 = 0.62;
/// The cost of a word without meaning of its own that only one side has.
const EXTRA: f64 = 0.08;
/// The weight of the slips' mean cost per word.
const SLIPS: f64 = 1.0;
/// The score of an acronym and what it stands for.
const ACRONYM: f64 = 0.75;

/// Words that names of organizations have and names of people do not. Sorted.
static ORGANIZATION_WORDS: &[&str] = &[
    "academy",
    "agency",
    "airlines",
    "airways",
    "army",
    "association",
    "authority",
    "banco",
    "bank",
    "banque",
    "brothers",
    "bureau",
    "capital",
    "center",
    "club",
    "college",
    "commission",
    "committee",
    "company",
    "construction",
    "consulting",
    "cooperative",
    "corporation",
    "council",
    "department",
    "electronics",
    "energy",
    "enterprise",
    "enterprises",
    "factory",
    "federation",
    "finance",
    "financial",
    "foundation",
    "front",
    "fund",
    "gas",
    "global",
    "government",
    "group",
    "gruppe",
    "health",
    "hilfe",
    "holding",
    "holdings",
    "hospital",
    "hotel",
    "industrial",
    "industries",
    "industry",
    "institute",
    "insurance",
    "international",
    "investment",
    "investments",
    "laboratories",
    "logistics",
    "management",
    "manufacturing",
    "marine",
    "media",
    "ministry",
    "mortgage",
    "motor",
    "motors",
    "movement",
    "national",
    "office",
    "oil",
    "organisation",
    "organization",
    "partners",
    "party",
    "petroleum",
    "pharma",
    "plant",
    "power",
    "products",
    "railway",
    "real",
    "refinery",
    "research",
    "restaurant",
    "school",
    "securities",
    "services",
    "shipping",
    "society",
    "solutions",
    "steel",
    "systems",
    "technologies",
    "technology",
    "telecom",
    "trade",
    "trading",
    "transport",
    "trust",
    "union",
    "university",
    "works",
];

/// Words that say nothing of which organization it is. Sorted.
static EMPTY_WORDS: &[&str] = &[
    "a",
    "and",
    "company",
    "corporation",
    "de",
    "del",
    "der",
    "di",
    "for",
    "gmbh",
    "in",
    "inc",
    "la",
    "le",
    "limited",
    "llc",
    "ltd",
    "of",
    "the",
    "und",
    "y",
];

/// Numbers written as words, in digits. Sorted.
static NUMBERS: &[(&str, &str)] = &[
    ("eight", "8"),
    ("fifth", "5th"),
    ("first", "1st"),
    ("five", "5"),
    ("four", "4"),
    ("fourth", "4th"),
    ("nine", "9"),
    ("one", "1"),
    ("second", "2nd"),
    ("seven", "7"),
    ("six", "6"),
    ("third", "3rd"),
    ("three", "3"),
    ("two", "2"),
];

/// Returns true if a word or the legal form of the text marks it as the name of an organization.
pub(super) fn is_organization(text: &str) -> bool {
    let form = form(text);
    form.legal_form.is_some()
        || form.tokens.iter().any(|word| ORGANIZATION_WORDS.binary_search(&word.as_str()).is_ok())
}

/// How well the texts agree as names of organizations, 0 to 1.
pub(super) fn score(a: &str, b: &str) -> f64 {
    let (x, y) = (words(a), words(b));
    if x.is_empty() || y.is_empty() {
        return 0.0;
    }
    let native = |text: &str| text.chars().any(|c| c.is_alphabetic() && c > '\u{24f}');
    let reading = Reading { person: false, scripts_differ: native(a) != native(b) };
    let found = align(&x, &y, reading);
    let shorter = x.len().min(y.len()) as f64;
    let share = (found.shared as f64 / shorter).min(1.0);
    let [left_a, left_b] = found.left;
    let score = match (left_a, left_b) {
        (0, 0) => 1.0 - SLIPS * found.cost / shorter,
        (0, _) | (_, 0) => EXTENDED - EXTRA * (left_a + left_b - 1) as f64,
        _ => CONTRADICTION_MAX * share,
    };
    score.max(acronym_score(a, b)).max(0.0)
}

/// [`ACRONYM`] where one text is the acronym of the other, else 0.
pub(super) fn acronym_score(a: &str, b: &str) -> f64 {
    let of = |short: &str, long: &str| {
        const WORDS_MIN: usize = 3;
        let long = words(long);
        let initials: String = long.iter().filter_map(|word| word.chars().next()).collect();
        let first = short.split_whitespace().next().unwrap_or_default();
        let capitals =
            first.len() >= WORDS_MIN && first.bytes().all(|byte| byte.is_ascii_uppercase());
        long.len() >= WORDS_MIN && capitals && fold(first) == initials
    };
    if of(a, b) || of(b, a) { ACRONYM } else { 0.0 }
}

fn form(text: &str) -> OrganizationForm {
    OrganizationForm::new(&Organization {
        name: Some(initialisms(text)),
        ..Organization::default()
    })
}

/// The text with `L.P.` written `LP`, so that it does not run together with a single letter before it.
fn initialisms(text: &str) -> String {
    let joined = |word: &str| {
        let bare = word.trim_end_matches([',', '.']);
        let letters = bare.split('.').all(|part| part.chars().count() == 1);
        if bare.contains('.') && letters { bare.replace('.', "") } else { word.to_owned() }
    };
    text.split_whitespace().map(joined).collect::<Vec<_>>().join(" ")
}

/// The words that say which organization it is; all words where none of them does.
fn words(text: &str) -> Vec<String> {
    let form = form(text);
    let spelled = |word: &String| {
        let at = NUMBERS.binary_search_by(|(number, _)| (*number).cmp(word.as_str()));
        at.map_or(word.clone(), |at| NUMBERS[at].1.to_owned())
    };
    let telling: Vec<String> = form
        .tokens
        .iter()
        .filter(|word| EMPTY_WORDS.binary_search(&word.as_str()).is_err())
        .map(spelled)
        .collect();
    if telling.is_empty() { form.tokens } else { telling }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(ORGANIZATION_WORDS.is_sorted() && EMPTY_WORDS.is_sorted() && NUMBERS.is_sorted());
    }
}
