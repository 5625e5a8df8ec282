//! Every command explains itself with an example.

use super::{ok, run};

const COMMANDS: [&str; 20] = [
    "demo",
    "serve",
    "init",
    "agency",
    "key",
    "account",
    "deny",
    "queries",
    "openapi",
    "generate",
    "import",
    "compare",
    "evaluate",
    "train",
    "dedupe",
    "link",
    "purge",
    "audit",
    "completions",
    "man",
];

#[test]
fn every_command_has_help_with_an_example() {
    let all = ok(&["--help"]);
    for command in COMMANDS {
        assert!(all.contains(&format!("\n  {command} ")), "{command} is not listed");
        let help = ok(&["help", command]);
        assert!(help.contains(&format!("accord {command}")), "{command}: {help}");
        assert!(help.contains("Example"), "{command} has no example");
    }
    let listed = all.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let commands = listed.filter(|line| !line.trim_start().starts_with('-')).count();
    assert_eq!(commands, COMMANDS.len() + 1, "a command (other than help) is not tested:\n{all}");
}

#[test]
fn wrong_arguments_and_failures_have_exit_codes_of_their_own() {
    assert_eq!(run(&["no-such-command"]).status.code(), Some(2));
    assert_eq!(run(&["import", "--store", "http://x", "m"]).status.code(), Some(2));
    let missing = run(&["evaluate", "--store", "/nonexistent/s", "--key", "/nonexistent/k"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).starts_with("accord: "));
}
