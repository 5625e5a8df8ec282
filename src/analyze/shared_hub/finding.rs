//! What the shared hub answers with.

use std::collections::{BTreeMap, BTreeSet};

use super::Hub;
use crate::analyze::Basis;
use crate::graph::{EntityIndex, Snapshot, Statement};
use crate::model::{EntityType, EventId, RecordId, TieId, Timestamp};

/// The answer of [`super::shared_hubs`]. Entities are indexes into the snapshot's entities; ids, and what is in the
/// order of ids, are as the snapshot shows them.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedHubReport {
    /// Hubs that fired: the strongest first, of equal strength by score from the highest, then by id.
    pub findings: Vec<Finding>,
    /// Hubs that would have fired but are explained, by entity id.
    pub exempted: Vec<Exempted>,
    /// The hubs of each type that the findings were weighed against: those with at least one
    /// person and without an exempt organization. Where they are few, no p is small.
    pub populations: BTreeMap<EntityType, usize>,
}

/// A hub that unusually many unrelated people share.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The hub: a phone, address or vehicle.
    pub hub: EntityIndex,
    /// The blocks of people in the window, in order of their first person; not a ranking.
    pub subjects: Vec<Subject>,
    /// Unrelated blocks in the window: the length of `subjects`.
    pub u: usize,
    /// The smallest `u` at which this hub fires, all else being equal.
    pub firing_at: usize,
    /// The window with the most blocks, the earliest of equal ones; `None` when no evidence is dated.
    pub window: Option<Window>,
    /// How unusual `u` is, 0 to 1: `log p / log p_of_full_score`. Not a probability of anything.
    pub score: f64,
    /// How much the finding can bear.
    pub strength: Strength,
    /// The tail probability of `u` under `null`, 0 to 1; it decides whether the hub fires.
    pub p: f64,
    /// The rank form `(1 + #{others >= u}) / (R + 1)` over the R other hubs of the type: free of any
    /// model, but never below 1 / (R + 1), and as large as the number of hubs alike.
    pub p_rank: f64,
    /// Benjamini-Hochberg: the false-discovery rate at which this finding would be reported, taken
    /// over the `p` of every hub of every type that is not exempt. (Over `p_rank` it would be 1
    /// for every finding: the k-th of m hubs has rank p k / m.)
    pub q: f64,
    /// What `p` was computed with.
    pub null: NullModel,
    /// Records of people and of the hub that are evidence, ascending.
    pub records: Vec<RecordId>,
    /// Ties that are evidence, ascending.
    pub ties: Vec<TieId>,
    /// Events that are evidence, ascending.
    pub events: Vec<EventId>,
    /// The same ties and events by their positions, ascending: to be looked at.
    pub statements: Vec<Statement>,
    /// Agencies that own the evidence, ascending.
    pub agencies: Vec<String>,
    /// How far its records are to be believed.
    pub basis: Basis,
    /// Reasons to think twice; with any, the strength is weak.
    pub cautions: Vec<Caution>,
    /// What the finding hangs on.
    pub counterfactual: Counterfactual,
}

/// One block of people who are related, or may be one person: counted as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The people, ascending.
    pub people: Vec<EntityIndex>,
    /// Their records that speak of the hub within the window, ascending.
    pub records: Vec<RecordId>,
    /// Whether a record in the view says of one of them that this is or may be a victim.
    pub protected: bool,
}

/// A half-open window `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after.
    pub to: Timestamp,
}

impl Window {
    pub(super) fn new((from, to): (i64, i64)) -> Self {
        Self { from: at(from), to: at(to) }
    }
}

/// Beyond the years of the calendar the nearest instant that exists.
fn at(micros: i64) -> Timestamp {
    let end = if micros < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    Timestamp::from_micros(micros).unwrap_or_else(|_| Timestamp::from(end))
}

