//! The laws of explanations.

use proptest::prelude::*;

use super::entity::groups;
use super::{how, why};
use crate::bodies;
use crate::graph::{EntityIndex, LinkIndex, Parts, Position, RecordIndex, Snapshot};
use crate::model::{Body, EntityType, Handling, IdKey, Judgement, Label, Link, SubjectCategory};
use crate::model::{Record, Timestamp, Verdict};
use crate::resolve::{ClusterParameters, Engine, Model, cluster};

fn engine() -> Engine {
    Engine::new(Model::shipped())
}

/// A snapshot of these records in which all are one entity, as linked as `linked` says of each
/// pair in order.
fn snapshot(engine: &Engine, bodies: Vec<Body>, linked: &[Option<f64>]) -> Snapshot {
    let named = bodies.into_iter().enumerate();
    let mut records: Vec<Record> =
        named.map(|(at, body)| bodies::record("police", &at.to_string(), body)).collect();
    records.sort_by_key(|record| record.id);
    let mut links = Vec::new();
    let count = records.len();
    let pairs = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b)));
    for ((a, b), bits) in pairs.zip(linked) {
        let (a, b) = (records[a].id, records[b].id);
        let model = engine.model().version.clone();
        links.extend(bits.map(|bits| Link { a, b, bits, levels: Vec::new(), model }));
    }
    let id_key = IdKey::default();
    let first = &records[0];
    let entity_type = first.entity_type();
    let records_of = (0..count as u32).map(RecordIndex::new).collect();
    let entities = crate::graph::Entity::list([(
        id_key.entity(entity_type, first.id),
        entity_type,
        records_of,
    )]);
    Parts { id_key, records, entities, links, ..Parts::default() }.snapshot()
}

/// The only entity of a snapshot.
fn all() -> EntityIndex {
    EntityIndex::new(0)
}

fn record(at: u32) -> RecordIndex {
    RecordIndex::new(at)
}

fn judgement(snapshot: &Snapshot, a: u32, b: u32, verdict: Verdict, at: i64) -> Judgement {
    let category = SubjectCategory::Unknown;
    Judgement {
        a: snapshot.records()[record(a)].id,
        b: snapshot.records()[record(b)].id,
        verdict,
        user: "u".into(),
        at: Timestamp::from_micros(at).unwrap(),
        label: Label {
            agency: "police".into(),
            category,
            tier: 0,
            handling: Handling::Own,
            ..Label::default()
        },
    }
}

/// Records and bits for some of their pairs.
fn group() -> impl Strategy<Value = (usize, Vec<Option<f64>>)> {
    (2..7usize).prop_flat_map(|count| {
        let bits = prop::option::weighted(0.7, (-3.0..20.0f64).prop_map(f64::round));
        (Just(count), prop::collection::vec(bits, count * (count - 1) / 2))
    })
}

fn phones(count: usize) -> Vec<Body> {
    let [_, phone, ..] = bodies::empty();
    vec![phone; count]
}

