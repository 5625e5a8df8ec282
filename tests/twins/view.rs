//! The view, compared with the plain reference: the visible objects, and the records that may be linked.

use std::collections::BTreeSet;
use std::sync::Arc;

use accord::govern::{Field, Rules, View};
use accord::graph::{self, Snapshot};
use accord::ingest::SubmittedRow;
use accord::jobs;
use accord::model::{Body, IdKey, Judgement, Kind, Link, Record, RecordId, Tie, TieKind, Verdict};
use accord::resolve::{Engine, Model};
use accord::store::{self, Batch, Store};

use super::reference::Access;
use super::world::{Caller, World};
use super::{dice, fill, folder, reference, seed, world};
use crate::policy::{handed_in, time};

/// The snapshot that the production path gives a caller is the one of a store that holds a copy of the objects that are
/// visible by the plain reference, and nothing else.
#[test]
fn a_view_is_as_a_copy_of_the_visible_part() {
    let seed = seed();
    let engine = Engine::new(Model::shipped());
    let mut seen = 0;
    for pair in 0..300 {
        let mut rng = dice(seed, 20_000 + pair);
        let (world, caller) = (world::world(&mut rng), world::caller(&mut rng));
        let (whole_folder, copy_folder) = (folder(), folder());
        let open = |folder: &tempfile::TempDir| {
            let path = folder.path().join("s.accord");
            store::open(&path.to_str().unwrap().parse().unwrap(), true).unwrap()
        };
        let (whole, copy) = (open(&whole_folder), open(&copy_folder));
        fill(whole.as_ref(), &world);
        let decided = View::decide(
            &caller.question(),
            &Rules::of(world.policy.clone()),
            &whole.classes().unwrap(),
        )
        .view;
        copy_visible(&world, &caller, copy.as_ref(), &engine);
        let all = View::whole_store(&crate::policy::holder(), &copy.classes().unwrap());
        let snapshot = |store: &dyn Store, view: &View| {
            let (snapshot, _) = graph::build(store, view, &IdKey::default(), &engine).unwrap();
            // The copy does not know that anything was kept back; names of snapshots tell it.
            format!("{:#?}", snapshot.bare())
        };
        let (one, other) = (snapshot(whole.as_ref(), &decided), snapshot(copy.as_ref(), &all));
        assert!(one == other, "seed {seed}, pair {pair}: {caller:?}\n{one}\n{other}");
        seen += one.matches("RecordId").count() + one.matches("rec_").count();
    }
    assert!(seen > 300);
}

/// Where victims are masked the production path joins the same records as the plain reference: a clustering of the
/// links that the reference leaves.
#[test]
fn a_masked_view_joins_what_the_reference_joins() {
    let seed = seed();
    let engine = Engine::new(Model::shipped());
    let (mut cut, mut kept) = (0, 0);
    for pair in 0..300 {
        let mut rng = dice(seed, 30_000 + pair);
        let (world, caller) = (world::world(&mut rng), world::caller(&mut rng));
        let folder = folder();
        let path = folder.path().join("s.accord");
        let store = store::open(&path.to_str().unwrap().parse().unwrap(), true).unwrap();
        fill(store.as_ref(), &world);
        let (question, rules) = (caller.question(), Rules::of(world.policy.clone()));
        let view = View::decide(&question, &rules, &store.classes().unwrap()).view;
        let case = &caller.case;
        let unmasked = rules.unmasked(&caller.principal, caller.purpose, case, question.at);
        assert_eq!(unmasked, reference::unmasked(&world.policy, &question), "{caller:?}");
        let (id_key, setting) =
            (IdKey::default(), graph::Setting { unmasked: Some(&unmasked), shared: None });
        let store = store.as_ref();
        let (whole, _) = graph::build(store, &view, &id_key, &engine).unwrap();
        let (masked, _) = graph::build_in(store, &view, &id_key, &engine, &setting).unwrap();
        let record = |id| &whole.records()[whole.record(id).unwrap()];
        // A row of which a visible record is in the case is in it whole.
        let in_case =
            |(id, _): &(RecordId, _)| unmasked.contains(id) && whole.record(*id).is_some();
        let rows = world.rows.iter().map(|row| row.records());
        let sighted = rows.filter(|records| records.iter().any(in_case)).flatten();
        let sighted: BTreeSet<RecordId> = sighted.map(|(id, _)| id).collect();
        let agency = caller.principal.agency.as_str();
        let joins = |link: &&Arc<Link>| {
            reference::may_join(record(link.a), record(link.b), agency, &sighted)
        };
        let wanted: Vec<_> = whole.links().iter().filter(joins).collect();
        assert!(
            wanted == masked.links().iter().collect::<Vec<_>>(),
            "seed {seed}, pair {pair}: {caller:?}"
        );
        entities_are_alike(&Arc::new(masked), &sighted, agency);
        cut += whole.links().len() - wanted.len();
        kept += wanted.len();
    }
    println!("{cut} links cut, {kept} kept");
    assert!(cut > 100 && kept > 100);
}

