//! The contract that every store fulfils.

use accord::govern::View;
use accord::model::{BlockKey, ClassSet, Handling, Verdict};
use accord::store::{Applied, Batch, Store, StoreError};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::fixture::{Collected, event, form, id, judgement, link, person, phone, records, tie};
use crate::policy;

use super::{on_both, on_neo4j, on_sqlite};

pub fn apply(store: &dyn Store, batch: &Batch) -> Result<Applied, StoreError> {
    let mut transaction = store.begin(&crate::unlogged::MAKING)?;
    let applied = transaction.put(batch)?;
    transaction.commit()?;
    Ok(applied)
}

pub fn view_of(store: &dyn Store, agency: &str) -> View {
    let policy = policy::everyone_shares(&["a", "b", "c"]);
    policy::view(&policy, agency, &store.classes().unwrap())
}

pub fn collect(store: &dyn Store, view: &View) -> Collected {
    let mut collected = Collected::default();
    store.stream(view.sight(), &mut collected).unwrap();
    collected
}

pub fn everything(store: &dyn Store) -> Collected {
    collect(store, &policy::whole(store))
}

/// Two agencies' records with one of everything between them; `a2` is agency a's own.
fn both_agencies() -> Batch {
    let (a1, a2) = (person("a", "1", Handling::Shared), phone("a", "2", Handling::Own));
    let b1 = person("b", "1", Handling::Own);
    Batch {
        ties: vec![tie("a", a1.id, a2.id, Handling::Shared)],
        events: vec![event("a", "e", &[a1.id, a2.id], Handling::Shared)],
        links: vec![link(form(&a1), form(&b1), 4.25), link(form(&a2), form(&b1), -1.5)],
        judgements: vec![judgement(a1.id, b1.id, Verdict::Same, Handling::Shared)],
        ..records(&[&a1, &a2, &b1])
    }
}

#[test]
fn what_was_put_is_streamed_back_in_order_of_id() {
    on_both(|store| {
        let batch = both_agencies();
        apply(store, &batch).unwrap();
        let found = everything(store);
        assert_eq!(found.records.len(), 3);
        assert!(found.records.is_sorted_by_key(|record| record.id));
        assert!(found.links.is_sorted_by_key(|link| (link.a, link.b)));
        for new in &batch.records {
            assert!(found.records.contains(&new.record));
        }
        assert_eq!(
            (found.ties, found.events, found.judgements),
            (batch.ties, batch.events, batch.judgements)
        );
        assert!(batch.links.iter().all(|link| found.links.contains(link)));
    });
}

#[test]
fn putting_the_same_again_changes_nothing() {
    on_both(|store| {
        let batch = both_agencies();
        let first = apply(store, &batch).unwrap();
        assert_eq!(first, Applied { records: 3, ties: 1, events: 1, links: 2, judgements: 1 });
        let (revision, before) = (store.revision().unwrap(), everything(store));
        assert_eq!(apply(store, &batch).unwrap(), Applied::default());
        assert_eq!((store.revision().unwrap(), everything(store)), (revision, before));
    });
}

#[test]
fn other_content_under_a_known_id_is_refused_and_nothing_of_the_batch_stays() {
    on_both(|store| {
        apply(store, &both_agencies()).unwrap();
        let before = (store.revision().unwrap(), everything(store));
        let mut changed = person("a", "1", Handling::Shared);
        changed.source = "another".into();
        let batch = records(&[&person("a", "9", Handling::Own), &changed]);
        let refused = apply(store, &batch);
        assert!(matches!(refused, Err(StoreError::Conflict { kind: "record" })), "{refused:?}");
        let twice = records(&[&person("c", "1", Handling::Own), &phone("c", "1", Handling::Own)]);
        assert!(matches!(apply(store, &twice), Err(StoreError::Conflict { kind: "record" })));
        assert_eq!((store.revision().unwrap(), everything(store)), before);
    });
}

#[test]
fn an_object_that_names_a_missing_record_is_refused() {
    on_both(|store| {
        let (there, missing) = (person("a", "1", Handling::Own), id("a", "nobody"));
        apply(store, &records(&[&there])).unwrap();
        let own = Handling::Own;
        let dangling = [
            Batch { ties: vec![tie("a", there.id, missing, own)], ..Batch::default() },
            Batch { events: vec![event("a", "e", &[missing], own)], ..Batch::default() },
            Batch {
                links: vec![link(form(&there), form(&person("a", "nobody", Handling::Own)), 1.0)],
                ..Batch::default()
            },
            Batch {
                judgements: vec![judgement(there.id, missing, Verdict::Same, own)],
                ..Batch::default()
            },
        ];
        for batch in dangling {
            let refused = apply(store, &batch);
            assert!(matches!(refused, Err(StoreError::Dangling { .. })), "{refused:?}");
        }
        assert_eq!(everything(store).records, [there]);
    });
}

