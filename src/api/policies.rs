//! The policy as it stands at each request, and what it decided: read anew every time, worked out again
//! only when something changed.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::asked::Asked;
use super::problem::{Code, Problem};
use crate::audit::Due;
use crate::govern::{
    Decision, DeskBook, POLICY_DOCUMENT, Policy, Principal, Question, Rules, View,
};
use crate::model::{Class, ClassId, RecordId, Timestamp};
use crate::store::Store;

/// Decisions kept; the one used longest ago makes room.
const DECISIONS_MAX: usize = 128;
/// How often a change of the policy is tried again when another one came in between.
const CHANGES_MAX: usize = 20;

/// Policy, classes and decisions, each kept as long as it is current.
#[derive(Default)]
pub struct Policies {
    policy: Mutex<Option<(u64, Arc<Rules>)>>,
    classes: Mutex<Option<(u64, Classes)>>,
    decisions: Mutex<Vec<(Key, Arc<Decision>)>>,
}

type Classes = Arc<Vec<(ClassId, Class)>>;

/// All that a decision depends on, besides the time.
#[derive(PartialEq, Eq)]
struct Key {
    policy: u64,
    classes: usize,
    principal: Principal,
    asked: Asked,
}

/// What one question may see.
pub struct Granted {
    /// The view.
    pub view: View,
    /// What the pseudonyms of people who may be victims are made for.
    pub pseudonyms: String,
    /// Records about victims that may be unmasked.
    pub unmasked: BTreeSet<RecordId>,
    /// The open uses of break-glass that may widen the view.
    pub break_glass: BTreeSet<String>,
}

impl Policies {
    /// The policy as of now.
    ///
    /// # Errors
    /// When the store does not answer or keeps something else.
    pub fn policy(&self, store: &dyn Store) -> Result<(u64, Arc<Rules>), Problem> {
        let version = store.document_version(POLICY_DOCUMENT)?;
        let mut held = self.policy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, policy)) = held.as_ref()
            && *of == version
        {
            return Ok((version, Arc::clone(policy)));
        }
        let document = store.versioned_document(POLICY_DOCUMENT)?;
        let version = document.as_ref().map_or(0, |document| document.version);
        let policy = parse(document.as_ref().map(|document| document.text.as_str()))?;
        let policy = Arc::new(Rules::of(policy));
        *held = Some((version, Arc::clone(&policy)));
        Ok((version, policy))
    }

    /// What the principal may see now.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn grant(
        &self,
        store: &dyn Store,
        principal: &Principal,
        asked: &Asked,
        at: Timestamp,
    ) -> Result<Granted, Problem> {
        let (version, policy) = self.policy(store)?;
        let classes = self.classes(store)?;
        let key = Key {
            policy: version,
            classes: classes.len(),
            principal: principal.clone(),
            asked: asked.clone(),
        };
        let question = Question { principal, purpose: asked.purpose, case: &asked.case, at };
        let decision = self.decision(key, at, || View::decide(&question, &policy, &classes));
        // Within a case that the caller works on the pseudonyms are those of all its members; any other
        // reference is the agency's own.
        let pseudonyms = match policy.case_of(principal, &asked.case, at) {
            Some(_) => asked.case.to_string(),
            None => format!("{}\n{}", principal.agency, asked.case),
        };
        let unmasked = policy.unmasked(principal, asked.purpose, &asked.case, at);
        let (view, break_glass) = (decision.view.clone(), decision.break_glass.clone());
        Ok(Granted { view, pseudonyms, unmasked, break_glass })
    }

    /// Changes the policy. `change` may run several times: of two who change it at once one starts again
    /// from what the other made of it.
    ///
    /// # Errors
    /// What `change` refuses; when the store does not answer or is changed all the time.
    pub fn change<T>(
        store: &dyn Store,
        due: &Due,
        mut change: impl FnMut(&mut Policy) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        for _ in 0..CHANGES_MAX {
            let before = store.document(POLICY_DOCUMENT)?;
            let mut policy = parse(before.as_deref())?;
            let changed = change(&mut policy)?;
            let after = policy.to_document();
            if store.swap_document(POLICY_DOCUMENT, before.as_deref(), Some(&after), due)? {
                return Ok(changed);
            }
        }
        Err(Problem::new(Code::Unavailable))
    }

    fn classes(&self, store: &dyn Store) -> Result<Classes, Problem> {
        let revision = store.revision()?;
        let mut held = self.classes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, classes)) = held.as_ref()
            && *of == revision
        {
            return Ok(Arc::clone(classes));
        }
        let classes = Arc::new(store.classes()?);
        *held = Some((revision, Arc::clone(&classes)));
        Ok(classes)
    }

    fn decision(
        &self,
        key: Key,
        at: Timestamp,
        decide: impl FnOnce() -> Decision,
    ) -> Arc<Decision> {
        let mut held = self.decisions.lock().unwrap_or_else(PoisonError::into_inner);
        let position = held.iter().position(|(of, _)| *of == key);
        let kept = position.map(|position| held.remove(position).1);
        let current = kept.filter(|decision| decision.until.is_none_or(|until| at < until));
        let decision = current.unwrap_or_else(|| Arc::new(decide()));
        if held.len() >= DECISIONS_MAX {
            held.remove(0);
        }
        held.push((key, Arc::clone(&decision)));
        decision
    }
}

fn parse(text: Option<&str>) -> Result<Policy, Problem> {
    Policy::from_document(text).map_err(|error| {
        tracing::error!(%error, "nothing can be decided");
        Problem::new(Code::Unavailable)
    })
}

/// Changes an agency's desk book, as [`Policies::change`] does the policy.
///
/// # Errors
/// What `change` refuses; when the store does not answer or is changed all the time.
pub fn change_book<T>(
    store: &dyn Store,
    agency: &str,
    due: &Due,
    mut change: impl FnMut(&mut DeskBook) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let name = DeskBook::document(agency);
    for _ in 0..CHANGES_MAX {
        let before = store.document(&name)?;
        let mut book = read_book(before.as_deref())?;
        let changed = change(&mut book)?;
        if store.swap_document(&name, before.as_deref(), Some(&book.to_document()), due)? {
            return Ok(changed);
        }
    }
    Err(Problem::new(Code::Unavailable))
}

/// The desk book that a document keeps.
pub(super) fn book(store: &dyn Store, name: &str) -> Result<DeskBook, Problem> {
    read_book(store.document(name)?.as_deref())
}

fn read_book(text: Option<&str>) -> Result<DeskBook, Problem> {
    DeskBook::from_document(text).map_err(|error| {
        tracing::error!(%error, "a desk book cannot be read");
        Problem::new(Code::Unavailable)
    })
}
