//! The change log: what commits after a revision touched, as it stands in a view.

use accord::govern::View;
use accord::model::{ClassSet, Handling, RecordId, Verdict};
use accord::store::{Batch, Changes, Ids, LogLimits, Store};

use super::contract::{apply, view_of};
use super::fixture::{event, form, id, judgement, link, person, records, tie};
use super::held::Held;
use super::retention::{AFTER, BEFORE, Rows, purge, review, rows, seen_by};
use super::{on_both, on_both_with_log};
use crate::policy::{self, seeing};

fn since(store: &dyn Store, view: &View, after: u64) -> Option<Changes> {
    store.changes_since(view.sight(), after, 1_000).unwrap()
}

fn whole(store: &dyn Store, after: u64) -> Changes {
    since(store, &policy::whole(store), after).unwrap()
}

fn nothing(revision: u64) -> Changes {
    Changes { revision, ..Changes::default() }
}

/// The classes that records of an agency are in, and others of its objects.
fn of_agency(store: &dyn Store, agency: &str) -> View {
    let classes = store.classes().unwrap().into_iter();
    seeing(classes.filter(|(_, class)| class.label.agency == agency).map(|(id, _)| id).collect())
}

fn put_person(store: &dyn Store, local_id: &str) -> RecordId {
    let person = person("a", local_id, Handling::Own);
    apply(store, &records(&[&person])).unwrap();
    person.id
}

#[test]
fn what_was_put_is_told_as_a_stream_gives_it_and_what_was_there_already_is_not() {
    on_both(|store| {
        let rows = rows();
        let start = store.revision().unwrap();
        apply(store, &rows.batch).unwrap();
        let view = policy::whole(store);
        let mut held = Held::default();
        held.apply(whole(store, start));
        assert_eq!(held, Held::of(store, &view));
        assert_eq!((held.records.len(), held.links.len(), held.ties.len()), (4, 2, 1));
        let now = store.revision().unwrap();
        assert_eq!(whole(store, now), nothing(now));
        apply(store, &rows.batch).unwrap();
        assert_eq!(whole(store, now), nothing(now));
        // Of a batch that is there in part, what is new.
        let new = person("c", "1", Handling::Own);
        let batch = Batch {
            links: vec![link(form(&rows.a1), form(&new), 1.0)],
            ..records(&[&rows.a1, &new])
        };
        apply(store, &batch).unwrap();
        let told = whole(store, now);
        assert_eq!(told.records.keys().collect::<Vec<_>>(), [&new.id]);
        assert_eq!((told.links.len(), told.events.len(), told.judgements.len()), (1, 0, 0));
        assert_eq!(told.revision, now + 1);
        // Of a restored store that has not come so far.
        assert_eq!(since(store, &view, told.revision + 1), None);
    });
}

#[test]
fn a_later_link_or_judgement_is_told_and_links_found_later_are_not() {
    on_both(|store| {
        let Rows { a1, other, b1, batch, .. } = rows();
        apply(store, &batch).unwrap();
        let before = store.revision().unwrap();
        let mut unsure = judgement(a1.id, b1.id, Verdict::Unsure, Handling::Own);
        unsure.label.category = accord::model::SubjectCategory::Victim;
        let second = accord::model::Judgement { user: "v".into(), ..unsure.clone() };
        let later = Batch {
            links: vec![link(form(&a1), form(&b1), 9.0), link(form(&a1), form(&other), 2.0)],
            judgements: vec![unsure.clone(), second.clone()],
            ..Batch::default()
        };
        apply(store, &later).unwrap();
        let told = whole(store, before);
        let pair = (a1.id.min(b1.id), a1.id.max(b1.id));
        assert_eq!(told.links, [link(form(&a1), form(&b1), 9.0)]);
        assert_eq!(told.judgements[&pair], [unsure, second]);
        assert_eq!((told.judgements.len(), told.records.len()), (1, 0));
        // Who sees the class of the earlier judgement only is told that there is none any more.
        let classes = store.classes().unwrap();
        let old = classes.iter().filter(|(_, class)| class.label.handling == Handling::Shared);
        let told = since(store, &seeing(old.map(|(id, _)| *id).collect()), before).unwrap();
        assert_eq!(told.judgements[&pair], []);
        let now = store.revision().unwrap();
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        transaction.link_late(&[link(form(&other), form(&b1), 3.0)], &[]).unwrap();
        transaction.commit().unwrap();
        assert_eq!(whole(store, now), nothing(now));
        // A note raises the revision, and touches nothing that is told.
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        transaction.note_unlinked(&[form(&b1)]).unwrap();
        transaction.commit().unwrap();
        assert_eq!(whole(store, now), nothing(now + 1));
    });
}

