//! Local accounts: logging on, locks, sessions.

use accord::api::Notice;
use accord::govern::{Principal, Role};
use accord::identity::{Accounts, NewAccount};
use accord::store::Store;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::super::server::sealing;
use super::{Answer, Hands, Server, bare, logged, standing};

const AGENCY: &str = "harbour-shelter";
const USER: &str = "jdoe";
pub const PASSWORD: &str = "a password of one's own";

/// A user with an account and an authenticator.
pub struct User {
    pub first_password: String,
    secret: String,
}

impl User {
    pub fn create(store: &dyn Store, hands: &Hands) -> Self {
        let holder = Principal {
            agency: AGENCY.into(),
            user: USER.into(),
            roles: [Role::Analyst].into(),
            purposes: None,
            certified: false,
            attributes: [].into(),
        };
        Self::of(
            Accounts(store)
                .create(&holder, &sealing(), random(), hands.now(), &crate::unlogged::MAKING)
                .unwrap(),
        )
    }

    fn of(new: NewAccount) -> Self {
        let secret = new.otpauth.split("secret=").nth(1).unwrap().split('&').next().unwrap();
        Self { first_password: new.password, secret: secret.to_owned() }
    }

    /// The code that the authenticator shows.
    pub fn code(&self, hands: &Hands) -> String {
        let secret = Secret::try_from_base32(&self.secret).unwrap();
        let totp = Builder::new().with_secret(secret).with_account_name("a").build().unwrap();
        totp.generate(hands.seconds() as u64).to_string()
    }

    pub fn shown(&self, hands: &Hands, password: &str) -> Value {
        let code = self.code(hands);
        let notice = Notice::default().id;
        json!({ "agency": AGENCY, "user": USER, "password": password, "code": code, "notice": notice })
    }

    /// Replaces the first password; returns the token of the session.
    pub fn begin(&self, server: &Server, hands: &Hands) -> String {
        let mut shown = self.shown(hands, &self.first_password);
        shown["new_password"] = json!(PASSWORD);
        session(&log_on(server, &shown))
    }
}

/// Bytes that differ at every call; no secret.
pub fn random() -> impl Fn() -> [u8; 32] {
    let next = std::cell::Cell::new(0);
    move || {
        next.set(next.get() + 1);
        [next.get(); 32]
    }
}

pub fn log_on(server: &Server, shown: &Value) -> Answer {
    server.with_token(None).post("/v1/sessions", shown)
}

#[track_caller]
pub fn session(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["token"].as_str().unwrap().to_owned()
}

fn status(server: &Server, token: &str) -> u16 {
    server.with_token(Some(token)).get("/v1/queries").status
}

#[test]
fn a_user_logs_on_asks_and_logs_off() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    let shown = user.shown(&hands, &user.first_password);
    assert_eq!(log_on(&server, &shown).problem(403), "password_change_needed");
    for weak in ["short", "jdoe jdoe jdoe", "aaaaaaaaaaaaaaa", &user.first_password] {
        let mut shown = shown.clone();
        shown["new_password"] = json!(weak);
        assert_eq!(log_on(&server, &shown).problem(422), "invalid_input", "{weak}");
    }
    let token = user.begin(&server, &hands);
    assert_eq!(status(&server, &token), 200);
    let client = server.with_token(Some(&token));
    assert_eq!(client.delete("/v1/sessions").status, 204);
    assert_eq!(client.get("/v1/queries").problem(401), "unauthenticated");
    hands.forward(30);
    let again = session(&log_on(&server, &user.shown(&hands, PASSWORD)));
    assert_ne!(again, token);
    assert_eq!(server.agency(AGENCY).delete("/v1/sessions").problem(404), "not_found");
}

#[test]
fn who_does_not_accept_the_notice_is_not_tried_and_whose_acceptance_is_logged() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    let notice = server.with_token(None).get("/v1/sessions/notice").ok();
    assert!(notice["text"].as_str().unwrap().contains("recorded"));
    let before = server.store.documents("account/").unwrap();
    let mut shown = user.shown(&hands, &user.first_password);
    shown["new_password"] = json!(PASSWORD);
    let other = Notice::of("another text").id;
    for wrong in [json!(""), json!(other)] {
        shown["notice"] = wrong;
        let refused = log_on(&server, &shown);
        assert_eq!(refused.problem(422), "invalid_input");
        assert_eq!(refused.json()["faults"][0]["reason"], "notice_not_accepted");
    }
    shown.as_object_mut().unwrap().remove("notice");
    assert_eq!(log_on(&server, &shown).json()["faults"][0]["reason"], "missing_field");
    assert_eq!(server.store.documents("account/").unwrap(), before, "no try was counted");
    shown["notice"] = notice["id"].clone();
    session(&log_on(&server, &shown));
    let log = std::fs::read_to_string(&server.audit).unwrap();
    let last = log.lines().last().unwrap();
    assert!(last.contains(notice["id"].as_str().unwrap()) && last.contains(USER), "{last}");
}

