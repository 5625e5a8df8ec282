//! `accord account`: local accounts.

use std::process::ExitCode;

use accord::audit::Due;
use accord::govern::Principal;
use accord::identity::{Account, Accounts, IdentityError, NewAccount};
use accord::model::Timestamp;
use serde_json::json;

use super::holder::{
    Log, NewAgency, Place, RightsArguments, SealingArguments, UserArguments, now, words,
};
use super::{CommandError, agency, stdout};

/// Make, list, release, disable and reset local accounts, for agencies without an identity provider
///
/// A user logs on with a password and the code of an authenticator program (POST /v1/sessions). Both
/// are printed once, when the account is made or reset; the first password must be replaced at the
/// first log-on. Five failures within 15 minutes lock an account until it is released; 90 days without
/// use disable it. Every change acts on the next request.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord account create --store case.accord --agency harbour-shelter --user jdoe --role victim_specialist
  accord account list --store case.accord
  accord account release --store case.accord --agency harbour-shelter --user jdoe
  accord account change --store case.accord --agency harbour-shelter --user jdoe --role analyst
  accord account reset --store case.accord --agency harbour-shelter --user jdoe
  accord account disable --store case.accord --agency harbour-shelter --user jdoe")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Args)]
struct One {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    user: UserArguments,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Make an account; prints its first password and the second factor
    Create {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        new: NewAgency,
        #[command(flatten)]
        sealing: SealingArguments,
        #[command(flatten)]
        rights: RightsArguments,
    },
    /// Print all accounts: state, last use, roles, agency, user
    List {
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give an account other roles and purposes
    Change {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        rights: RightsArguments,
    },
    /// Open an account that is locked, disabled or unused for too long
    Release {
        #[command(flatten)]
        one: One,
    },
    /// Disable an account and end its sessions
    Disable {
        #[command(flatten)]
        one: One,
    },
    /// Give an account a new password and second factor and end its sessions
    Reset {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        sealing: SealingArguments,
    },
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match &arguments.action {
        Action::List { place, json } => {
            let accounts = Accounts(place.open()?.as_ref()).list()?;
            let now = now();
            if *json {
                let listed = accounts.iter().map(|account| listed(account, now));
                stdout::json(&listed.collect::<Vec<_>>())?;
            } else {
                accounts.iter().try_for_each(|account| stdout::line(line(account, now)))?;
            }
        }
        Action::Create { one, new, sealing, rights } => {
            let (store, log) = one.place.open_logged()?;
            agency::check(store.as_ref(), [one.user.agency.as_str()], new.new_agency)?;
            let holder = rights.holder(&one.user);
            let key = sealing.key(&one.place.store, store.as_ref())?;
            let new = Accounts(store.as_ref()).create(
                &holder,
                &key,
                rand::random,
                now(),
                &one.user.due("create"),
            )?;
            log.settle();
            stdout::print(handed(&new))?;
        }
        Action::Reset { one, sealing } => {
            let (store, log) = one.place.open_logged()?;
            let UserArguments { agency, user } = &one.user;
            let is_theirs = |it: &Account| it.holder.agency == *agency && it.holder.user == *user;
            // Else a key would be made for nobody.
            if !Accounts(store.as_ref()).list()?.iter().any(is_theirs) {
                return Err(IdentityError::Unknown.into());
            }
            let key = sealing.key(&one.place.store, store.as_ref())?;
            let new = Accounts(store.as_ref()).reset(
                agency,
                user,
                &key,
                rand::random,
                now(),
                &one.user.due("reset"),
            )?;
            log.settle();
            stdout::print(handed(&new))?;
        }
        Action::Change { one, rights } => {
            let (store, log) = one.place.open_logged()?;
            Accounts(store.as_ref()).give(&rights.holder(&one.user), &one.user.due("change"))?;
            log.settle();
            stdout::line("changed")?;
        }
        Action::Release { one } => {
            let (store, log) = one.place.open_logged()?;
            Accounts(store.as_ref()).release(
                &one.user.agency,
                &one.user.user,
                now(),
                &one.user.due("release"),
            )?;
            log.settle();
            stdout::line("released")?;
        }
        Action::Disable { one } => {
            let (store, log) = one.place.open_logged()?;
            Accounts(store.as_ref()).disable(
                &one.user.agency,
                &one.user.user,
                now(),
                &one.user.due("disable"),
            )?;
            log.settle();
            stdout::line("disabled")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl UserArguments {
    fn due(&self, done: &str) -> Due {
        Log::due(&format!("account {done}"), &self.agency, Some(&self.user))
    }
}

fn handed(new: &NewAccount) -> String {
    format!("password: {}\nsecond factor: {}\n", new.password, new.otpauth)
}

fn state(account: &Account, now: Timestamp) -> &'static str {
    match account {
        account if account.is_disabled(now) => "disabled",
        account if account.locked.is_some() => "locked",
        account if account.initial => "new",
        _ => "open",
    }
}

/// An account for programs, without its secrets.
fn listed(account: &Account, now: Timestamp) -> serde_json::Value {
    let Principal { agency, user, roles, purposes, .. } = &account.holder;
    json!({
        "agency": agency, "user": user, "roles": roles, "purposes": purposes,
        "state": state(account, now), "last_used": account.last_used,
    })
}

fn line(account: &Account, now: Timestamp) -> String {
    let state = state(account, now);
    let used = account.last_used.map_or_else(|| "never used".to_owned(), |at| at.to_string());
    let Principal { agency, user, roles, purposes, .. } = &account.holder;
    let purposes = purposes.as_ref().map(|it| format!("  for {}", words(it))).unwrap_or_default();
    format!("{state:<8}  {used}  {}  {agency}  {user}{purposes}", words(roles))
}
