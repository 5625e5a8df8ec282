//! The forms of a view: records of one class whose comparable content is equal. Links are between forms. A snapshot
//! holds them as links between records: one record stands for its form, and every other record of the form is linked
//! with that one alone. So whatever is computed from links costs as much as there are forms, not as there are pairs of
//! records.
//!
//! A *node* is what is clustered: the records of a form that nothing sets apart, named by the smallest of them, or one
//! record that is set apart, because a human judged it or because the caller sees it unmasked. A *duplicate* (an exact
//! one) is a record of a node that is not the one the node is named by.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::keys::Held;
use super::{Indexed, Layered, RecordIndex, Snapshot};
use crate::model::{FormId, FormLink, Link, Record, RecordId};

/// The forms of a snapshot's records.
#[derive(Clone, Default)]
pub(super) struct Forms {
    /// For each record its form.
    pub of: Layered<RecordIndex, FormId>,
    /// For each form its records; removed ones and those of another form now may be among them.
    held: Held<FormId>,
}

/// The forms follow from the records, of masked ones too, whose content nothing shows.
impl fmt::Debug for Forms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Forms(..)")
    }
}

impl Forms {
    /// The forms of a list of records.
    pub fn of(of: Arc<Indexed<RecordIndex, FormId>>) -> Self {
        let held = Held::of(of.enumerated().map(|(at, form)| (*form, at)).collect());
        Self { of: of.into(), held }
    }

    /// The records of a form, ascending.
    pub fn records(&self, form: FormId) -> Vec<RecordIndex> {
        let mut records: Vec<RecordIndex> = self.each(form).collect();
        // Two ascending runs.
        records.sort();
        records.dedup();
        records
    }

    fn each(&self, form: FormId) -> impl Iterator<Item = RecordIndex> {
        self.held.of_key(form).filter(move |at| self.of.get(*at) == Some(&form))
    }

    /// The record that a form's node is named by: the smallest that is not set apart.
    pub fn first(
        &self,
        form: FormId,
        is_apart: impl Fn(RecordIndex) -> bool,
    ) -> Option<RecordIndex> {
        let [base, added] = self.held.runs_of_key(form);
        let first = |run: &[(FormId, RecordIndex)]| {
            let records = run.iter().map(|(_, at)| *at);
            records.into_iter().find(|at| self.of.get(*at) == Some(&form) && !is_apart(*at))
        };
        [first(base), first(added)].into_iter().flatten().min()
    }

    /// The forms with records of another form, and further ones.
    pub fn with(&self, of: Layered<RecordIndex, FormId>, more: &[(FormId, RecordIndex)]) -> Self {
        Self { of, held: self.held.with(more.iter().copied()) }
    }

    /// The forms of the same records at other positions.
    pub fn moved(&self, records: &Indexed<RecordIndex, Arc<Record>>) -> Self {
        Self::of(Arc::new(records.along(self.of.iter().copied())))
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        self.held.bytes() + self.of.len() * size_of::<FormId>()
    }
}

/// The nodes of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Nodes {
    /// The records that nothing sets apart, ascending: one node.
    pub alike: Vec<RecordIndex>,
    /// The records that are set apart, ascending: a node each.
    pub apart: Vec<RecordIndex>,
}

impl Nodes {
    pub fn of(records: Vec<RecordIndex>, is_apart: impl Fn(RecordIndex) -> bool) -> Self {
        let (apart, alike) = records.into_iter().partition(|at| is_apart(*at));
        Self { alike, apart }
    }

    /// The records that the nodes are named by.
    pub fn named(&self) -> impl Iterator<Item = RecordIndex> + Clone {
        self.alike.first().into_iter().chain(&self.apart).copied()
    }

    /// The pairs of records that are linked because they are of one form: each duplicate with the record that its node is
    /// named by, and every two nodes.
    pub fn pairs(&self) -> Vec<(RecordIndex, RecordIndex)> {
        let duplicates = self.alike.split_first().into_iter().flat_map(|(first, duplicates)| {
            duplicates.iter().map(|duplicate| (*first, *duplicate)).collect::<Vec<_>>()
        });
        let named: Vec<RecordIndex> = self.named().collect();
        let nodes = named.iter().enumerate().flat_map(|(position, one)| {
            named[position + 1..].iter().map(|other| (*one, *other)).collect::<Vec<_>>()
        });
        duplicates.chain(nodes).collect()
    }
}

/// The links between the records of a view that links between its forms give, ascending by pair. `joins` tells which
/// pairs of records may be linked at all.
pub(super) fn links_of_records(
    records: &Indexed<RecordIndex, Arc<Record>>,
    forms: &Forms,
    links: Vec<FormLink>,
    is_apart: impl Fn(RecordIndex) -> bool + Sync,
    joins: impl Fn(RecordIndex, RecordIndex) -> bool + Sync,
) -> Vec<Link> {
    let mut nodes: HashMap<FormId, Nodes> = HashMap::with_capacity(records.len());
    for (at, form) in forms.of.enumerated() {
        let nodes = nodes.entry(*form).or_default();
        if is_apart(at) { nodes.apart.push(at) } else { nodes.alike.push(at) }
    }
    let of_link = |link: FormLink| -> Vec<Link> {
        let Some((one, other)) = nodes.get(&link.a).zip(nodes.get(&link.b)) else {
            return Vec::new();
        };
        let mut pairs = if link.a == link.b { one.pairs() } else { product(one, other) };
        pairs.retain(|(a, b)| joins(*a, *b));
        let between =
            |(a, b): &(RecordIndex, RecordIndex)| link.between(records[*a].id, records[*b].id);
        pairs.iter().map(between).collect()
    };
    let mut links: Vec<Link> = links.into_par_iter().flat_map_iter(of_link).collect();
    links.par_sort_unstable_by_key(|link| (link.a, link.b));
    links
}

