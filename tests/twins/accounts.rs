//! Local accounts and sessions of worlds. Made once: hashing a password takes its time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use accord::govern::{Principal, Role};
use accord::identity::Accounts;
use accord::model::Timestamp;
use accord::store::{self, Store};
use serde_json::json;
use totp_rs::{Builder, Secret};

use super::folder;
use super::world::{AGENCIES, USERS, World};
use crate::api::START;
use crate::api::server::sealing;

/// The documents of all accounts that a world may have, and the password and code that open any of them.
struct Made {
    documents: BTreeMap<String, String>,
    password: String,
    code: String,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let folder = folder();
    let path = folder.path().join("s.accord");
    let store = store::open(&path.to_str().unwrap().parse().unwrap(), true).unwrap();
    let mut handed = None;
    for agency in AGENCIES {
        for user in USERS {
            let holder = Principal {
                agency: agency.into(),
                user: user.into(),
                roles: [Role::Investigator].into(),
                purposes: None,
                certified: false,
                attributes: [].into(),
            };
            let accounts = Accounts(store.as_ref());
            handed = Some(
                accounts
                    .create(&holder, &sealing(), || [7; 32], start(), &crate::unlogged::MAKING)
                    .unwrap(),
            );
        }
    }
    let handed = handed.unwrap();
    let secret = handed.otpauth.split(['?', '&']).find_map(|part| part.strip_prefix("secret="));
    let secret = Secret::try_from_base32(secret.unwrap()).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("a").build().unwrap();
    let code = totp.generate((START / 1_000_000) as u64).to_string();
    let documents = store.documents("account/").unwrap();
    Made { documents, password: handed.password, code }
});

fn start() -> Timestamp {
    Timestamp::from_micros(START).unwrap()
}

/// The first password and the code that are right.
pub fn right() -> (&'static str, &'static str) {
    (&MADE.password, &MADE.code)
}

/// Puts the accounts and sessions of a world into a store.
pub fn fill(store: &dyn Store, world: &World) {
    for (agency, user) in &world.accounts {
        let name = format!("account/{agency}\n{user}");
        store.put_document(&name, &MADE.documents[&name], &crate::unlogged::MAKING).unwrap();
    }
    for agency in &world.sessions {
        let session = json!({
            "agency": agency, "user": "u", "epoch": 0, "began": start(), "seen": start(),
        });
        let name = format!("session/{}", blake3::hash(agency.as_bytes()).to_hex());
        store.put_document(&name, &session.to_string(), &crate::unlogged::MAKING).unwrap();
    }
}
