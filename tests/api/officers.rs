//! Officers who sign agreements with their own keys, made and used by `openssl` as the guide says.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use accord::govern::{POLICY_DOCUMENT, Policy, PublicKey};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::governance::{POLICE, SHELTER, approvers, grant, server, sign, terms};
use super::{Client, Server};
use crate::policy::time;

/// A pair of keys: made by `openssl` if it is installed, else by AWS-LC.
struct Officer {
    folder: tempfile::TempDir,
    without_openssl: Option<Ed25519KeyPair>,
}

/// Runs `openssl` in a folder; returns its output.
fn openssl(folder: &Path, arguments: &[&str], input: &str) -> Option<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {error}");
    Some(output.stdout)
}

impl Officer {
    fn new(seed: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let make = ["genpkey", "-algorithm", "ed25519", "-out", "officer.key"];
        let without_openssl = match openssl(folder.path(), &make, "") {
            Some(_) => None,
            None => Some(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()),
        };
        Self { folder, without_openssl }
    }

    fn pem(&self) -> String {
        if let Some(pair) = &self.without_openssl {
            let der = pair.public_key().as_ref();
            let start = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
            let key = STANDARD.encode([&start[..], der].concat());
            return format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n");
        }
        let pem = openssl(self.folder.path(), &["pkey", "-in", "officer.key", "-pubout"], "");
        String::from_utf8(pem.unwrap()).unwrap()
    }

    /// The line between the first and the last of the PEM text.
    fn key(&self) -> String {
        self.pem().lines().nth(1).unwrap().to_owned()
    }

    /// The signature over a text, base64.
    fn signature(&self, text: &str) -> String {
        if let Some(pair) = &self.without_openssl {
            return STANDARD.encode(pair.sign(text.as_bytes()));
        }
        std::fs::write(self.folder.path().join("hash"), text).unwrap();
        let sign = ["pkeyutl", "-sign", "-rawin", "-inkey", "officer.key", "-in", "hash"];
        STANDARD.encode(openssl(self.folder.path(), &sign, "").unwrap())
    }

    /// Checks with `openssl` that a signature of a text is valid for a public key, given as PEM.
    fn check(&self, pem: &str, text: &str, signature: &str) {
        let folder = self.folder.path();
        std::fs::write(folder.join("officer.pub"), pem).unwrap();
        std::fs::write(folder.join("hash"), text).unwrap();
        std::fs::write(folder.join("signature"), STANDARD.decode(signature).unwrap()).unwrap();
        let verify = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "officer.pub"];
        let files = ["-in", "hash", "-sigfile", "signature"];
        openssl(folder, &[&verify[..], &files].concat(), "");
    }
}

fn register(server: &Server, agency: &str, user: &str, officer: &Officer) {
    let text = server.store.document(POLICY_DOCUMENT).unwrap();
    let mut policy = Policy::from_document(text.as_deref()).unwrap();
    let key = PublicKey::from_pem(&officer.pem()).unwrap();
    assert!(policy.register_officer(agency, user, Some((&key, time("2026-01-01T00:00:00Z")))));
    server
        .store
        .put_document(POLICY_DOCUMENT, &policy.to_document(), &crate::unlogged::MAKING)
        .unwrap();
}

#[test]
fn an_agency_with_keys_signs_with_them_and_anybody_can_check_it() {
    let server = server();
    let [chief, deputy] = [1, 2].map(Officer::new);
    let police = approvers(&server, POLICE);
    register(&server, POLICE, "approver-0", &chief);
    let drafted =
        approvers(&server, SHELTER)[0].post("/v1/agreements", &terms(grant("white"))).ok();
    let version = drafted["versions"][0].clone();
    let hash = version["terms_hash"].as_str().unwrap();
    let path = format!("/v1/agreements/{}/sign", drafted["agreement"].as_str().unwrap());
    let send = |client: &Client, key: Option<String>, signature: Option<String>| {
        let mut body = json!({ "version": 1, "terms_hash": hash });
        key.iter().for_each(|key| body["key"] = json!(key));
        signature.iter().for_each(|signature| body["signature"] = json!(signature));
        client.post(&path, &body)
    };
    let refused = |client: &Client, key: Option<String>, signature: Option<String>| -> String {
        let answer = send(client, key, signature);
        assert_eq!(answer.problem(422), "invalid_input");
        answer.json()["faults"][0]["reason"].as_str().unwrap().to_owned()
    };
    let (own, good) = (Some(chief.key()), Some(chief.signature(hash)));
    let reasons = [
        (&police[0], None, None, "signature_missing"),
        (&police[0], own.clone(), None, "signature_missing"),
        (&police[0], None, good.clone(), "key_not_registered"),
        (&police[0], Some(deputy.key()), Some(deputy.signature(hash)), "key_not_registered"),
        (&police[0], own.clone(), Some(deputy.signature(hash)), "signature_wrong"),
        (&police[0], own.clone(), Some(chief.signature("another text")), "signature_wrong"),
        (&police[0], own.clone(), Some("no base64!".into()), "signature_wrong"),
        // None of its officers goes without, and none signs as another.
        (&police[1], None, None, "signature_missing"),
        (&police[1], own.clone(), good.clone(), "key_not_registered"),
    ];
    for (client, key, signature, reason) in reasons {
        assert_eq!(refused(client, key, signature), reason);
    }
    let signed = send(&police[0], own.clone(), good.clone()).ok();
    let shown = signed["versions"][0]["signatures"][0].clone();
    assert_eq!(
        (shown["officer"].as_str(), shown["side"].as_str()),
        (Some("approver-0"), Some(POLICE))
    );
    assert_eq!(
        (shown["key"].as_str(), shown["signature"].as_str()),
        (own.as_deref(), good.as_deref())
    );
    if chief.without_openssl.is_none() {
        deputy.check(&chief.pem(), hash, shown["signature"].as_str().unwrap());
    }
    // The other side has registered no keys, and signs as before.
    sign(&approvers(&server, SHELTER), &drafted);
    register(&server, POLICE, "approver-1", &deputy);
    let last = send(&police[1], Some(deputy.key()), Some(deputy.signature(hash))).ok();
    assert_eq!(last["state"], "active");
    let read: Value = approvers(&server, SHELTER)[0]
        .get(&format!("/v1/agreements/{}", drafted["agreement"].as_str().unwrap()))
        .ok();
    let keys = read["versions"][0]["signatures"].as_array().unwrap().iter();
    assert_eq!(keys.filter(|it| it["key"].is_string()).count(), 2, "the other side reads them");
}

#[test]
fn a_signature_with_a_key_that_nobody_registered_is_refused() {
    let server = server();
    let officer = Officer::new(1);
    let drafted =
        approvers(&server, SHELTER)[0].post("/v1/agreements", &terms(grant("white"))).ok();
    let hash = drafted["versions"][0]["terms_hash"].as_str().unwrap();
    let path = format!("/v1/agreements/{}/sign", drafted["agreement"].as_str().unwrap());
    let body = json!({
        "version": 1, "terms_hash": hash, "key": officer.key(), "signature": officer.signature(hash),
    });
    let answer = approvers(&server, POLICE)[0].post(&path, &body);
    assert_eq!(answer.problem(422), "invalid_input");
    assert_eq!(answer.json()["faults"][0]["reason"], "key_not_registered");
}
