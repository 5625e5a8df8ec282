use super::*;
use crate::model::{Person, PersonName, Phone};

fn person(id: &str, name: &str, born: &str) -> (String, Body) {
    let names = vec![PersonName { full: Some(name.to_owned()), ..PersonName::default() }];
    let birth_date = born.parse().ok();
    (id.to_owned(), Body::Person(Person { names, birth_date, ..Person::default() }))
}

#[test]
fn records_in_memory_are_those_of_the_first_ones_type_and_each_id_counts_once() {
    let people = vec![
        person("1", "Katarina Horvat", "1991-07-03"),
        ("2".to_owned(), Body::Phone(Phone { number: "555".to_owned(), region: None })),
        person("3", "HORVAT, Katarina", "1991-07-03"),
        person("1", "Li Wei", "1975-11-02"),
    ];
    let turned = people.iter().rev().skip(1).cloned().collect();
    let found = dedupe(Records::of([people]).unwrap());
    assert_eq!((found.records().len(), found.records().repeated()), (2, 1));
    assert_eq!(found.clusters(), [["1", "3"]]);
    assert_eq!(found.cluster_count(), 1);
    let (a, b, bits) = found.links().next().unwrap();
    assert!(a != b && bits > 0.0);
    let again = dedupe(Records::of([turned]).unwrap());
    assert_eq!(again.found(), found.found());
}

#[test]
fn what_a_pair_scores_it_scores_in_a_set() {
    let (a, b) = (person("a", "Katarina Horvat", "1991-07-03"), person("b", "K. Horvat", "1991"));
    let alone = compare(&a.1, &b.1).unwrap();
    assert_eq!(compare(&b.1, &a.1), Some(alone.clone()));
    let engine = Engine::new(Model::shipped());
    let matcher = Matcher::with_engine(Records::of([vec![a], vec![b]]).unwrap(), engine);
    let found = matcher.link(f64::MIN, &|_| ());
    assert_eq!(found.links().collect::<Vec<_>>(), [("a", "b", alone.bits)]);
}

#[test]
fn no_records_are_an_error_that_says_so() {
    let none = |sets: Vec<Vec<(String, Body)>>| Records::of(sets).err().unwrap().to_string();
    assert_eq!(none(vec![]), "there are no rows");
    assert_eq!(none(vec![vec![]]), "there are no rows");
    let folder = tempfile::tempdir().unwrap();
    let (mapping, file) = (folder.path().join("p.toml"), folder.path().join("p.csv"));
    assert!(matches!(Records::read(&mapping, &[&file]), Err(ReadError::Mapping(_))));
    let text = "agency = 'a'\nsource = 's'\nformat = 'csv'\nid = 'id'\n[label]\nhandling = 'own'\n\
                [[record]]\nslot = 'person'\ntype = 'person'\nfields = { full = 'name' }\n";
    std::fs::write(&mapping, text).unwrap();
    assert!(matches!(Records::read(&mapping, &[&file]), Err(ReadError::File(_))));
    std::fs::write(&file, "id,name\n,Ann\n").unwrap();
    let error = Records::read(&mapping, &[&file]).err().unwrap();
    let wanted = format!("{}: none of the 1 rows could be read", file.display());
    assert_eq!(error.to_string(), wanted);
}