#[test]
fn what_is_reviewed_leaves_the_view_of_its_class_with_what_rests_on_it_and_enters_another() {
    on_both(|store| {
        let rows = rows();
        apply(store, &rows.batch).unwrap();
        let due = |store: &dyn Store| seen_by(store, |by| by != Some(policy::time(AFTER)));
        let rest = |store: &dyn Store| seen_by(store, |by| by != Some(policy::time(BEFORE)));
        let mut held = [Held::of(store, &due(store)), Held::of(store, &rest(store))];
        assert_eq!(held.each_ref().map(|held| held.links.len()), [2, 0]);
        let before = store.revision().unwrap();
        review(store, &rows.ids(), AFTER);
        let told = [due(store), rest(store)].map(|view| since(store, &view, before).unwrap());
        assert_eq!(told[0].records[&rows.a1.id], None);
        assert_eq!((told[0].ties[&rows.tie.id].as_ref(), told[0].links.len()), (None, 0));
        assert_eq!(told[0].events[&rows.event.id], None);
        let joint =
            |told: &Changes| told.events[&rows.joint.id].as_ref().unwrap().participants.len();
        assert_eq!([joint(&told[0]), joint(&told[1])], [1, 2]);
        assert!(told[0].judgements.values().all(Vec::is_empty) && told[0].judgements.len() == 1);
        let (_, _, entered) = told[1].records[&rows.a1.id].as_ref().unwrap();
        assert_eq!(entered.label.review_by, Some(policy::time(AFTER)));
        assert_eq!((told[1].ties.len(), told[1].links.len(), told[1].judgements.len()), (1, 1, 1));
        assert!(told.iter().all(|told| !told.records.contains_key(&rows.other.id)));
        for (held, told) in held.iter_mut().zip(told) {
            held.apply(told);
        }
        assert_eq!(held, [Held::of(store, &due(store)), Held::of(store, &rest(store))]);
    });
}

#[test]
fn a_purge_names_all_that_goes_and_the_events_that_lose_a_participant() {
    on_both(|store| {
        let rows = rows();
        apply(store, &rows.batch).unwrap();
        let (view, due) = (policy::whole(store), seen_by(store, |by| by.is_some()));
        let mut held = Held::of(store, &view);
        let before = store.revision().unwrap();
        purge(store, due.classes());
        let told = since(store, &view, before).unwrap();
        assert_eq!(told.records.len(), 3);
        assert!(told.records.values().all(Option::is_none));
        assert_eq!((told.ties[&rows.tie.id].as_ref(), told.events.len()), (None, 2));
        assert_eq!(told.events[&rows.event.id], None);
        assert_eq!(told.events[&rows.joint.id].as_ref().unwrap().participants.len(), 1);
        assert_eq!((told.links.len(), told.judgements.len()), (0, 1));
        held.apply(told);
        assert_eq!(held, Held::of(store, &view));
        // What was put and removed since is told as removed.
        let told = since(store, &view, before - 1).unwrap();
        assert_eq!(told.records[&rows.a1.id], None);
        assert!(told.records[&rows.b1.id].is_some());
    });
}

#[test]
fn who_is_purged_and_put_again_takes_no_part_in_what_was_before() {
    on_both(|store| {
        let rows = rows();
        apply(store, &rows.batch).unwrap();
        purge(store, seen_by(store, |by| by.is_some()).classes());
        apply(store, &records(&[&rows.a1])).unwrap();
        review(store, &Ids { records: vec![rows.a1.id], ..Ids::default() }, AFTER);
        let held = Held::of(store, &policy::whole(store));
        assert_eq!(held.events[&rows.joint.id].participants.len(), 1);
    });
}

