//! The links of a changed snapshot. Those of a form that gained or lost records, or of which a record was judged, are
//! made again; new forms are scored with all that share a key with them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::delta::Delta;
use super::lists::Lists;
use super::{Anew, Making, Touched};
use crate::graph::forms::{Nodes, is_apart, is_of_duplicate, product};
use crate::graph::masks::{Hides, is_of_victim};
use crate::graph::naming::named_by_link;
use crate::graph::{IndexSet, LinkIndex, RecordIndex, Snapshot, tag};
use crate::leak;
use crate::model::{BlockKey, FormId, FormLink, Link, RecordId};
use crate::resolve::{Engine, Prepared};

/// The nodes of a form before a change and after it.
struct Turn {
    before: Nodes,
    after: Nodes,
    /// True if nothing is known of the form's links: it is new, or had none of the records that the caller may see
    /// unmasked, or none but these, which may be linked with other records than the rest.
    is_to_score: bool,
}

impl Turn {
    /// Tells if the form is named by the same record, and by no other, before and after: then records that came or went
    /// are linked with that one alone, and nothing else changes.
    fn is_plain(&self) -> bool {
        self.before.apart.is_empty()
            && self.after.apart.is_empty()
            && !self.before.alike.is_empty()
            && self.before.alike.first() == self.after.alike.first()
    }

    /// The records of a plain form that came.
    fn came(&self) -> Vec<RecordIndex> {
        difference(&self.after.alike, &self.before.alike)
    }

    /// The records of a plain form that went.
    fn went(&self) -> Vec<RecordIndex> {
        difference(&self.before.alike, &self.after.alike)
    }
}

/// The score and comparison levels of each pair of forms, and of each form with itself: the same for any two of their
/// records.
type Contents = BTreeMap<(FormId, FormId), FormLink>;

impl Lists {
    /// Brings the links up to date. A link is a function of two forms, so it does not matter which links the store has
    /// found until now; where the store has one already, it is that one.
    pub(super) fn relink(
        &mut self,
        before: &Snapshot,
        delta: &Delta,
        making: Making<'_>,
        touched: &mut Touched,
    ) -> Result<(), Anew> {
        let hides = making.unmasked.map(|_| self.left_out.hiding());
        let turns = self.turns(before, touched);
        let prepared = self.prepared(making.engine, &turns);
        self.put_keys(making.engine, &turns, &prepared);
        let mut old: BTreeSet<LinkIndex> = BTreeSet::new();
        let mut contents = Contents::new();
        for (form, turn) in &turns {
            let gone = match turn.is_plain() {
                true => {
                    contents.extend(held_content(before, *form, &turn.before));
                    turn.went()
                }
                false => {
                    contents.extend(held_contents(before, *form, &turn.before));
                    turn.before.alike.iter().chain(&turn.before.apart).copied().collect()
                }
            };
            old.extend(gone.iter().flat_map(|at| before.naming.links.at(*at)));
        }
        self.score_with_themselves(making.engine, &turns, &prepared, &mut contents);
        self.score(making.engine, (&turns, &prepared), hides.as_ref(), &mut contents);
        contents.extend(delta.links.iter().filter(|link| self.is_whole(link)).map(keyed));
        let new = self.links_of(&turns, &contents, hides.as_ref());
        self.put_links(before, (old, new), hides.is_some(), touched)
    }

    /// The forms of which a record came, went, moved to another form or was set apart.
    fn turns(&self, before: &Snapshot, touched: &Touched) -> BTreeMap<FormId, Turn> {
        let mut forms: BTreeSet<FormId> = BTreeSet::new();
        let named = touched.fresh.iter().chain(&touched.gone).chain(&touched.replaced);
        for at in named.chain(&touched.judged) {
            forms.extend(before.forms.of.get(*at));
            forms.extend(self.forms.of.get(*at));
        }
        let was_apart = |at| is_apart(&before.left_out.sighted, &before.naming.judgements, at);
        let kinds = |nodes: &Nodes, sighted: &IndexSet<RecordIndex>| {
            nodes.named().map(|at| sighted.contains(at)).collect::<BTreeSet<bool>>()
        };
        let turn = |form: FormId| {
            let was = Nodes::of(before.forms.records(form), was_apart);
            let after = self.nodes(form);
            let known = kinds(&was, &before.left_out.sighted);
            let is_to_score = !kinds(&after, &self.left_out.sighted).is_subset(&known);
            Turn { before: was, after, is_to_score }
        };
        forms.into_iter().map(|form| (form, turn(form))).collect()
    }

