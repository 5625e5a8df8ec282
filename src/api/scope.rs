//! The scope of one question: the caller, the purpose, the case and the caller's view. Handlers reach the server's
//! shared state through the methods of this scope only.

pub mod seen;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::rc::Rc;
use std::sync::Arc;

use super::answer::Told;
use super::background::Background;
use super::grounds::RestsOn;
use super::later::Later;
use super::problem::{Code, Problem};
use super::purpose_and_case::PurposeAndCase;
use super::state::State;
use crate::analyze::{Candidate, identify};
use crate::audit::Due;
use crate::casework::deferred::Sealing;
use crate::casework::{Casework, Granted, reviews};
use crate::govern::{BreakGlassId, Caller, Principal, Question, RecordReviews, View};
use crate::graph::{self, Snapshot};
use crate::ingest::RowOutput;
use crate::jobs::{self, JobError, JobHandle, JobId, JobOwner, JobStatus, SubmitReport};
use crate::leak;
use crate::model::{IdKey, Judgement, Record, RecordId, Series, Timestamp};
use crate::query::{Cancel, Library, Limits, Rows, StoredQuery, ViewKey};
use crate::resolve::Engine;
use seen::{Seen, Unmask};

/// The scope of one question: the caller, the purpose, the case and the caller's view.
pub struct CallerScope {
    state: Arc<State>,
    /// The authenticated caller with its roles.
    pub principal: Principal,
    /// The purpose and the case.
    pub asked: PurposeAndCase,
    /// The agency and the user of the caller.
    pub caller: Caller,
    /// The classes of objects that the caller may see.
    pub view: View,
    /// The time at which the view was decided.
    pub at: Timestamp,
    pseudonyms: String,
    unmasked: BTreeSet<RecordId>,
    /// The grounds of the answer.
    pub(super) rests_on: RestsOn,
    told: Ledger,
    /// The audit entry that is due for the writes of the question.
    pub(super) due: Arc<Due>,
}

/// The empty set of unmasked records.
static NONE: BTreeSet<RecordId> = BTreeSet::new();

/// The audit log's part of the answer that is being made.
pub(super) type Ledger = Rc<RefCell<Told>>;

impl CallerScope {
    pub(super) fn new(
        state: Arc<State>,
        principal: Principal,
        asked: PurposeAndCase,
        (told, due): (Ledger, Arc<Due>),
    ) -> Result<Self, Problem> {
        let at = (state.clock)();
        let question =
            Question { principal: &principal, purpose: asked.purpose, case: &asked.case, at };
        let granted = state.policies.grant(state.store.as_ref(), &question)?;
        let Granted { view, pseudonyms, unmasked, break_glass, grounds } = granted;
        let rests_on = RestsOn::of(asked.purpose, &asked.case, &grounds);
        told.borrow_mut().break_glass.extend(break_glass);
        let marks: Vec<BreakGlassId> = told.borrow().break_glass.iter().copied().collect();
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

    /// Returns a scope of the same caller with the view decided anew: after a write, it may have a new class.
    pub fn renewed(&self) -> Result<Self, Problem> {
        let (principal, asked) = (self.principal.clone(), self.asked.clone());
        Self::new(
            Arc::clone(&self.state),
            principal,
            asked,
            (Rc::clone(&self.told), Arc::clone(&self.due)),
        )
    }

    /// Changes the audit log's part of the answer.
    pub(super) fn note(&self, what: impl FnOnce(&mut Told)) {
        what(&mut self.told.borrow_mut());
    }

    /// Puts the ids shown so far into the due entry, so that the commit of a write includes them: another request may
    /// move the entry into the log before the answer of this one is made.
    pub fn put_shown_into_entry(&self) {
        let shown = self.told.borrow().shown.clone();
        self.due.amend(|entry| entry.shown.clone_from(&shown));
    }

    /// Notes work that begins once the answer has been made.
    pub fn later(&self, later: Later) {
        self.note(|told| told.later.push(later));
    }

    /// Returns the key and the randomness that seal questions which are kept after their answer.
    pub fn sealing(&self) -> Sealing<'_> {
        self.state.sealing()
    }

    /// Notes the id of the object that the request is about.
    pub fn is_about(&self, object: impl Display) {
        let object = object.to_string();
        self.note(|told| told.object = Some(object.clone()));
        self.due.amend(|entry| entry.object = Some(object.clone()));
    }

