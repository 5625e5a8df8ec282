//! Versions of a store on Neo4j. A store of an earlier version is carried on to this program's one step at a time.
//! Constraints cannot share a transaction with data: a step makes its own first, so that a step that was cut short is
//! made again from its beginning, and then what else there is with the version that it leads to.

use serde_json::json;

use super::connection::{Connection, Transaction};
use super::read::{integer, rows};
use super::{constrain, write};
use crate::store::StoreError;
use crate::store::migrate::Versions;

/// The versions that this program knows: that of [`super::CONSTRAINTS`], and one more for each step.
pub(super) const VERSIONS: Versions = Versions { oldest: 5, newest: 5 + STEPS.len() as i64 };

/// A step that leads from one version to the next.
struct Step {
    /// The constraints that it makes: a label and its properties.
    constraints: &'static [(&'static str, &'static [&'static str])],
    /// What it changes in the data.
    data: fn(&mut Transaction<'_>) -> Result<(), StoreError>,
}

/// The steps, by the version that they lead from. A step that was once released never changes.
const STEPS: [Step; 2] = [
    // 5 to 6: the change log, which tells nothing of the revisions so far.
    Step { constraints: &[("StoredChanges", &["revision"])], data: change_log },
    // 6 to 7: links, blocking keys and notes are of forms.
    Step { constraints: &[("StoredForm", &["id"])], data: forms },
];

fn change_log(transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
    transaction.run("MATCH (m:StoredMeta {id: 1}) SET m.log_bytes = 0", json!({})).map(|_| ())
}

/// A record of before is a form of its own, which has the digits of its id: what it says was never hashed, and only the
/// engine could do so.
fn forms(transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
    for step in [
        "MATCH (r:StoredRecord) SET r.content = substring(r.id, 4), r.form = 'frm_' + substring(r.id, 4)
         CREATE (f:StoredForm {id: r.form, class: r.class}) CREATE (r)-[:HAS_FORM]->(f)",
        "MATCH (r:StoredRecord)-[in:IN_BLOCK]->(b:StoredBlock) MATCH (r)-[:HAS_FORM]->(f)
         CREATE (f)-[:IN_BLOCK]->(b) DELETE in",
        "MATCH (a:StoredRecord)-[l:LINKED]->(b:StoredRecord)
         MATCH (a)-[:HAS_FORM]->(one) MATCH (b)-[:HAS_FORM]->(other)
         CREATE (one)-[:LINKED {json: l.json}]->(other) DELETE l",
        "MATCH (r:StoredRecord&StoredUnlinked)-[:HAS_FORM]->(f)
         SET f:StoredUnlinked, f.unlinked_since = r.unlinked_since
         REMOVE r:StoredUnlinked, r.unlinked_since",
    ] {
        transaction.run(step, json!({}))?;
    }
    Ok(())
}

const VERSION: &str = "MATCH (m:StoredMeta {id: 1}) RETURN m.format AS format";

/// The version of the store in a database, if there is one.
pub(super) fn version(connection: &Connection) -> Result<Option<i64>, StoreError> {
    let found = rows(connection, VERSION, json!({}))?;
    Ok(found.first().and_then(|row| row.get("format")?.as_i64()))
}

/// Carries a store on to the newest version.
///
/// # Errors
/// [`StoreError::Format`] when the store's version is none that can be carried on.
pub(super) fn run(connection: &Connection) -> Result<(), StoreError> {
    while let Some(from) = version(connection)? {
        let Some(step) = VERSIONS.step_from(from)?.and_then(|step| STEPS.get(step)) else { break };
        for (label, properties) in step.constraints {
            constrain(connection, label, properties)?;
        }
        let mut transaction = connection.begin()?;
        // Another process may be about the same: the version is read again under the lock.
        transaction.run(write::LOCK, json!({}))?;
        let found = transaction.run(VERSION, json!({}))?;
        if found.first().map(|row| integer(row, "format")).transpose()? == Some(from) {
            (step.data)(&mut transaction)?;
            let raise = "MATCH (m:StoredMeta {id: 1}) SET m.format = $version";
            transaction.run(raise, json!({ "version": from + 1 }))?;
        }
        transaction.commit()?;
    }
    Ok(())
}
