//! Common parts of the commands about identities: the holder's arguments, and the entry in the audit log.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use accord::audit::{AuditError, AuditLog, Due, Entry};
use accord::govern::{Attribute, Principal, Purpose, Role};
use accord::identity::SealingKey;
use accord::model::{Timestamp, hex};
use accord::store::{Store, StoreAddress};
use serde::de::DeserializeOwned;

use super::CommandError;
use super::beside::{audit_of, beside};
use super::settings;
use super::unfilled::Unfilled;

/// The store, and the audit log of its changes.
#[derive(clap::Args)]
pub struct Place {
    /// The store: a file path, or bolt://user:password@host:port/database for Neo4j
    #[arg(long, value_name = "STORE", env = "ACCORD_STORE")]
    pub store: StoreAddress,
    /// The audit log; `<store>.audit` when absent, `accord.audit` for a Neo4j store
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
}

/// The file of the key that secrets of local accounts are sealed with.
#[derive(clap::Args)]
pub struct SealingArguments {
    /// The key that secrets of local accounts are sealed with, made when it is missing; `<store>.key` when
    /// absent, `accord.key` for a Neo4j store. Keep it apart from the store and its backups
    #[arg(long, value_name = "FILE", env = "ACCORD_SECRETS_KEY")]
    secrets_key: Option<PathBuf>,
}

impl SealingArguments {
    /// The key. A missing file is made only while the store is claimed by no key.
    pub fn key(
        &self,
        address: &StoreAddress,
        store: &dyn Store,
    ) -> Result<SealingKey, CommandError> {
        let path = self.secrets_key.clone().unwrap_or_else(|| beside(address, "key"));
        if !path.exists() && SealingKey::is_claimed(store)? {
            let path = path.display();
            return Err(format!(
                "{path}: there is no key, and secrets of this store are sealed with one: --secrets-key names its file"
            )
            .into());
        }
        SealingKey::of_file(&path, rand::random())
            .map_err(|error| format!("{}: {error}", path.display()).into())
    }
}

impl Place {
    /// Opens the store, which must be there.
    pub fn open(&self) -> Result<Arc<dyn Store>, CommandError> {
        settings::open(&self.store)
    }

    /// Opens the store, which must be there, to change something in it, and the log that will say so: where that
    /// cannot be written nothing is changed.
    pub fn open_logged(&self) -> Result<(Arc<dyn Store>, Log), CommandError> {
        let store = self.open()?;
        let log = Log::open(&self.log(), &store)?;
        Ok((store, log))
    }

    fn log(&self) -> PathBuf {
        self.audit.clone().unwrap_or_else(|| audit_of(&self.store))
    }
}

/// Opens a store, made where it is missing, and its log. Where either cannot be had neither is left behind.
pub fn make_logged(
    address: &StoreAddress,
    log: &Path,
) -> Result<(Arc<dyn Store>, Log), CommandError> {
    let unfilled = Unfilled::of(log);
    // The log first: while nothing is in it, it can be taken away again.
    drop(AuditLog::open(log)?);
    let store = settings::open_or_make(address)?;
    let log = Log::open(log, &store)?;
    unfilled.keep();
    Ok((store, log))
}

/// The audit log, for the acts of a command.
pub struct Log {
    audit: AuditLog,
    store: Arc<dyn Store>,
}

impl Log {
    /// Opens the log, and writes into it the entries that the store has committed and no log has.
    pub fn open(path: &Path, store: &Arc<dyn Store>) -> Result<Self, CommandError> {
        let log = Self { audit: AuditLog::open(path)?, store: Arc::clone(store) };
        log.audit.probe(log.store.as_ref())?;
        Ok(log)
    }

    /// Makes the entry of a command about a user or a whole agency. It names no actor: anyone who may run commands on
    /// this machine.
    pub fn entry(operation: &str, agency: &str, user: Option<&str>) -> Entry {
        let random: [u8; 16] = rand::random();
        Entry::apart((now(), hex(&random)), agency, user, format!("command: {operation}"))
    }

