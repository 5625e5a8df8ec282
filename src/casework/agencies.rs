//! Agencies: registered by the operator of the server, known to the agencies that work with them; and the keys that
//! their officers sign with.

use crate::audit::Due;
use crate::govern::{Agency, Function, PublicKey, Question, is_name};
use crate::model::Timestamp;
use crate::store::Store;

use super::documents::change_policy;
use super::{Casework, CaseworkError};

/// An agency's name, and its registration; `None` if it is not registered.
pub type Known = (String, Option<Agency>);

/// Registers an agency, replacing an earlier registration.
///
/// # Errors
/// A name that is empty or too long.
pub fn register(work: Casework<'_>, agency: &Agency) -> Result<Known, CaseworkError> {
    let names = [
        ("name", &agency.name),
        ("desk.name", &agency.desk.name),
        ("desk.channel", &agency.desk.channel),
    ];
    for (member, name) in names {
        if !is_name(name) {
            return Err(CaseworkError::input(member, "bad_name", "1 to 200 bytes of text"));
        }
    }
    change_policy(work.writing(), |policy| {
        policy.agencies.insert(agency.name.clone(), agency.clone());
        Ok(())
    })?;
    Ok((agency.name.clone(), Some(agency.clone())))
}

/// Lists the agencies that the asker's agency knows of, by name; for the operator of the server all registered ones.
///
/// # Errors
/// When the store does not answer.
pub fn list(work: Casework<'_>, question: &Question<'_>) -> Result<Vec<Known>, CaseworkError> {
    let policy = work.policy()?;
    let names: Vec<&str> = if question.principal.may(Function::ManageAgencies) {
        policy.agencies.keys().map(String::as_str).collect()
    } else {
        policy.known_to(&question.principal.agency).into_iter().collect()
    };
    let known = |name: &str| (name.to_owned(), policy.agencies.get(name).cloned());
    Ok(names.into_iter().map(known).collect())
}

/// Registers the key that an officer signs with, replacing an earlier one, or removes it if `key` is `None`. Returns
/// true if that changed anything.
///
/// # Errors
/// When the store does not answer.
pub fn register_officer(
    store: &dyn Store,
    due: &Due,
    (agency, officer): (&str, &str),
    key: Option<(&PublicKey, Timestamp)>,
) -> Result<bool, CaseworkError> {
    change_policy((store, due), |policy| Ok(policy.register_officer(agency, officer, key)))
}