#[test]
fn what_a_view_does_not_show_is_not_told() {
    on_both(|store| {
        let own = person("a", "1", Handling::Own);
        apply(store, &records(&[&own, &person("b", "1", Handling::Own)])).unwrap();
        let before = store.revision().unwrap();
        let more = person("a", "2", Handling::Own);
        let b1 = id("b", "1");
        let batch = Batch {
            // Each rests on a record of the other agency.
            ties: vec![tie("b", b1, more.id, Handling::Own)],
            links: vec![link(form(&person("b", "1", Handling::Own)), form(&more), 1.0)],
            judgements: vec![judgement(own.id, b1, Verdict::Same, Handling::Own)],
            events: vec![event("a", "e", &[own.id], Handling::Own)],
            ..records(&[&more])
        };
        apply(store, &batch).unwrap();
        review(store, &Ids { records: vec![own.id], ..Ids::default() }, AFTER);
        let now = store.revision().unwrap();
        for view in [of_agency(store, "b"), view_of(store, "b"), seeing(ClassSet::default())] {
            assert_eq!(since(store, &view, before), Some(nothing(now)));
        }
        let told = since(store, &view_of(store, "a"), before).unwrap();
        assert_eq!((told.records.len(), told.events.len()), (2, 1));
        assert_eq!((told.ties.len(), told.links.len(), told.judgements.len()), (0, 0, 0));
    });
}

#[test]
fn more_objects_than_asked_for_are_not_told() {
    on_both(|store| {
        let start = store.revision().unwrap();
        let rows = rows();
        apply(store, &rows.batch).unwrap();
        // 4 records, a tie, 2 events, 2 links and a judged pair.
        let view = policy::whole(store);
        assert_eq!(store.changes_since(view.sight(), start, 9).unwrap(), None);
        assert!(store.changes_since(view.sight(), start, 10).unwrap().is_some());
        // Of which agency b sees one record and its event.
        let view = of_agency(store, "b");
        assert!(store.changes_since(view.sight(), start, 2).unwrap().is_some());
        assert_eq!(store.changes_since(view.sight(), start, 1).unwrap(), None);
    });
}

#[test]
fn a_log_keeps_its_newest_commits_within_its_bounds() {
    let limits = LogLimits { bytes: 1_000, entries: 9 };
    on_both_with_log(limits, |store| {
        let start = store.revision().unwrap();
        for number in 0..60 {
            put_person(store, &number.to_string());
            let view = policy::whole(store);
            let now = store.revision().unwrap();
            let told = |after: &u64| since(store, &view, *after).is_some();
            let first = (start..=now).find(told).unwrap();
            assert!((first..=now).all(|after| told(&after)), "no gap");
            // A row of one object takes about 40 bytes.
            let kept = now - first;
            assert!(kept >= (now - start).min(15) && kept <= 30, "{kept} of {now}");
        }
        // A commit of too many objects is not told, nor is what was before it; what is after it is.
        let before = store.revision().unwrap();
        let made: Vec<_> =
            (0..10).map(|number| person("b", &number.to_string(), Handling::Own)).collect();
        apply(store, &records(&made.iter().collect::<Vec<_>>())).unwrap();
        let view = policy::whole(store);
        assert!((start..=before).all(|after| since(store, &view, after).is_none()));
        assert_eq!(whole(store, before + 1), nothing(before + 1));
        let last = put_person(store, "last");
        assert_eq!(whole(store, before + 1).records.keys().collect::<Vec<_>>(), [&last]);
        // The same for a purge, which reads no more than it may note.
        purge(store, of_agency(store, "b").classes());
        assert_eq!(since(store, &view, before + 2), None);
        assert_eq!(whole(store, before + 3), nothing(before + 3));
        for number in 0..60 {
            put_person(store, &format!("more {number}"));
        }
        let now = store.revision().unwrap();
        assert!(since(store, &view, now - 15).is_some() && since(store, &view, now - 31).is_none());
    });
}
