//! `accord key`: API keys as operators make them.

use super::{accord, ok, text};

/// Before keys were documents of their own, of some made at the same instant most were lost.
#[test]
fn of_keys_made_at_the_same_instant_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("s.accord");
    ok(&[
        "key",
        "create",
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
            let create = ["key", "create", "--store", text(&store), "--agency", "a"];
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
