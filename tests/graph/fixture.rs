//! The demo scenario, as real as files get: every agency's view of it, and any way of loading it.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use accord::graph::Snapshot;
use accord::ingest::{RowOutput, Source, load_manifest};
use accord::jobs::{self, BATCH_ROWS};
use accord::model::{Event, RecordId};

use super::world::{World, text};
use crate::api::AGENCIES;

/// The whole scenario in one store; read only.
pub static DEMO: LazyLock<World> = LazyLock::new(|| {
    let world = World::empty();
    import(&world, sources(&world), BATCH_ROWS);
    world
});

fn sources(world: &World) -> Vec<Source> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/manifest.toml");
    load_manifest(&manifest, &world.id_key).unwrap().1
}

fn import(world: &World, sources: Vec<Source>, batch_rows: usize) {
    jobs::import(
        &world.store,
        world.engine.as_ref(),
        &sources,
        batch_rows,
        crate::policy::handed_in(),
        &mut crate::unlogged::Unwatched,
    )
    .unwrap();
}

/// Converts the visible objects of a snapshot into rows that could be submitted: they name no hidden object.
fn visible_rows(snapshot: &Snapshot) -> Vec<RowOutput> {
    fn owned<'a, T: Clone + 'a>(items: impl Iterator<Item = &'a Arc<T>>) -> Vec<T> {
        items.map(|item| T::clone(item)).collect()
    }
    let records = owned(snapshot.records().iter()).into_iter();
    let mut rows: Vec<RowOutput> =
        records.map(|record| RowOutput { records: vec![record], ..RowOutput::default() }).collect();
    let (ties, events) = (owned(snapshot.ties().iter()), owned(snapshot.events().iter()));
    rows.push(RowOutput { ties, events, ..RowOutput::default() });
    rows
}

fn submit(world: &World, rows: Vec<RowOutput>, at_once: usize) {
    for batch in rows.chunks(at_once) {
        jobs::submit(
            &world.store,
            world.engine.as_ref(),
            batch.to_vec(),
            crate::policy::handed_in(),
            &crate::unlogged::MAKING,
        )
        .unwrap();
    }
}

/// For every agency: a store that holds what it may see and nothing else gives it the same bytes
/// as the store that holds everything.
#[test]
fn each_agency_sees_what_it_would_see_if_the_rest_did_not_exist() {
    let mut differing = 0;
    for agency in AGENCIES {
        let seen = DEMO.snapshot(agency);
        let alone = World::empty();
        submit(&alone, visible_rows(&seen), 500);
        let again = alone.snapshot(agency);
        assert_eq!(again.tag(), seen.tag(), "{agency}");
        assert!(text(&again) == text(&seen), "{agency}");
        differing += usize::from(seen.entities().len() != DEMO.whole().entities().len());
        assert!(seen.entities().len() > 20 && seen.relationships().len() > 20, "{agency}");
    }
    assert!(differing > 0, "some agency does not see everything");
}

#[test]
fn files_backwards_in_small_batches_and_twice_give_the_same_bytes() {
    let other = World::empty();
    let mut backwards = sources(&other);
    backwards.reverse();
    import(&other, backwards, 37);
    let once = other.whole();
    assert_eq!(once.tag(), DEMO.whole().tag());
    assert!(text(&once) == text(&DEMO.whole()));
    import(&other, sources(&other), 500);
    assert_eq!(other.whole().tag(), once.tag(), "importing again changes nothing");
}

#[test]
fn record_by_record_in_the_order_of_ids_and_against_it_gives_the_same_bytes() {
    let seen = DEMO.snapshot("metro-police");
    let mut rows = visible_rows(&seen);
    let last = rows.pop().unwrap();
    rows.truncate(400);
    let build = |rows: Vec<RowOutput>, at_once: usize| {
        let world = World::empty();
        submit(&world, rows, at_once);
        text(&world.snapshot("metro-police"))
    };
    let forward = build(rows.clone(), 400);
    rows.reverse();
    assert!(forward == build(rows, 1));
    assert!(!last.events.is_empty() && !last.ties.is_empty());
}

