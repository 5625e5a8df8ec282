//! What one question is computed on: the caller, what for and about which case, and the caller's view. Of what
//! the server shares handlers get what stands here, and nothing else.

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

/// What one question is computed on: the caller, what for and about which case, and the caller's view.
pub struct CallerScope {
    state: Arc<State>,
    /// Who asks, as authenticated.
    pub principal: Principal,
    /// What for and about which case.
    pub asked: PurposeAndCase,
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

/// No record is unmasked.
static NONE: BTreeSet<RecordId> = BTreeSet::new();

/// What the audit log must keep of the answer that is being made.
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

    /// Notes work that begins once the answer has been made.
    pub fn later(&self, later: Later) {
        self.note(|told| told.later.push(later));
    }

    /// The key and the randomness that seal the questions which are kept after their answer.
    pub fn sealing(&self) -> Sealing<'_> {
        self.state.sealing()
    }

    /// Notes what the request turned out to be about.
    pub fn is_about(&self, object: impl Display) {
        let object = object.to_string();
        self.note(|told| told.object = Some(object.clone()));
        self.due.amend(|entry| entry.object = Some(object.clone()));
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

    /// The key that ids are hashed with.
    pub fn id_key(&self) -> &IdKey {
        &self.state.id_key
    }

    /// The engine that scores records.
    pub fn engine(&self) -> &Engine {
        &self.state.engine
    }

    /// The time, which may be later than when the view was decided.
    pub fn now(&self) -> Timestamp {
        (self.state.clock)()
    }

    /// Gives random bytes.
    pub fn random(&self) -> &dyn Fn() -> [u8; 32] {
        &*self.state.random
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

    /// Stores rows, and links them with what the caller sees and may see the content of.
    pub fn submit(&self, rows: Vec<RowOutput>) -> Result<SubmitReport, Problem> {
        let [readable, _] = self.view.parts();
        Ok(self.state.links.submit(rows, self.at, readable.classes(), &self.due)?)
    }

    /// Stores a judgement.
    pub fn judge(&self, judgement: Judgement) -> Result<(), Problem> {
        Ok(jobs::judge(self.state.store.as_ref(), judgement, &self.due)?)
    }

    /// The records of these ids, as they are stored, that the caller sees.
    pub fn records(&self, ids: &[RecordId]) -> Result<Vec<Record>, Problem> {
        Ok(self.state.store.records(self.view.sight(), ids)?)
    }

    /// The account of the reviews of a row, by the record that it is kept under.
    pub fn reviews_of(&self, row: RecordId) -> Result<RecordReviews, Problem> {
        Ok(reviews::reviews_of(self.state.store.as_ref(), row)?)
    }

    /// How many entries of the log bear the mark of a use of break-glass.
    pub fn marked(&self, break_glass: BreakGlassId) -> u64 {
        self.state.audit.marked(break_glass)
    }

    /// The entities of a snapshot of the caller's view that a probe may speak of.
    pub(super) fn identify(
        &self,
        snapshot: &Snapshot,
        probe: &Record,
    ) -> Result<Vec<Candidate>, Problem> {
        let store = self.state.store.as_ref();
        Ok(identify(store, &self.view, snapshot, self.engine(), probe)?)
    }

    /// A job of the caller's agency.
    pub fn job(&self, id: JobId) -> Result<JobStatus, Problem> {
        let job = self.state.jobs.get(&self.caller.agency, id);
        job.ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// The jobs of the caller's agency, the latest first.
    pub fn jobs(&self) -> Vec<JobStatus> {
        self.state.jobs.list(&self.caller.agency)
    }

    /// Asks a job of the caller's agency to stop.
    pub fn cancel_job(&self, id: JobId) -> Result<JobStatus, Problem> {
        let job = self.state.jobs.cancel(&self.caller.agency, id);
        job.ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// Starts a job of the caller's.
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

    /// The library of stored queries as it is now.
    pub fn library(&self) -> Arc<Library> {
        self.state.runner.library()
    }

    /// Whether this server's store can run a query.
    pub fn can_run(&self, query: &StoredQuery) -> bool {
        self.state.runner.supports(query)
    }

    /// Runs a stored query on what [`CallerScope::seen_as`] gives, which is noted.
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

    /// A page as it is shown: the same, but where a test seeds a leak.
    pub(super) fn page_shown<T>(
        &self,
        page: (Vec<T>, usize, Option<String>),
        of: (&[&str], impl FnOnce() -> Vec<String>),
    ) -> (Vec<T>, usize, Option<String>) {
        leak::page(page, of, self.state.whole())
    }

    /// The view as of now, as an answer shows it: without what may not be shown of people who may be victims. Its
    /// records join as for a caller who may see none of them unmasked: who is one with whom tells what they say.
    pub fn seen(&self) -> Result<Seen<'_>, Problem> {
        self.seen_as(Unmask::default())
    }

    /// The same; where that is wished, the records of the victims that the caller may see unmasked join with all
    /// that the caller sees. That marks the answer as unmasked, whatever comes of it.
    pub fn seen_as(&self, unmask: Unmask) -> Result<Seen<'_>, Problem> {
        Ok(self.seen_and_revision(unmask)?.0)
    }

    /// The view of [`CallerScope::seen_as`], and a number that grows with each change of that view. The number never goes
    /// into an answer.
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

    /// The records about victims that the caller may see unmasked and wishes to.
    fn unmasked_by(&self, unmask: Unmask) -> &BTreeSet<RecordId> {
        if leak::unmasks(unmask.is_wished()) { &self.unmasked } else { &NONE }
    }

    /// The key of the stored queries' graph of [`CallerScope::seen_as`] at a revision: it holds pseudonyms, and
    /// who is one with whom depends on who is unmasked.
    fn query_key(&self, revision: u64, unmask: Unmask) -> ViewKey {
        let masks = format!("{}\n{:?}", self.pseudonyms, self.unmasked_by(unmask));
        ViewKey::new(&self.state.id_key, &self.view, &masks, revision)
    }
}