#[test]
fn neither_password_nor_token_is_kept_as_it_is() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    let token = user.begin(&server, &hands);
    let hidden = token.trim_start_matches("accord_session_");
    let secrets = [&user.first_password, PASSWORD, hidden, &user.secret];
    for (name, text) in server.store.documents("").unwrap() {
        for secret in secrets {
            assert!(!name.contains(secret) && !text.contains(secret), "{name}");
        }
    }
    // The store's files do not have it either, in any encoding.
    let folder = server.audit.parent().unwrap();
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let stores: Vec<_> = files.filter(|it| it.to_str().unwrap().contains("store.accord")).collect();
    assert!(!stores.is_empty());
    let raw = Secret::try_from_base32(&user.secret).unwrap();
    let needles = secrets.map(str::as_bytes).into_iter().chain([raw.as_ref()]);
    let needles: Vec<&[u8]> = needles.collect();
    for path in &stores {
        let bytes = std::fs::read(path).unwrap();
        let holds = |it: &&[u8]| bytes.windows(it.len()).any(|window| window == *it);
        assert!(!needles.iter().any(holds), "{}", path.display());
    }
    let log = std::fs::read_to_string(&server.audit).unwrap();
    assert!(secrets.iter().all(|secret| !log.contains(secret)));
}

#[test]
fn whatever_is_wrong_the_answer_is_the_same() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    user.begin(&server, &hands);
    hands.forward(30);
    let good = user.shown(&hands, PASSWORD);
    let nobody = bare(&server.with_token(None).get("/v1/queries"));
    let wrong = |member: &str, value: &str| {
        let mut shown = good.clone();
        shown[member] = json!(value);
        bare(&log_on(&server, &shown))
    };
    for (member, value) in [
        ("agency", "metro-police"),
        ("user", "nobody"),
        ("user", "jdoe\n"),
        ("user", ""),
        ("code", "000000"),
    ] {
        assert_eq!(wrong(member, value), nobody, "{member} {value}");
    }
    for value in ["", "a password of one's owm", &"x".repeat(2_000)] {
        assert_eq!(wrong("password", value), nobody);
    }
    assert_eq!(status(&server, &session(&log_on(&server, &good))), 200, "not locked yet");
}

#[test]
fn a_code_counts_once() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    let first = user.code(&hands);
    user.begin(&server, &hands);
    let mut shown = user.shown(&hands, PASSWORD);
    assert_eq!(shown["code"], json!(first));
    assert_eq!(log_on(&server, &shown).problem(401), "unauthenticated");
    // A code from before the last one used does not count either.
    hands.forward(30);
    let between = user.code(&hands);
    hands.forward(30);
    session(&log_on(&server, &user.shown(&hands, PASSWORD)));
    shown["code"] = json!(between);
    assert_eq!(log_on(&server, &shown).status, 401);
}

#[test]
fn five_failures_in_a_quarter_of_an_hour_lock_until_an_administrator_releases() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    let token = user.begin(&server, &hands);
    for _ in 0..5 {
        hands.forward(60);
        assert_eq!(log_on(&server, &user.shown(&hands, "wrong")).status, 401);
    }
    hands.forward(86_400 / 4);
    assert_eq!(log_on(&server, &user.shown(&hands, PASSWORD)).status, 401, "locked");
    let accounts = Accounts(server.store.as_ref());
    assert!(accounts.find(AGENCY, USER).unwrap().unwrap().locked.is_some());
    accounts.release(AGENCY, USER, hands.now(), &crate::unlogged::MAKING).unwrap();
    hands.forward(30);
    session(&log_on(&server, &user.shown(&hands, PASSWORD)));
    let log = logged(&server);
    let of = |operation: &str| log.iter().filter(|entry| entry.0 == operation).collect::<Vec<_>>();
    let locks = of("account lock");
    assert_eq!(locks.len(), 1, "{log:?}");
    assert_eq!((locks[0].1.as_deref(), locks[0].2.as_deref()), (Some(AGENCY), Some(USER)));
    let tries = of("POST /v1/sessions");
    let count = |outcome: &str| tries.iter().filter(|entry| entry.3 == outcome).count();
    assert_eq!((count("done"), count("unauthenticated")), (2, 6));
    assert!(tries.iter().all(|entry| entry.2.as_deref() == Some(USER)));
    drop(token);
}

