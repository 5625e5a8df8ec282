//! `accord account`, `accord deny` and what `accord serve` refuses to start with.

use super::{init, ok, run, text};

fn with<'a>(store: &'a str, action: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    let user = ["--store", store, "--agency", "harbour-shelter", "--user", "jdoe"];
    [action, &user, more].concat()
}

#[test]
fn an_account_is_made_once_listed_and_changed_and_the_log_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.accord");
    let store = text(&path);
    init(&path);
    let new = ["--role", "victim-specialist", "--new-agency"];
    let made = ok(&with(store, &["account", "create"], &new));
    let password = made.lines().next().unwrap().strip_prefix("password: ").unwrap();
    assert_eq!(password.len(), 26);
    assert!(made.contains("second factor: otpauth://totp/accord:jdoe"), "{made}");
    let again = run(&with(store, &["account", "create"], &["--role", "analyst"]));
    assert_eq!(again.status.code(), Some(1));
    let list = || ok(&["account", "list", "--store", store]);
    assert!(list().starts_with("new ") && list().contains("victim_specialist"), "{}", list());
    assert!(!list().contains(password) && !list().contains("secret"));
    ok(&with(store, &["account", "change"], &["--role", "analyst", "--purpose", "victim_safety"]));
    assert!(list().contains("analyst") && list().contains("for victim_safety"), "{}", list());
    ok(&with(store, &["account", "disable"], &[]));
    assert!(list().starts_with("disabled"), "{}", list());
    ok(&with(store, &["account", "release"], &[]));
    assert!(list().starts_with("new "), "{}", list());
    assert_ne!(ok(&with(store, &["account", "reset"], &[])), made);
    ok(&with(store, &["deny", "add"], &[]));
    assert!(ok(&["deny", "list", "--store", store]).contains("jdoe"));
    ok(&with(store, &["deny", "remove"], &[]));
    assert_eq!(ok(&["deny", "list", "--store", store]), "");
    let log = std::fs::read_to_string(folder.path().join("s.accord.audit")).unwrap();
    let done =
        ["create", "change", "disable", "release", "reset"].map(|it| format!("account {it}"));
    for (line, operation) in log.lines().zip(done) {
        assert!(line.contains(&format!("command: {operation}")), "{line}");
        assert!(line.contains("harbour-shelter") && line.contains("jdoe"), "{line}");
    }
    assert_eq!(log.lines().count(), 7);
}

#[test]
fn wrong_words_and_users_that_are_not_there_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.accord");
    let store = text(&path);
    init(&path);
    let king = run(&with(store, &["account", "create"], &["--role", "king"]));
    assert_eq!(king.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&king.stderr).contains("analyst"));
    assert_eq!(run(&with(store, &["account", "create"], &[])).status.code(), Some(2));
    ok(&with(store, &["key", "create"], &["--role", "analyst", "--new-agency"]));
    for action in ["release", "disable", "reset"] {
        assert_eq!(run(&with(store, &["account", action], &[])).status.code(), Some(1));
    }
    assert_eq!(
        run(&with(store, &["key", "create"], &["--role", "analyst", "--days", "367"]))
            .status
            .code(),
        Some(2)
    );
    assert_eq!(run(&["key", "revoke", "--store", store]).status.code(), Some(2));
    assert_eq!(run(&["key", "revoke", "--store", store, "--id", "0"]).status.code(), Some(1));
}

#[test]
fn a_server_does_not_start_on_a_bad_configuration_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.accord");
    let store = text(&path);
    init(&path);
    let identity = folder.path().join("identity.toml");
    std::fs::write(&identity, "[[issuer]]\nissuer = \"https://x.example\"\n").unwrap();
    let none = folder.path().join("none.pem");
    for (more, code, reason) in [
        (vec!["--listen", "0.0.0.0:0"], 1, "--tls-cert"),
        (vec!["--listen", "127.0.0.1:0", "--identity", text(&identity)], 1, "audience"),
        (vec!["--listen", "127.0.0.1:0", "--identity", text(&none)], 1, "none.pem"),
        (vec!["--listen", "127.0.0.1:0", "--tls-cert", text(&none)], 2, "--tls-key"),
        (
            vec!["--listen", "127.0.0.1:0", "--tls-cert", text(&none), "--tls-key", text(&none)],
            1,
            "none.pem",
        ),
    ] {
        let output = run(&[&["serve", "--store", store], &more[..]].concat());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{more:?}: {error}");
        assert!(error.contains(reason), "{more:?}: {error}");
    }
}
