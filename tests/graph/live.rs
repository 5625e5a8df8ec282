//! Snapshots that follow the store: after any writes, a snapshot that took up what changed is the one that a build from
//! nothing gives.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use accord::govern::{Field, Policy, View};
use accord::graph::{Cache, EntityIndex, RecordIndex, Snapshot, Statement};
use accord::model::{ClassSet, Handling, RecordId, Timestamp, Verdict};
use accord::store::{Ids, Store};
use proptest::prelude::*;
use proptest::sample::Index;

use super::judgements::say_as;
use super::world::{AGENCIES, Row, World, row};
use crate::policy;

/// Everything that a snapshot tells, without its positions: whatever changes nothing here changes no answer.
fn told(snapshot: &Snapshot) -> String {
    let mut told = format!("{:?}\n", snapshot.tag());
    let entity = |at: EntityIndex| snapshot.entities().rank(at);
    let record = |at: RecordIndex| snapshot.records().rank(at);
    let statement = |it: Statement| match it {
        Statement::Tie(at) => (snapshot.ties().rank(at), snapshot.is_masked_statement(it)),
        Statement::Event(at) => (snapshot.events().rank(at), snapshot.is_masked_statement(it)),
    };
    for (at, it) in snapshot.entities().enumerated() {
        let members: Vec<_> = it.records.iter().map(|at| record(*at)).collect();
        let around: Vec<_> = snapshot
            .incident(at)
            .iter()
            .map(|(other, by)| (entity(*other), snapshot.relationships().rank(*by)))
            .collect();
        let (id, name) = (snapshot.entity_id(at), snapshot.name(at));
        let marks = (snapshot.is_masked(at), snapshot.is_protected(at));
        assert_eq!(snapshot.entity(id), Some(at));
        writeln!(told, "{id} {:?} {name} {marks:?} {members:?} {around:?}", it.entity_type)
            .unwrap();
    }
    for (at, it) in snapshot.records().enumerated() {
        let marks = (snapshot.is_withheld(at), snapshot.is_foreign(at));
        let links: Vec<_> =
            snapshot.links_at(at).iter().map(|link| snapshot.links().rank(*link)).collect();
        let of = entity(snapshot.entity_of(at));
        let id = snapshot.record_id(at);
        assert_eq!(snapshot.record(id), Some(at));
        writeln!(told, "{id} {it:?} {of} {marks:?} {links:?}").unwrap();
    }
    for (at, it) in snapshot.ties().enumerated() {
        writeln!(told, "{} {it:?}", snapshot.tie_id(at)).unwrap();
    }
    for (at, it) in snapshot.events().enumerated() {
        writeln!(told, "{} {it:?} {:?}", snapshot.event_id(at), snapshot.time_of(at)).unwrap();
    }
    writeln!(told, "{:?}\n{:?}", snapshot.links(), snapshot.judgements()).unwrap();
    for (at, it) in snapshot.relationships().enumerated() {
        let shown: Vec<_> = snapshot.statements_of(at).map(statement).collect();
        let ends = (entity(it.source), entity(it.target), it.kind, it.ties, it.events);
        writeln!(told, "{ends:?} {:?} {shown:?}", snapshot.span_of(at)).unwrap();
    }
    told
}

fn same(one: &Snapshot, other: &Snapshot) -> bool {
    let originals = one.figure(|one| other.figure(|other| told(one) == told(other)));
    originals && told(one) == told(other)
}

/// One write of a history.
#[derive(Debug, Clone)]
enum Step {
    /// New rows, handed in at once.
    Rows(Vec<Row>),
    /// A user of an agency says of two records if they are one.
    Judgement { agency: usize, pair: (Index, Index), verdict: usize, user: usize, shared: bool },
    /// Records get another date of review.
    Review { records: Vec<Index>, year: usize },
    /// All objects of some classes are removed.
    Purge { class: Index },
}

