//! The laws of the shared hub, on views small enough to know by heart.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::graph::{Entity, Parts, Position, RecordIndex, Snapshot};
use crate::model::{
    Address, Body, Handling, IdKey, Label, Organization, Person, PersonName, Phone, Record,
    RecordId, Span, SubjectCategory, Tie, TieKind, Timestamp, Vehicle,
};

const DAY: i64 = 86_400_000_000;

/// A view under construction: records by entity, and ties. Each record and tie is its own row.
#[derive(Clone, Default)]
struct Bench {
    records: Vec<(String, Record)>,
    ties: Vec<Tie>,
}

fn label(category: SubjectCategory, agency: &str) -> Label {
    Label {
        agency: agency.into(),
        category,
        tier: 1,
        handling: Handling::Shared,
        ..Label::default()
    }
}

/// A word whose skeleton no other number has.
fn word(mut number: usize) -> String {
    let mut word = String::new();
    for letters in [b"bdklm", b"nprst", b"bdklm", b"nprst"] {
        word.push(letters[number % 5] as char);
        word.push('a');
        number /= 5;
    }
    word
}

impl Bench {
    fn record(&mut self, entity: &str, body: Body, category: SubjectCategory) -> RecordId {
        let local_id = format!("{entity}/{}", self.records.len());
        let id = IdKey::default().record("a", &local_id);
        let (raw, label) = (BTreeMap::new(), label(category, "a"));
        let record = Record {
            id,
            local_id,
            sibling: false,
            public: false,
            source: "s".into(),
            label,
            grade: None,
            nature: None,
            raw,
            body,
        };
        self.records.push((entity.into(), record));
        id
    }

    fn named(&mut self, entity: &str, given: usize, family: usize) -> RecordId {
        let name = PersonName {
            given: Some(word(given)),
            family: Some(word(family)),
            ..PersonName::default()
        };
        let person = Person { names: vec![name], ..Person::default() };
        self.record(entity, Body::Person(person), SubjectCategory::Unknown)
    }

    /// A person whose name has nothing in common with that of any other number.
    fn person(&mut self, number: usize) -> RecordId {
        self.named(&format!("person-{number}"), 2 * number, 2 * number + 1)
    }

    fn phone(&mut self, number: usize) -> RecordId {
        let phone = Phone { number: format!("+1312555{number:04}"), region: None };
        self.record(&format!("phone-{number}"), Body::Phone(phone), SubjectCategory::Unknown)
    }

    fn address(&mut self, number: usize) -> RecordId {
        let address = Address {
            line: Some(format!("{number} Oak Street")),
            city: Some("Chicago".into()),
            ..Address::default()
        };
        let name = format!("address-{number}");
        self.record(&name, Body::Address(address), SubjectCategory::Unknown)
    }

    fn organization(&mut self, entity: &str, kind: &str) -> RecordId {
        let body = Organization { kind: Some(kind.into()), ..Organization::default() };
        self.record(entity, Body::Organization(body), SubjectCategory::Unknown)
    }

    /// A tie at a time in microseconds; undated without.
    fn tie(&mut self, kind: TieKind, from: RecordId, to: RecordId, at: Option<i64>) {
        let row = self.ties.len().to_string();
        let at = at.map(|at| Timestamp::from_micros(at).unwrap());
        self.ties.push(Tie {
            id: IdKey::default().tie("a", &row, kind, from, to),
            kind,
            from,
            to,
            span: Span { from: at, to: None },
            confidence: 1.0,
            local_id: row,
            label: label(SubjectCategory::Unknown, "a"),
        });
    }

    /// Ordinary phones of one user each.
    fn population(&mut self, count: usize) {
        for number in 100..100 + count {
            let (person, phone) = (self.person(number), self.phone(number));
            self.tie(TieKind::Uses, person, phone, Some(0));
        }
    }

    fn snapshot(&self) -> Snapshot {
        let mut all = self.records.clone();
        all.sort_by_key(|(_, record)| record.id);
        let mut members: BTreeMap<&str, Vec<RecordIndex>> = BTreeMap::new();
        for (index, (entity, _)) in (0u32..).zip(&all) {
            members.entry(entity).or_default().push(RecordIndex::new(index));
        }
        let entities = Entity::list(members.into_values().map(|records| {
            let first = &all[records[0].raw() as usize].1;
            let entity_type = first.entity_type();
            (IdKey::default().entity(entity_type, first.id), entity_type, records.into())
        }));
        let mut ties = self.ties.clone();
        ties.sort_by_key(|tie| tie.id);
        let records = all.into_iter().map(|(_, record)| record).collect();
        Parts { records, entities, ties, ..Parts::default() }.snapshot()
    }

    fn report(&self) -> Report {
        shared_hubs(&self.snapshot(), &SharedHubOptions::default())
    }

    fn report_with(&self, options: &SharedHubOptions) -> Report {
        shared_hubs(&self.snapshot(), options)
    }
}

/// Fires at three blocks whatever the population, and knows no recycled numbers.
fn plain() -> SharedHubOptions {
    SharedHubOptions {
        phone_blocks: 3,
        p_max: 1.0,
        p_rank_max: 1.0,
        recycled_gap_days: 100_000,
        ..SharedHubOptions::default()
    }
}

