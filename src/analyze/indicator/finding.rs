//! What an indicator answers with.

use std::collections::{BTreeMap, BTreeSet};

use super::links::Link;
use crate::analyze::Basis;
use crate::graph::{EntityIndex, Snapshot, Statement};
use crate::model::{EntityType, EventId, RecordId, SubjectCategory, TieId, Timestamp};

/// The answer of an indicator. Entities are indexes into the snapshot's entities; ids, and what is in the order of ids,
/// are as the snapshot shows them.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What fired: the strongest first, of equal strength by score from the highest, then by id.
    pub findings: Vec<Finding>,
    /// What would have fired but is explained, by entity id.
    pub exempted: Vec<Exempted>,
    /// The things of each type that the findings were weighed against: those with at least one
    /// person and without an exempt organization. Where they are few, no p is small.
    pub populations: BTreeMap<EntityType, usize>,
}

impl Report {
    /// The report of these, in its order.
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

/// Something that deserves a look. Never says that a person has done anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What it is about: of a shared hub the phone, address or vehicle.
    pub about: EntityIndex,
    /// The blocks of people in the window, in order of their first person; not a ranking.
    pub subjects: Vec<Subject>,
    /// Unrelated blocks in the window: the length of `subjects`.
    pub u: usize,
    /// The smallest `u` at which this fires, all else being equal.
    pub firing_at: usize,
    /// The window with the most blocks, the earliest of equal ones; `None` when no evidence is dated.
    pub window: Option<Window>,
    /// How unusual `u` is, 0 to 1: `log p / log p_of_full_score`. Not a probability of anything.
    pub score: f64,
    /// How much the finding can bear.
    pub strength: Strength,
    /// The tail probability of `u` under `null`, 0 to 1; it decides whether this fires.
    pub p: f64,
    /// The rank form `(1 + #{others >= u}) / (R + 1)` over the R others of the kind: free of any
    /// model, but never below 1 / (R + 1), and as large as the number of those alike.
    pub p_rank: f64,
    /// Benjamini-Hochberg: the false-discovery rate at which this finding would be reported, taken
    /// over the `p` of everything of every type that is not exempt. (Over `p_rank` it would be 1
    /// for every finding: the k-th of m has rank p k / m.)
    pub q: f64,
    /// What `p` was computed with.
    pub null: NullModel,
    /// Records of people and of what it is about that are evidence, ascending.
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
    /// Their records that speak of what it is about, within the window, ascending.
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
    /// Of a finding whose q is small or not, with evidence of so many agencies, and with reasons to think twice or
    /// none.
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

/// What a tail probability was computed with.
#[derive(Debug, Clone, PartialEq)]
pub struct NullModel {
    /// In words.
    pub description: String,
    /// Others of the kind that it was fitted to.
    pub others: usize,
    /// The mean of the ratio r of the geometric tail `P(U >= u) = r^(u - 1)`: the chance that what
    /// has so many has one more.
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

/// What would have fired but is explained.
#[derive(Debug, Clone, PartialEq)]
pub struct Exempted {
    /// What it is.
    pub about: EntityIndex,
    /// Its unrelated blocks.
    pub u: usize,
    /// Why it is no finding.
    pub reason: Exemption,
}

/// Why something is no finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exemption {
    /// It belongs to an organization whose things strangers share as a matter of course.
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
    /// Without what these records say about it it would have stayed below `firing_at` in
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
