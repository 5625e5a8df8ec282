//! Indicator R1, the shared hub: a phone, address or vehicle that many *unrelated* people use within
//! one window of time, more than such hubs of this view usually have.
//!
//! A family is one: people are counted in blocks, never as heads. Shelters, hospitals, hotels and
//! the like are the normal case: what would have fired but is explained comes back as exempted,
//! with its reason. A finding says that a hub deserves a look, never that a person has done
//! anything; possible victims are marked as protected and nobody is ranked.
//!
//! Names serve only to count people as related, which lowers the figure; nationality is not read.

mod blocks;
mod counterfactual;
mod exempt;
mod finding;
mod links;
mod null;
mod options;
#[cfg(test)]
mod tests;
mod window;

use std::collections::{BTreeMap, BTreeSet};

pub use finding::{
    Caution, Counterfactual, Exempted, Exemption, Finding, NullModel, SharedHubReport, Strength,
    Subject, Window,
};
pub use options::SharedHubOptions;

use crate::graph::{EntityIndex, Snapshot};
use crate::model::{EntityType, SubjectCategory};
use blocks::Kinship;
use exempt::Organizations;
use links::Link;
use null::Population;
use window::Best;

/// The types of entities that can be a hub.
const HUB_TYPES: [EntityType; 3] = [EntityType::Phone, EntityType::Address, EntityType::Vehicle];

/// One hub with all that is known of its people.
struct Hub {
    entity: EntityIndex,
    entity_type: EntityType,
    /// Ascending by (person, statement).
    links: Vec<Link>,
    /// For each link the block of its person: a position in `blocks`.
    block_of: Vec<u32>,
    /// The people of each block, ascending; blocks in order of their first person.
    blocks: Vec<Vec<EntityIndex>>,
    best: Best,
    /// The kind of organization that explains it, whether or not it would have fired.
    exempt: Option<Exemption>,
}

/// Finds the hubs of a view that unusually many unrelated people share.
///
/// Depends on the snapshot and the options only. More evidence about a hub never lowers its `u`
/// or its score while the other hubs stay as they are, except by what shows two blocks to be kin.
pub fn shared_hubs(snapshot: &Snapshot, options: &SharedHubOptions) -> SharedHubReport {
    // Whose a phone or an address is, its number tells, also where it is masked.
    let organizations = snapshot.figure(Organizations::new);
    let links = links::by_hub(snapshot, options);
    let people: BTreeSet<EntityIndex> = links.values().flatten().map(|link| link.person).collect();
    let kinship = Kinship::new(snapshot, options, &organizations, &people);
    let hubs: Vec<Hub> = links
        .into_iter()
        .map(|(entity, links)| hub(snapshot, options, &kinship, &organizations, entity, links))
        .collect();
    let populations: BTreeMap<EntityType, Population> = HUB_TYPES
        .into_iter()
        .map(|of| {
            let shared = hubs.iter().filter(|hub| hub.entity_type == of && hub.exempt.is_none());
            (of, Population::new(shared.map(|hub| hub.best.u), options.threshold(of)))
        })
        .collect();
    let q_values = q_values(&hubs, &populations);
    let mut report = SharedHubReport {
        findings: Vec::new(),
        exempted: Vec::new(),
        populations: populations.iter().map(|(of, some)| (*of, some.hubs())).collect(),
    };
    for (index, hub) in hubs.iter().enumerate() {
        let population = &populations[&hub.entity_type];
        let counted = hub.exempt.is_none();
        let firing = population.firing_at(counted.then_some(hub.best.u), options);
        if hub.best.u < firing {
            continue;
        }
        let exemption =
            hub.exempt.clone().or_else(|| explained(hub, &organizations, options, firing));
        match exemption {
            Some(reason) => {
                let reason = reason.shown(snapshot);
                report.exempted.push(Exempted { hub: hub.entity, u: hub.best.u, reason });
            }
            None => {
                let q = q_values[index].unwrap_or(1.0);
                let weighing = Weighing { population, firing, q };
                report.findings.push(finding(snapshot, options, &organizations, hub, &weighing));
            }
        }
    }
    let id = |hub: EntityIndex| snapshot.entity_id(hub);
    report.findings.sort_by(|a, b| {
        let by_id = || id(a.hub).cmp(&id(b.hub));
        b.strength.cmp(&a.strength).then(b.score.total_cmp(&a.score)).then_with(by_id)
    });
    report.exempted.sort_by_cached_key(|exempted| id(exempted.hub));
    report
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
    let exempt = organizations.exemption(entity, options);
    Hub { entity, entity_type, links, block_of, blocks, best, exempt }
}

/// Reasons that lie in the hub's use rather than in who keeps it.
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
        .workplace(hub.entity, &hub.blocks, options)
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

/// What a hub is weighed against.
struct Weighing<'a> {
    population: &'a Population,
    /// The smallest u at which the hub fires.
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
    let inside: Vec<usize> = (0..hub.links.len())
        .filter(|at| {
            window::meets(&hub.links[*at], hub.best.window.map(|window| window.0), options)
        })
        .collect();
    let evidence = finding::evidence(snapshot, hub, &inside);
    let cautions: Vec<Caution> = organizations
        .employer(&hub.blocks, options)
        .map(|organization| Caution::SharedEmployer { organization })
        .into_iter()
        .collect();
    let strength = match (weighing.q <= options.q_strong, evidence.agencies.len()) {
        _ if !cautions.is_empty() => Strength::Weak,
        (true, 2..) => Strength::Strong,
        (true, _) | (false, 2..) => Strength::Medium,
        (false, _) => Strength::Weak,
    };
    Finding {
        hub: hub.entity,
        subjects: subjects(snapshot, hub, &inside),
        u,
        firing_at: weighing.firing,
        window: hub.best.window.map(Window::new),
        score: null::score(p, options),
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
        counterfactual: counterfactual::smallest(hub, weighing.firing, options),
    }
}

fn subjects(snapshot: &Snapshot, hub: &Hub, inside: &[usize]) -> Vec<Subject> {
    let mut by_block: BTreeMap<u32, (BTreeSet<EntityIndex>, BTreeSet<_>)> = BTreeMap::new();
    for at in inside {
        let entry = by_block.entry(hub.block_of[*at]).or_default();
        entry.0.insert(hub.links[*at].person);
        entry.1.insert(hub.links[*at].person_record);
    }
    let subjects = by_block.into_values().map(|(people, records)| Subject {
        protected: people.iter().any(|person| may_be_victim(snapshot, *person)),
        people: snapshot.in_order(people),
        records: records.into_iter().collect(),
    });
    let mut subjects: Vec<Subject> = subjects.collect();
    subjects.sort_by_cached_key(|subject| subject.people.first().map(|it| snapshot.entity_id(*it)));
    subjects
}

/// Whether any record in the view says that this may be a victim.
fn may_be_victim(snapshot: &Snapshot, entity: EntityIndex) -> bool {
    let records = &snapshot.entities()[entity].records;
    records.iter().any(|record| {
        matches!(
            snapshot.records()[*record].label.category,
            SubjectCategory::Victim | SubjectCategory::PossibleVictim
        )
    })
}
