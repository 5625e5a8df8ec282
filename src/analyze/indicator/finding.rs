//! The report of an indicator and its parts.

use std::collections::{BTreeMap, BTreeSet};

use super::links::Link;
use crate::analyze::Basis;
use crate::graph::{EntityIndex, Snapshot, Statement};
use crate::model::{EntityType, EventId, RecordId, SubjectCategory, TieId, Timestamp};

/// The answer of an indicator. Entities are indexes into the snapshot's entities; ids, and lists in the order of ids,
/// are as the snapshot shows them.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The findings, by descending strength, then descending score, then by the id of `about`.
    pub findings: Vec<Finding>,
    /// Entities that would have been findings but are explained, ascending by id.
    pub exempted: Vec<Exempted>,
    /// The number of things of each type that the findings were compared with: things linked to at least one person and
    /// without an exempt organization. With few of them no p is small.
    pub populations: BTreeMap<EntityType, usize>,
}

impl Report {
    /// Makes the report, sorted in its documented order.
    pub(super) fn sorted(
        snapshot: &Snapshot,
        mut findings: Vec<Finding>,
        mut exempted: Vec<Exempted>,
        populations: BTreeMap<EntityType, usize>,
    ) -> Self {
        let id = |about: EntityIndex| snapshot.entity_id(about);
        findings.sort_by(|a, b| {
            let by_id = || id(a.about).cmp(&id(b.about));
            b.strength.cmp(&a.strength).then(b.score.total_cmp(&a.score)).then_with(by_id)
        });
        exempted.sort_by_cached_key(|exempted| id(exempted.about));
        Self { findings, exempted, populations }
    }
}

/// An entity that deserves a look. A finding never says that a person has done anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The entity that the finding is about: the phone, address or vehicle of a shared hub.
    pub about: EntityIndex,
    /// The blocks of people in the window, in order of their first person; not a ranking.
    pub subjects: Vec<Subject>,
    /// Unrelated blocks in the window: the length of `subjects`.
    pub u: usize,
    /// The smallest `u` that would make a finding, all else being equal.
    pub firing_at: usize,
    /// The window with the most blocks, the earliest of equal ones; `None` when no evidence is dated.
    pub window: Option<Window>,
    /// How unusual `u` is, 0 to 1: `log p / log p_of_full_score`. Not a probability of anything.
    pub score: f64,
    /// The strength of the finding.
    pub strength: Strength,
    /// The tail probability of `u` under `null`, 0 to 1; with `p_rank` it decides if this is a finding.
    pub p: f64,
    /// The rank form `(1 + #{others >= u}) / (R + 1)` over the R others of the kind: free of any
    /// model, but never below 1 / (R + 1), and the larger the more others have as many blocks.
    pub p_rank: f64,
    /// Benjamini-Hochberg: the false-discovery rate at which this finding would be reported, taken
    /// over the `p` of everything of every type that is not exempt. (Over `p_rank` it would be 1
    /// for every finding: the k-th of m has rank p k / m.)
    pub q: f64,
    /// The null model that `p` was computed with.
    pub null: NullModel,
    /// Records that are evidence, of the people and of the entity `about`, ascending.
    pub records: Vec<RecordId>,
    /// Ties that are evidence, ascending.
    pub ties: Vec<TieId>,
    /// Events that are evidence, ascending.
    pub events: Vec<EventId>,
    /// The positions of these ties and events, ascending, to look them up in the snapshot.
    pub statements: Vec<Statement>,
    /// Agencies that own the evidence, ascending.
    pub agencies: Vec<String>,
    /// The reliability of the records that are evidence.
    pub basis: Basis,
    /// Reasons to think twice; with any, the strength is weak.
    pub cautions: Vec<Caution>,
    /// The smallest set of records that the finding hangs on.
    pub counterfactual: Counterfactual,
}

