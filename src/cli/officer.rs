//! `accord key officer`: the keys that officers sign agreements with.

use std::path::PathBuf;

use accord::casework::agencies;
use accord::govern::{POLICY_DOCUMENT, Policy, PublicKey};

use super::CommandError;
use super::holder::{Log, Place, UserArguments, now};
use super::settings;

/// Whose key, and which.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["public_key", "remove"])))]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    user: UserArguments,
    /// The officer's public key (Ed25519), as `openssl pkey -pubout` writes it; the private one stays with
    /// the officer
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// Remove the officer's key
    #[arg(long)]
    remove: bool,
}

/// Registers or removes a key.
#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<(), CommandError> {
    let key = match &arguments.public_key {
        Some(path) => {
            let key = PublicKey::from_pem(&settings::read_text(path)?);
            Some(key.map_err(|error| format!("{}: {error}", path.display()))?)
        }
        None => None,
    };
    let (store, log) = arguments.place.open_logged(false)?;
    let UserArguments { agency, user } = &arguments.user;
    let at = now();
    let key_since = key.as_ref().map(|key| (key, at));
    let did = if key.is_some() { "register" } else { "remove" };
    let due = Log::due(&format!("key officer {did}"), agency, Some(user));
    let changed = agencies::register_officer(store.as_ref(), &due, (agency, user), key_since)?;
    log.settle();
    match (&key, changed) {
        (Some(key), true) => println!("registered {key}"),
        (Some(_), false) => println!("was registered already"),
        (None, true) => println!("removed"),
        (None, false) => println!("there was none"),
    }
    Ok(())
}

/// Prints the officers' keys: key, since when, agency, user.
#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn list(place: &Place) -> Result<(), CommandError> {
    let policy = Policy::from_document(place.open(false)?.document(POLICY_DOCUMENT)?.as_deref())?;
    for (agency, officers) in &policy.officers {
        for (user, key) in officers {
            println!("{}  since {}  {agency}  {user}", key.key, key.since);
        }
    }
    Ok(())
}
