//! Options common to several commands: the store's address, the key of ids, the model.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use accord::model::IdKey;
use accord::resolve::{Engine, Model};
use accord::store::{self, Store, StoreAddress, StoreError};

use super::CommandError;
use super::unfilled::Unfilled;

/// Options of every command that uses a store.
#[derive(clap::Args)]
pub struct StoreArguments {
    /// The store: a file path, or bolt://user:password@host:port/database for Neo4j
    #[arg(long, value_name = "STORE", env = "ACCORD_STORE")]
    pub store: StoreAddress,
    #[command(flatten)]
    pub engine: EngineArguments,
}

/// Options of the engine.
#[derive(clap::Args)]
pub struct EngineArguments {
    /// A model file to use in place of the shipped one
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// A secret that ids are hashed with; keep it, ids change with it
    #[arg(long, env = "ACCORD_ID_KEY", hide_env_values = true, value_name = "SECRET")]
    id_key: Option<String>,
}

impl EngineArguments {
    /// The key that ids are hashed with.
    pub fn id_key(&self) -> IdKey {
        self.id_key.as_deref().map_or_else(IdKey::default, IdKey::from_secret)
    }

    /// Tells if a model file is named.
    pub fn names_model(&self) -> bool {
        self.model.is_some()
    }

    /// The engine with the named model, or with the shipped one.
    pub fn engine(&self) -> Result<Arc<Engine>, CommandError> {
        let model = match &self.model {
            None => Model::shipped(),
            Some(path) => Arc::new(Model::from_json(&read_text(path)?)?),
        };
        Ok(Arc::new(Engine::new(model)))
    }
}

/// The environment variable that may hold the Neo4j password in place of the address.
const PASSWORD_VARIABLE: &str = "ACCORD_NEO4J_PASSWORD";

/// Opens an existing store. If there is none, the error names the commands that make one.
pub fn open(address: &StoreAddress) -> Result<Arc<dyn Store>, CommandError> {
    let missing = || {
        format!(
            "{address}: there is no store. `accord init --store {address}` makes an empty one, `accord import` one \
             with the records of files"
        )
    };
    if let StoreAddress::File(path) = address
        && !path.exists()
    {
        return Err(missing().into());
    }
    match store::open(&with_password(address), false) {
        Err(StoreError::Format(reason)) if reason.contains("holds no store") => {
            Err(missing().into())
        }
        opened => Ok(opened?),
    }
}

/// Opens a store, and creates it if it is missing. A failed creation leaves nothing behind.
pub fn open_or_make(address: &StoreAddress) -> Result<Arc<dyn Store>, CommandError> {
    let _unfilled = match address {
        StoreAddress::File(path) => Some(Unfilled::of(path)),
        StoreAddress::Neo4j { .. } => None,
    };
    Ok(store::open(&with_password(address), true)?)
}

/// Tells if the place of a store is taken: by any file, or by a store in Neo4j.
pub fn is_there(address: &StoreAddress) -> Result<bool, CommandError> {
    match address {
        StoreAddress::File(path) => Ok(path.symlink_metadata().is_ok()),
        StoreAddress::Neo4j { .. } => match store::open(&with_password(address), false) {
            Ok(_) => Ok(true),
            Err(StoreError::Format(_)) => Ok(false),
            Err(error) => Err(error.into()),
        },
    }
}

/// The address with the password from the environment if it contains none itself.
pub fn with_password(address: &StoreAddress) -> StoreAddress {
    address.clone().or_password(&std::env::var(PASSWORD_VARIABLE).unwrap_or_default())
}

/// Reads a text file; the error names it.
pub fn read_text(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
