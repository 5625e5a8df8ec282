//! Referrals: the findings that there would be if an agency's own records were linked to other agencies' masked ones.
//! Nobody is shown these findings; the users who may release the masked part are told of them.

use std::collections::{BTreeMap, BTreeSet};

use super::shared_hub::{Finding, SharedHubOptions, shared_hubs};
use crate::graph::{EntityIndex, Joined, Snapshot};
use crate::model::RecordId;

/// A finding that would need both an agency's own records and masked ones of others. Ids are those under which
/// records are stored: they go to the owners of the masked records, never to the agency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Referred {
    /// The agency's own records that are evidence, ascending.
    pub own: Vec<RecordId>,
    /// The masked records that are evidence, by the agencies that own them, ascending.
    pub masked: BTreeMap<String, Vec<RecordId>>,
}

/// The shared hubs that an agency is not shown, but that would fire if its records and other agencies' masked ones
/// that speak of one phone, address or vehicle were one. `shown` is the agency's masked snapshot, `joined` the same
/// view with all links. Ascending.
///
/// A finding that fires without the agency's records, or without the masked ones, is not among them: the agency is
/// shown it, or has no part in it.
pub fn referred(
    shown: &Snapshot,
    joined: &Joined,
    agency: &str,
    options: &SharedHubOptions,
) -> Vec<Referred> {
    let joined = joined.snapshot();
    let found: BTreeSet<EntityIndex> =
        shared_hubs(shown, options).findings.iter().map(|finding| finding.about).collect();
    let is_shown = |finding: &Finding| {
        let records = &joined.entities()[finding.about].records;
        let stored = records.iter().filter_map(|record| shown.stored(joined.stored_id(*record)));
        stored.into_iter().any(|record| found.contains(&shown.entity_of(record)))
    };
    let report = shared_hubs(joined, options);
    let findings = report.findings.iter().filter(|finding| !is_shown(finding));
    let of = |finding: &Finding| referral(shown, joined, agency, finding);
    let referred: BTreeSet<Referred> = findings.filter_map(of).collect();
    referred.into_iter().collect()
}

/// The side of a referral that a record belongs to.
#[derive(PartialEq)]
enum Part {
    Own,
    Masked,
    Other,
}

fn referral(
    shown: &Snapshot,
    joined: &Snapshot,
    agency: &str,
    finding: &Finding,
) -> Option<Referred> {
    let owner = |id: RecordId| {
        let record = joined.stored(id)?;
        Some(joined.records()[record].label.agency.as_str())
    };
    let part = |id: RecordId| match owner(id) {
        Some(owner) if owner == agency => Part::Own,
        _ if shown.stored(id).is_some_and(|record| shown.is_foreign(record)) => Part::Masked,
        _ => Part::Other,
    };
    // Counts the blocks of people that there would be without the records of one part.
    let without = |left_out: Part| {
        let stays = |records: &[RecordId]| records.iter().any(|record| part(*record) != left_out);
        finding.subjects.iter().filter(|subject| stays(&subject.records)).count()
    };
    if without(Part::Own) >= finding.firing_at || without(Part::Masked) >= finding.firing_at {
        return None;
    }
    let mut referred = Referred { own: Vec::new(), masked: BTreeMap::new() };
    for id in &finding.records {
        match part(*id) {
            Part::Own => referred.own.push(*id),
            Part::Masked => {
                let owner = owner(*id).unwrap_or_default().to_owned();
                referred.masked.entry(owner).or_default().push(*id);
            }
            Part::Other => {}
        }
    }
    Some(referred)
}