/// How much a finding can bear: strong with a small q and evidence of two agencies, medium with one
/// of the two, else weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Worth a look when something else points here too.
    Weak,
    /// Worth a look.
    Medium,
    /// Worth a look first.
    Strong,
}

impl Strength {
    /// The name used in the API and on the terminal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Medium => "medium",
            Self::Strong => "strong",
        }
    }
}

/// What a tail probability was computed with.
#[derive(Debug, Clone, PartialEq)]
pub struct NullModel {
    /// In words.
    pub description: String,
    /// Other hubs of the type that it was fitted to.
    pub hubs: usize,
    /// The mean of the ratio r of the geometric tail `P(U >= u) = r^(u - 1)`: the chance that a hub
    /// of so many blocks has one more.
    pub ratio: f64,
}

/// A reason to think twice about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caution {
    /// Most of the people work for one organization: it may be a workplace or lawful housing.
    SharedEmployer {
        /// The organization.
        organization: EntityIndex,
    },
}

/// A hub that would have fired but is explained.
#[derive(Debug, Clone, PartialEq)]
pub struct Exempted {
    /// The hub.
    pub hub: EntityIndex,
    /// Its unrelated blocks.
    pub u: usize,
    /// Why it is no finding.
    pub reason: Exemption,
}

/// Why a hub is no finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exemption {
    /// It belongs to an organization whose hubs strangers share as a matter of course.
    Organization {
        /// The organization.
        organization: EntityIndex,
        /// The word of its kind that says so; `None` where the organization is masked.
        kind: Option<String>,
    },
    /// A phone of one organization that nearly all its users work for: a switchboard.
    Workplace {
        /// The organization.
        organization: EntityIndex,
    },
    /// A phone number with too few users between any two long silences: given out anew.
    Recycled,
}

impl Exemption {
    /// The reason, without what is masked of it.
    pub(super) fn shown(self, snapshot: &Snapshot) -> Self {
        match self {
            Self::Organization { organization, .. } if snapshot.is_masked(organization) => {
                Self::Organization { organization, kind: None }
            }
            same => same,
        }
    }
}

/// A smallest set of people's records that the finding hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterfactual {
    /// Without what these records say about the hub it would have stayed below `firing_at` in
    /// every window, who is kin to whom staying as it is. Ascending.
    pub records: Vec<RecordId>,
    /// Whether no smaller set does; false only when the search ran out of steps.
    pub exact: bool,
}

/// The evidence of a finding.
pub(super) struct Evidence {
    pub records: Vec<RecordId>,
    pub ties: Vec<TieId>,
    pub events: Vec<EventId>,
    pub statements: Vec<Statement>,
    pub agencies: Vec<String>,
    pub basis: Basis,
}

/// The evidence that the links at these positions rest on.
pub(super) fn evidence(snapshot: &Snapshot, hub: &Hub, inside: &[usize]) -> Evidence {
    let (mut records, mut ties, mut events) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut statements, mut agencies) = (BTreeSet::new(), BTreeSet::new());
    for link in inside.iter().map(|at| &hub.links[*at]) {
        records.extend([link.person_record, link.hub_record]);
        statements.insert(link.statement);
        let label = match link.statement {
            Statement::Tie(index) => {
                ties.insert(snapshot.tie_id(index));
                &snapshot.ties()[index].label
            }
            Statement::Event(index) => {
                events.insert(snapshot.event_id(index));
                &snapshot.events()[index].label
            }
        };
        agencies.insert(label.agency.clone());
    }
    // Ties and events come of the rows of these records, and are graded with them.
    let evident = records.iter().filter_map(|id| snapshot.record(*id));
    let basis = Basis::of(evident.map(|record| snapshot.records()[record].as_ref()));
    Evidence {
        basis,
        records: records.into_iter().collect(),
        ties: ties.into_iter().collect(),
        events: events.into_iter().collect(),
        statements: statements.into_iter().collect(),
        agencies: agencies.into_iter().collect(),
    }
}