    /// Returns the question for policy decisions: the principal, the purpose, the case and the time.
    pub fn question(&self) -> Question<'_> {
        let (principal, case) = (&self.principal, &self.asked.case);
        Question { principal, purpose: self.asked.purpose, case, at: self.at }
    }

    /// Returns the key for the ids of rows that the caller submits. In a series that the caller never sees, the ids are
    /// specific to the caller, so that they never meet ids that the caller must not learn of.
    pub fn handing_in_key(&self) -> IdKey {
        let mut unseen = Series::ALL.to_vec();
        unseen.retain(|series| !self.principal.sees_own(*series));
        self.state.id_key.of_author(&self.principal.user, &unseen)
    }

    /// Returns the key that ids are hashed with.
    pub fn id_key(&self) -> &IdKey {
        &self.state.id_key
    }

    /// Returns the engine that scores records.
    pub fn engine(&self) -> &Engine {
        &self.state.engine
    }

    /// Returns the current time, which may be later than the time at which the view was decided.
    pub fn now(&self) -> Timestamp {
        (self.state.clock)()
    }

    /// Returns the source of random bytes.
    pub fn random(&self) -> &dyn Fn() -> [u8; 32] {
        &*self.state.random
    }

    /// Returns the policy and the stores for acts of governance, with the due entry for their writes.
    pub fn casework(&self) -> Casework<'_> {
        self.state.casework(&self.due)
    }

    /// Returns the shown id of a record that the caller has just submitted, and notes it as shown. The id of a victim's
    /// record is specific to the case of the question.
    pub fn record_id(&self, record: &Record) -> RecordId {
        let id = match record.label.category.is_victim() {
            true => self.in_case(record.id),
            false => record.id,
        };
        self.note(|told| told.show(&id.to_string(), [record.label.agency.as_str()]));
        id
    }

    /// Returns the id in the case of the question for a record with a stored id.
    pub(super) fn in_case(&self, stored: RecordId) -> RecordId {
        graph::record_id_in_case(&self.state.id_key, &self.pseudonyms, stored)
    }

    /// Stores rows, and links them with the records whose content the caller may see.
    pub fn submit(&self, rows: Vec<RowOutput>) -> Result<SubmitReport, Problem> {
        let [readable, _] = self.view.parts();
        Ok(self.state.links.submit(rows, self.at, readable.classes(), &self.due)?)
    }

    /// Stores a judgement.
    pub fn judge(&self, judgement: Judgement) -> Result<(), Problem> {
        Ok(jobs::judge(self.state.store.as_ref(), judgement, &self.due)?)
    }

    /// Returns the records with these stored ids that the caller sees.
    pub fn records(&self, ids: &[RecordId]) -> Result<Vec<Record>, Problem> {
        Ok(self.state.store.records(self.view.sight(), ids)?)
    }

    /// Returns the reviews of a row by the id of the record that they are stored under.
    pub fn reviews_of(&self, row: RecordId) -> Result<RecordReviews, Problem> {
        Ok(reviews::reviews_of(self.state.store.as_ref(), row)?)
    }

    /// Returns the number of log entries that bear the mark of a use of break-glass.
    pub fn marked(&self, break_glass: BreakGlassId) -> u64 {
        self.state.audit.marked(break_glass)
    }

    /// Returns the entities of a snapshot of the caller's view that a probe may be about.
    pub(super) fn identify(&self, snapshot: &Snapshot, probe: &Record) -> Vec<Candidate> {
        let found = identify(snapshot, self.engine(), probe);
        leak::candidates(found, (self.state.store.as_ref(), self.engine(), probe))
    }

    /// Returns a job of the caller's agency.
    pub fn job(&self, id: JobId) -> Result<JobStatus, Problem> {
        let job = self.state.jobs.get(&self.caller.agency, id);
        job.ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// Returns the jobs of the caller's agency, the latest first.
    pub fn jobs(&self) -> Vec<JobStatus> {
        self.state.jobs.list(&self.caller.agency)
    }

    /// Asks a job of the caller's agency to stop.
    pub fn cancel_job(&self, id: JobId) -> Result<JobStatus, Problem> {
        let job = self.state.jobs.cancel(&self.caller.agency, id);
        job.ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// Starts a job that the caller owns.
    pub fn start_job(
        &self,
        kind: &'static str,
        work: impl FnOnce(&Background, &JobHandle) -> Result<serde_json::Value, JobError>
        + Send
        + 'static,
    ) -> Result<JobStatus, Problem> {
        let background = Background::of(Arc::clone(&self.state));
        let Caller { agency, user } = self.caller.clone();
        let work = move |handle: &JobHandle| work(&background, handle);
        Ok(self.state.jobs.start(JobOwner { agency, user }, kind, work)?)
    }

    /// Returns the current library of stored queries.
    pub fn library(&self) -> Arc<Library> {
        self.state.runner.library()
    }

    /// Tells if this server's store can run a query.
    pub fn can_run(&self, query: &StoredQuery) -> bool {
        self.state.runner.supports(query)
    }

    /// Runs a stored query on the snapshot of [`CallerScope::seen_as`], and notes the ids in its rows as shown.
    pub fn run_query(
        &self,
        name: &str,
        parameters: &serde_json::Map<String, serde_json::Value>,
        unmask: Unmask,
    ) -> Result<(Rows, Seen<'_>), Problem> {
        let (seen, revision) = self.seen_and_revision(unmask)?;
        let (view, snapshot) = (self.query_key(revision, unmask), seen.snapshot());
        let (limits, cancel) = (Limits::default(), Cancel::default());
        let run = |view: &ViewKey, snapshot: &Snapshot| {
            self.state.runner.run(name, parameters, view, snapshot, &limits, &cancel)
        };
        let rows = leak::rows((&view, snapshot), self.state.whole(), run)?;
        // Ids are plain text to the engine that ran the query.
        rows.rows.iter().flatten().for_each(|value| seen.note_named(value));
        Ok((rows, seen))
    }

    /// Returns a page unchanged, unless a test seeds a leak.
    pub(super) fn page_shown<T>(
        &self,
        page: (Vec<T>, usize, Option<String>),
        of: (&[&str], impl FnOnce() -> Vec<String>),
    ) -> (Vec<T>, usize, Option<String>) {
        leak::page(page, of, self.state.whole())
    }

    /// Returns the view as of now, as an answer shows it: the content about people who may be victims is masked. Its
    /// records are joined as for a caller who may see none of them unmasked, since the joins of masked records would
    /// tell their content.
    pub fn seen(&self) -> Result<Seen<'_>, Problem> {
        self.seen_as(Unmask::default())
    }

    /// Returns the view as [`CallerScope::seen`] does; if unmasking is requested, records of victims that the caller
    /// may see unmasked are shown and joined with all records that the caller sees. This marks the answer as unmasked,
    /// whatever its result.
    pub fn seen_as(&self, unmask: Unmask) -> Result<Seen<'_>, Problem> {
        Ok(self.seen_and_revision(unmask)?.0)
    }

    /// Returns the view of [`CallerScope::seen_as`], and a revision number that grows with each change of this view.
    /// The number never goes into an answer.
    fn seen_and_revision(&self, unmask: Unmask) -> Result<(Seen<'_>, u64), Problem> {
        let (cache, store) = (&self.state.cache, self.state.store.as_ref());
        let (masked, revision) = cache.masked(store, &self.view, &self.pseudonyms)?;
        let unmasked = (self.unmasked_by(unmask), self.pseudonyms.as_str());
        let mark = || self.note(|told| told.unmasked = true);
        Ok(match cache.reveal(store, &self.view, unmasked, mark)? {
            None => (Seen::new(self, masked), revision),
            Some((snapshot, revision)) => (Seen::unmasked(self, snapshot, masked), revision),
        })
    }

    /// Returns the records about victims that the caller may see unmasked, if the caller requests it; else none.
    fn unmasked_by(&self, unmask: Unmask) -> &BTreeSet<RecordId> {
        if leak::unmasks(unmask.is_wished()) { &self.unmasked } else { &NONE }
    }

    /// Returns the key of the stored queries' graph for [`CallerScope::seen_as`] at a revision. It depends on the
    /// pseudonyms, which the graph holds, and on the unmasked records, which change the joins.
    fn query_key(&self, revision: u64, unmask: Unmask) -> ViewKey {
        let masks = format!("{}\n{:?}", self.pseudonyms, self.unmasked_by(unmask));
        ViewKey::new(&self.state.id_key, &self.view, &masks, revision)
    }
}
