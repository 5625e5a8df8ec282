//! Files beside a store.

use std::path::PathBuf;

use accord::store::StoreAddress;

/// The audit log beside a store.
pub fn audit_of(address: &StoreAddress) -> PathBuf {
    beside(address, "audit")
}

/// A file beside a store.
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
