//! Small objects to store.

use accord::model::{
    BlockKey, Body, ClassId, Content, Event, EventKind, FormId, FormLink, Handling, IdKey,
    Judgement, Label, LevelHit, Nature, Participant, Person, Phone, Record, RecordId, Role, Span,
    SubjectCategory, Tie, TieKind, Timestamp, Verdict,
};
use accord::store::{Batch, NewRecord, SnapshotSink};

pub fn label(agency: &str, handling: Handling) -> Label {
    Label {
        agency: agency.into(),
        category: SubjectCategory::Unknown,
        tier: 0,
        handling,
        ..Label::default()
    }
}

pub fn id(agency: &str, local_id: &str) -> RecordId {
    IdKey::default().record(agency, local_id)
}

pub fn person(agency: &str, local_id: &str, handling: Handling) -> Record {
    Record {
        id: id(agency, local_id),
        local_id: local_id.into(),
        sibling: false,
        public: false,
        source: "test".into(),
        label: label(agency, handling),
        grade: Some("5x5x5:B2".parse().unwrap()),
        nature: Some(Nature::Opinion),
        raw: [("name".to_owned(), format!("{local_id} 'quoted' \"ж\" \\n"))].into(),
        body: Body::Person(Person::default()),
    }
}

pub fn phone(agency: &str, local_id: &str, handling: Handling) -> Record {
    let number = Phone { number: "0049 30 1".into(), region: Some("DE".into()) };
    Record { body: Body::Phone(number), ..person(agency, local_id, handling) }
}

pub fn tie(agency: &str, from: RecordId, to: RecordId, handling: Handling) -> Tie {
    Tie {
        id: IdKey::default().tie(agency, "row", TieKind::Uses, from, to),
        kind: TieKind::Uses,
        from,
        to,
        span: Span { from: Some(time(1)), to: None },
        confidence: 0.75,
        local_id: "row".into(),
        label: label(agency, handling),
    }
}

pub fn event(agency: &str, local_id: &str, records: &[RecordId], handling: Handling) -> Event {
    let mut participants: Vec<Participant> =
        records.iter().map(|record| Participant { role: Role::Subject, record: *record }).collect();
    participants.sort();
    Event {
        id: IdKey::default().event(agency, local_id, EventKind::Sighting),
        local_id: local_id.into(),
        source: "test".into(),
        kind: EventKind::Sighting,
        at: time(2),
        until: None,
        place: None,
        participants,
        text: None,
        amount: None,
        label: label(agency, handling),
    }
}

/// A record that says what no other says.
pub fn stored(record: &Record) -> NewRecord {
    saying(record, record.id.0)
}

/// A record that says the same as others.
pub fn saying(record: &Record, what: [u8; 16]) -> NewRecord {
    let keys = vec![BlockKey(7), BlockKey(u64::MAX)];
    NewRecord { record: record.clone(), content: Content(what), keys }
}

/// The form of a record that says what no other says.
pub fn form(record: &Record) -> FormId {
    stored(record).form()
}

pub fn link(one: FormId, other: FormId, bits: f64) -> FormLink {
    let level = LevelHit {
        attribute: "name".into(),
        level: "one \"edit\"".into(),
        bits: bits / 3.0,
        tf_bits: -0.5,
    };
    let (a, b) = (one.min(other), one.max(other));
    FormLink { a, b, bits, levels: vec![level], model: "test".into() }
}

pub fn judgement(
    one: RecordId,
    other: RecordId,
    verdict: Verdict,
    handling: Handling,
) -> Judgement {
    let (a, b) = (one.min(other), one.max(other));
    Judgement { a, b, verdict, user: "u".into(), at: time(3), label: label("a", handling) }
}

pub fn time(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000 + 1).unwrap()
}

pub fn records(records: &[&Record]) -> Batch {
    Batch { records: records.iter().map(|record| stored(record)).collect(), ..Batch::default() }
}

/// The objects of a stream, in its order.
#[derive(Debug, Default, PartialEq)]
pub struct Collected {
    pub records: Vec<Record>,
    pub ties: Vec<Tie>,
    pub events: Vec<Event>,
    pub links: Vec<FormLink>,
    pub judgements: Vec<Judgement>,
}

impl SnapshotSink for Collected {
    fn record(&mut self, _class: ClassId, _form: FormId, record: Record) {
        assert!(self.ties.is_empty() && self.events.is_empty(), "records come first");
        self.records.push(record);
    }

    fn tie(&mut self, tie: Tie) {
        assert!(self.events.is_empty() && self.links.is_empty(), "ties come second");
        self.ties.push(tie);
    }

    fn event(&mut self, event: Event) {
        assert!(self.links.is_empty() && self.judgements.is_empty(), "events come third");
        self.events.push(event);
    }

    fn link(&mut self, link: FormLink) {
        assert!(self.judgements.is_empty(), "links come fourth");
        self.links.push(link);
    }

    fn judgement(&mut self, judgement: Judgement) {
        self.judgements.push(judgement);
    }
}