fn step() -> impl Strategy<Value = Step> {
    let judgement = (0..3_usize, any::<(Index, Index)>(), 0..3_usize, 0..2_usize, any::<bool>());
    prop_oneof![
        6 => prop::collection::vec(row(), 1..4).prop_map(Step::Rows),
        3 => judgement.prop_map(|(agency, pair, verdict, user, shared)| Step::Judgement {
            agency, pair, verdict, user, shared,
        }),
        1 => (prop::collection::vec(any::<Index>(), 1..4), 0..2_usize)
            .prop_map(|(records, year)| Step::Review { records, year }),
        1 => any::<Index>().prop_map(|class| Step::Purge { class }),
    ]
}

/// Puts one write into the store; `rows` counts the rows so far.
fn apply(world: &World, write: &Step, rows: &mut usize, at: i64) {
    let whole = world.whole();
    let ids: Vec<RecordId> = whole.records().iter().map(|record| record.id).collect();
    match write {
        Step::Rows(new) => {
            world.submit((*rows..).zip(new), new.len());
            *rows += new.len();
        }
        Step::Judgement { agency, pair, verdict, user, shared } if !ids.is_empty() => {
            let (a, b) = (pair.0.get(&ids), pair.1.get(&ids));
            if a != b {
                let verdict = [Verdict::Same, Verdict::NotSame, Verdict::Unsure][*verdict];
                let handling = if *shared { Handling::Shared } else { Handling::Own };
                let by = (AGENCIES[*agency], handling);
                say_as(world, (*a, *b), verdict, ["u", "v"][*user], at, by);
            }
        }
        Step::Review { records, year } if !ids.is_empty() => {
            let rows: BTreeSet<String> = records
                .iter()
                .map(|at| whole.records()[whole.record(*at.get(&ids)).unwrap()].row_id().to_owned())
                .collect();
            let moved = Ids {
                records: whole
                    .records()
                    .iter()
                    .filter(|it| rows.contains(it.row_id()))
                    .map(|it| it.id)
                    .collect(),
                ties: whole
                    .ties()
                    .iter()
                    .filter(|it| rows.contains(&it.local_id))
                    .map(|it| it.id)
                    .collect(),
                events: whole
                    .events()
                    .iter()
                    .filter(|it| rows.contains(&it.local_id))
                    .map(|it| it.id)
                    .collect(),
            };
            let by: Timestamp =
                ["2031-01-01T00:00:00Z", "2032-01-01T00:00:00Z"][*year].parse().unwrap();
            let mut transaction = world.store.begin(&crate::unlogged::MAKING).unwrap();
            transaction.set_review(&moved, by).unwrap();
            transaction.commit().unwrap();
        }
        Step::Purge { class } => {
            let classes = world.store.classes().unwrap();
            if !classes.is_empty() {
                let class: ClassSet = [class.get(&classes).0].into_iter().collect();
                let mut transaction = world.store.begin(&crate::unlogged::MAKING).unwrap();
                transaction.purge(&class).unwrap();
                transaction.commit().unwrap();
            }
        }
        _ => {}
    }
}

/// A policy under which agreements keep fields back.
fn withholding() -> Policy {
    let mut policy = policy::everyone_shares(&AGENCIES);
    for agency in AGENCIES {
        let others: Vec<&str> = AGENCIES.into_iter().filter(|other| *other != agency).collect();
        let mut terms = policy::terms(agency, &others, vec![policy::everything()]);
        terms.fields_never = [Field::BirthDate, Field::HomeAddress].into();
        policy.agreements.insert(policy::agreement_id(agency), policy::signed(terms));
    }
    policy
}

fn view(world: &World, withholds: bool, agency: &str) -> View {
    let policy = if withholds { withholding() } else { policy::everyone_shares(&AGENCIES) };
    policy::view(&policy, agency, &world.store.classes().unwrap())
}

