//! `accord key officer`: the keys that officers sign agreements with.

use std::path::PathBuf;

use accord::casework::agencies;
use accord::govern::{POLICY_DOCUMENT, Policy, PublicKey};
use serde_json::json;

use super::holder::{Log, NewAgency, Place, UserArguments, now};
use super::{CommandError, agency, settings, stdout};

/// An officer, and the key to register or remove.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["public_key", "remove"])))]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    user: UserArguments,
    #[command(flatten)]
    new: NewAgency,
    /// The officer's public key (Ed25519), as `openssl pkey -pubout` writes it; the private one stays with
    /// the officer
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// Remove the officer's key
    #[arg(long)]
    remove: bool,
}

/// Registers or removes a key.
pub fn run(arguments: &Arguments) -> Result<(), CommandError> {
    let key = match &arguments.public_key {
        Some(path) => {
            let key = PublicKey::from_pem(&settings::read_text(path)?);
            Some(key.map_err(|error| format!("{}: {error}", path.display()))?)
        }
        None => None,
    };
    let (store, log) = arguments.place.open_logged()?;
    let UserArguments { agency, user } = &arguments.user;
    if key.is_some() {
        agency::check(store.as_ref(), [agency.as_str()], arguments.new.new_agency)?;
    }
    let at = now();
    let key_since = key.as_ref().map(|key| (key, at));
    let did = if key.is_some() { "register" } else { "remove" };
    let due = Log::due(&format!("key officer {did}"), agency, Some(user));
    let changed = agencies::register_officer(store.as_ref(), &due, (agency, user), key_since)?;
    log.settle();
    match (&key, changed) {
        (Some(key), true) => stdout::line(format_args!("registered {key}"))?,
        (Some(_), false) => stdout::line("was registered already")?,
        (None, true) => stdout::line("removed")?,
        (None, false) => stdout::line("there was none")?,
    }
    Ok(())
}

/// Prints the officers' keys: key, since when, agency, user.
pub fn list(place: &Place, json: bool) -> Result<(), CommandError> {
    let policy = Policy::from_document(place.open()?.document(POLICY_DOCUMENT)?.as_deref())?;
    if json {
        let listed = policy.officers.iter().flat_map(|(agency, officers)| {
            officers.iter().map(move |(user, key)| {
                json!({ "agency": agency, "user": user, "key": key.key, "since": key.since })
            })
        });
        return stdout::json(&listed.collect::<Vec<_>>());
    }
    for (agency, officers) in &policy.officers {
        for (user, key) in officers {
            stdout::line(format_args!("{}  since {}  {agency}  {user}", key.key, key.since))?;
        }
    }
    Ok(())
}
