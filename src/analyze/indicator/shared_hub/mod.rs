//! Indicator R1, the shared hub: a phone, address or vehicle that many *unrelated* people use within
//! one window of time, more than such hubs of this view usually have.
//!
//! A family counts as one: people are counted in blocks, never as heads. Shelters, hospitals, hotels and the like are
//! the normal case: hubs that would have been findings but are explained are reported as exempted, with the reason.

mod options;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use super::finding::{
    Caution, Counterfactual, Exempted, Exemption, Finding, NullModel, Report, Strength, Subject,
    Window,
};
pub use options::{SharedHubOptions, WINDOW_DAYS};

use super::blocks::Kinship;
use super::counterfactual::{self, Counted};
use super::exempt::Organizations;
use super::finding::{evidence, subjects};
use super::links::{self, Link};
use super::null::{self, Counting, Population};
use super::window::{self, Best};
use super::{About, Indicator};
use crate::graph::{EntityIndex, Snapshot};
use crate::model::EntityType;

/// The shared hub.
pub struct SharedHub;

impl Indicator for SharedHub {
    type Options = SharedHubOptions;

    const ABOUT: About = About {
        name: "shared-hub",
        version: 1,
        looks_for: "phones, addresses and vehicles that, within one window of time, more unrelated people have to do \
                    with than with others of their kind in the view",
        meaning: "unusually many unrelated people share this phone, address or vehicle; worth a \
                  look, and says of nobody that they have done anything",
        cannot_tell: &[
            "a place where strangers live or work together by right from one where they are held: a harvest crew in \
             its lawful housing looks the same",
            "strangers from relatives whose records name neither a common home nor a common family name",
            "a shelter, hotel or employer from a front where no record says whose the phone or address is",
            "rings without a common phone, address or vehicle, such as those that change phones",
            "anything where the view has few hubs of a kind: nothing is unusual among few",
        ],
        sources: &[
            "phones and advertisements as the link between people: Ibanez and Suthers 2014, Detection of domestic \
             human trafficking indicators and movement trends using content available on open internet sources",
            "shared contact data as a red flag: FinCEN advisory FIN-2020-A008",
            "false-discovery rate: Benjamini and Hochberg 1995",
        ],
        parameters: &[WINDOW_DAYS],
    };

    fn find(snapshot: &Snapshot, options: &SharedHubOptions) -> Report {
        shared_hubs(snapshot, options)
    }
}

/// The words for the counts of hubs.
const COUNTING: Counting = Counting { what: "unrelated blocks", things: "hubs" };

/// The types of entities that can be a hub.
const HUB_TYPES: [EntityType; 3] = [EntityType::Phone, EntityType::Address, EntityType::Vehicle];

/// One hub with the links to its people and their blocks.
struct Hub {
    entity: EntityIndex,
    entity_type: EntityType,
    /// The links of people with the hub, ascending by (person, statement).
    links: Vec<Link>,
    /// For each link the block of its person: a position in `blocks`.
    block_of: Vec<u32>,
    /// The people of each block, ascending; blocks in order of their first person.
    blocks: Vec<Vec<EntityIndex>>,
    best: Best,
    /// The exemption by an organization's kind, if any, for a finding or not.
    exempt: Option<Exemption>,
}

/// Finds the hubs of a view that unusually many unrelated people share.
///
/// Depends on the snapshot and the options only. More evidence about a hub never lowers its `u`
/// or its score while the other hubs stay as they are, except evidence that two blocks are kin.
pub fn shared_hubs(snapshot: &Snapshot, options: &SharedHubOptions) -> Report {
    // The organization that keeps a phone or an address is found by its number or text, which may be masked.
    let organizations = snapshot.figure(Organizations::new);
    let links = links::by_thing(snapshot, &HUB_TYPES, options.confidence_min);
    let people: BTreeSet<EntityIndex> = links.values().flatten().map(|link| link.person).collect();
    let kinship = Kinship::new(snapshot, &options.kinship(), &organizations, &people);
    let hubs: Vec<Hub> = links
        .into_iter()
        .map(|(entity, links)| hub(snapshot, options, &kinship, &organizations, entity, links))
        .collect();
    let populations: BTreeMap<EntityType, Population> = HUB_TYPES
        .into_iter()
        .map(|of| {
            let shared = hubs.iter().filter(|hub| hub.entity_type == of && hub.exempt.is_none());
            (of, Population::new(shared.map(|hub| hub.best.u), options.threshold(of), COUNTING))
        })
        .collect();
    let q_values = q_values(&hubs, &populations);
    let (mut findings, mut exempted) = (Vec::new(), Vec::new());
    for (index, hub) in hubs.iter().enumerate() {
        let population = &populations[&hub.entity_type];
        let counted = hub.exempt.is_none();
        let firing = population.firing_at(counted.then_some(hub.best.u), options.unusual());
        if hub.best.u < firing {
            continue;
        }
        let exemption =
            hub.exempt.clone().or_else(|| explained(hub, &organizations, options, firing));
        match exemption {
            Some(reason) => {
                let reason = reason.shown(snapshot);
                exempted.push(Exempted { about: hub.entity, u: hub.best.u, reason });
            }
            None => {
                let q = q_values[index].unwrap_or(1.0);
                let weighing = Weighing { population, firing, q };
                findings.push(finding(snapshot, options, &organizations, hub, &weighing));
            }
        }
    }
    let populations = populations.iter().map(|(of, some)| (*of, some.things())).collect();
    Report::sorted(snapshot, findings, exempted, populations)
}