    pub(super) fn is_apart(&self, record: RecordIndex) -> bool {
        is_apart(&self.left_out.sighted, &self.naming.judgements, record)
    }

    /// The records that say the same as the one that a node is named by and follow it; ascending.
    pub(super) fn duplicates(&self, node: RecordIndex) -> Vec<RecordIndex> {
        if self.is_apart(node) {
            return Vec::new();
        }
        let Some(form) = self.forms.of.get(node) else { return Vec::new() };
        let mut alike = self.nodes(*form).alike;
        alike.retain(|at| *at != node);
        alike
    }

    fn nodes(&self, form: FormId) -> Nodes {
        Nodes::of(self.forms.records(form), |at| self.is_apart(at))
    }

    /// Records of the forms that must be scored or need keys, prepared for comparison.
    fn prepared(
        &self,
        engine: &Engine,
        turns: &BTreeMap<FormId, Turn>,
    ) -> BTreeMap<FormId, Prepared> {
        let needed = turns.par_iter().filter(|(_, turn)| !turn.is_plain());
        let prepare = |(form, turn): (&FormId, &Turn)| {
            Some((*form, engine.prepare(&self.records[turn.after.named().next()?])))
        };
        needed.filter_map(prepare).collect()
    }

    /// Holds the keys of records that stand for their forms now and did not before.
    fn put_keys(
        &mut self,
        engine: &Engine,
        turns: &BTreeMap<FormId, Turn>,
        prepared: &BTreeMap<FormId, Prepared>,
    ) {
        let mut more: Vec<(BlockKey, RecordIndex)> = Vec::new();
        for (form, turn) in turns {
            let Some(one) = prepared.get(form) else { continue };
            let was: BTreeSet<RecordIndex> = turn.before.named().collect();
            let new: Vec<_> = turn.after.named().filter(|at| !was.contains(at)).collect();
            if !new.is_empty() {
                let keys = engine.keys(one);
                more.extend(new.iter().flat_map(|at| keys.iter().map(move |key| (*key, *at))));
            }
        }
        self.keys = self.keys.with(more);
    }

    /// Scores forms of several records with themselves, where nothing tells yet what that gives.
    fn score_with_themselves(
        &self,
        engine: &Engine,
        turns: &BTreeMap<FormId, Turn>,
        prepared: &BTreeMap<FormId, Prepared>,
        contents: &mut Contents,
    ) {
        for (form, turn) in turns {
            let records = turn.after.alike.len() + turn.after.apart.len();
            let Some(first) = turn.after.named().next().filter(|_| records > 1) else { continue };
            if contents.contains_key(&(*form, *form)) {
                continue;
            }
            let own = prepared.get(form);
            let made = own.is_none().then(|| engine.prepare(&self.records[first]));
            let Some(one) = own.or(made.as_ref()) else { continue };
            contents.extend(engine.form_link((*form, one), (*form, one)).as_ref().map(keyed));
        }
    }

