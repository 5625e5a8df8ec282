//! `accord completions`: completions for a shell, made from the arguments' own declaration.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{CommandError, stdout};

/// Print completions for a shell
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord completions bash > ~/.local/share/bash-completion/completions/accord
  accord completions zsh > \"${fpath[1]}/_accord\"
  accord completions fish > ~/.config/fish/completions/accord.fish")]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    // Made as a whole first: the generators panic where they cannot write.
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut super::Arguments::command(),
        "accord",
        &mut script,
    );
    stdout::print(String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
