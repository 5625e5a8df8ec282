//! `accord deny`: agencies and users that are refused whatever they show.

use std::process::ExitCode;

use accord::identity::{Denials, Denied};

use super::CommandError;
use super::holder::{Log, Place, now};

/// Refuse an agency or a user at once, whatever they show
///
/// The rights in an access token stand until it ends; this takes them away from the next request on.
/// The user of an identity provider is its issuer, `#` and the subject.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord deny add --store case.accord --agency metro-police --user 'https://login.example#248289761001'
  accord deny add --store case.accord --agency border-guard
  accord deny list --store case.accord
  accord deny remove --store case.accord --agency border-guard")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Args)]
struct Whom {
    #[command(flatten)]
    place: Place,
    /// The agency
    #[arg(long)]
    agency: String,
    /// The user; without, the whole agency
    #[arg(long)]
    user: Option<String>,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Deny an agency or a user
    Add {
        #[command(flatten)]
        whom: Whom,
    },
    /// Print who is denied, and since when
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Take a denial back
    Remove {
        #[command(flatten)]
        whom: Whom,
    },
}

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match &arguments.action {
        Action::Add { whom } => {
            let (store, log) = whom.place.open_logged(false)?;
            let (agency, user) = (whom.agency.clone(), whom.user.clone());
            let added = Denials(store.as_ref()).add(
                &Denied { agency, user, since: now() },
                &Log::due("deny add", &whom.agency, whom.user.as_deref()),
            )?;
            log.settle();
            println!("{}", if added { "denied" } else { "was denied already" });
        }
        Action::List { place } => {
            let store = place.open(false)?;
            for Denied { agency, user, since } in Denials(store.as_ref()).list()? {
                println!("{since}  {agency}  {}", user.as_deref().unwrap_or("(all)"));
            }
        }
        Action::Remove { whom } => {
            let (store, log) = whom.place.open_logged(false)?;
            let removed = Denials(store.as_ref()).remove(
                &whom.agency,
                whom.user.as_deref(),
                &Log::due("deny remove", &whom.agency, whom.user.as_deref()),
            )?;
            if !removed {
                return Err("there is no such denial".into());
            }
            log.settle();
            println!("no longer denied");
        }
    }
    Ok(ExitCode::SUCCESS)
}