    /// Scores new forms with those that share a key with them.
    fn score(
        &self,
        engine: &Engine,
        (turns, prepared): (&BTreeMap<FormId, Turn>, &BTreeMap<FormId, Prepared>),
        hides: Option<&Hides>,
        contents: &mut Contents,
    ) {
        let mut pairs: BTreeSet<(FormId, FormId)> = BTreeSet::new();
        for (form, _) in turns.iter().filter(|(_, turn)| turn.is_to_score) {
            let Some(one) = prepared.get(form) else { continue };
            let holders = engine.keys(one).into_iter().flat_map(|key| self.keys.of_key(key));
            let others: BTreeSet<FormId> =
                holders.filter_map(|at| self.forms.of.get(at)).copied().collect();
            let others = others.into_iter().filter(|other| other != form);
            pairs.extend(others.map(|other| (other.min(*form), other.max(*form))));
        }
        pairs
            .retain(|pair| !contents.contains_key(pair) && !self.pairs_of(*pair, hides).is_empty());
        let score = |(a, b): (FormId, FormId)| {
            let make = |form| {
                let first = self.nodes(form).named().next()?;
                Some(engine.prepare(&self.records[first]))
            };
            match (prepared.get(&a), prepared.get(&b)) {
                (Some(one), Some(two)) => engine.form_link((a, one), (b, two)),
                (Some(one), None) => engine.form_link((a, one), (b, &make(b)?)),
                (None, Some(two)) => engine.form_link((a, &make(a)?), (b, two)),
                (None, None) => None,
            }
        };
        contents
            .par_extend(pairs.into_par_iter().filter_map(|pair| score(pair).as_ref().map(keyed)));
    }

    /// Tells if both forms of a stored link have records here, and of neither anything is withheld.
    fn is_whole(&self, link: &FormLink) -> bool {
        let first = |form| self.forms.first(form, |_| false);
        let is_whole = |at: RecordIndex| !self.left_out.withheld.contains(at);
        first(link.a).is_some_and(is_whole) && first(link.b).is_some_and(is_whole)
    }

    /// The pairs of records that a link between two forms, or of a form with itself, stands for.
    fn pairs_of(
        &self,
        (a, b): (FormId, FormId),
        hides: Option<&Hides>,
    ) -> Vec<(RecordIndex, RecordIndex)> {
        let mut pairs = match a == b {
            true => self.nodes(a).pairs(),
            false => product(&self.nodes(a), &self.nodes(b)),
        };
        pairs.retain(|pair| self.may_join(hides, *pair));
        pairs
    }

    fn may_join(&self, hides: Option<&Hides>, (a, b): (RecordIndex, RecordIndex)) -> bool {
        let joins = |hides: &Hides| hides.joins((a, &self.records[a]), (b, &self.records[b]));
        hides.is_none_or(|hides| leak::joins(joins(hides)))
    }

    /// The links between records that these contents give, ascending by pair. Of a form that is plain only those of
    /// records that came: the others stand.
    fn links_of(
        &self,
        turns: &BTreeMap<FormId, Turn>,
        contents: &Contents,
        hides: Option<&Hides>,
    ) -> BTreeMap<(RecordId, RecordId), Link> {
        let mut links = BTreeMap::new();
        for (pair, content) in contents {
            let plain = turns.get(&pair.0).filter(|turn| pair.0 == pair.1 && turn.is_plain());
            let pairs = match plain {
                Some(turn) => {
                    let first = turn.after.alike[0];
                    let pairs = turn.came().into_iter().map(|at| (first, at));
                    pairs.filter(|pair| self.may_join(hides, *pair)).collect()
                }
                None => self.pairs_of(*pair, hides),
            };
            for (one, other) in pairs {
                let link = content.between(self.records[one].id, self.records[other].id);
                links.insert((link.a, link.b), link);
            }
        }
        links
    }