#[test]
fn failures_far_apart_do_not_lock() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    user.begin(&server, &hands);
    for _ in 0..12 {
        hands.forward(226);
        assert_eq!(log_on(&server, &user.shown(&hands, "wrong")).status, 401);
    }
    hands.forward(30);
    session(&log_on(&server, &user.shown(&hands, PASSWORD)));
}

#[test]
fn a_name_that_is_no_account_is_not_in_the_log() {
    let (server, hands) = standing();
    let notice = Notice::default().id;
    let (agency, user) = (AGENCY, "my secret");
    let shown = json!({
        "agency": agency, "user": user, "password": "x", "code": "1", "notice": notice,
    });
    assert_eq!(log_on(&server, &shown).status, 401);
    assert!(!std::fs::read_to_string(&server.audit).unwrap().contains("my secret"));
    assert_eq!(
        logged(&server),
        [("POST /v1/sessions".into(), None, None, "unauthenticated".into())]
    );
    drop(hands);
}

#[test]
fn tries_at_the_same_instant_all_count() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    user.begin(&server, &hands);
    hands.forward(30);
    let wrong = user.shown(&hands, "wrong");
    std::thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| assert_eq!(log_on(&server, &wrong).status, 401));
        }
    });
    let account = Accounts(server.store.as_ref()).find(AGENCY, USER).unwrap().unwrap();
    assert!(account.locked.is_some());
}

#[test]
fn a_session_ends_by_itself() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    let idle = user.begin(&server, &hands);
    hands.forward(29 * 60);
    assert_eq!(status(&server, &idle), 200);
    hands.forward(29 * 60);
    assert_eq!(status(&server, &idle), 200, "each request begins the half hour anew");
    hands.forward(30 * 60);
    assert_eq!(status(&server, &idle), 401);
    let busy = session(&log_on(&server, &user.shown(&hands, PASSWORD)));
    for _ in 0..(12 * 60 - 10) / 20 {
        hands.forward(20 * 60);
        assert_eq!(status(&server, &busy), 200);
    }
    hands.forward(20 * 60);
    assert_eq!(status(&server, &busy), 401, "twelve hours are over");
}

#[test]
fn an_account_unused_for_ninety_days_is_disabled() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    user.begin(&server, &hands);
    hands.forward(90 * 86_400);
    session(&log_on(&server, &user.shown(&hands, PASSWORD)));
    hands.forward(90 * 86_400 + 1);
    assert_eq!(log_on(&server, &user.shown(&hands, PASSWORD)).status, 401);
    Accounts(server.store.as_ref())
        .release(AGENCY, USER, hands.now(), &crate::unlogged::MAKING)
        .unwrap();
    hands.forward(30);
    session(&log_on(&server, &user.shown(&hands, PASSWORD)));
}

#[test]
fn a_reset_replaces_password_and_second_factor_and_ends_sessions() {
    let (server, hands) = standing();
    let store = server.store.as_ref();
    let user = User::create(store, &hands);
    let token = user.begin(&server, &hands);
    let other = || [77; 32];
    let renewed = User::of(
        Accounts(store)
            .reset(AGENCY, USER, &sealing(), other, hands.now(), &crate::unlogged::MAKING)
            .unwrap(),
    );
    assert_eq!(status(&server, &token), 401);
    hands.forward(30);
    assert_eq!(log_on(&server, &user.shown(&hands, PASSWORD)).status, 401);
    let shown = renewed.shown(&hands, &renewed.first_password);
    assert_eq!(log_on(&server, &shown).problem(403), "password_change_needed");
    assert_eq!(status(&server, &renewed.begin(&server, &hands)), 200);
}

#[test]
fn unknown_members_and_other_bodies_are_refused_without_what_was_sent() {
    let (server, _) = standing();
    for body in
        [json!({ "user": "x" }), json!([]), json!({ "password": "hunter2 hunter2", "x": 1 })]
    {
        let answer = log_on(&server, &body);
        assert_eq!(answer.problem(422), "invalid_input");
        assert!(!answer.text().contains("hunter2"));
    }
}
