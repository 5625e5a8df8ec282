//! Removing all objects of some classes.

use serde_json::json;

use super::read::{class_numbers, integer};
use super::write::Neo4jTxn;
use crate::model::{ClassId, ClassSet};
use crate::store::{Purged, StoreError};

/// Counts, by class, of the records, ties and events that a purge removes.
const COUNTS: [&str; 3] = [
    "MATCH (n:StoredRecord) WHERE n.class IN $classes RETURN n.class AS class, count(n) AS count",
    "MATCH (n:StoredTie) WHERE n.class IN $classes OR n.class_from IN $classes
     OR n.class_to IN $classes RETURN n.class AS class, count(n) AS count",
    "MATCH (n:StoredEvent) WHERE n.class IN $classes RETURN n.class AS class, count(n) AS count",
];

/// The removals of a purge, in their order. Objects that name a removed record are found by their copies of its
/// class; in an event that stays, a removed participant's class becomes -1, which no view holds. A record's links go
/// with it.
const REMOVALS: [&str; 6] = [
    "MATCH (t:StoredTie) WHERE t.class IN $classes OR t.class_from IN $classes
     OR t.class_to IN $classes DELETE t",
    "MATCH (e:StoredEvent) WHERE e.class IN $classes DELETE e",
    "MATCH (e:StoredEvent) WHERE any(class IN e.participants WHERE class IN $classes)
     SET e.participants =
       [class IN e.participants | CASE WHEN class IN $classes THEN -1 ELSE class END]",
    "MATCH (j:StoredJudgement) WHERE j.class_a IN $classes OR j.class_b IN $classes DELETE j",
    "MATCH (r:StoredRecord) WHERE r.class IN $classes DETACH DELETE r",
    "MATCH (b:StoredBlock) WHERE NOT EXISTS { (b)<-[:IN_BLOCK]-() } DELETE b",
];

pub(super) fn purge(txn: &mut Neo4jTxn<'_>, classes: &ClassSet) -> Result<Purged, StoreError> {
    let parameters = || json!({ "classes": class_numbers(classes) });
    let mut purged = Purged::new();
    for count in COUNTS {
        for row in txn.run(count, parameters())? {
            let class = ClassId(integer(&row, "class")? as u32);
            *purged.entry(class).or_default() += integer(&row, "count")? as u64;
        }
    }
    if !purged.is_empty() {
        for removal in REMOVALS {
            txn.change(removal, parameters())?;
        }
    }
    Ok(purged)
}