/// People 0 to `count` on phone 0, a day apart, among ordinary phones.
fn ring(count: usize) -> Bench {
    let mut bench = Bench::default();
    bench.population(150);
    let phone = bench.phone(0);
    for number in 0..count {
        let person = bench.person(number);
        bench.tie(TieKind::Uses, person, phone, Some(number as i64 * DAY));
    }
    bench
}

#[test]
fn five_unrelated_people_on_one_phone_among_ordinary_phones_fire() {
    let report = ring(5).report();
    assert_eq!((report.findings.len(), report.exempted.len()), (1, 0));
    let finding = &report.findings[0];
    assert_eq!((finding.u, finding.firing_at, finding.subjects.len()), (5, 4, 5));
    assert_eq!((finding.ties.len(), finding.records.len()), (5, 6));
    assert!(finding.p < 1e-6 && finding.q < 1e-4 && finding.score > 0.9);
    assert_eq!(finding.p_rank, 1.0 / 151.0);
    assert_eq!(finding.strength, Strength::Medium, "one agency alone is never strong");
    assert_eq!(finding.counterfactual.records.len(), 2);
    assert!(ring(3).report().findings.is_empty());
}

#[test]
fn with_few_hubs_nothing_is_unusual() {
    let mut bench = Bench::default();
    bench.population(2);
    let phone = bench.phone(0);
    for number in 0..5 {
        let person = bench.person(number);
        bench.tie(TieKind::Uses, person, phone, None);
    }
    assert!(bench.report().findings.is_empty());
}

#[test]
fn a_family_of_nine_with_one_phone_is_one_block() {
    let mut bench = Bench::default();
    bench.population(150);
    let (phone, home) = (bench.phone(0), bench.address(1));
    for number in 0..9 {
        // Seven share the family name, two came with names of their own.
        let family = if number < 7 { 300 } else { 500 + number };
        let person = bench.named(&format!("person-{number}"), 2 * number, family);
        bench.tie(TieKind::Uses, person, phone, Some(0));
        bench.tie(TieKind::LivesAt, person, home, Some(0));
    }
    let report = bench.report_with(&SharedHubOptions { phone_blocks: 2, ..plain() });
    assert!(report.findings.is_empty() && report.exempted.is_empty());
    let report = bench.report_with(&SharedHubOptions { phone_blocks: 1, p_max: 1.0, ..plain() });
    let blocks = report.findings.iter().filter(|finding| finding.subjects[0].people.len() == 9);
    assert_eq!(blocks.count(), 1);
}

#[test]
fn a_family_seen_in_one_car_on_one_day_is_one_block() {
    let on_days = |apart: i64| {
        let mut bench = Bench::default();
        let car = bench.record("car", Body::Vehicle(Vehicle::default()), SubjectCategory::Unknown);
        for number in 0..5 {
            let person = bench.named(&format!("person-{number}"), 2 * number, 301);
            bench.tie(TieKind::Drives, person, car, Some(number as i64 * apart));
        }
        let options = SharedHubOptions { vehicle_blocks: 3, ..plain() };
        bench.report_with(&options).findings.len()
    };
    assert_eq!((on_days(DAY), on_days(DAY + 1)), (0, 1));
}

#[test]
fn a_shelter_is_exempt_and_says_why() {
    let build = |kind: Option<&str>| {
        let mut bench = Bench::default();
        for number in 100..250 {
            let (person, home) = (bench.person(number), bench.address(number));
            bench.tie(TieKind::LivesAt, person, home, Some(0));
        }
        let house = bench.address(0);
        for number in 0..8 {
            let person = bench.person(number);
            bench.tie(TieKind::StayedAt, person, house, Some(number as i64 * DAY));
        }
        if let Some(kind) = kind {
            let organization = bench.organization("house", kind);
            bench.tie(TieKind::LivesAt, organization, house, None);
        }
        bench.report()
    };
    assert_eq!(build(None).findings.len(), 1);
    assert_eq!(build(Some("massage")).findings.len(), 1);
    let report = build(Some("Women's Shelters"));
    assert!(report.findings.is_empty());
    assert!(matches!(
        &report.exempted[..],
        [Exempted { u: 8, reason: Exemption::Organization { kind, .. }, .. }] if kind.as_deref() == Some("shelters")
    ));
}

#[test]
fn a_switchboard_and_a_recycled_number_are_exempt() {
    let mut switchboard = ring(6);
    let phone = switchboard.phone(0);
    let firm = switchboard.organization("firm", "retail");
    switchboard.tie(TieKind::Uses, firm, phone, None);
    for number in 0..6 {
        let person = switchboard.person(number);
        switchboard.tie(TieKind::WorksFor, person, firm, None);
    }
    let report = switchboard.report();
    assert!(report.findings.is_empty());
    assert!(matches!(report.exempted[0].reason, Exemption::Workplace { .. }));

    let mut recycled = Bench::default();
    recycled.population(150);
    let phone = recycled.phone(0);
    for number in 0..4 {
        let person = recycled.person(number);
        let at = if number < 2 { number } else { number + 91 };
        recycled.tie(TieKind::Uses, person, phone, Some(at as i64 * DAY));
    }
    let report = recycled.report();
    assert!(report.findings.is_empty());
    assert_eq!(report.exempted[0].reason, Exemption::Recycled);
}

