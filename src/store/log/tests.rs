use super::*;

const A: RecordId = RecordId([1; 16]);
const B: RecordId = RecordId([2; 16]);

fn class(number: u32) -> Basis {
    Basis::one(ClassId(number))
}

fn seeing(classes: &[u32]) -> ClassSet {
    classes.iter().copied().map(ClassId).collect()
}

fn read(row: &[u8], classes: &[u32]) -> Option<Touched> {
    let view = seeing(classes);
    let mut reading = Reading::after(4, &view, 100);
    reading.row(5, row).ok()?;
    reading.up_to(5)
}

#[test]
fn a_row_names_to_a_view_what_it_saw_or_sees() {
    let mut noted = Noted::new(&LogLimits::default());
    noted.note(Object::Record(A), Change::moved(class(3), class(70_000)));
    noted.note(Object::Record(B), Change::put(class(4)));
    noted.note(
        Object::Tie(TieId([5; 16])),
        Change::removed(Basis::three(ClassId(1), ClassId(3), ClassId(4))),
    );
    noted.note(Object::Event(EventId([6; 16])), Change::put(class(1)));
    noted.note(
        Object::Link(FormId(A.0), FormId(B.0)),
        Change::put(Basis::two(ClassId(3), ClassId(4))),
    );
    noted.note(
        Object::Judgement(A, B),
        Change::put(Basis::three(ClassId(2), ClassId(3), ClassId(4))),
    );
    let row = noted.row().unwrap();
    let records = |ids: &[RecordId]| ids.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(read(&row, &[]), Some(Touched::default()));
    assert_eq!(read(&row, &[3]).unwrap(), Touched { records: records(&[A]), ..Touched::default() });
    assert_eq!(read(&row, &[70_000]).unwrap().records, records(&[A]));
    let found = read(&row, &[3, 4]).unwrap();
    assert_eq!((found.records, found.links.len()), (records(&[A, B]), 1));
    assert!(found.ties.is_empty() && found.events.is_empty() && found.judged.is_empty());
    let found = read(&row, &[1, 2, 3, 4]).unwrap();
    assert_eq!((found.ties.len(), found.events.len(), found.judged.len()), (1, 1, 1));
}

#[test]
fn a_damaged_row_is_an_error_whatever_it_says() {
    let mut noted = Noted::new(&LogLimits::default());
    noted.note(Object::Record(A), Change::put(class(1)));
    noted.note(
        Object::Link(FormId(A.0), FormId(B.0)),
        Change::put(Basis::two(ClassId(1), ClassId(300))),
    );
    let row = noted.row().unwrap();
    let whole = (1..row.len()).filter(|length| read(&row[..*length], &[1]).is_some()).count();
    assert_eq!(whole, 2, "without any group, and without the second");
    for at in 0..row.len() {
        for byte in [0, 9, 0x80, 0xff] {
            let mut row = row.clone();
            row[at] = byte;
            let _ = read(&row, &[1]);
        }
    }
    assert_eq!(read(&[VERSION + 1], &[1]), None);
    assert_eq!(read(&[], &[1]), None);
}

#[test]
fn rows_are_read_without_a_gap_and_up_to_a_number_of_objects() {
    let mut noted = Noted::new(&LogLimits::default());
    noted.note(Object::Record(A), Change::put(class(1)));
    noted.note(Object::Record(B), Change::put(class(2)));
    let (row, view) = (noted.row().unwrap(), seeing(&[1]));
    let mut reading = Reading::after(4, &view, 1);
    assert!(reading.row(5, &row).unwrap() && reading.row(6, &row).unwrap());
    assert!(!reading.row(8, &row).unwrap(), "7 is missing");
    assert!(reading.up_to(8).is_none());
    assert!(!Reading::after(4, &view, 0).row(5, &row).unwrap(), "too many");
    assert!(Reading::after(4, &view, 1).up_to(4).is_some());
}

#[test]
fn of_a_commit_that_touches_too_many_objects_nothing_is_told() {
    let mut noted = Noted::new(&LogLimits { entries: 2, ..LogLimits::default() });
    let event = |number| Object::Event(EventId([number; 16]));
    // The same twice in a row is one.
    [1, 1, 2].iter().for_each(|number| noted.note(event(*number), Change::put(class(1))));
    assert!(noted.row().is_some());
    assert_eq!(noted.room(), 1);
    noted.note(event(3), Change::put(class(1)));
    assert_eq!((noted.row(), noted.room()), (None, 0));
}

#[test]
fn a_log_that_is_too_long_loses_its_oldest_rows() {
    let limits = LogLimits { bytes: 1_000, entries: 9 };
    assert_eq!((limits.surplus(1_000), limits.surplus(1_001)), (0, 251));
    let rows = |count| (1..=count).map(|revision| Ok((revision, 100 - ROW_BYTES)));
    assert_eq!(surplus_rows(rows(11), 251).unwrap(), (3, 300));
    assert_eq!(surplus_rows(rows(11), 200).unwrap(), (2, 200));
    assert_eq!(surplus_rows(rows(1), 251).unwrap(), (1, 100));
}
