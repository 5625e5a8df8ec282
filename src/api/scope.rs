//! What one question is computed on: the caller, what for and about which case, and the caller's view. Of what
//! the server shares handlers get what stands here, and nothing else.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::answer::Told;
use super::asked::Asked;
use super::grounds::RestsOn;
use super::problem::Problem;
use super::seen::Seen;
use super::state::State;
use crate::audit::Due;
use crate::casework::{Casework, Granted};
use crate::govern::{Caller, Principal, Question, View};
use crate::graph;
use crate::model::{IdKey, Record, RecordId, Series, Timestamp};
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
    /// The entry that is due for what the question writes.
    pub(super) due: Arc<Due>,
}

/// What the audit log must keep of the answer that is being made.
pub(super) type Ledger = Rc<RefCell<Told>>;

impl Scope {
    pub(super) fn new(
        state: Arc<State>,
        principal: Principal,
        asked: Asked,
        (told, due): (Ledger, Arc<Due>),
    ) -> Result<Self, Problem> {
        let at = (state.clock)();
        let question =
            Question { principal: &principal, purpose: asked.purpose, case: &asked.case, at };
        let granted = state.policies.grant(state.store.as_ref(), &question)?;
        let Granted { view, pseudonyms, unmasked, break_glass, grounds } = granted;
        let rests_on = RestsOn::of(&asked, &grounds);
        told.borrow_mut().break_glass.extend(break_glass);
        let marks: Vec<String> = told.borrow().break_glass.iter().cloned().collect();
        due.amend(|entry| entry.break_glass.clone_from(&marks));
        let caller = Caller { agency: principal.agency.clone(), user: principal.user.clone() };
        Ok(Self {
            state,
            principal,
            asked,
            caller,
            view,
            at,
            pseudonyms,
            unmasked,
            rests_on,
            told,
            due,
        })
    }

    /// The same caller with the view as of now: after a write it may hold a class more.
    pub fn renewed(&self) -> Result<Self, Problem> {
        let (principal, asked) = (self.principal.clone(), self.asked.clone());
        Self::new(
            Arc::clone(&self.state),
            principal,
            asked,
            (Rc::clone(&self.told), Arc::clone(&self.due)),
        )
    }

    /// Notes something for the audit log.
    pub(super) fn note(&self, what: impl FnOnce(&mut Told)) {
        what(&mut self.told.borrow_mut());
    }

    /// Puts what was shown so far into the entry that is due, so that the commit of a write has it: another request
    /// may bring the entry into the log before this one's answer is made.
    pub fn put_shown_into_entry(&self) {
        let shown = self.told.borrow().shown.clone();
        self.due.amend(|entry| entry.shown.clone_from(&shown));
    }

    /// Notes what the request turned out to be about.
    pub fn is_about(&self, object: &str) {
        self.note(|told| told.object = Some(object.to_owned()));
        self.due.amend(|entry| entry.object = Some(object.to_owned()));
    }

    /// What is asked, as policy decides it.
    pub fn question(&self) -> Question<'_> {
        let (principal, case) = (&self.principal, &self.asked.case);
        Question { principal, purpose: self.asked.purpose, case, at: self.at }
    }

    /// The key of the ids of rows that the caller hands in: of a series that the caller never sees they are of the
    /// caller's own.
    pub fn handing_in_key(&self) -> IdKey {
        let mut unseen = Series::ALL.to_vec();
        unseen.retain(|series| !self.principal.sees_own(*series));
        self.state.id_key.of_author(&self.principal.user, &unseen)
    }

    /// What the governing acts are done on.
    pub fn casework(&self) -> Casework<'_> {
        self.state.casework(&self.due)
    }

    /// The id with which a record that the caller has just handed in is shown, which is noted: a victim's works in
    /// the case that is asked about.
    pub fn record_id(&self, record: &Record) -> RecordId {
        let id = match record.label.category.is_victim() {
            true => self.in_case(record.id),
            false => record.id,
        };
        self.note(|told| told.show(&id.to_string(), [record.label.agency.as_str()]));
        id
    }

    /// The id in the case that is asked about of a record that is stored under an id.
    pub(super) fn in_case(&self, stored: RecordId) -> RecordId {
        graph::record_id_in_case(&self.state.id_key, &self.pseudonyms, stored)
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

    /// The key of the stored queries' graph of [`Scope::seen`] at a revision: it holds pseudonyms, and
    /// who is one depends on who is unmasked.
    pub fn query_key(&self, revision: u64) -> ViewKey {
        let masks = format!("{}\n{:?}", self.pseudonyms, self.unmasked);
        ViewKey::new(&self.state.id_key, &self.view, &masks, revision)
    }
}
