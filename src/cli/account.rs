//! `accord account`: local accounts.

use std::process::ExitCode;

use accord::audit::Due;
use accord::govern::Principal;
use accord::identity::{Account, Accounts, NewAccount};
use accord::model::Timestamp;

use super::CommandError;
use super::holder::{Log, Place, RightsArguments, SealingArguments, UserArguments, now, words};

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
        sealing: SealingArguments,
        #[command(flatten)]
        rights: RightsArguments,
    },
    /// Print all accounts: state, last use, roles, agency, user
    List {
        #[command(flatten)]
        place: Place,
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

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match &arguments.action {
        Action::List { place } => {
            let store = place.open(false)?;
            for account in Accounts(store.as_ref()).list()? {
                println!("{}", line(&account, now()));
            }
        }
        Action::Create { one, sealing, rights } => {
            let (store, log) = one.place.open_logged(true)?;
            let holder = rights.holder(&one.user);
            let key = sealing.key(&one.place.store)?;
            let new = Accounts(store.as_ref()).create(
                &holder,
                &key,
                rand::random,
                now(),
                &one.user.due("create"),
            )?;
            log.settle();
            print!("{}", handed(&new));
        }
        Action::Reset { one, sealing } => {
            let (store, log) = one.place.open_logged(false)?;
            let UserArguments { agency, user } = &one.user;
            let key = sealing.key(&one.place.store)?;
            let new = Accounts(store.as_ref()).reset(
                agency,
                user,
                &key,
                rand::random,
                now(),
                &one.user.due("reset"),
            )?;
            log.settle();
            print!("{}", handed(&new));
        }
        Action::Change { one, rights } => {
            let (store, log) = one.place.open_logged(false)?;
            Accounts(store.as_ref()).give(&rights.holder(&one.user), &one.user.due("change"))?;
            log.settle();
            println!("changed");
        }
        Action::Release { one } => {
            let (store, log) = one.place.open_logged(false)?;
            Accounts(store.as_ref()).release(
                &one.user.agency,
                &one.user.user,
                now(),
                &one.user.due("release"),
            )?;
            log.settle();
            println!("released");
        }
        Action::Disable { one } => {
            let (store, log) = one.place.open_logged(false)?;
            Accounts(store.as_ref()).disable(
                &one.user.agency,
                &one.user.user,
                now(),
                &one.user.due("disable"),
            )?;
            log.settle();
            println!("disabled");
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

fn line(account: &Account, now: Timestamp) -> String {
    let state = match account {
        account if account.is_disabled(now) => "disabled",
        account if account.locked.is_some() => "locked",
        account if account.initial => "new",
        _ => "open",
    };
    let used = account.last_used.map_or_else(|| "never used".to_owned(), |at| at.to_string());
    let Principal { agency, user, roles, purposes, .. } = &account.holder;
    let purposes = purposes.as_ref().map(|it| format!("  for {}", words(it))).unwrap_or_default();
    format!("{state:<8}  {used}  {}  {agency}  {user}{purposes}", words(roles))
}
