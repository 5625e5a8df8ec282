//! The questions for shared hubs that have been checked for referrals in the present state of the store. A joined
//! snapshot costs as much as building a view anew, and the same question in the same state leads to the same referrals.

use std::sync::{Mutex, PoisonError};

use crate::govern::View;

/// The most questions remembered; beyond it the one checked longest ago is dropped.
const REMEMBERED_MAX: usize = 256;

/// The inputs that the referrals of a question depend on.
pub(super) struct Key {
    /// The revision of the store.
    pub revision: u64,
    /// The version of the policy: its cases determine the users who are told.
    pub policy: u64,
    /// The view of the question.
    pub view: View,
    /// The length of the window of time in days.
    pub window_days: u32,
}

impl Key {
    fn is_same(&self, other: &Self) -> bool {
        let of = |key: &Self| (key.revision, key.policy, key.window_days);
        of(self) == of(other)
            && self.view.agency() == other.view.agency()
            && self.view.shows_as(&other.view)
    }
}

/// The questions that one process has checked. Questions are checked one after the other, so that no
#[derive(Default)]
pub struct Checked(Mutex<Vec<Key>>);

impl Checked {
    /// Checks a question with `look`, unless that has been done in this state. `look` returns true if it was completed:
    /// only then is the question remembered.
    pub(super) fn once<E>(
        &self,
        key: Key,
        look: impl FnOnce(&Key) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if done.iter().any(|it| it.is_same(&key)) || !look(&key)? {
            return Ok(());
        }
        // No question is asked in an earlier state again.
        done.retain(|it| it.revision >= key.revision && it.policy >= key.policy);
        if done.len() >= REMEMBERED_MAX {
            done.remove(0);
        }
        done.push(key);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::govern::{Policy, Principal, Purpose, Question, Role, Rules};
    use crate::model::Timestamp;

    /// A question of an agency's investigator, who sees nothing.
    fn key(revision: u64, agency: &str, window_days: u32) -> Key {
        let principal = Principal {
            agency: agency.into(),
            user: "u".into(),
            roles: [Role::Investigator].into(),
            purposes: None,
            certified: false,
            attributes: [].into(),
        };
        let purpose = Purpose::TraffickingInvestigation;
        let (case, at) = ("REF-1".parse().unwrap(), Timestamp::from_micros(0).unwrap());
        let question = Question { principal: &principal, purpose, case: &case, at };
        let view = View::decide(&question, &Rules::of(Policy::default()), &[]).view;
        Key { revision, policy: 1, view, window_days }
    }

    fn looks(checked: &Checked, key: Key, ends: Result<bool, ()>) -> bool {
        let mut looked = false;
        let _ = checked.once(key, |_| {
            looked = true;
            ends
        });
        looked
    }

    #[test]
    fn a_question_is_looked_at_once_in_each_state_if_that_came_to_its_end() {
        let checked = Checked::default();
        assert!(looks(&checked, key(1, "a", 180), Err(())));
        assert!(looks(&checked, key(1, "a", 180), Ok(false)));
        assert!(looks(&checked, key(1, "a", 180), Ok(true)));
        assert!(!looks(&checked, key(1, "a", 180), Ok(true)));
        assert!(looks(&checked, key(1, "b", 180), Ok(true)), "another agency");
        assert!(looks(&checked, key(1, "a", 30), Ok(true)), "another window");
        assert!(looks(&checked, key(2, "a", 180), Ok(true)), "after a write");
        assert_eq!(checked.0.lock().unwrap().len(), 1, "earlier states are forgotten");
    }
}