/// The number of random histories; `ACCORD_LIVE_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("ACCORD_LIVE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_that_followed_the_writes_is_the_one_that_a_build_gives(
        writes in prop::collection::vec(step(), 1..14),
        withholds in any::<bool>(),
        sighted in any::<Index>(),
        skips in any::<u16>(),
        merges in any::<bool>(),
    ) {
        let world = World::empty();
        let mut cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
        if merges {
            // Merged by a thread beside nearly every write, whose changes are then put into what was merged.
            cache = cache.with_merge_min(2);
        }
        let mut rows = 0;
        let mut unmasked: BTreeSet<RecordId> = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for (step, write) in writes.iter().enumerate() {
            apply(&world, write, &mut rows, step as i64);
            if step == 2 {
                let ids: Vec<RecordId> = world.whole().records().iter().map(|it| it.id).collect();
                unmasked.extend((!ids.is_empty()).then(|| *sighted.get(&ids)));
            }
            // A view that is not asked for a while takes up several writes at once.
            if skips >> step & 1 == 1 && step + 1 < writes.len() {
                continue;
            }
            for agency in AGENCIES {
                let view = view(&world, withholds, agency);
                let fresh = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
                let masked = cache.masked(&world.store, &view, "x").unwrap().0;
                let made = fresh.masked(&world.store, &view, "x").unwrap().0;
                prop_assert!(same(&masked, &made), "{} \n---\n{}", told(&masked), told(&made));
                let plain = cache.snapshot(&world.store, &view).unwrap().0;
                let built = fresh.snapshot(&world.store, &view).unwrap().0;
                prop_assert!(same(&plain, &built), "{} \n---\n{}", told(&plain), told(&built));
                prop_assert!(same(&plain.merged(), &built));
                prop_assert!(same(&masked.merged(), &masked));
                let reveal = |cache: &Cache| {
                    cache.reveal(&world.store, &view, (&unmasked, "x"), || ()).unwrap()
                };
                match (reveal(&cache), reveal(&fresh)) {
                    (Some((one, _)), Some((other, _))) => {
                        prop_assert!(same(&one, &other), "{} \n---\n{}", told(&one), told(&other));
                    }
                    (one, other) => prop_assert_eq!(one.is_none(), other.is_none()),
                }
                seen.insert(agency);
            }
        }
        prop_assert!(!seen.is_empty());
    }
}

/// Writes reach every view without one of them being built anew, also those that make a new class, and those that a
/// view does not see leave its snapshot as it is.
#[test]
fn views_follow_writes_and_are_not_built_anew() {
    let world = World::empty();
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let person = |agency: &str, id: &str, handling: &str| {
        let body =
            serde_json::json!({ "type": "person", "names": [{ "full": "Katarina Horvat" }] });
        world.person(agency, id, body, handling)
    };
    let get = |agency: &str| cache.masked(&world.store, &world.view(agency), "x").unwrap();
    person("a", "1", "shared");
    person("b", "1", "own");
    let (one, other) = (get("a"), get("b"));
    let builds = cache.builds();
    for number in 2..40 {
        person("b", &number.to_string(), "own");
        let now = get("a");
        assert!(now.0.records().is_same(one.0.records()) && now.1 == one.1, "nothing to see");
    }
    person("a", "2", "own");
    person("c", "1", "shared");
    assert_eq!(get("a").0.records().len(), one.0.records().len() + 2);
    assert_eq!(get("b").0.records().len(), other.0.records().len() + 39);
    assert_eq!(cache.builds(), builds);
}

/// The store scores links on whole records. A view from which an agreement keeps a field back has a link scored without
/// it, also where the store hands its own on with the new record.
#[test]
fn a_link_is_scored_without_what_is_withheld_from_the_first_moment() {
    let world = World::empty();
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let person = |agency: &str, handling: &str| {
        let names = serde_json::json!([{ "full": "Katarina Horvat" }]);
        let body = serde_json::json!({
            "type": "person", "names": names, "birth_date": "1991-07-03",
            "emails": ["k.horvat@example.org"],
        });
        world.person(agency, "1", body, handling)
    };
    let get = || cache.masked(&world.store, &view(&world, true, AGENCIES[1]), "x").unwrap().0;
    person(AGENCIES[0], "shared");
    get();
    person(AGENCIES[1], "own");
    let snapshot = get();
    let levels = &snapshot.links().first().unwrap().levels;
    let born = levels.iter().find(|level| level.attribute == "birth_date").unwrap();
    assert_eq!(born.level, "missing");
    assert_eq!(cache.builds(), 1);
}
