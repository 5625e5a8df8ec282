//! Authentication: access tokens, API keys, local accounts, certificates; and how fast a change of rights takes effect.

mod accounts;
mod attributes;
mod certificates;
mod issuer;
mod keys;
mod privileged;
mod proofs;
mod rights;
mod tokens;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use accord::identity::Settings;
use accord::jobs::Clock;
use accord::model::Timestamp;

use super::server::{START, Special};
use super::{Answer, Server};
use issuer::Issuer;

/// A clock that stands until it is moved.
#[derive(Clone, Default)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn clock(&self) -> Clock {
        let hands = self.clone();
        Arc::new(move || hands.now())
    }

    pub fn now(&self) -> Timestamp {
        let seconds = self.0.load(Ordering::SeqCst);
        Timestamp::from_micros(START + seconds * 1_000_000).unwrap()
    }

    /// Seconds since 1970.
    fn seconds(&self) -> i64 {
        self.now().as_micros() / 1_000_000
    }

    pub fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// A server that trusts an issuer, and its clock.
fn trusting(issuer: &Issuer) -> (Server, Hands) {
    let hands = Hands::default();
    let identity = Settings::from_toml(&issuer.settings(), std::path::Path::new(".")).unwrap();
    let special = Special { identity, clock: Some(hands.clock()), ..Special::default() };
    (Server::with(special), hands)
}

/// A server with a clock that stands.
pub fn standing() -> (Server, Hands) {
    let hands = Hands::default();
    (Server::with(Special { clock: Some(hands.clock()), ..Special::default() }), hands)
}

/// The operations of the audit log, with agency, user and outcome.
fn logged(server: &Server) -> Vec<(String, Option<String>, Option<String>, String)> {
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let entry = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line["entry"][name].as_str().map(str::to_owned);
        (text("operation").unwrap(), text("agency"), text("user"), text("outcome").unwrap())
    };
    text.lines().map(entry).collect()
}

/// Returns the status, headers and body of an answer without its request id.
fn bare(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let id = answer.header("x-request-id").unwrap().to_owned();
    let headers = answer.headers.iter().filter(|(name, _)| name != "x-request-id").cloned();
    (answer.status, headers.collect(), answer.text().replace(&id, ""))
}
