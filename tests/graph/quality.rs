//! The quality of the demo's entities against its answer key: figures that may only rise.

use std::collections::BTreeMap;
use std::path::Path;

use accord::graph::RecordIndex;
use accord::model::{EntityType, RecordId};
use accord::resolve::evaluate::evaluate;

use super::fixture::DEMO;

/// For each type the least pairwise precision and recall, and the least share of the pairs of one
/// thing and worth joining that share a blocking key.
const LEAST: [(EntityType, f64, f64, f64); 5] = [
    (EntityType::Person, 0.975, 0.985, 0.98),
    (EntityType::Phone, 1.0, 1.0, 1.0),
    (EntityType::Address, 1.0, 0.965, 0.965),
    (EntityType::Vehicle, 1.0, 1.0, 1.0),
    (EntityType::Organization, 1.0, 0.99, 1.0),
];

fn key() -> BTreeMap<RecordId, (EntityType, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/key.csv");
    let mut rows = csv::Reader::from_path(path).unwrap();
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.unwrap();
        let id = DEMO.id_key.record(&row[0], &row[1]);
        (id, (EntityType::from_name(&row[2]).unwrap(), row[3].to_owned()))
    };
    rows.records().map(row).collect()
}

#[test]
fn the_entities_of_the_demo_are_at_least_as_good_as_they_were() {
    let snapshot = DEMO.whole();
    let entity = |index| snapshot.entities().rank(snapshot.entity_of(index)) as u32;
    let records = snapshot.records().enumerated();
    let predicted = records.map(|(index, record)| (record.id, entity(index))).collect();
    let evaluation = evaluate(&key(), &predicted);
    assert_eq!((evaluation.missing_records, evaluation.unknown_records), (0, 0));
    for (entity_type, precision, recall, _) in LEAST {
        let found = evaluation.types[&entity_type].pairwise;
        assert!(found.precision >= precision, "{entity_type:?}: precision {}", found.precision);
        assert!(found.recall >= recall, "{entity_type:?}: recall {}", found.recall);
    }
}

#[test]
fn blocking_finds_nearly_every_pair_of_one_thing_that_is_worth_joining() {
    let snapshot = DEMO.whole();
    let key = key();
    let mut of_thing: BTreeMap<_, Vec<RecordIndex>> = BTreeMap::new();
    for (index, record) in snapshot.records().enumerated() {
        of_thing.entry(&key[&record.id]).or_default().push(index);
    }
    let prepared: BTreeMap<RecordIndex, _> =
        snapshot.records().enumerated().map(|(at, it)| (at, DEMO.engine.prepare(it))).collect();
    let mut counts: BTreeMap<EntityType, (usize, usize)> = BTreeMap::new();
    for ((entity_type, _), members) in of_thing {
        let (worth, found) = counts.entry(*entity_type).or_default();
        let stop = DEMO.engine.cluster_parameters(*entity_type).stop;
        for (at, a) in members.iter().enumerate() {
            for b in &members[at + 1..] {
                let bits = DEMO.engine.score(&prepared[a], &prepared[b]).unwrap().bits;
                if bits >= stop {
                    let link = snapshot.link_between(*a, *b);
                    *worth += 1;
                    *found += usize::from(link.is_some());
                }
            }
        }
    }
    for (entity_type, _, _, share) in LEAST {
        let (worth, found) = counts[&entity_type];
        assert!(worth > 100);
        assert!(found as f64 >= share * worth as f64, "{entity_type:?}: {found} of {worth}");
    }
}
