//! `accord agency`: the agencies that a store knows, and registration of new ones.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use accord::casework::{Casework, Policies, agencies};
use accord::govern::{Agency, AgencyKind, Desk, POLICY_DOCUMENT, Policy};
use accord::identity::{Accounts, Keys};
use accord::model::IdKey;
use accord::store::Store;
use serde::Serialize;

use super::holder::{Log, Place, Word};
use super::{CommandError, stdout};

/// Register agencies and list those that the store knows
///
/// A store knows the agencies that are registered, that own records, or that have users. Other commands refuse
/// one that it does not know, which may be a typing error.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord agency register --store case.accord --agency metro-police --kind police --desk 'duty desk' \\
      --channel '+44 20 7946 0000'
  accord agency list --store case.accord")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Register an agency and the desk to call there; of one that is registered, change the kind and the desk
    Register {
        #[command(flatten)]
        place: Place,
        /// The agency, as in the labels of its records
        #[arg(long)]
        agency: String,
        /// The kind of agency: police, prosecutor, labour_inspectorate, service_provider, hub
        #[arg(long, value_name = "KIND")]
        kind: Word<AgencyKind>,
        /// The name of the desk to call
        #[arg(long, value_name = "NAME")]
        desk: String,
        /// How the desk is reached: a telephone number or the address of a mailbox
        #[arg(long, value_name = "NUMBER | ADDRESS")]
        channel: String,
    },
    /// Print the agencies that the store knows: kind, what is known of it, agency, desk
    List {
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match &arguments.action {
        Action::Register { place, agency, kind, desk, channel } => {
            let (store, log) = place.open_logged()?;
            let due = Log::due("agency register", agency, None);
            let desk = Desk { name: desk.clone(), channel: channel.clone() };
            let earlier = policy(store.as_ref())?.agencies.remove(agency);
            let registered = match earlier {
                Some(earlier) => Agency { kind: kind.0, desk, ..earlier },
                None => Agency {
                    name: agency.clone(),
                    kind: kind.0,
                    desk,
                    law: None,
                    watched_by: None,
                    listed: false,
                    case_form: None,
                },
            };
            let (policies, id_key) = (Policies::default(), IdKey::default());
            let work = Casework::new((store.as_ref(), &due), &policies, &id_key);
            agencies::register(work, &registered)?;
            log.settle();
            stdout::line("registered")?;
        }
        Action::List { place, json } => {
            let known = known(place.open()?.as_ref())?;
            if *json {
                let listed: Vec<Listed<'_>> =
                    known.iter().map(|(agency, known)| Listed { agency, known }).collect();
                stdout::json(&listed)?;
            } else {
                known.iter().try_for_each(|(name, known)| stdout::line(line(name, known)))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The facts by which a store knows an agency.
#[derive(Default, Serialize)]
struct Known {
    registered: Option<Agency>,
    records: bool,
    users: bool,
}

#[derive(Serialize)]
struct Listed<'a> {
    agency: &'a str,
    #[serde(flatten)]
    known: &'a Known,
}

fn line(name: &str, known: &Known) -> String {
    let kind = known.registered.as_ref().and_then(|it| serde_json::to_value(it.kind).ok());
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("-");
    let all = [("records", known.records), ("users", known.users)];
    let has: Vec<&str> = all.into_iter().filter_map(|(what, has)| has.then_some(what)).collect();
    let desk = known.registered.as_ref();
    let desk = desk.map(|it| format!("  {}, {}", it.desk.name, it.desk.channel));
    format!("{kind:<20} {:<13}  {name}{}", has.join(","), desk.unwrap_or_default())
}

fn policy(store: &dyn Store) -> Result<Policy, CommandError> {
    Ok(Policy::from_document(store.document(POLICY_DOCUMENT)?.as_deref())?)
}

/// The agencies that a store knows.
fn known(store: &dyn Store) -> Result<BTreeMap<String, Known>, CommandError> {
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let policy = policy(store)?;
    for (name, agency) in policy.agencies {
        known.entry(name).or_default().registered = Some(agency);
    }
    for (_, class) in store.classes()? {
        known.entry(class.label.agency).or_default().records = true;
    }
    let keys = Keys(store).list()?.into_iter().map(|(_, key)| key.holder.agency);
    let accounts = Accounts(store).list()?.into_iter().map(|account| account.holder.agency);
    for agency in keys.chain(accounts).chain(policy.officers.into_keys()) {
        known.entry(agency).or_default().users = true;
    }
    Ok(known)
}

/// Largest number of known agencies that a refusal lists.
const NAMED_MAX: usize = 12;

/// Refuses agencies that the store does not know, unless `is_new` permits new ones.
pub fn check<'a>(
    store: &dyn Store,
    agencies: impl IntoIterator<Item = &'a str>,
    is_new: bool,
) -> Result<(), CommandError> {
    if is_new {
        return Ok(());
    }
    let known = known(store)?;
    match agencies.into_iter().find(|agency| !known.contains_key(*agency)) {
        None => Ok(()),
        Some(agency) => Err(unknown(agency, &known).into()),
    }
}

/// Refuses agencies of files as [`check`] does. A store that knows no agencies but these accepts all of them: it is
/// new, or their import was interrupted before it came to the last of them.
pub fn check_files<'a>(
    store: &dyn Store,
    agencies: impl IntoIterator<Item = &'a str>,
    is_new: bool,
) -> Result<(), CommandError> {
    let agencies: BTreeSet<&str> = agencies.into_iter().collect();
    let knows_others = known(store)?.keys().any(|name| !agencies.contains(name.as_str()));
    if knows_others { check(store, agencies, is_new) } else { Ok(()) }
}

/// The message that refuses an unknown agency; it lists known agencies, the most similar name first.
fn unknown(agency: &str, known: &BTreeMap<String, Known>) -> String {
    let mut names: Vec<&str> = known.keys().map(String::as_str).collect();
    names.sort_by_key(|name| strsim::damerau_levenshtein(name, agency));
    let more = if names.len() > NAMED_MAX { ", ..." } else { "" };
    let names: Vec<String> = names.iter().take(NAMED_MAX).map(|name| format!("`{name}`")).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") + more };
    format!(
        "the store does not know an agency `{agency}`; it knows {names}. \
         `accord agency register` registers it, and --new-agency takes it as it is written"
    )
}
