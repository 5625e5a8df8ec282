//! `accord key`: API keys as operators make them.

use super::{accord, init, ok, run, text};

/// Before keys were documents of their own, of some made at the same instant most were lost.
#[test]
fn of_keys_made_at_the_same_instant_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("s.accord");
    init(&store);
    ok(&[
        "key",
        "create",
        "--new-agency",
        "--store",
        text(&store),
        "--agency",
        "first",
        "--user",
        "u",
        "--role",
        "analyst",
    ]);
    let users: Vec<String> = (0..8).map(|index| format!("user-{index}")).collect();
    let children: Vec<_> = users
        .iter()
        .map(|user| {
            let create = ["key", "create", "--store", text(&store), "--agency", "first"];
            let create = [&create[..], &["--role", "analyst", "--user", user]].concat();
            accord(&create).stdout(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let listed = ok(&["key", "list", "--store", text(&store)]);
    for user in &users {
        assert!(listed.contains(user.as_str()), "{user} is lost:\n{listed}");
    }
}

#[test]
fn an_officers_key_is_registered_listed_and_removed_and_each_is_logged() {
    let folder = tempfile::tempdir().unwrap();
    let (store, public) = (folder.path().join("s.accord"), folder.path().join("officer.pub"));
    init(&store);
    ok(&[
        "key",
        "create",
        "--new-agency",
        "--store",
        text(&store),
        "--agency",
        "metro",
        "--user",
        "chief",
        "--role",
        "approver",
    ]);
    let key = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n");
    std::fs::write(&public, &pem).unwrap();
    let who = ["--store", text(&store), "--agency", "metro", "--user", "chief"];
    fn officer<'a>(who: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
        [&["key", "officer"], who, more].concat()
    }
    let register = officer(&who, &["--public-key", text(&public)]);
    assert!(ok(&register).contains(key));
    assert!(ok(&register).contains("already"));
    let list = || ok(&["key", "officers", "--store", text(&store)]);
    assert!(list().contains(key) && list().contains("chief"));
    assert!(ok(&officer(&who, &["--remove"])).contains("removed"));
    assert_eq!(list(), "");
    std::fs::write(&public, pem.replace("PUBLIC", "PRIVATE")).unwrap();
    for bad in [register, officer(&who, &[]), officer(&who, &["--remove", "--public-key", "x"])] {
        assert!(!run(&bad).status.success(), "{bad:?}");
    }
    let log = std::fs::read_to_string(folder.path().join("s.accord.audit")).unwrap();
    assert!(log.contains("command: key officer register"));
    assert!(log.contains("command: key officer remove"));
}
