//! What one question is computed on: the caller, what for and about which case, and the caller's view. Of what
//! the server shares handlers get what stands here, and nothing else.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::answer::Told;
use super::asked::Asked;
use super::grounds::RestsOn;
use super::policies::{Granted, book};
use super::problem::Problem;
use super::seen::Seen;
use super::state::State;
use crate::govern::{Act, Caller, DeskBook, Principal, Question, Reference, Rules, View};
use crate::graph::Snapshot;
use crate::model::{IdKey, RecordId, Timestamp};
use crate::query::ViewKey;

/// What one question is computed on: the caller, what for and about which case, and the caller's view.
pub struct Scope {
    pub(super) state: Arc<State>,
    /// Who asks, as authenticated.
    pub principal: Principal,
    /// What for and about which case.
    pub asked: Asked,
    /// Who asks.
    pub caller: Caller,
    /// What the caller may see now.
    pub view: View,
    /// When it was decided.
    pub at: Timestamp,
    pseudonyms: String,
    unmasked: BTreeSet<RecordId>,
    /// What the answer rests on.
    pub(super) rests_on: RestsOn,
    told: Ledger,
}

/// What the audit log must keep of the answer that is being made.
pub(super) type Ledger = Rc<RefCell<Told>>;

impl Scope {
    pub(super) fn new(
        state: Arc<State>,
        principal: Principal,
        asked: Asked,
        told: Ledger,
    ) -> Result<Self, Problem> {
        let at = (state.clock)();
        let granted = state.policies.grant(state.store.as_ref(), &principal, &asked, at)?;
        let Granted { view, pseudonyms, unmasked, break_glass, rests_on } = granted;
        told.borrow_mut().break_glass.extend(break_glass);
        let caller = Caller { agency: principal.agency.clone(), user: principal.user.clone() };
        Ok(Self { state, principal, asked, caller, view, at, pseudonyms, unmasked, rests_on, told })
    }

    /// The same caller with the view as of now: after a write it may hold a class more.
    pub fn renewed(&self) -> Result<Self, Problem> {
        let (principal, asked) = (self.principal.clone(), self.asked.clone());
        Self::new(Arc::clone(&self.state), principal, asked, Rc::clone(&self.told))
    }

    /// Notes something for the audit log.
    pub(super) fn note(&self, what: impl FnOnce(&mut Told)) {
        what(&mut self.told.borrow_mut());
    }

    /// Notes what the request turned out to be about.
    pub fn is_about(&self, object: &str) {
        self.note(|told| told.object = Some(object.to_owned()));
    }

    /// What is asked, as policy decides it.
    pub fn question(&self) -> Question<'_> {
        let (principal, case) = (&self.principal, &self.asked.case);
        Question { principal, purpose: self.asked.purpose, case, at: self.at }
    }

    /// The key of the ids of rows that the caller hands in.
    pub fn handing_in_key(&self) -> IdKey {
        let key = &self.state.id_key;
        if self.principal.certified { key.clone() } else { key.of_author(&self.principal.user) }
    }

    /// What the caller does now, to be written down.
    pub fn act(&self) -> Act {
        let Caller { agency, user } = self.caller.clone();
        Act { agency, user, at: self.at }
    }

    /// The policy as of now.
    pub fn policy(&self) -> Result<Arc<Rules>, Problem> {
        Ok(self.state.policies.policy(self.state.store.as_ref())?.1)
    }

    /// Whether a reference is of the form of an agency's.
    ///
    /// # Errors
    /// When it is not: then it may be a name.
    pub fn check_form(&self, agency: &str, reference: &Reference) -> Result<(), Problem> {
        let checked = self.policy()?.check_form(agency, reference);
        checked.map_err(|error| Problem::member("reference", "bad_reference", error.to_string()))
    }

    /// What an agency's desk keeps.
    pub fn book(&self, agency: &str) -> Result<DeskBook, Problem> {
        book(self.state.store.as_ref(), &DeskBook::document(agency))
    }

    /// The view as of now, as an answer shows it: without what may not be shown of people who may be victims.
    pub fn seen(&self) -> Result<Seen<'_>, Problem> {
        Ok(self.seen_and_revision()?.0)
    }

    /// What [`Scope::seen`] gives, and the store's revision that it is of, which never goes into an answer.
    pub fn seen_and_revision(&self) -> Result<(Seen<'_>, u64), Problem> {
        let store = self.state.store.as_ref();
        let (snapshot, revision) =
            self.state.cache.masked(store, &self.view, &self.unmasked, &self.pseudonyms)?;
        Ok((Seen::new(self, snapshot), revision))
    }

    /// The snapshot of the whole store.
    #[cfg(feature = "seeded-leaks")]
    pub fn whole(&self) -> Result<Arc<Snapshot>, Problem> {
        let store = self.state.store.as_ref();
        let view = View::whole_store(&store.classes()?);
        Ok(self.state.cache.snapshot(store, &view)?.0)
    }

    /// How many neighbours an entity has in the whole store.
    #[cfg(feature = "seeded-leaks")]
    pub fn whole_degree(&self, snapshot: &Snapshot, entity: u32) -> Result<usize, Problem> {
        let whole = self.whole()?;
        let first = snapshot.records[snapshot.entities[entity as usize].records[0] as usize].id;
        let entity = whole.record(first).map(|record| whole.entity_of[record as usize]);
        Ok(entity.map_or(0, |entity| whole.neighbours_of(entity).len()))
    }

    /// The key of the stored queries' graph of [`Scope::seen`] at a revision: it holds pseudonyms, and
    /// who is one depends on who is unmasked.
    pub fn query_key(&self, revision: u64) -> ViewKey {
        let masks = format!("{}\n{:?}", self.pseudonyms, self.unmasked);
        ViewKey::new(&self.state.id_key, &self.view, &masks, revision)
    }

    /// Whether the caller may see an entity unmasked. A phone or an address is a victim's as long as a
    /// person who may be one is related to it.
    pub(super) fn may_unmask(&self, snapshot: &Snapshot, entity: u32) -> bool {
        let mut people = vec![entity];
        people.extend(snapshot.neighbours_of(entity));
        let contact = !snapshot.is_protected(entity);
        let concerned =
            people.into_iter().filter(|&it| it == entity || (contact && snapshot.is_protected(it)));
        let records = concerned.flat_map(|it| &snapshot.entities[it as usize].records);
        let victims = records.map(|record| &snapshot.records[*record as usize]);
        let mut victims = victims.filter(|record| record.label.category.is_victim()).peekable();
        victims.peek().is_some() && victims.all(|record| self.unmasked.contains(&record.id))
    }
}