proptest! {
    #[test]
    fn the_steps_add_up_to_the_score_and_the_order_of_the_records_does_not_matter(
        (a, b) in bodies::pair(),
    ) {
        let engine = engine();
        let snapshot = snapshot(&engine, vec![a, b], &[None]);
        let found = why(&snapshot, &engine, record(0), record(1)).unwrap();
        prop_assert_eq!(&found, &why(&snapshot, &engine, record(1), record(0)).unwrap());
        let [a, b] = [0, 1].map(|at| engine.prepare(&snapshot.records()[record(at)]));
        let score = engine.score(&a, &b).unwrap();
        prop_assert_eq!(found.steps.last().unwrap().total(), score.bits);
        let mut total = 0.0;
        for step in &found.steps {
            total += step.bits();
            prop_assert_eq!(step.total(), total);
        }
        let shared = engine.keys(&a).iter().filter(|key| engine.keys(&b).contains(key)).count();
        prop_assert_eq!(found.shared_keys, shared);
        prop_assert_eq!(found.why_not.is_some(), score.bits < found.stop);
        for ask in &found.ask {
            prop_assert_eq!((ask.level.as_str(), ask.bits > 0.0), ("missing", true));
        }
    }

    #[test]
    fn the_set_named_lifts_to_the_stop_and_no_smaller_one_does((a, b) in bodies::pair()) {
        let engine = engine();
        let snapshot = snapshot(&engine, vec![a, b], &[None]);
        let found = why(&snapshot, &engine, record(0), record(1)).unwrap();
        let Some(why_not) = found.why_not else { return Ok(()) };
        let gains: Vec<f64> = why_not.gains.iter().map(|gain| gain.bits).collect();
        prop_assert!(gains.windows(2).all(|pair| pair[0] >= pair[1]));
        let lifts = |set: u32| {
            let chosen = (0..gains.len()).filter(|at| set >> at & 1 == 1);
            found.score.bits + chosen.map(|at| gains[at]).sum::<f64>() >= found.stop - 1e-9
        };
        let smallest = (0..1u32 << gains.len()).filter(|set| lifts(*set)).map(u32::count_ones).min();
        prop_assert_eq!(why_not.smallest.map(|count| count as u32), smallest);
        prop_assert!((found.score.bits + why_not.needed - found.stop).abs() < 1e-9);
        if let Some(count) = why_not.smallest {
            prop_assert!(lifts((1 << count) - 1));
        }
    }

    #[test]
    fn without_its_weakest_link_an_entity_is_the_clustering_of_the_rest(
        (count, bits) in group(),
        judged in prop::collection::vec((0..6usize, 0..6usize, 0..3i64, any::<bool>()), 0..4),
    ) {
        let engine = engine();
        let mut snapshot = snapshot(&engine, phones(count), &bits);
        let (mut must, mut cannot) = (Vec::new(), Vec::new());
        for (a, b, at, same) in judged {
            let (a, b) = (a.min(b), a.max(b));
            let taken = |pairs: &[(u32, u32)]| pairs.contains(&(a as u32, b as u32));
            if b >= count || a == b || taken(&must) || taken(&cannot) {
                continue;
            }
            let pairs = if same { &mut must } else { &mut cannot };
            pairs.push((a as u32, b as u32));
            let verdict = if same { Verdict::Same } else { Verdict::NotSame };
            let said = judgement(&snapshot, a as u32, b as u32, verdict, at);
            snapshot.add_judgement(said);
        }
        let found = how(&snapshot, &engine, all());
        let spanning = &found.explanation.spanning;
        prop_assert_eq!(found.weakest, spanning.last().copied());
        let strength = |link: LinkIndex| snapshot.links()[link].bits;
        if let Some(weakest) = found.weakest {
            prop_assert!(spanning.iter().all(|link| strength(*link) >= strength(weakest)));
        }
        let number = |id| snapshot.record(id).unwrap().raw();
        let rest: Vec<(u32, u32, f64)> = snapshot
            .links()
            .enumerated()
            .filter(|(at, _)| Some(*at) != found.weakest)
            .map(|(_, link)| (number(link.a), number(link.b), link.bits))
            .collect();
        let parameters = engine.cluster_parameters(EntityType::Phone);
        let labels = cluster(count, &rest, &must, &cannot, &parameters);
        for group in &found.without_weakest {
            prop_assert!(group.iter().all(|record| labels[record.raw() as usize] == group[0].raw()));
        }
        let records: usize = found.without_weakest.iter().map(Vec::len).sum();
        prop_assert_eq!(records, count);
        prop_assert_eq!(cohesion(count, &snapshot, &parameters), found.cohesion);
    }
}

fn cohesion(count: usize, snapshot: &Snapshot, parameters: &ClusterParameters) -> Option<f64> {
    let pairs = count * (count - 1) / 2;
    let linked: f64 = snapshot.links().iter().map(|link| link.bits).sum();
    let absent = (pairs - snapshot.links().len()) as f64 * parameters.absent_pair;
    (pairs > 0).then(|| (linked + absent) / pairs as f64)
}

#[test]
fn a_chain_falls_apart_at_its_weakest_link_unless_a_human_holds_it() {
    let engine = engine();
    // Pairs in order: 01, 02, 12.
    let mut snapshot = snapshot(&engine, phones(3), &[Some(12.0), None, Some(9.0)]);
    assert_eq!(groups(&snapshot, &engine, all(), None), [[0, 1, 2].map(record)]);
    let found = how(&snapshot, &engine, all());
    assert_eq!(snapshot.links()[found.weakest.unwrap()].bits, 9.0);
    assert_eq!(found.without_weakest, [vec![record(0), record(1)], vec![record(2)]]);
    let said = judgement(&snapshot, 0, 2, Verdict::Same, 1);
    snapshot.add_judgement(said);
    assert_eq!(how(&snapshot, &engine, all()).without_weakest, [[0, 1, 2].map(record)]);
    // The latest judgement stands.
    let said = judgement(&snapshot, 0, 2, Verdict::Unsure, 2);
    snapshot.add_judgement(said);
    assert_eq!(how(&snapshot, &engine, all()).without_weakest.len(), 2);
    let pair = why(&snapshot, &engine, record(2), record(0)).unwrap();
    assert_eq!((pair.verdict, pair.linked), (Some(Verdict::Unsure), false));
}

#[test]
fn records_that_say_nothing_are_the_prior_and_all_is_to_be_asked() {
    let engine = engine();
    for body in bodies::empty() {
        let model = &engine.model().types[&body.entity_type()];
        let attributes = model.attributes.len();
        // An attribute of which no level says anything is not worth asking for.
        let telling =
            model.attributes.iter().filter(|it| it.levels.iter().any(|it| it.bits() > 0.0));
        let telling = telling.count();
        let snapshot = snapshot(&engine, vec![body.clone(), body], &[None]);
        let found = why(&snapshot, &engine, record(0), record(1)).unwrap();
        let household = usize::from(model.household.is_some());
        assert_eq!(found.steps.len(), 1 + attributes + household);
        assert!(found.steps[1..].iter().all(|step| step.bits() == 0.0));
        assert_eq!((found.ask.len(), found.shared_keys), (telling, 0));
        assert!(why(&snapshot, &engine, record(1), record(1)).is_none());
    }
}
