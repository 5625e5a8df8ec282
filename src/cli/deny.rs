//! `accord deny`: agencies and users that are refused whatever they show.

use std::process::ExitCode;

use accord::identity::{Denials, Denied};

use super::holder::{Log, NewAgency, Place, now};
use super::{CommandError, agency, stdout};

/// Refuse an agency or a user at once, whatever they show
///
/// The rights in an access token stand until it ends; this takes them away from the next request on.
/// The user of an identity provider is its issuer, `#` and the subject.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord deny add --store case.accord --agency metro-police --user 'https://login.example#248289761001'
  accord deny add --store case.accord --agency border-guard
  accord deny add --store case.accord --agency coast-guard --new-agency     # known to its identity provider only
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
        #[command(flatten)]
        new: NewAgency,
    },
    /// Print who is denied, and since when
    List {
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a denial back
    Remove {
        #[command(flatten)]
        whom: Whom,
    },
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match &arguments.action {
        Action::Add { whom, new } => {
            let (store, log) = whom.place.open_logged()?;
            agency::check(store.as_ref(), [whom.agency.as_str()], new.new_agency)?;
            let (agency, user) = (whom.agency.clone(), whom.user.clone());
            let added = Denials(store.as_ref()).add(
                &Denied { agency, user, since: now() },
                &Log::due("deny add", &whom.agency, whom.user.as_deref()),
            )?;
            log.settle();
            stdout::line(if added { "denied" } else { "was denied already" })?;
        }
        Action::List { place, json } => {
            let denied = Denials(place.open()?.as_ref()).list()?;
            if *json {
                stdout::json(&denied)?;
                return Ok(ExitCode::SUCCESS);
            }
            for Denied { agency, user, since } in denied {
                stdout::line(format_args!(
                    "{since}  {agency}  {}",
                    user.as_deref().unwrap_or("(all)")
                ))?;
            }
        }
        Action::Remove { whom } => {
            let (store, log) = whom.place.open_logged()?;
            let removed = Denials(store.as_ref()).remove(
                &whom.agency,
                whom.user.as_deref(),
                &Log::due("deny remove", &whom.agency, whom.user.as_deref()),
            )?;
            if !removed {
                return Err("there is no such denial".into());
            }
            log.settle();
            stdout::line("no longer denied")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