#[test]
fn the_window_is_half_open() {
    for (offset, fires) in [(-1, true), (0, false), (1, false)] {
        let mut bench = Bench::default();
        let phone = bench.phone(0);
        for (number, at) in [0, DAY, 180 * DAY + offset].into_iter().enumerate() {
            let person = bench.person(number);
            bench.tie(TieKind::Uses, person, phone, Some(at));
        }
        let report = bench.report_with(&plain());
        assert_eq!(report.findings.len(), usize::from(fires), "{offset} µs");
        if let Some(finding) = report.findings.first() {
            let window = finding.window.unwrap();
            assert_eq!((window.from.as_micros(), window.to.as_micros()), (0, 180 * DAY));
        }
    }
}

#[test]
fn possible_victims_are_protected_and_weak_ties_are_no_evidence() {
    let mut bench = ring(5);
    let victim = Body::Person(Person::default());
    bench.record("person-2", victim, SubjectCategory::PossibleVictim);
    let report = bench.report();
    let protected = report.findings[0].subjects.iter().filter(|subject| subject.protected);
    assert_eq!(protected.count(), 1);
    bench.ties.iter_mut().for_each(|tie| tie.confidence = 0.79);
    assert_eq!(bench.report().populations.values().sum::<usize>(), 0);
}

/// Statements (person, record of the person, day) about phone 0; an undated one has no day.
fn statements() -> impl Strategy<Value = Vec<(usize, usize, Option<i64>)>> {
    let day = proptest::option::weighted(0.9, 0i64..500);
    proptest::collection::vec((0usize..6, 0usize..2, day), 1..11)
}

fn stated(statements: &[(usize, usize, Option<i64>)]) -> Bench {
    let mut bench = Bench::default();
    let phone = bench.phone(0);
    let records: Vec<Vec<RecordId>> =
        (0..6).map(|person| (0..2).map(|_| bench.person(person)).collect()).collect();
    for (person, record, day) in statements {
        bench.tie(TieKind::Uses, records[*person][*record], phone, day.map(|day| day * DAY));
    }
    bench
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_counterfactual_silences_the_finding_and_nothing_smaller_does(said in statements()) {
        let bench = stated(&said);
        let report = bench.report_with(&plain());
        let Some(finding) = report.findings.first() else { return Ok(()) };
        let fires_without = |removed: &[RecordId]| {
            let mut rest = bench.clone();
            rest.ties.retain(|tie| !removed.contains(&tie.from));
            !rest.report_with(&plain()).findings.is_empty()
        };
        prop_assert!(finding.counterfactual.exact);
        prop_assert!(!fires_without(&finding.counterfactual.records));
        let mut people: Vec<RecordId> = bench.ties.iter().map(|tie| tie.from).collect();
        people.sort();
        people.dedup();
        for set in 0u32..1 << people.len() {
            if (set.count_ones() as usize) < finding.counterfactual.records.len() {
                let removed: Vec<RecordId> = (0..people.len())
                    .filter(|at| set >> at & 1 == 1)
                    .map(|at| people[at])
                    .collect();
                prop_assert!(fires_without(&removed), "{removed:?} is smaller");
            }
        }
    }

    #[test]
    fn more_evidence_never_lowers_u_or_score(said in statements(), more in statements()) {
        let always = SharedHubOptions { phone_blocks: 1, ..plain() };
        let of = |bench: &Bench| {
            let report = bench.report_with(&always);
            report.findings.first().map(|finding| (finding.u, finding.score))
        };
        let (few, many) = (of(&stated(&said)), of(&stated(&[said, more].concat())));
        let ((u, score), (u_more, score_more)) = (few.unwrap(), many.unwrap());
        prop_assert!(u_more >= u && score_more >= score);
    }

    #[test]
    fn the_order_of_input_changes_nothing(said in statements(), turn in 0usize..20) {
        let bench = stated(&said);
        let mut other = bench.clone();
        other.records.rotate_left(turn % bench.records.len());
        other.ties.rotate_left(turn % bench.ties.len());
        other.ties.reverse();
        prop_assert_eq!(other.report_with(&plain()), bench.report_with(&plain()));
    }

    #[test]
    fn the_window_found_is_the_best_there_is(said in statements()) {
        let report = stated(&said).report_with(&SharedHubOptions { phone_blocks: 1, ..plain() });
        // Any window can be moved to begin at a statement without losing one.
        let starts = said.iter().filter_map(|(_, _, day)| *day).chain([0]);
        let most = starts.map(|start| {
            let inside = |day: &Option<i64>| day.is_none_or(|day| (start..start + 180).contains(&day));
            let met = said.iter().filter(|(_, _, day)| inside(day));
            met.map(|(person, _, _)| person).collect::<BTreeSet<_>>().len()
        });
        prop_assert_eq!(report.findings[0].u, most.max().unwrap());
    }
}