fn hub(
    snapshot: &Snapshot,
    options: &SharedHubOptions,
    kinship: &Kinship,
    organizations: &Organizations,
    entity: EntityIndex,
    links: Vec<Link>,
) -> Hub {
    let entity_type = snapshot.entities()[entity].entity_type;
    let (blocks, block_of) = kinship.blocks(entity, entity_type, &links);
    let best = window::best(&links, &block_of, options.window_micros());
    let exempt = organizations.exemption(entity, &options.exempt_kinds);
    Hub { entity, entity_type, links, block_of, blocks, best, exempt }
}

/// Returns an exemption by the use of the hub rather than by its keeper: a workplace phone or a reassigned number.
fn explained(
    hub: &Hub,
    organizations: &Organizations,
    options: &SharedHubOptions,
    firing: usize,
) -> Option<Exemption> {
    if hub.entity_type != EntityType::Phone {
        return None;
    }
    organizations
        .workplace(hub.entity, &hub.blocks, options.employer_share)
        .map(|organization| Exemption::Workplace { organization })
        .or_else(|| {
            let users = window::successive_users(&hub.links, &hub.block_of, options.gap_micros());
            (users < firing).then_some(Exemption::Recycled)
        })
}

/// Benjamini-Hochberg q for every hub that is not exempt, over all types together.
fn q_values(hubs: &[Hub], populations: &BTreeMap<EntityType, Population>) -> Vec<Option<f64>> {
    let tested: Vec<(usize, f64)> = hubs
        .iter()
        .enumerate()
        .filter(|(_, hub)| hub.exempt.is_none())
        .map(|(index, hub)| {
            let population = &populations[&hub.entity_type];
            (index, population.p(Some(hub.best.u), hub.best.u))
        })
        .collect();
    let mut q = vec![None; hubs.len()];
    for (index, value) in null::benjamini_hochberg(&tested) {
        q[index] = Some(value);
    }
    q
}

/// The population that a hub is compared with, and the result.
struct Weighing<'a> {
    population: &'a Population,
    /// The smallest `u` at which the hub is a finding.
    firing: usize,
    q: f64,
}

fn finding(
    snapshot: &Snapshot,
    options: &SharedHubOptions,
    organizations: &Organizations,
    hub: &Hub,
    weighing: &Weighing<'_>,
) -> Finding {
    let u = hub.best.u;
    let p = weighing.population.p(Some(u), u);
    let (from, length) = (hub.best.window.map(|window| window.0), options.window_micros());
    let links = hub.links.iter().zip(hub.block_of.iter().copied());
    let inside = links.filter(|(link, _)| window::meets(link, from, length));
    let evidence = evidence(snapshot, inside.clone().map(|(link, _)| link));
    let cautions: Vec<Caution> = organizations
        .employer(&hub.blocks, options.employer_share)
        .map(|organization| Caution::SharedEmployer { organization })
        .into_iter()
        .collect();
    let is_rare = weighing.q <= options.q_strong;
    let strength = Strength::of(is_rare, evidence.agencies.len(), !cautions.is_empty());
    let counted =
        Counted { links: &hub.links, block_of: &hub.block_of, length, firing: weighing.firing };
    Finding {
        about: hub.entity,
        subjects: subjects(snapshot, inside),
        u,
        firing_at: weighing.firing,
        window: hub.best.window.map(Window::new),
        score: null::score(p, options.p_of_full_score),
        strength,
        p,
        p_rank: weighing.population.p_rank(Some(u), u),
        q: weighing.q,
        null: weighing.population.describe(Some(u)),
        records: evidence.records,
        ties: evidence.ties,
        events: evidence.events,
        statements: evidence.statements,
        agencies: evidence.agencies,
        basis: evidence.basis,
        cautions,
        counterfactual: counterfactual::smallest(&counted, options.counterfactual_steps),
    }
}