/// Lists the ids of records that the ties, links and events of a snapshot name.
fn named(snapshot: &Snapshot) -> Vec<RecordId> {
    let of_event = |event: &Arc<Event>| -> Vec<RecordId> {
        event.participants.iter().map(|part| part.record).collect()
    };
    let ties = snapshot.ties().iter().flat_map(|tie| [tie.from, tie.to]);
    let links = snapshot.links().iter().flat_map(|link| [link.a, link.b]);
    ties.chain(links).chain(snapshot.events().iter().flat_map(of_event)).collect()
}

#[test]
fn a_snapshot_names_no_record_that_it_does_not_hold() {
    for agency in AGENCIES {
        let snapshot = DEMO.snapshot(agency);
        assert!(named(&snapshot).into_iter().all(|id| snapshot.record(id).is_some()), "{agency}");
        for (index, record) in snapshot.records().enumerated() {
            let label = &record.label;
            let shared = label.handling == accord::model::Handling::Shared;
            assert!(label.agency == agency || shared, "{agency}");
            assert_eq!(snapshot.record(record.id), Some(index));
        }
    }
}

#[test]
fn entities_part_the_records_and_the_two_ways_of_every_relationship_agree() {
    let snapshot = DEMO.whole();
    assert!(
        snapshot.entities().indexes().map(|it| snapshot.entity_id(it)).is_sorted_by(|a, b| a < b)
    );
    let mut held = vec![0; snapshot.records().len()];
    for (index, entity) in snapshot.entities().enumerated() {
        assert_eq!(snapshot.entity(snapshot.entity_id(index)), Some(index));
        for record in entity.records.iter() {
            held[snapshot.records().rank(*record)] += 1;
            assert_eq!(snapshot.entity_of(*record), index);
            assert_eq!(snapshot.records()[*record].entity_type(), entity.entity_type);
        }
        for neighbour in snapshot.neighbours(index) {
            assert_ne!(neighbour.entity, index);
            let back = snapshot.neighbours(neighbour.entity);
            assert!(back.iter().any(|it| {
                (it.entity, it.kind, it.outgoing) == (index, neighbour.kind, !neighbour.outgoing)
                    && (it.evidence, it.span) == (neighbour.evidence, neighbour.span)
            }));
        }
    }
    assert!(held.iter().all(|count| *count == 1));
    let entries = 2 * snapshot.relationships().len();
    let incident = snapshot.entities().indexes().map(|it| snapshot.incident(it).len());
    assert_eq!(incident.sum::<usize>(), entries);
}

/// A person whom any record calls a victim is protected, and no other entity is.
#[test]
fn exactly_the_people_with_a_record_about_a_victim_are_protected() {
    use accord::model::{EntityType, SubjectCategory};
    let snapshot = DEMO.whole();
    let (mut protected, mut mixed) = (0, 0);
    for (index, entity) in snapshot.entities().enumerated() {
        let categories = entity.records.iter().map(|it| snapshot.records()[*it].label.category);
        let victims = categories
            .filter(|it| matches!(it, SubjectCategory::Victim | SubjectCategory::PossibleVictim))
            .count();
        let expected = entity.entity_type == EntityType::Person && victims > 0;
        assert_eq!(snapshot.is_protected(index), expected, "{}", snapshot.entity_id(index));
        protected += usize::from(expected);
        mixed += usize::from(expected && victims < entity.records.len());
    }
    assert!(protected > 0 && mixed > 0);
}

#[test]
fn a_person_is_found_by_every_word_of_the_name_and_by_any_number_that_is_written_out() {
    let snapshot = DEMO.whole();
    for (index, entity) in snapshot.entities().enumerated().step_by(11) {
        if snapshot.name(index).split_whitespace().next().is_none() {
            continue;
        }
        let hits = snapshot.search(&snapshot.name(index), Some(entity.entity_type));
        assert!(hits.iter().any(|hit| hit.entity == index), "{}", snapshot.name(index));
        let most = hits.first().map_or(0, |hit| hit.words);
        let own = hits.iter().find(|hit| hit.entity == index).map(|hit| hit.words);
        assert_eq!(
            own,
            Some(most),
            "no one holds more words than who bears them: {}",
            snapshot.name(index)
        );
    }
}
