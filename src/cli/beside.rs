//! Paths of the files beside a store.

use std::path::PathBuf;

use accord::store::StoreAddress;

/// The path of the audit log beside a store.
pub fn audit_of(address: &StoreAddress) -> PathBuf {
    beside(address, "audit")
}

/// The path of a file beside a store: the store's with this extension added, or `accord.` and the extension for Neo4j.
pub fn beside(address: &StoreAddress, what: &str) -> PathBuf {
    match address {
        StoreAddress::File(path) => {
            let mut name = path.clone().into_os_string();
            name.push(format!(".{what}"));
            name.into()
        }
        StoreAddress::Neo4j { .. } => PathBuf::from(format!("accord.{what}")),
    }
}
