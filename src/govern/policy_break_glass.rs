//! Break-glass in a policy: who may use it now.

use super::break_glass::UNREVIEWED_MAX;
use super::{BreakGlass, BreakGlassError, BreakGlassId, Policy, ReviewState};

impl Policy {
    /// Whether one can be had.
    ///
    /// # Errors
    /// When the user has to wait for a review, or has one already.
    pub fn check_break_glass(&self, asked: &BreakGlass) -> Result<(), BreakGlassError> {
        let at = asked.by.at;
        let same_user =
            |it: &&BreakGlass| it.by.agency == asked.by.agency && it.by.user == asked.by.user;
        let own: Vec<&BreakGlass> = self.break_glass.values().filter(same_user).collect();
        let same = |it: &&&BreakGlass| {
            it.owner == asked.owner && it.purpose == asked.purpose && it.case == asked.case
        };
        if own.iter().any(|it| it.state(at) == ReviewState::Overdue) {
            return Err(BreakGlassError::Overdue);
        }
        if own.iter().filter(same).any(|it| it.is_open(at)) {
            return Err(BreakGlassError::Open);
        }
        if own.iter().filter(|it| it.review.is_none()).count() >= UNREVIEWED_MAX {
            return Err(BreakGlassError::Unreviewed);
        }
        Ok(())
    }

    /// Opens one and forgets those that have been done with for long.
    ///
    /// # Errors
    /// As [`Self::check_break_glass`].
    pub fn open_break_glass(
        &mut self,
        id: BreakGlassId,
        asked: BreakGlass,
    ) -> Result<(), BreakGlassError> {
        self.check_break_glass(&asked)?;
        let at = asked.by.at;
        self.break_glass.retain(|_, it| !it.is_done_with(at));
        self.break_glass.insert(id, asked);
        Ok(())
    }
}