#[test]
fn a_transaction_that_is_dropped_leaves_nothing() {
    on_both(|store| {
        let before = store.revision().unwrap();
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        transaction.put(&both_agencies()).unwrap();
        drop(transaction);
        assert_eq!(everything(store), Collected::default());
        assert_eq!(store.revision().unwrap(), before);
        apply(store, &both_agencies()).unwrap();
    });
}

#[test]
fn a_view_shows_objects_only_when_they_and_all_they_rest_on_are_visible() {
    on_both(|store| {
        let batch = both_agencies();
        apply(store, &batch).unwrap();
        let (a1, a2, b1) = (id("a", "1"), id("a", "2"), id("b", "1"));

        let a = collect(store, &view_of(store, "a"));
        assert_eq!((a.records.len(), a.ties.len(), a.events.len()), (2, 1, 1));
        assert_eq!((a.links.len(), a.judgements.len()), (0, 0), "both rest on b1");
        assert_eq!(a.events, batch.events);

        let b = collect(store, &view_of(store, "b"));
        assert_eq!(b.records.iter().map(|record| record.id).max(), Some(a1.max(b1)));
        assert_eq!((b.records.len(), b.ties.len()), (2, 0), "the tie rests on a2");
        let [one, other] = [&batch.records[0], &batch.records[2]].map(|it| it.form());
        assert_eq!(b.links, [link(one, other, 4.25)]);
        assert_eq!(b.judgements.len(), 1);
        let seen: Vec<_> = b.events[0].participants.iter().map(|part| part.record).collect();
        assert_eq!(seen, [a1], "the event is seen without the hidden participant");

        let c = collect(store, &view_of(store, "c"));
        assert_eq!((c.records.len(), c.links.len(), c.events.len()), (1, 0, 1));

        let view = view_of(store, "b");
        let found = store.records(view.sight(), &[b1, a2, id("a", "nobody"), a1]).unwrap();
        assert_eq!(found.iter().map(|record| record.id).collect::<Vec<_>>(), [b1, a1]);
        assert_eq!(store.events(view.sight(), &[batch.events[0].id]).unwrap(), b.events);
        let mut candidates = vec![one, other];
        candidates.sort();
        assert_eq!(
            store.candidates(view.sight(), &[BlockKey(7), BlockKey(8)]).unwrap(),
            candidates
        );
        assert_eq!(
            store.candidates(policy::seeing(ClassSet::default()).sight(), &[BlockKey(7)]).unwrap(),
            []
        );
    });
}

#[test]
fn a_writer_sees_what_is_stored_and_what_it_wrote_itself() {
    on_both(|store| {
        let (first, second) = (person("a", "1", Handling::Own), person("b", "1", Handling::Own));
        apply(store, &records(&[&first])).unwrap();
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        transaction.put(&records(&[&second])).unwrap();
        let known = transaction.known(&[first.id, second.id, id("c", "1")]).unwrap();
        assert_eq!(known.into_values().collect::<Vec<_>>().len(), 2);
        let mut both = [form(&first), form(&second)];
        both.sort();
        let found = transaction.candidates(None, &[BlockKey(u64::MAX), BlockKey(7)]).unwrap();
        let expected: Vec<_> = [BlockKey(7), BlockKey(u64::MAX)]
            .into_iter()
            .flat_map(|key| both.map(|form| (key, form)))
            .collect();
        assert_eq!(found, expected);
        // Within classes, those of no other.
        let of_a = view_of(store, "a");
        let found =
            transaction.candidates(Some(of_a.classes()), &[BlockKey(7), BlockKey(8)]).unwrap();
        assert_eq!(found, [(BlockKey(7), form(&first))]);
        assert_eq!(transaction.candidates(Some(&ClassSet::default()), &[BlockKey(7)]).unwrap(), []);
    });
}

#[test]
fn a_later_link_or_judgement_of_a_pair_replaces_the_earlier() {
    on_both(|store| {
        apply(store, &both_agencies()).unwrap();
        let (a1, b1) = (id("a", "1"), id("b", "1"));
        let unsure = judgement(a1, b1, Verdict::Unsure, Handling::Shared);
        let [one, _, other] = [0, 1, 2].map(|at| both_agencies().records[at].form());
        let later = Batch {
            links: vec![link(one, other, 9.0)],
            judgements: vec![unsure.clone()],
            ..Batch::default()
        };
        let applied = apply(store, &later).unwrap();
        assert_eq!((applied.links, applied.judgements), (1, 1));
        let found = everything(store);
        assert!(found.links.contains(&link(one, other, 9.0)) && found.links.len() == 2);
        assert_eq!(found.judgements, [unsure]);
    });
}

