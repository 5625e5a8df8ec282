//! The inbox: each role reads the messages that it is responsible for, and no more.

use std::collections::BTreeSet;

use accord::govern::{DeskBook, Message, MessageKind, PointerId, Purpose, Role};
use serde_json::json;

use super::Server;
use super::governance::{POLICE, SHELTER, agreed, approvers, grant, server, terms};
use crate::policy::time;

use Role::{Approver, Investigator, PrivacyOfficer, TaskForceLead, VictimSpecialist, WatchDesk};

/// The roles that read each kind of message, written down by hand.
const READERS: [(MessageKind, &[Role]); 11] = [
    (MessageKind::AskedByOther, &[Investigator, TaskForceLead, WatchDesk, PrivacyOfficer]),
    (MessageKind::AskedOfOther, &[Investigator, TaskForceLead, WatchDesk, PrivacyOfficer]),
    (MessageKind::AskedSilently, &[Investigator, TaskForceLead, WatchDesk, PrivacyOfficer]),
    (MessageKind::OperationsClash, &[Investigator, TaskForceLead, WatchDesk, PrivacyOfficer]),
    (
        MessageKind::BreakGlassByOther,
        &[Investigator, TaskForceLead, WatchDesk, Approver, PrivacyOfficer],
    ),
    (MessageKind::BreakGlassToReview, &[Approver, PrivacyOfficer]),
    (MessageKind::OnwardAsked, &[Approver, PrivacyOfficer]),
    (
        MessageKind::OnwardDecided,
        &[Investigator, TaskForceLead, VictimSpecialist, Approver, PrivacyOfficer],
    ),
    (MessageKind::PurgeConfirmed, &[Approver, PrivacyOfficer]),
    (MessageKind::ReferralToDecide, &[VictimSpecialist, Approver, PrivacyOfficer]),
    (MessageKind::ReferralReleased, &[Investigator, TaskForceLead, WatchDesk, PrivacyOfficer]),
];

fn name(kind: MessageKind) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn each_role_reads_the_messages_that_it_answers_for() {
    let server = Server::empty();
    let mut book = DeskBook::default();
    for kind in MessageKind::ALL {
        book.tell(Message {
            ticket: PointerId::of_tag([kind as u8; 16]).into(),
            kind,
            desk: "other".into(),
            channel: None,
            purpose: Purpose::TraffickingInvestigation,
            at: time("2026-01-01T00:00:00Z"),
            records: Vec::new(),
            user: None,
        });
    }
    server
        .store
        .put_document(&DeskBook::document(POLICE), &book.to_document(), &crate::unlogged::MAKING)
        .unwrap();
    for role in Role::ALL {
        let client = server.user(POLICE, &format!("{role:?}"), &[role]);
        let expected: BTreeSet<String> = READERS
            .iter()
            .filter(|(_, readers)| readers.contains(&role))
            .map(|(kind, _)| name(*kind))
            .collect();
        let answer = client.get("/v1/inbox");
        if expected.is_empty() {
            assert_eq!(answer.problem(403), "forbidden", "{role:?}");
            continue;
        }
        let messages = answer.ok()["messages"].as_array().unwrap().clone();
        let read: BTreeSet<String> =
            messages.iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect();
        assert_eq!(read, expected, "{role:?}");
    }
    let both = server.user(POLICE, "both", &[WatchDesk, Approver]);
    assert_eq!(
        both.get("/v1/inbox").ok()["messages"].as_array().unwrap().len(),
        11,
        "what either reads"
    );
    let other = server.user(SHELTER, "other", &[PrivacyOfficer]);
    assert_eq!(other.get("/v1/inbox").ok()["messages"], json!([]), "another agency's");
}

#[test]
fn whoever_may_hold_copies_and_who_confirms_reads_what_is_to_be_removed() {
    let server = server();
    let agreement = agreed(&server, &terms(grant("white")));
    let suspend = format!("/v1/agreements/{agreement}/suspend");
    approvers(&server, SHELTER)[0].send("POST", &suspend, None, b"").ok();
    let tasks = |role: Role| {
        let client = server.user(POLICE, &format!("{role:?}"), &[role]);
        client.get("/v1/inbox").ok()["purge"].as_array().unwrap().len()
    };
    for role in [Investigator, TaskForceLead, VictimSpecialist, Approver, PrivacyOfficer] {
        assert_eq!(tasks(role), 1, "{role:?}");
    }
    assert_eq!(tasks(WatchDesk), 0);
}