    /// Takes old links that are not among the new ones, and puts the new ones that were not there.
    fn put_links(
        &mut self,
        before: &Snapshot,
        (mut old, mut new): (BTreeSet<LinkIndex>, BTreeMap<(RecordId, RecordId), Link>),
        masks: bool,
        touched: &mut Touched,
    ) -> Result<(), Anew> {
        let mut links = before.links.edit();
        let mut naming = before.naming.links.edit();
        let is_open = |id| {
            let record = self.stored(id).and_then(|at| self.records.get(at));
            let gone = || before.stored(id).and_then(|at| before.records.get(at));
            record.or_else(gone).is_none_or(|record| !is_of_victim(&record.label))
        };
        let is_scored = |link: &Link| !masks || is_open(link.a) && is_open(link.b);
        let mut sum = self.sum;
        let mut kept: Vec<(LinkIndex, Arc<Link>)> = Vec::new();
        new.retain(|pair, link| {
            let Some(at) = before.links.find_by_key(pair, |it| (it.a, it.b)) else { return true };
            let held = &before.links[at];
            old.remove(&at);
            if **held != *link {
                sum.take(tag::link(&before.id_key, held, is_scored(held)));
                return true;
            }
            kept.push((at, Arc::clone(held)));
            false
        });
        for at in old {
            let link = &before.links[at];
            sum.take(tag::link(&before.id_key, link, is_scored(link)));
            for end in [link.a, link.b].into_iter().filter_map(|id| before.stored(id)) {
                naming.take(end, at);
                touched.joints.insert(end);
            }
            links.remove(at);
            touched.links.insert(at);
        }
        let new: Vec<Arc<Link>> = new.into_values().map(Arc::new).collect();
        new.iter().for_each(|link| sum.add(tag::link(&before.id_key, link, is_scored(link))));
        for (at, link) in links.put(new.clone(), |it| (it.a, it.b))?.into_iter().zip(new) {
            touched.links.insert(at);
            kept.push((at, link));
        }
        for (at, link) in kept {
            let Some(ends) = self.stored(link.a).zip(self.stored(link.b)) else { continue };
            // A link that stays may have become one of a duplicate, or is none any more.
            let is_of_duplicate = is_of_duplicate(&self.forms, |at| self.is_apart(at), ends);
            if is_of_duplicate {
                naming.take(ends.0, at);
            }
            named_by_link(is_of_duplicate, ends).for_each(|end| naming.add(end, at));
            touched.joints.extend([ends.0, ends.1]);
        }
        let (links, naming) = (links.done(), naming.done());
        (self.sum, self.links, self.naming.links) = (sum, links, naming);
        Ok(())
    }
}

/// The records of one ascending list that are not in another.
fn difference(one: &[RecordIndex], other: &[RecordIndex]) -> Vec<RecordIndex> {
    one.iter().filter(|at| other.binary_search(at).is_err()).copied().collect()
}

fn keyed(link: &FormLink) -> ((FormId, FormId), FormLink) {
    ((link.a, link.b), link.clone())
}

/// The score of a form with itself, read from the link of one of its duplicates; `None` if it has no duplicate.
fn held_content(
    before: &Snapshot,
    form: FormId,
    nodes: &Nodes,
) -> Option<((FormId, FormId), FormLink)> {
    // A duplicate has no other link.
    let duplicate = nodes.alike.get(1)?;
    let links = before.naming.links.at(*duplicate).iter().map(|at| &before.links[*at]);
    let content = |link: &Arc<Link>| {
        let (a, b) = (before.stored(link.a)?, before.stored(link.b)?);
        let is_own = [a, b].iter().all(|end| before.forms.of.get(*end) == Some(&form));
        is_own.then(|| ((form, form), with_content(link, form, form)))
    };
    links.into_iter().find_map(content)
}

/// The scores of a form with other forms and with itself, read from the links of its nodes.
fn held_contents(before: &Snapshot, form: FormId, nodes: &Nodes) -> Contents {
    let mut contents = Contents::new();
    contents.extend(held_content(before, form, nodes));
    for record in nodes.named() {
        for at in before.naming.links.at(record) {
            let link = &before.links[*at];
            let ends = [link.a, link.b].map(|id| before.stored(id));
            let other = ends.into_iter().flatten().find(|end| *end != record);
            let Some(other) = other.and_then(|at| before.forms.of.get(at)) else { continue };
            let pair = (form.min(*other), form.max(*other));
            contents.entry(pair).or_insert_with(|| with_content(link, pair.0, pair.1));
        }
    }
    contents
}

fn with_content(link: &Link, a: FormId, b: FormId) -> FormLink {
    let Link { bits, levels, model, .. } = link.clone();
    FormLink { a, b, bits, levels, model }
}
