//! Whole jobs: records are read, a model is trained on them, duplicates or links are found. The steps are described
//! in [`ingest`](crate::ingest), [`normalize`](crate::normalize) and [`resolve`](crate::resolve).

mod deduped;
mod linked;
mod matcher;
mod records;
#[cfg(test)]
mod tests;

pub use deduped::Deduped;
pub use linked::Linked;
pub use matcher::Matcher;
pub use records::{Progress, ReadError, Records};

use std::sync::LazyLock;

use crate::model::Body;
use crate::resolve::{Engine, Model, Score};

/// Finds the duplicates among records: trains a model on the records themselves, without labels (the shipped one
/// serves where they hold too few duplicates to learn from), compares those that share a blocking key, and joins them
/// into clusters. [`Matcher`] does the same in steps, or with a model of yours.
///
/// ```
/// use accord_engine::{Records, dedupe};
///
/// let folder = "../../fixtures/demo";
/// let mapping = format!("{folder}/metro-police.persons.csv.map.toml");
/// let found = dedupe(Records::read(mapping, &[format!("{folder}/metro-police.persons.csv")])?);
/// let clusters = found.clusters();
/// assert!(clusters.len() < found.records().len());
/// // Two reports about one person: Dias Hernández María and Diaz-Hernandez Maria, born on the same day.
/// assert!(clusters.contains(&vec!["P-000000003", "P-000000004"]));
/// # Ok::<(), accord_engine::ReadError>(())
/// ```
pub fn dedupe(records: Records) -> Deduped {
    Matcher::trained(records).dedupe(&|_| ())
}

/// Links two sets of records, neither of which holds duplicates of its own: two records are linked if each is the
/// best match of the other in its set, from even odds on. Trains as [`dedupe`] does. [`Matcher`] links in steps, with
/// a model of yours or other least odds.
///
/// ```
/// use accord_engine::model::{Body, Person, PersonName};
/// use accord_engine::{Records, link};
///
/// let person = |id: &str, name: &str, born: &str| {
///     let names = vec![PersonName { full: Some(name.to_owned()), ..PersonName::default() }];
///     let person = Person { names, birth_date: born.parse().ok(), ..Person::default() };
///     (id.to_owned(), Body::Person(person))
/// };
/// let police = vec![person("P-1", "Katarina Horvat", "1991-07-03"), person("P-2", "Bob Marin", "1980-01-30")];
/// let border = vec![person("B-7", "HORVAT, Katarina", "1991-07-03"), person("B-8", "Li Wei", "1975-11-02")];
/// let found = link(Records::of([police, border])?);
/// let links: Vec<(&str, &str)> = found.links().map(|(a, b, _)| (a, b)).collect();
/// assert_eq!(links, [("P-1", "B-7")]);
/// # Ok::<(), accord_engine::ReadError>(())
/// ```
pub fn link(records: Records) -> Linked {
    Matcher::trained(records).link(0.0, &|_| ())
}

/// How well two records agree by the shipped model, and why: the comparison level of every attribute with its bits.
/// `None` where they speak of things of different types. Symmetric. [`Engine::compare`] does so by a model of yours,
/// [`compare_names`](crate::resolve::compare_names) compares names alone.
///
/// ```
/// use accord_engine::compare;
/// use accord_engine::model::{Body, Phone};
///
/// let phone = |number: &str| Body::Phone(Phone { number: number.to_owned(), region: Some("GB".to_owned()) });
/// let score = compare(&phone("+44 20 2555 0143"), &phone("020 2555 0143")).unwrap();
/// assert!(score.probability() > 0.5);
/// assert!(!score.levels.is_empty());
/// let other = compare(&phone("+44 20 2555 0143"), &phone("020 2555 0999")).unwrap();
/// assert!(other.bits < score.bits);
/// ```
pub fn compare(a: &Body, b: &Body) -> Option<Score> {
    static SHIPPED: LazyLock<Engine> = LazyLock::new(|| Engine::new(Model::shipped()));
    SHIPPED.compare(a, b)
}
