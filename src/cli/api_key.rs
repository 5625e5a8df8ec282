//! `accord key`: API keys of services.

use std::process::ExitCode;

use accord::audit::Due;
use accord::govern::Principal;
use accord::identity::{ApiKey, Fingerprint, KEY_DAYS_MAX, Keys};
use accord::model::Timestamp;
use accord::store::Store;
use serde_json::json;

use super::holder::{Log, NewAgency, Place, RightsArguments, UserArguments, now, words};
use super::{CommandError, agency, officer, stdout};

/// Make, list and revoke the API keys that services show, and register those that officers sign with
///
/// A key names an agency and a user, carries roles and purposes, and ends. Its text is printed once and
/// kept nowhere; the store keeps a hash. A revoked key is refused from the next request on. With
/// --certificate it counts only together with that client certificate (accord serve --tls-client-ca).
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord key create --store case.accord --agency metro-police --user case-system --role analyst
  accord key create --store case.accord --agency it --user prometheus --role system_administrator \\
      --new-agency
  accord key create --store case.accord --agency metro-police --user gate --role investigator \\
      --purpose missing_person --days 30 --certificate $(openssl x509 -in gate.pem -outform der | sha256sum | cut -c1-64)
  accord key list --store case.accord
  accord key revoke --store case.accord --agency metro-police --user case-system
  accord key officer --store case.accord --agency metro-police --user chief --public-key officer.pub")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Make a key and print it
    Create {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        user: UserArguments,
        #[command(flatten)]
        new: NewAgency,
        #[command(flatten)]
        rights: RightsArguments,
        /// Days after which it ends, 366 at most
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=KEY_DAYS_MAX))]
        days: i64,
        /// The SHA-256 fingerprint of the client certificate without which it is refused
        #[arg(long, value_name = "FINGERPRINT")]
        certificate: Option<Fingerprint>,
    },
    /// Print all keys: id, end, roles, agency, user
    List {
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Register or remove the key that an officer signs agreements with; once an agency has one, all its
    /// officers sign with theirs
    Officer(officer::Arguments),
    /// Print the officers' keys: key, since when, agency, user
    Officers {
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key by its id, or all keys of a user
    #[command(group(clap::ArgGroup::new("which").required(true).args(["id", "agency"])))]
    Revoke {
        #[command(flatten)]
        place: Place,
        /// The id of the key, as listed
        #[arg(long, conflicts_with_all = ["agency", "user"])]
        id: Option<String>,
        /// The agency
        #[arg(long, requires = "user")]
        agency: Option<String>,
        /// The user within the agency
        #[arg(long, requires = "agency")]
        user: Option<String>,
    },
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match &arguments.action {
        Action::Create { place, user, new, rights, days, certificate } => {
            let (store, log) = place.open_logged()?;
            agency::check(store.as_ref(), [user.agency.as_str()], new.new_agency)?;
            let (_, text) = create(store.as_ref(), rights.holder(user), *days, *certificate)?;
            log.settle();
            stdout::line(text)?;
        }
        Action::List { place, json } => {
            let keys = Keys(place.open()?.as_ref()).list()?;
            let now = now();
            if *json {
                let listed = |(id, key): &(String, ApiKey)| listed(id, key, now);
                stdout::json(&keys.iter().map(listed).collect::<Vec<_>>())?;
            } else {
                let text = |(id, key): &(String, ApiKey)| format!("{id}  {}", line(key, now));
                keys.iter().try_for_each(|key| stdout::line(text(key)))?;
            }
        }
        Action::Officer(arguments) => officer::run(arguments)?,
        Action::Officers { place, json } => officer::list(place, *json)?,
        Action::Revoke { place, id, agency, user } => {
            let (store, log) = place.open_logged()?;
            let which = |of: &str, key: &ApiKey| match id {
                Some(id) => of == id,
                None => {
                    Some(&key.holder.agency) == agency.as_ref()
                        && Some(&key.holder.user) == user.as_ref()
                }
            };
            let due = |id: &str, key: &ApiKey| key_due("revoke", id, &key.holder);
            let revoked = Keys(store.as_ref()).revoke(which, due)?;
            log.settle();
            stdout::line(format_args!("{} keys revoked", revoked.len()))?;
            return Ok(ExitCode::from(u8::from(revoked.is_empty())));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes a key that ends after some days; its id and its text.
pub fn create(
    store: &dyn Store,
    holder: Principal,
    days: i64,
    certificate: Option<Fingerprint>,
) -> Result<(String, String), CommandError> {
    let created = now();
    let micros = created.as_micros() + days * 86_400_000_000;
    let expires = Timestamp::from_micros(micros)?;
    let key = ApiKey { holder, created, expires, certificate };
    let due = |id: &str| key_due("create", id, &key.holder);
    Ok(Keys(store).create(rand::random(), &key, due)?)
}

fn key_due(done: &str, id: &str, holder: &Principal) -> Due {
    Log::due(&format!("key {done} {id}"), &holder.agency, Some(&holder.user))
}

fn state(key: &ApiKey, now: Timestamp) -> &'static str {
    if key.expires <= now { "ended" } else { "until" }
}

/// A key for programs.
fn listed(id: &str, key: &ApiKey, now: Timestamp) -> serde_json::Value {
    let Principal { agency, user, roles, purposes, .. } = &key.holder;
    json!({
        "id": id, "agency": agency, "user": user, "roles": roles, "purposes": purposes,
        "certificate": key.certificate.map(|it| it.to_string()), "created": key.created,
        "expires": key.expires, "state": state(key, now),
    })
}

fn line(key: &ApiKey, now: Timestamp) -> String {
    let state = state(key, now);
    let Principal { agency, user, roles, purposes, .. } = &key.holder;
    let mut line = format!("{state} {}  {}  {agency}  {user}", key.expires, words(roles));
    if let Some(purposes) = purposes {
        line += &format!("  for {}", words(purposes));
    }
    if let Some(certificate) = &key.certificate {
        line += &format!("  with certificate {certificate}");
    }
    line
}