/// The pairs of a node of one form and a node of another.
pub(super) fn product(one: &Nodes, other: &Nodes) -> Vec<(RecordIndex, RecordIndex)> {
    one.named().flat_map(|a| other.named().map(move |b| (a, b))).collect()
}

impl Snapshot {
    /// Tells if a record is a node of its own: a human judged it, or the caller sees it unmasked.
    fn is_apart(&self, record: RecordIndex) -> bool {
        is_apart(&self.left_out.sighted, &self.naming.judgements, record)
    }

    /// The record that stands for a record in links: the smallest of its form, or itself if something sets it apart.
    pub fn node_named(&self, record: RecordIndex) -> RecordIndex {
        if self.is_apart(record) {
            return record;
        }
        let Some(form) = self.forms.of.get(record) else { return record };
        self.forms.first(*form, |at| self.is_apart(at)).unwrap_or(record)
    }

    /// Tells if a link is of a duplicate: of two records that say the same, of which one stands for the other in all other
    /// links.
    pub fn is_of_duplicate(&self, link: &Link) -> bool {
        let ends = self.stored(link.a).zip(self.stored(link.b));
        ends.is_some_and(|ends| is_of_duplicate(&self.forms, |at| self.is_apart(at), ends))
    }

    /// The link by which two records are linked: their own, or that of the records that stand for them.
    pub fn link_between(&self, one: RecordIndex, other: RecordIndex) -> Option<&Arc<Link>> {
        let nodes = (self.node_named(one), self.node_named(other));
        let (a, b) = match nodes.0 == nodes.1 {
            // Two duplicates are linked as any of them is with the record that stands for it.
            true => (nodes.0, if one == nodes.0 { other } else { one }),
            false => nodes,
        };
        let id = |at: RecordIndex| self.records[at].id;
        let pair: (RecordId, RecordId) = (id(a).min(id(b)), id(a).max(id(b)));
        self.links.find_by_key(&pair, |link| (link.a, link.b)).and_then(|at| self.links.get(at))
    }

    /// All pairs of records that the links stand for, each with its bits: of two nodes that are linked every record of the
    /// one with every record of the other, and every two of one node. As many as the pairs of records that say the same,
    /// so for measuring only.
    pub fn linked_pairs(&self) -> impl Iterator<Item = (RecordId, RecordId, f64)> + '_ {
        let mut nodes: BTreeMap<RecordIndex, Vec<RecordIndex>> = BTreeMap::new();
        for at in self.records.indexes() {
            nodes.entry(self.node_named(at)).or_default().push(at);
        }
        let mut within: BTreeSet<RecordIndex> = BTreeSet::new();
        self.links.iter().flat_map(move |link| {
            let ends = self.stored(link.a).zip(self.stored(link.b));
            let [one, other] = ends.map_or([None, None], |(a, b)| [nodes.get(&a), nodes.get(&b)]);
            let pairs: Vec<(RecordIndex, RecordIndex)> = match (one, other) {
                (Some(one), Some(other)) => {
                    one.iter().flat_map(|a| other.iter().map(|b| (*a, *b))).collect()
                }
                // Of a duplicate: the first such link of a node stands for all pairs of the node.
                (Some(one), None) if within.insert(one[0]) => {
                    let behind = |at: usize| one[at + 1..].iter().map(move |b| (one[at], *b));
                    (0..one.len()).flat_map(behind).collect()
                }
                _ => Vec::new(),
            };
            let id = |at: RecordIndex| self.records[at].id;
            pairs.into_iter().map(move |(a, b)| (id(a), id(b), link.bits))
        })
    }

    /// How many nodes the records of an entity are: those that are compared with each other, each for its duplicates.
    pub fn node_count(&self, records: &[RecordIndex]) -> usize {
        let nodes: BTreeSet<RecordIndex> = records.iter().map(|at| self.node_named(*at)).collect();
        nodes.len()
    }
}

/// Tells if something sets a record apart from the others of its form.
pub(super) fn is_apart(
    sighted: &super::IndexSet<RecordIndex>,
    judgements: &super::rows::Rows<RecordIndex, super::JudgementIndex>,
    record: RecordIndex,
) -> bool {
    sighted.contains(record) || !judgements.at(record).is_empty()
}

/// Tells if the ends of a link are of one form and nothing sets them apart.
pub(super) fn is_of_duplicate(
    forms: &Forms,
    is_apart: impl Fn(RecordIndex) -> bool,
    (a, b): (RecordIndex, RecordIndex),
) -> bool {
    let of = |at| forms.of.get(at);
    of(a).is_some() && of(a) == of(b) && !is_apart(a) && !is_apart(b)
}