/// One block of people who are related, or may be one person: counted as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The people, ascending.
    pub people: Vec<EntityIndex>,
    /// Their records that state a link to the entity `about` within the window, ascending.
    pub records: Vec<RecordId>,
    /// True if a record in the view says of one of the people that this is or may be a victim.
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

/// The strength of a finding: strong with a small q and evidence of two or more agencies, medium with one of the two,
/// else weak. With a caution it is weak.
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
    /// Returns the strength of a finding: `is_rare` is true if its q is small, `agencies` is the number of agencies
    /// with evidence, and `is_doubtful` is true if there are cautions.
    pub(super) fn of(is_rare: bool, agencies: usize, is_doubtful: bool) -> Self {
        match (is_rare, agencies) {
            _ if is_doubtful => Self::Weak,
            (true, 2..) => Self::Strong,
            (true, _) | (false, 2..) => Self::Medium,
            (false, _) => Self::Weak,
        }
    }

    /// The name used in the API and on the terminal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Medium => "medium",
            Self::Strong => "strong",
        }
    }
}

/// The null model that a tail probability was computed with.
#[derive(Debug, Clone, PartialEq)]
pub struct NullModel {
    /// The model in words.
    pub description: String,
    /// The number of other things of the type that the model was fitted to.
    pub others: usize,
    /// The mean of the ratio r of the geometric tail `P(U >= u) = r^(u - 1)`: the probability that a thing with so many
    /// blocks has one more.
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

/// An entity that would have been a finding but is explained.
#[derive(Debug, Clone, PartialEq)]
pub struct Exempted {
    /// The entity.
    pub about: EntityIndex,
    /// The number of unrelated blocks of its people in the window.
    pub u: usize,
    /// The reason why it is no finding.
    pub reason: Exemption,
}

/// The reason why an entity is no finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exemption {
    /// It belongs to an organization of a kind whose phones, addresses and vehicles strangers share as a matter of
    /// course.
    Organization {
        /// The organization.
        organization: EntityIndex,
        /// The word in the kind of the organization that tells so; `None` if the organization is masked.
        kind: Option<String>,
    },
    /// A phone of one organization that nearly all its users work for: a switchboard.
    Workplace {
        /// The organization.
        organization: EntityIndex,
    },
    /// A phone number with too few users between any two long silences: it was reassigned to new users.
    Recycled,
}

impl Exemption {
    /// Removes the kind of a masked organization from the reason.
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
    /// Records of people, ascending. Without their links to the entity `about` it would have had fewer than `firing_at`
    /// blocks in every window. The kinship of the people is left as it is.
    pub records: Vec<RecordId>,
    /// True if no smaller set does; false only if the search ran out of steps.
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

/// The evidence that these links rest on.
pub(super) fn evidence<'a>(snapshot: &Snapshot, links: impl Iterator<Item = &'a Link>) -> Evidence {
    let (mut records, mut ties, mut events) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut statements, mut agencies) = (BTreeSet::new(), BTreeSet::new());
    for link in links {
        records.extend([link.person_record, link.thing_record]);
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
    // Ties and events come from the rows of these records, which carry their grade.
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

/// The people of these links, by their blocks.
pub(super) fn subjects<'a>(
    snapshot: &Snapshot,
    links: impl Iterator<Item = (&'a Link, u32)>,
) -> Vec<Subject> {
    let mut by_block: BTreeMap<u32, (BTreeSet<EntityIndex>, BTreeSet<_>)> = BTreeMap::new();
    for (link, block) in links {
        let entry = by_block.entry(block).or_default();
        entry.0.insert(link.person);
        entry.1.insert(link.person_record);
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

/// Tells if any record in the view says that the entity is or may be a victim.
fn may_be_victim(snapshot: &Snapshot, entity: EntityIndex) -> bool {
    let records = &snapshot.entities()[entity].records;
    records.iter().any(|record| {
        matches!(
            snapshot.records()[*record].label.category,
            SubjectCategory::Victim | SubjectCategory::PossibleVictim
        )
    })
}
