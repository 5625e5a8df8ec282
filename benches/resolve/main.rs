//! Benchmark of the normalization of one record and the score of one pair, beside plain string work on the
//! same values in the same run.
//!
//! `cargo bench --bench resolve [-- RECORDS]`. The ratios say more than the times: they stay the
//! same on a machine that is busy or slow.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement, not a part")]
#![allow(missing_docs, reason = "a program")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use accord::ingest::{load_mapping, read_file};
use accord::model::{Body, IdKey, Record};
use accord::resolve::{Engine, Model, Prepared};
use accord::scenario::{TableOptions, generate_table};

/// Records of the table when none are asked for.
const RECORDS: u64 = 20_000;
/// Each figure is the median of so many rounds, which take turns.
const ROUNDS: usize = 7;
/// A pair is a record and one this far on: nearly always of another person, of the same city.
const STEP: usize = 7;

fn records(count: u64) -> Vec<Record> {
    let dir = tempfile::tempdir().unwrap();
    let options = TableOptions { records: count, seed: 1, out: dir.path().to_owned() };
    generate_table(&options, &mut |_| {}).unwrap();
    let mapping = load_mapping(&dir.path().join("people.csv.map.toml"), &IdKey::default()).unwrap();
    let rows = read_file(&dir.path().join("people.csv"), "people", Arc::new(mapping)).unwrap();
    rows.flat_map(|row| row.unwrap().1.unwrap().records).collect()
}

/// The texts of a person that a matcher without normalization would compare.
fn texts(record: &Record) -> [String; 5] {
    let Body::Person(person) = &record.body else { return Default::default() };
    let name = person.names.first().cloned().unwrap_or_default();
    let address = person.address.clone().unwrap_or_default();
    let phone = person.phones.first().map(|phone| phone.number.clone());
    let given = name.given.unwrap_or_default();
    let line = [address.street, address.city].into_iter().flatten().collect::<Vec<_>>().join(" ");
    [
        given,
        name.family.unwrap_or_default(),
        line,
        person.emails.first().cloned().unwrap_or_default(),
        phone.unwrap_or_default(),
    ]
}

/// One thing that is measured.
struct Subject<'a> {
    name: &'static str,
    /// Does it once with the item of an index.
    run: Box<dyn Fn(usize) + 'a>,
}

/// Prints nanoseconds per item of each, and how many times the first one's time that is.
fn compare(title: &str, items: usize, subjects: &[Subject<'_>]) {
    let mut times = vec![Vec::new(); subjects.len()];
    for _ in 0..ROUNDS {
        for (subject, times) in subjects.iter().zip(&mut times) {
            let began = Instant::now();
            (0..items).for_each(&subject.run);
            times.push(began.elapsed().as_nanos() as f64 / items as f64);
        }
    }
    let medians: Vec<f64> = times
        .into_iter()
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[ROUNDS / 2]
        })
        .collect();
    println!("{title}");
    for (subject, median) in subjects.iter().zip(&medians) {
        println!("  {:<52} {median:>9.0} ns {:>8.2} x", subject.name, median / medians[0]);
    }
}

fn main() {
    // cargo passes --bench.
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let records = records(count.unwrap_or(RECORDS));
    let engine = Engine::new(Model::shipped());
    let prepared: Vec<Prepared> = records.iter().map(|record| engine.prepare(record)).collect();
    let texts: Vec<[String; 5]> = records.iter().map(texts).collect();
    let letters: Vec<[Vec<char>; 5]> =
        texts.iter().map(|of| of.each_ref().map(|text| text.chars().collect())).collect();
    let region = "US".parse().ok();
    let phones: Vec<&str> =
        texts.iter().map(|of| of[4].as_str()).filter(|text| !text.is_empty()).collect();

    compare(
        "one record made ready",
        records.len(),
        &[
            Subject {
                name: "accord: all fields of a person",
                run: Box::new(|at| drop(black_box(engine.prepare(&records[at])))),
            },
            Subject {
                name: "deunicode and lower case of its texts alone",
                run: Box::new(|at| {
                    texts[at].iter().for_each(|text| {
                        black_box(deunicode::deunicode(text).to_lowercase());
                    });
                }),
            },
            Subject {
                name: "phonenumber: one number alone",
                run: Box::new(|at| {
                    drop(black_box(phonenumber::parse(region, phones[at % phones.len()])));
                }),
            },
        ],
    );
    compare(
        "one pair scored",
        records.len() - STEP,
        &[
            Subject {
                name: "accord: all fields, with the reasons in words",
                run: Box::new(|at| {
                    drop(black_box(engine.score(&prepared[at], &prepared[at + STEP])))
                }),
            },
            Subject {
                name: "strsim: Jaro-Winkler of five texts",
                run: Box::new(|at| {
                    for (a, b) in texts[at].iter().zip(&texts[at + STEP]) {
                        black_box(strsim::jaro_winkler(a, b));
                    }
                }),
            },
            Subject {
                name: "rapidfuzz: Jaro-Winkler of five texts",
                run: Box::new(|at| {
                    for (a, b) in letters[at].iter().zip(&letters[at + STEP]) {
                        let (a, b) = (a.iter().copied(), b.iter().copied());
                        black_box(rapidfuzz::distance::jaro_winkler::similarity(a, b));
                    }
                }),
            },
        ],
    );
}
