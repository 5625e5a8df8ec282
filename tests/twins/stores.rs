//! Stores filled with a world, and servers on them.

use accord::govern::{
    Act, DeskBook, Message, MessageKind, OnwardRequest, POLICY_DOCUMENT, PointerId, Purpose,
    Referral,
};
use accord::identity::ApiKey;
use accord::ingest::SubmittedRow;
use accord::jobs;
use accord::model::{IdKey, Judgement, RecordId, Verdict};
use accord::resolve::{Engine, Model};
use accord::store::{Store, StoreAddress};

use super::world::{Caller, World};
use super::{accounts, drivers, folder, world};
use crate::api::server::key;
use crate::api::{Client, Server};
use crate::policy::{handed_in, time};

/// Fills an empty store.
pub fn fill(store: &dyn Store, world: &World) {
    let engine = Engine::new(Model::shipped());
    let outputs = world.rows.iter().map(|row| {
        let submitted: SubmittedRow = serde_json::from_value(row.json.clone()).unwrap();
        submitted.into_output(row.agency, &IdKey::default()).unwrap()
    });
    jobs::submit(store, &engine, outputs.collect(), handed_in(), &crate::unlogged::MAKING).unwrap();
    for judged in &world.judged {
        let judgement = Judgement {
            a: judged.a.min(judged.b),
            b: judged.a.max(judged.b),
            verdict: if judged.same { Verdict::Same } else { Verdict::NotSame },
            user: "u".into(),
            at: time("2026-01-01T00:00:00Z"),
            label: world::label_of(judged),
        };
        jobs::judge(store, judgement, &crate::unlogged::MAKING).unwrap();
    }
    store
        .put_document(POLICY_DOCUMENT, &world.policy.to_document(), &crate::unlogged::MAKING)
        .unwrap();
    // One that the caller's agency decides, in every world, and one of others, in some.
    let onward = |id: &str, owner: &str| {
        let request = OnwardRequest {
            by: Act { agency: "beta".into(), user: "u".into(), at: time("2026-01-01T00:00:00Z") },
            purpose: Purpose::TraffickingInvestigation,
            record: RecordId([7; 16]),
            owner: owner.into(),
            recipient: "omega".into(),
            reason: "They asked for it".into(),
            decision: None,
        };
        let text = serde_json::to_string(&request).unwrap();
        store
            .put_document(
                &OnwardRequest::document(id.parse().unwrap()),
                &text,
                &crate::unlogged::MAKING,
            )
            .unwrap();
    };
    onward(drivers::ONWARD[0], world::CALLER);
    if !world.messages.is_empty() {
        onward(drivers::ONWARD[1], "gamma");
    }
    let referral = |id: &str, owner: &str| {
        let by = Act { agency: "beta".into(), user: "u".into(), at: time("2026-01-01T00:00:00Z") };
        let (own, masked) = (vec![RecordId([8; 16])], vec![RecordId([9; 16])]);
        let (purpose, owner) = (Purpose::Prosecution, owner.to_owned());
        let referral = Referral { by, purpose, own, owner, masked, decision: None };
        let text = serde_json::to_string(&referral).unwrap();
        store
            .put_document(&Referral::document(id.parse().unwrap()), &text, &crate::unlogged::MAKING)
            .unwrap();
    };
    referral(drivers::REFERRALS[0], world::CALLER);
    if !world.messages.is_empty() {
        referral(drivers::REFERRALS[1], "gamma");
    }
    accounts::fill(store, world);
    for agency in world::AGENCIES {
        let at = time("2026-01-01T00:00:00Z");
        let mut book = DeskBook::default();
        for (_, operation) in world.operations.iter().filter(|(of, _)| *of == agency) {
            assert!(book.plan(operation.clone(), at));
        }
        if world.messages.contains(&agency) {
            book.count("v", 7, at);
            book.tell(Message {
                ticket: PointerId::of_tag([0; 16]).into(),
                kind: MessageKind::AskedByOther,
                desk: "omega".into(),
                channel: None,
                purpose: Purpose::Deconfliction,
                at,
                records: Vec::new(),
                user: None,
            });
        }
        store
            .put_document(
                &DeskBook::document(agency),
                &book.to_document(),
                &crate::unlogged::MAKING,
            )
            .unwrap();
    }
}

/// A server on a store of its own that holds a world, and the caller's client.
pub fn serve(world: &World, caller: &Caller) -> (Server, Client) {
    let folder = folder();
    let path = folder.path().join("store.accord");
    let address: StoreAddress = path.to_str().unwrap().parse().unwrap();
    serve_on(folder, &address, world, caller)
}

pub fn serve_on(
    folder: tempfile::TempDir,
    address: &StoreAddress,
    world: &World,
    caller: &Caller,
) -> (Server, Client) {
    let server = Server::still_on(folder, address, |store| fill(store, world));
    let roles: Vec<_> = caller.principal.roles.iter().copied().collect();
    let purpose = serde_json::to_value(caller.purpose).unwrap();
    let key = key(&caller.principal.agency, &caller.principal.user, &roles);
    let client = server.holder(ApiKey { holder: caller.principal.clone(), ..key });
    let client = client.asking(purpose.as_str(), Some(&caller.case.to_string()));
    (server, client)
}