#[test]
fn documents_are_kept_by_name() {
    on_both(|store| {
        assert_eq!(store.document("model").unwrap(), None);
        store.put_document("model", "one", &crate::unlogged::MAKING).unwrap();
        store.put_document("model", "two 'ж'", &crate::unlogged::MAKING).unwrap();
        assert_eq!(store.document("model").unwrap().as_deref(), Some("two 'ж'"));
        store.ping().unwrap();
    });
}

#[test]
fn documents_are_listed_by_the_start_of_their_names() {
    on_both(|store| {
        for name in ["key/b", "key/a", "Key/c", "kex", "key/%", "other"] {
            store.put_document(name, &format!("of {name}"), &crate::unlogged::MAKING).unwrap();
        }
        let found = store.documents("key/").unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["key/%", "key/a", "key/b"]);
        assert_eq!(found["key/a"], "of key/a");
        assert!(store.documents("k%").unwrap().is_empty());
    });
}

#[test]
fn a_document_is_swapped_only_if_it_says_what_it_said() {
    on_both(|store| {
        assert!(!store.swap_document("d", Some("x"), Some("y"), &crate::unlogged::MAKING).unwrap());
        assert!(store.swap_document("d", None, Some("one"), &crate::unlogged::MAKING).unwrap());
        assert!(!store.swap_document("d", None, Some("two"), &crate::unlogged::MAKING).unwrap());
        assert!(
            !store
                .swap_document("d", Some("two"), Some("three"), &crate::unlogged::MAKING)
                .unwrap()
        );
        assert!(
            store.swap_document("d", Some("one"), Some("two"), &crate::unlogged::MAKING).unwrap()
        );
        assert!(!store.swap_document("d", Some("one"), None, &crate::unlogged::MAKING).unwrap());
        assert_eq!(store.document("d").unwrap().as_deref(), Some("two"));
        assert!(store.swap_document("d", Some("two"), None, &crate::unlogged::MAKING).unwrap());
        assert_eq!(store.document("d").unwrap(), None);
    });
}

#[test]
fn of_writers_at_the_same_instant_none_loses_its_change() {
    on_both(|store| {
        let append = |writer: usize| loop {
            let before = store.document("list").unwrap();
            let after = format!("{}{writer} ", before.clone().unwrap_or_default());
            if store
                .swap_document("list", before.as_deref(), Some(&after), &crate::unlogged::MAKING)
                .unwrap()
            {
                break;
            }
        };
        std::thread::scope(|scope| {
            for writer in 0..8 {
                scope.spawn(move || (0..5).for_each(|_| append(writer)));
            }
        });
        let list = store.document("list").unwrap().unwrap();
        assert_eq!(list.split_whitespace().count(), 40, "{list}");
    });
}

/// Writes in any order and in any batches stream back the same.
fn order_does_not_matter(store: impl Fn(&dyn Fn(&dyn Store)), cases: u32) {
    let plan = (
        prop::collection::vec((0..3usize, 0..12u32, any::<bool>()), 1..24),
        any::<u64>(),
        1..6usize,
    );
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    runner
        .run(&plan, |(rows, seed, cuts)| {
            let rows: std::collections::BTreeMap<_, _> = rows
                .into_iter()
                .map(|(agency, number, shared)| ((agency, number), shared))
                .collect();
            let made: Vec<_> = rows
                .into_iter()
                .map(|((agency, number), shared)| {
                    let handling = if shared { Handling::Shared } else { Handling::Own };
                    person(["a", "b", "c"][agency], &number.to_string(), handling)
                })
                .collect();
            let mut shuffled = made.clone();
            shuffled.sort_by_key(|record| {
                IdKeyOrder(seed).position(&record.local_id, &record.label.agency)
            });
            store(&|store| {
                for chunk in shuffled.chunks(cuts) {
                    apply(store, &records(&chunk.iter().collect::<Vec<_>>())).unwrap();
                }
                let mut expected = made.clone();
                expected.sort_by_key(|record| record.id);
                assert_eq!(everything(store).records, expected);
                for agency in ["a", "b", "c"] {
                    let visible = |record: &&accord::model::Record| {
                        record.label.agency == agency || record.label.handling == Handling::Shared
                    };
                    let expected: Vec<_> = expected.iter().filter(visible).cloned().collect();
                    assert_eq!(collect(store, &view_of(store, agency)).records, expected);
                }
            });
            Ok(())
        })
        .unwrap();
}

/// A shuffle by seed.
struct IdKeyOrder(u64);

impl IdKeyOrder {
    fn position(&self, local_id: &str, agency: &str) -> [u8; 16] {
        let seed = self.0.to_le_bytes();
        accord::model::IdKey::default()
            .tag("shuffle", &[&seed, local_id.as_bytes(), agency.as_bytes()])
    }
}

#[test]
fn order_and_batches_do_not_matter_to_sqlite() {
    order_does_not_matter(|test| on_sqlite(test), 64);
}

#[test]
fn order_and_batches_do_not_matter_to_neo4j() {
    order_does_not_matter(|test| on_neo4j(test), 6);
}
