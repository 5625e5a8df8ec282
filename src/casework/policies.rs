//! A cache of the policy, the classes and the decisions about questions: the versions are checked at each request, and
//! everything is computed again only if something changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::CaseworkError;
use super::documents::Kept;
use crate::govern::{
    Agency, BreakGlassId, CaseRef, Decision, Grounds, POLICY_DOCUMENT, Policy, Principal, Purpose,
    Question, Rules, View,
};
use crate::model::{Class, ClassId, RecordId, Timestamp};
use crate::store::{Store, StoreError};

/// The most decisions kept; beyond it the least recently used is dropped.
const DECISIONS_MAX: usize = 128;

/// The cached policy, classes and decisions, each kept as long as it is current.
#[derive(Default)]
pub struct Policies {
    policy: Mutex<Option<(u64, Arc<Rules>)>>,
    classes: Mutex<Option<(u64, Classes)>>,
    decisions: Mutex<Vec<(Key, Arc<Decision>)>>,
}

type Classes = Arc<Vec<(ClassId, Class)>>;

/// The inputs of a decision, besides the time.
#[derive(PartialEq, Eq)]
struct Key {
    policy: u64,
    classes: usize,
    principal: Principal,
    purpose: Purpose,
    case: CaseRef,
}

/// The decision about one question: its view, and further rights.
pub struct Granted {
    /// The view.
    pub view: View,
    /// The text that pseudonyms and ids of people who may be victims are made for: the case, with the agency unless it
    /// is a case in accord that the caller works on.
    pub pseudonyms: String,
    /// The records about victims that may be shown unmasked.
    pub unmasked: BTreeSet<RecordId>,
    /// The open uses of break-glass that may widen the view.
    pub break_glass: BTreeSet<BreakGlassId>,
    /// The grounds that an answer may rest on.
    pub grounds: Grounds,
}

impl Policies {
    /// Returns the current policy and its version.
    ///
    /// # Errors
    /// When the store does not answer or keeps something else.
    pub fn policy(&self, store: &dyn Store) -> Result<(u64, Arc<Rules>), CaseworkError> {
        let version = store.document_version(POLICY_DOCUMENT)?;
        let mut held = self.policy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, policy)) = held.as_ref()
            && *of == version
        {
            return Ok((version, Arc::clone(policy)));
        }
        let document = store.versioned_document(POLICY_DOCUMENT)?;
        let version = document.as_ref().map_or(0, |document| document.version);
        let policy = Policy::read(document.as_ref().map(|document| document.text.as_str()))?;
        let policy = Arc::new(Rules::of(policy));
        *held = Some((version, Arc::clone(&policy)));
        Ok((version, policy))
    }

    /// Decides about a question, or returns the kept decision.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn grant(
        &self,
        store: &dyn Store,
        question: &Question<'_>,
    ) -> Result<Granted, CaseworkError> {
        let Question { principal, purpose, case, at } = *question;
        let (version, policy) = self.policy(store)?;
        let classes = self.classes(store)?;
        let key = Key {
            policy: version,
            classes: classes.len(),
            principal: principal.clone(),
            purpose,
            case: case.clone(),
        };
        let decision = self.decision(key, at, || View::decide(question, &policy, &classes));
        // Within a case that the caller works on, all its members have the same pseudonyms; any other reference is the
        // agency's own.
        let pseudonyms = match policy.case_of(principal, case, at) {
            Some(_) => case.to_string(),
            None => format!("{}\n{}", principal.agency, case),
        };
        let unmasked = policy.unmasked(principal, purpose, case, at);
        let (view, break_glass) = (decision.view.clone(), decision.break_glass.clone());
        let grounds = decision.grounds.clone();
        Ok(Granted { view, pseudonyms, unmasked, break_glass, grounds })
    }

    fn classes(&self, store: &dyn Store) -> Result<Classes, CaseworkError> {
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

/// Reads the registered agencies.
///
/// # Errors
/// When the store does not answer or keeps something else.
pub fn agencies(store: &dyn Store) -> Result<BTreeMap<String, Agency>, StoreError> {
    let document = store.document(POLICY_DOCUMENT)?;
    let policy = Policy::from_document(document.as_deref());
    let policy = policy.map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(policy.agencies)
}