    /// Makes the entry of a command for a write.
    pub fn due(operation: &str, agency: &str, user: Option<&str>) -> Due {
        Due::of(Self::entry(operation, agency, user))
    }

    /// Checks that a change may be written.
    pub fn check(&self) -> Result<(), AuditError> {
        self.audit.check(self.store.as_ref())
    }

    /// Logs the entries that the store has committed, during a command.
    pub fn follow(&self) {
        // If this fails, the next check reports it.
        let _ = self.audit.settle(self.store.as_ref(), None);
    }

    /// Logs the entries that the store has committed, at the end of a command. If this fails, the store keeps them for
    /// the next command or server: no change goes unlogged.
    pub fn settle(&self) {
        let _ = self.audit.empty(self.store.as_ref());
    }
}

/// The user that a command is about.
#[derive(clap::Args)]
pub struct UserArguments {
    /// The agency
    #[arg(long)]
    pub agency: String,
    /// The user within the agency
    #[arg(long)]
    pub user: String,
}

/// Permission to name an agency that the store does not know.
#[derive(clap::Args)]
pub struct NewAgency {
    /// Take the agency as it is written although the store does not know it (accord agency list)
    #[arg(long)]
    pub new_agency: bool,
}

/// The rights of a user.
#[derive(clap::Args)]
pub struct RightsArguments {
    /// A role, several times for several: analyst, investigator, task_force_lead, victim_specialist,
    /// approver, privacy_officer, agency_auditor, graph_specialist, watch_desk, system_administrator
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<Word<Role>>,
    /// A purpose that it is bound to, several times for several; without, to none:
    /// trafficking_investigation, missing_person, victim_safety, deconfliction, prosecution, oversight,
    /// statistics, training
    #[arg(long = "purpose", value_name = "PURPOSE")]
    purposes: Vec<Word<Purpose>>,
    /// Certified under 28 CFR 23: sees criminal intelligence
    #[arg(long)]
    certified: bool,
    /// Another attribute that is vouched for, several times for several: sworn (a sworn law-enforcement officer), ndex
    /// (may use N-DEx); agreements may require it
    #[arg(long = "attribute", value_name = "ATTRIBUTE")]
    attributes: Vec<Word<Attribute>>,
}

impl RightsArguments {
    /// The roles.
    fn roles(&self) -> BTreeSet<Role> {
        self.roles.iter().map(|word| word.0).collect()
    }

    /// The purposes that the holder is bound to; `None` where it is bound to none.
    fn purposes(&self) -> Option<BTreeSet<Purpose>> {
        let purposes: BTreeSet<Purpose> = self.purposes.iter().map(|word| word.0).collect();
        (!purposes.is_empty()).then_some(purposes)
    }

    /// The principal with these rights.
    pub fn holder(&self, user: &UserArguments) -> Principal {
        Principal {
            agency: user.agency.clone(),
            user: user.user.clone(),
            roles: self.roles(),
            purposes: self.purposes(),
            certified: self.certified,
            attributes: self.attributes.iter().map(|word| word.0).collect(),
        }
    }
}

/// A name from one of the model's closed lists.
#[derive(Clone, Copy)]
pub struct Word<T>(pub T);

impl<T: DeserializeOwned> FromStr for Word<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // The message of serde lists the known names.
        serde_json::from_value(serde_json::Value::String(text.replace('-', "_")))
            .map(Self)
            .map_err(|error| error.to_string())
    }
}

/// The present time.
pub fn now() -> Timestamp {
    Timestamp::from(jiff::Timestamp::now())
}

/// Names of a closed list, as they are written.
pub fn words<T: serde::Serialize>(words: &BTreeSet<T>) -> String {
    let text = |word: &T| match serde_json::to_value(word) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    };
    words.iter().map(text).collect::<Vec<_>>().join(",")
}
