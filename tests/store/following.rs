//! A reader that follows the change log holds at any time what a stream would give it, whatever is written and whatever
//! it sees.

use std::collections::BTreeMap;

use accord::govern::View;
use accord::model::{
    ClassSet, FormId, FormLink, Handling, IdKey, Judgement, Record, RecordId, Verdict,
};
use accord::store::{Batch, Ids, NewRecord, Store};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::fixture::{event, judgement, link, person, phone, saying, tie, time};
use super::held::Held;
use super::{on_neo4j, on_sqlite};
use crate::policy::{self, seeing};

const AGENCIES: [&str; 3] = ["a", "b", "c"];

/// The readers: of everything, of nothing, and of some of the classes each.
const READERS: u8 = 6;

/// Something that is done to the store, or a reader that reads on. Numbers pick among what is there.
#[derive(Debug, Clone)]
enum Act {
    Put { records: Vec<(usize, u8)> },
    Tie { ends: (usize, usize), own: bool },
    Event { parts: Vec<usize>, own: bool },
    Judge { pair: (usize, usize), verdict: u8, own: bool, second: bool },
    Review { records: Vec<usize>, ties: Vec<usize>, events: Vec<usize>, date: i64 },
    Purge { classes: Vec<usize> },
    Note { record: usize },
    Read { reader: u8 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let which = || 0..1_000usize;
    let few = || prop::collection::vec(0..1_000usize, 0..3);
    let records = prop::collection::vec((0..3usize, 0..12u8), 1..5);
    let act = prop_oneof![
        6 => records.prop_map(|records| Act::Put { records }),
        3 => ((which(), which()), any::<bool>()).prop_map(|(ends, own)| Act::Tie { ends, own }),
        3 => (prop::collection::vec(which(), 1..4), any::<bool>())
            .prop_map(|(parts, own)| Act::Event { parts, own }),
        3 => ((which(), which()), 0..3u8, any::<bool>(), any::<bool>())
            .prop_map(|(pair, verdict, own, second)| Act::Judge { pair, verdict, own, second }),
        3 => (few(), few(), few(), 1..3i64).prop_map(|(records, ties, events, date)| {
            Act::Review { records, ties, events, date }
        }),
        1 => prop::collection::vec(which(), 1..3).prop_map(|classes| Act::Purge { classes }),
        1 => which().prop_map(|record| Act::Note { record }),
        6 => (0..READERS).prop_map(|reader| Act::Read { reader }),
    ];
    prop::collection::vec(act, 1..50)
}

/// What a reader sees: of each class, whether it does is the same at any time.
fn view(store: &dyn Store, reader: u8, seed: u64) -> View {
    let sees = |text: String| {
        let hash =
            IdKey::default().tag("reader", &[&[reader], &seed.to_le_bytes(), text.as_bytes()]);
        reader == 0 || (reader > 1 && hash[0] % 4 != 0)
    };
    let classes = store.classes().unwrap().into_iter();
    let seen = classes.filter(|(_, class)| sees(serde_json::to_string(class).unwrap()));
    seeing(seen.map(|(id, _)| id).collect::<ClassSet>())
}

/// A record that is always the same for its agency and number.
fn made(agency: usize, number: u8) -> Record {
    let handling = if number.is_multiple_of(3) { Handling::Own } else { Handling::Shared };
    let make = if number.is_multiple_of(2) { person } else { phone };
    make(AGENCIES[agency], &number.to_string(), handling)
}

/// The record with one of four contents, so that several records of an agency share a form.
fn told(record: &Record) -> NewRecord {
    let number: u8 = record.local_id.parse().unwrap();
    saying(record, [number % 4; 16])
}

/// The links of new records with what is there and among each other, as if an engine had found them: a function of what
/// two forms say. A form of several records is linked with itself.
fn linked(there: &Held, new: &[NewRecord]) -> Vec<FormLink> {
    let says = |record: &Record| {
        let number: u8 = record.local_id.parse().unwrap();
        [record.entity_type() as u8, number % 4]
    };
    let mut forms: BTreeMap<FormId, ([u8; 2], usize, usize)> = BTreeMap::new();
    for (_, form, record) in there.records.values() {
        forms.entry(*form).or_insert((says(record), 0, 0)).1 += 1;
    }
    for new in new {
        forms.entry(new.form()).or_insert((says(&new.record), 0, 0)).2 += 1;
    }
    let agree = |one: &FormId, other: &FormId| {
        let says = [forms[one].0, forms[other].0];
        let hash = IdKey::default().tag("agree", &[says.iter().min()?, says.iter().max()?])[0] % 6;
        (one == other || hash < 3).then(|| link(*one, *other, f64::from(hash)))
    };
    let mut links = Vec::new();
    for (form, (_, before, more)) in forms.iter().filter(|(_, (_, _, more))| *more > 0) {
        if *before < 2 && before + more > 1 {
            links.extend(agree(form, form));
        }
        if *before == 0 {
            links.extend(forms.keys().filter(|it| *it != form).filter_map(|it| agree(form, it)));
        }
    }
    links
}

fn handling(own: bool) -> Handling {
    if own { Handling::Own } else { Handling::Shared }
}

fn pick<T: Copy>(from: &[T], number: usize) -> Option<T> {
    from.get(number.checked_rem(from.len())?).copied()
}

fn pair(from: &[RecordId], (one, other): (usize, usize)) -> Option<(RecordId, RecordId)> {
    let (one, other) = (pick(from, one)?, pick(from, other)?);
    (one != other).then_some((one, other))
}

/// Does one act; `None` if there is nothing to do it to.
fn act(store: &dyn Store, act: &Act, turn: usize) -> Option<()> {
    let there = Held::of(store, &policy::whole(store));
    let ids: Vec<RecordId> = there.records.keys().copied().collect();
    let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
    let mut batch = Batch::default();
    match act {
        Act::Put { records } => {
            let made = records.iter().map(|(agency, number)| told(&made(*agency, *number)));
            let mut new: BTreeMap<RecordId, NewRecord> =
                made.map(|new| (new.record.id, new)).collect();
            new.retain(|id, _| !there.records.contains_key(id));
            batch.records = new.into_values().collect();
            batch.links = linked(&there, &batch.records);
        }
        Act::Tie { ends, own } => {
            let (from, to) = pair(&ids, *ends)?;
            batch.ties.push(tie(AGENCIES[usize::from(*own)], from, to, handling(*own)));
        }
        Act::Event { parts, own } => {
            let mut parts: Vec<RecordId> = parts.iter().filter_map(|it| pick(&ids, *it)).collect();
            parts.sort();
            parts.dedup();
            batch.events.push(event("b", &turn.to_string(), &parts, handling(*own)));
        }
        Act::Judge { pair: wanted, verdict, own, second } => {
            let (one, other) = pair(&ids, *wanted)?;
            let verdict = [Verdict::Same, Verdict::NotSame, Verdict::Unsure][usize::from(*verdict)];
            let user = if *second { "second" } else { "first" };
            let judged = judgement(one, other, verdict, handling(*own));
            batch.judgements.push(Judgement { user: user.into(), ..judged });
        }
        Act::Review { records, ties, events, date } => {
            let ties_there: Vec<_> = there.ties.keys().copied().collect();
            let events_there: Vec<_> = there.events.keys().copied().collect();
            let ids = Ids {
                records: records.iter().filter_map(|it| pick(&ids, *it)).collect(),
                ties: ties.iter().filter_map(|it| pick(&ties_there, *it)).collect(),
                events: events.iter().filter_map(|it| pick(&events_there, *it)).collect(),
            };
            transaction.set_review(&ids, time(*date)).unwrap();
        }
        Act::Purge { classes } => {
            let all: Vec<_> = store.classes().unwrap().into_iter().map(|(id, _)| id).collect();
            let gone = classes.iter().filter_map(|it| pick(&all, *it)).collect();
            transaction.purge(&gone).unwrap();
        }
        Act::Note { record } => {
            let (_, form, _) = there.records[&pick(&ids, *record)?];
            transaction.note_unlinked(&[form]).unwrap();
        }
        Act::Read { .. } => {}
    }
    transaction.put(&batch).unwrap();
    transaction.commit().unwrap();
    Some(())
}

/// The reader reads on, and holds what it would hold if it began anew.
fn read_on(store: &dyn Store, held: &mut Held, view: &View) {
    let changes = store.changes_since(view.sight(), held.revision, usize::MAX).unwrap();
    held.apply(changes.expect("a short log keeps everything"));
    assert_eq!(*held, Held::of(store, view));
}

fn follow(on: impl Fn(&dyn Fn(&dyn Store)), cases: u32) {
    let number = std::env::var("ACCORD_SEED").unwrap_or_else(|_| std::process::id().to_string());
    println!("ACCORD_SEED={number}");
    let seed = IdKey::default().tag("seed", &[number.as_bytes()]).repeat(2);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    TestRunner::new_with_rng(config, rng)
        .run(&(acts(), any::<u64>()), |(acts, seed)| {
            on(&|store| {
                let mut held: Vec<Held> = (0..READERS)
                    .map(|reader| Held::of(store, &view(store, reader, seed)))
                    .collect();
                for (turn, done) in acts.iter().enumerate() {
                    match done {
                        Act::Read { reader } => {
                            let view = view(store, *reader, seed);
                            read_on(store, &mut held[usize::from(*reader)], &view);
                        }
                        done => _ = act(store, done, turn),
                    }
                }
                for (reader, held) in held.iter_mut().enumerate() {
                    let view = view(store, reader as u8, seed);
                    let changes = store.changes_since(view.sight(), held.revision, 1_000).unwrap();
                    let changes = changes.unwrap();
                    // Who sees nothing is told nothing.
                    let told = changes.records.len() + changes.ties.len() + changes.events.len();
                    let told = told + changes.links.len() + changes.judgements.len();
                    assert!(reader != 1 || told == 0);
                    read_on(store, held, &view);
                }
            });
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn who_follows_the_changes_of_sqlite_holds_what_a_stream_gives() {
    follow(|test| on_sqlite(test), 96);
}

#[test]
fn who_follows_the_changes_of_neo4j_holds_what_a_stream_gives() {
    follow(|test| on_neo4j(test), 4);
}
