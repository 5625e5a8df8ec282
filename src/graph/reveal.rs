//! What is masked, shown all the same to those who may see it.

use std::collections::BTreeSet;

use super::{EntityIndex, Snapshot};

/// Masked entities of a snapshot of which the content is shown. One is added by [`Snapshot::reveal`] only, which has it
/// marked first.
#[derive(Debug, Clone, Default)]
pub struct Revealed(BTreeSet<EntityIndex>);

impl Revealed {
    /// Whether the content of an entity is shown though it is masked.
    pub fn contains(&self, entity: EntityIndex) -> bool {
        self.0.contains(&entity)
    }
}

impl Snapshot {
    /// Reveals an entity that is masked, if the caller may see it unmasked (see [`Snapshot::may_unmask`]); `mark` notes
    /// for the log that it was shown, before it is.
    pub fn reveal(&self, entity: EntityIndex, revealed: &mut Revealed, mark: impl FnOnce()) {
        if self.is_masked(entity) && self.may_unmask(entity) {
            mark();
            revealed.0.insert(entity);
        }
    }

    /// A snapshot with the content of these entities, to compute on what is told of them alone; `None` where one is
    /// masked and not revealed.
    pub fn content_of(&self, entities: &[EntityIndex], revealed: &Revealed) -> Option<&Self> {
        if entities.iter().any(|it| self.is_masked(*it) && !revealed.contains(*it)) {
            return None;
        }
        let is_revealed = entities.iter().any(|entity| revealed.contains(*entity));
        Some(if is_revealed { self.original() } else { self })
    }
}
