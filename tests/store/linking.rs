//! Links that are found after their records were stored, and the notes of records that are still to be linked.

use accord::model::{FormLink, Handling};
use accord::store::{Ids, Store, Unlinked};

use super::contract::{apply, everything, view_of};
use super::fixture::{form, link, person, records, stored, time};
use super::on_both;
use crate::policy;

/// Links records late.
fn link_late(store: &dyn Store, links: &[FormLink], linked: &[Unlinked]) {
    let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
    transaction.link_late(links, linked).unwrap();
    transaction.commit().unwrap();
}

#[test]
fn late_links_are_noted_and_tell_those_alone_who_see_both_ends() {
    on_both(|store| {
        let (own, other) = (person("a", "1", Handling::Own), person("b", "1", Handling::Own));
        apply(store, &records(&[&own])).unwrap();
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        transaction.put(&records(&[&other])).unwrap();
        let notes = transaction.note_unlinked(&[form(&other)]).unwrap();
        transaction.commit().unwrap();
        let revision = store.revision().unwrap();
        assert_eq!(store.unlinked(0).unwrap(), notes);
        assert_eq!(store.unlinked(revision - 1).unwrap(), notes, "of the commit that made them");
        assert_eq!(store.unlinked(revision).unwrap(), []);
        let b = view_of(store, "b");
        assert!(
            notes.iter().all(|note| b.classes().contains(note.class) && note.since == revision)
        );

        let a = view_of(store, "a");
        let whole = policy::whole(store);
        let late = || [&a, &b, &whole].map(|view| store.late_revision(view.sight()).unwrap());
        let (revision, before) = (store.revision().unwrap(), late());
        let found = link(form(&own), form(&other), 3.5);
        // Of what is not there any more nothing is linked.
        let gone = form(&person("z", "gone", Handling::Own));
        let of_gone = link(form(&own), gone, 1.0);
        link_late(store, &[found.clone(), of_gone], &[]);
        assert_eq!(everything(store).links, std::slice::from_ref(&found));
        assert_eq!(store.unlinked(0).unwrap(), notes);
        assert_eq!(store.revision().unwrap(), revision, "no sign for who sees one end");
        let after = late();
        assert_eq!(after[..2], before[..2]);
        assert!(after[2] > before[2]);
        // Linking again changes nothing but the note.
        link_late(store, &[found], &[notes[0], Unlinked { form: gone, ..notes[0] }]);
        assert_eq!((late(), store.revision().unwrap()), (after, revision));
        assert_eq!(store.unlinked(0).unwrap(), []);
    });
}

#[test]
fn notes_are_renewed_where_records_move() {
    on_both(|store| {
        let (own, other) = (person("a", "1", Handling::Own), person("b", "1", Handling::Own));
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        transaction.put(&records(&[&own, &other])).unwrap();
        let before = transaction.note_unlinked(&[form(&own), form(&other)]).unwrap();
        transaction.commit().unwrap();
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        let ids = Ids { records: vec![other.id], ..Ids::default() };
        transaction.set_review(&ids, time(9)).unwrap();
        transaction.commit().unwrap();
        // Linking a record while others move may have missed them.
        link_late(store, &[], &before);
        let revision = store.revision().unwrap();
        let mut after = store.unlinked(revision - 1).unwrap();
        after.sort_by_key(|note| note.form != form(&own));
        let mut moved = stored(&other);
        moved.record.label.review_by = Some(time(9));
        let forms: Vec<_> = after.iter().map(|note| note.form).collect();
        assert_eq!(forms, [form(&own), moved.form()]);
        assert!(after.iter().all(|note| note.since == revision));
        assert_eq!(after[0].class, before[0].class);
        assert_ne!(after[1].class, before[1].class);
        link_late(store, &[], &after);
        assert_eq!(store.unlinked(0).unwrap(), []);
    });
}

#[test]
fn a_note_goes_with_its_record() {
    on_both(|store| {
        let own = person("a", "1", Handling::Own);
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        transaction.put(&records(&[&own])).unwrap();
        transaction.note_unlinked(&[form(&own)]).unwrap();
        transaction.commit().unwrap();
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        transaction.purge(view_of(store, "a").classes()).unwrap();
        transaction.commit().unwrap();
        assert_eq!(store.unlinked(0).unwrap(), []);
    });
}
