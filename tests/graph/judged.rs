//! Random judgements: the ones that count, the ones that do not, and that all can be taken back.

use std::collections::BTreeMap;

use accord::graph::Snapshot;
use accord::jobs;
use accord::model::{Handling, Judgement, Label, RecordId, SubjectCategory, Timestamp, Verdict};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::world::{AGENCIES, World, entity, row, text};

/// A judgement on two of the records.
#[derive(Debug, Clone)]
struct Said {
    pair: (Index, Index),
    verdict: Verdict,
    user: &'static str,
    at: i64,
    agency: usize,
    shared: bool,
}

fn said() -> impl Strategy<Value = Said> {
    let verdicts = vec![Verdict::Same, Verdict::NotSame, Verdict::Unsure];
    let pair = any::<(Index, Index)>();
    let users = select(vec!["u", "v"]);
    (pair, select(verdicts), users, 1..4i64, 0..AGENCIES.len(), any::<bool>()).prop_map(
        |(pair, verdict, user, at, agency, shared)| Said {
            pair,
            verdict,
            user,
            at,
            agency,
            shared,
        },
    )
}

/// The judgements on pairs of the snapshot's records of one type; each user and agency says one
/// thing of a pair.
fn judgements(snapshot: &Snapshot, all: &[Said]) -> Vec<(usize, Judgement)> {
    let mut made: BTreeMap<_, (usize, Judgement)> = BTreeMap::new();
    for said in all {
        let records: Vec<_> = snapshot.records().iter().collect();
        let record = |index: &Index| *index.get(&records);
        let (one, other) = (record(&said.pair.0), record(&said.pair.1));
        if one.id == other.id || one.entity_type() != other.entity_type() {
            continue;
        }
        let handling = if said.shared { Handling::Shared } else { Handling::Own };
        let label = Label {
            agency: AGENCIES[said.agency].into(),
            category: SubjectCategory::Unknown,
            tier: 0,
            handling,
            ..Label::default()
        };
        let (a, b) = (one.id.min(other.id), one.id.max(other.id));
        let at = Timestamp::from_micros(said.at).unwrap();
        let (verdict, user) = (said.verdict, said.user.into());
        let judgement = Judgement { a, b, verdict, user, at, label };
        made.insert((a, b, said.user, said.agency), (said.agency, judgement));
    }
    made.into_values().collect()
}

/// The verdict that counts for each pair, computed plainly: the latest, and of one instant the most careful.
fn effective(seen: &[&Judgement]) -> BTreeMap<(RecordId, RecordId), Verdict> {
    let mut pairs: BTreeMap<(RecordId, RecordId), Vec<&Judgement>> = BTreeMap::new();
    seen.iter().for_each(|it| pairs.entry((it.a, it.b)).or_default().push(it));
    let of_pair = |all: Vec<&Judgement>| {
        let last = all.iter().map(|it| it.at).max().unwrap();
        let verdicts: Vec<Verdict> =
            all.iter().filter(|it| it.at == last).map(|it| it.verdict).collect();
        let order = [Verdict::NotSame, Verdict::Unsure, Verdict::Same];
        order.into_iter().find(|it| verdicts.contains(it)).unwrap()
    };
    pairs.into_iter().map(|(pair, all)| (pair, of_pair(all))).collect()
}

fn judge(world: &World, judgements: &[(usize, Judgement)]) {
    judgements.iter().for_each(|(_, it)| {
        jobs::judge(&world.store, it.clone(), &crate::unlogged::MAKING).unwrap()
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn judgements_part_and_join_as_said_whoever_said_them_first_and_can_be_taken_back(
        rows in prop::collection::vec(row(), 2..14),
        all in prop::collection::vec(said(), 1..10),
        caller in 0..AGENCIES.len(),
    ) {
        let (one, other) = (World::empty(), World::empty());
        one.submit(rows.iter().enumerate(), rows.len());
        other.submit(rows.iter().enumerate(), rows.len());
        let agency = AGENCIES[caller];
        let before = one.snapshot(agency);
        let mut judgements = judgements(&one.whole(), &all);
        judge(&one, &judgements);

        // Said in another order: the same bytes.
        judgements.reverse();
        judge(&other, &judgements);
        let after = one.snapshot(agency);
        prop_assert_eq!(text(&after), text(&other.snapshot(agency)));

        // The judgements that the caller sees, and the verdicts that follow from them.
        let seen: Vec<&Judgement> = judgements
            .iter()
            .filter(|(owner, it)| *owner == caller || it.label.handling == Handling::Shared)
            .map(|(_, it)| it)
            .filter(|it| after.record(it.a).is_some() && after.record(it.b).is_some())
            .collect();
        prop_assert_eq!(after.judgements().len(), seen.len());
        let effective = effective(&seen);
        let apart = effective.values().any(|it| *it == Verdict::NotSame);
        for ((a, b), verdict) in &effective {
            let same = entity(&after, *a) == entity(&after, *b);
            prop_assert!(*verdict != Verdict::NotSame || !same, "parted");
            prop_assert!(apart || *verdict != Verdict::Same || same, "joined");
        }
        if effective.values().all(|it| *it == Verdict::Unsure) {
            prop_assert_eq!(&after.entities(), &before.entities());
        }
        prop_assert_eq!(after.tag() == before.tag(), seen.is_empty(), "the tag tells, if it was seen");

        // Taken back, every entity is as it was.
        for (_, judgement) in &mut judgements {
            judgement.verdict = Verdict::Unsure;
            judgement.at = Timestamp::from_micros(9).unwrap();
        }
        judge(&one, &judgements);
        let back = one.snapshot(agency);
        prop_assert_eq!(&back.entities(), &before.entities());
        prop_assert_eq!(&back.relationships(), &before.relationships());
    }
}
