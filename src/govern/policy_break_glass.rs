//! Break-glass in a policy: the check of a user's earlier uses, and the opening of a new one.

use super::break_glass::UNREVIEWED_MAX;
use super::{BreakGlass, BreakGlassError, BreakGlassId, Policy, ReviewState};

impl Policy {
    /// Checks that the user may open the given use.
    ///
    /// # Errors
    /// When an earlier use of the user's is overdue for review, one is open for the same owner, purpose and case, or
    /// too many await review.
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

    /// Opens a use of break-glass, and removes reviewed ones that are older than 366 days.
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
