//! Records that a write leaves to be linked later are linked after a kill between the two.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use accord::govern::View;
use accord::model::{ClassId, Event, FormId, FormLink, Judgement, Record, Tie};
use accord::store::{self, SnapshotSink, Store};

use super::logged::Deployment;
use super::{ok, text};

#[derive(Default)]
struct Links(usize);

impl SnapshotSink for Links {
    fn record(&mut self, _: ClassId, _: FormId, _: Record) {}
    fn tie(&mut self, _: Tie) {}
    fn event(&mut self, _: Event) {}
    fn link(&mut self, _: FormLink) {
        self.0 += 1;
    }
    fn judgement(&mut self, _: Judgement) {}
}

fn links(store: &dyn Store) -> usize {
    let view = View::whole_store(&crate::policy::holder(), &store.classes().unwrap());
    let mut found = Links::default();
    store.stream(view.sight(), &mut found).unwrap();
    found.0
}

#[test]
fn what_a_kill_leaves_unlinked_is_linked_at_the_next_start() {
    let it = Deployment::new();
    let path = it.store();
    let shelter = ["--agency", "harbour-shelter", "--user", "sam", "--role", "investigator"];
    let create = ["key", "create", "--new-agency", "--store", text(&path)];
    let create = [&create[..], &shelter].concat();
    let shelter = ok(&create).trim().to_owned();

    let mut server = it.serve();
    // A request whose body does not come: as long as it is in progress nothing is linked late.
    let mut waiting = TcpStream::connect(server.base.trim_start_matches("http://")).unwrap();
    let head = "POST /v1/records HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    write!(waiting, "{head}authorization: Bearer {}\r\ncontent-length: 9\r\n\r\n{{", server.token)
        .unwrap();
    std::thread::sleep(Duration::from_millis(100));
    // Two agencies that show each other nothing hand in the same number.
    assert_eq!(server.submit("one"), 200);
    server.token = shelter;
    assert_eq!(server.submit("one"), 200);
    server.child.kill().unwrap();
    drop(server);

    let opened = store::open(&text(&path).parse().unwrap(), false).unwrap();
    assert_eq!((opened.unlinked(0).unwrap().len(), links(opened.as_ref())), (2, 0));
    let server = it.serve();
    while !opened.unlinked(0).unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(links(opened.as_ref()), 1);
    drop(server);
}