/// Checks that a masked snapshot shows no hidden content, and all content that is readable and in no entity of a
/// victim.
fn entities_are_alike(snapshot: &Arc<Snapshot>, sighted: &BTreeSet<RecordId>, agency: &str) {
    let masked = snapshot.masked();
    for (index, entity) in snapshot.entities().enumerated() {
        let records = || entity.records.iter().map(|it| &snapshot.records()[*it]);
        let victims: Vec<_> = records().filter(|it| it.label.category.is_victim()).collect();
        let all_sighted = victims.iter().all(|it| sighted.contains(&it.id));
        assert_eq!(masked.is_masked(index), !all_sighted);
        for (position, record) in entity.records.iter().zip(records()) {
            let (shown, hidden) = (&masked.records()[*position], masked.is_masked(index));
            assert_eq!(shown.body == record.body, !hidden || record.body == shown.body);
            assert!(!hidden || (shown.local_id.is_empty() && shown.raw.is_empty()));
            assert!(!record.public || shown.local_id.is_empty(), "nor of what row it is");
            let foreign = record.label.category.is_victim()
                && record.label.agency != agency
                && !sighted.contains(&record.id);
            assert_eq!(masked.is_foreign(*position), foreign);
        }
    }
}

/// Copies the objects that are visible by the reference, record by record.
fn copy_visible(world: &World, caller: &Caller, copy: &dyn Store, engine: &Engine) {
    let may = |kind: Kind, label: &accord::model::Label| {
        reference::access(&world.policy, &caller.question(), kind, label)
    };
    let mut outputs = Vec::new();
    let mut visible = BTreeSet::new();
    for row in &world.rows {
        let submitted: SubmittedRow = serde_json::from_value(row.json.clone()).unwrap();
        let mut output = submitted.into_output(row.agency, &IdKey::default()).unwrap();
        let access =
            |record: &accord::model::Record| may(record.entity_type().into(), &record.label);
        output.records.retain(|record| access(record).full);
        output.records = output
            .records
            .into_iter()
            .map(|record| {
                let access = access(&record);
                without(record, &access)
            })
            .collect();
        visible.extend(output.records.iter().map(|record| record.id));
        outputs.push(output);
    }
    for output in &mut outputs {
        output.ties.retain(|tie| {
            let ends = visible.contains(&tie.from) && visible.contains(&tie.to);
            ends && hands_over(tie, &may(Kind::Tie, &tie.label))
        });
        output.events.retain(|event| may(Kind::Event, &event.label).full);
        for event in &mut output.events {
            event.participants.retain(|part| visible.contains(&part.record));
            let access = may(Kind::Event, &event.label);
            if access.withholds(accord::govern::Field::EventPlace) {
                event.place = None;
            }
        }
    }
    jobs::submit(copy, engine, outputs, handed_in(), &crate::unlogged::MAKING).unwrap();
    let mut judgements = Vec::new();
    for judged in &world.judged {
        let label = world::label_of(judged);
        let ends = visible.contains(&judged.a) && visible.contains(&judged.b);
        if ends && may(Kind::Judgement, &label).full {
            judgements.push(Judgement {
                a: judged.a.min(judged.b),
                b: judged.a.max(judged.b),
                verdict: if judged.same { Verdict::Same } else { Verdict::NotSame },
                user: "u".into(),
                at: time("2026-01-01T00:00:00Z"),
                label,
            });
        }
    }
    let mut txn = copy.begin(&crate::unlogged::MAKING).unwrap();
    txn.put(&Batch { judgements, ..Batch::default() }).unwrap();
    txn.commit().unwrap();
}

/// Returns the record as its owner would have to disclose it.
fn without(mut record: Record, access: &Access) -> Record {
    if access.withheld.is_empty() {
        return record;
    }
    record.raw.clear();
    if let Body::Person(person) = &mut record.body {
        if access.withholds(Field::Phones) {
            person.phones = Vec::new();
        }
        if access.withholds(Field::HomeAddress) {
            person.address = None;
        }
        if access.withholds(Field::BirthDate) {
            person.birth_date = None;
        }
    }
    record
}

/// Tells if a tie would be disclosed.
fn hands_over(tie: &Tie, access: &Access) -> bool {
    let withheld = match tie.kind {
        TieKind::Uses => access.withholds(Field::Phones),
        TieKind::LivesAt | TieKind::StayedAt => access.withholds(Field::HomeAddress),
        _ => false,
    };
    access.full && !withheld
}
