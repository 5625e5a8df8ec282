//! The classes through which a store is read: classes that a decision opened. A set of classes by itself opens nothing.

use super::Question;
use crate::model::{Class, ClassId, ClassSet, Handling};

/// The classes that a store may be read for. Only this room makes a sight: from a decision ([`super::View::decide`]),
/// for the holder of the store ([`super::StoreHolder`]), or for work that answers nobody ([`Sight::to_link`]). A set of
/// classes cannot be turned into a sight:
///
/// ```compile_fail
/// # use accord::{govern::Sight, model::{ClassId, ClassSet}};
/// let all: ClassSet = (0..100).map(ClassId).collect();
/// let sight = Sight::of(all);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sight(ClassSet);

impl Sight {
    pub(super) fn of(classes: ClassSet) -> Self {
        Self(classes)
    }

    pub(super) fn nothing() -> Self {
        Self(ClassSet::default())
    }

    pub(super) fn open(&mut self, class: ClassId) {
        self.0.insert(class);
    }

    /// The classes of the asker's own agency that may be disclosed at all, for it to count what an agreement would
    /// disclose.
    pub fn to_disclose(question: &Question<'_>, classes: &[(ClassId, Class)]) -> Self {
        let own = |(_, class): &&(ClassId, Class)| {
            class.label.agency == question.principal.agency && class.label.handling != Handling::Own
        };
        Self(classes.iter().filter(own).map(|(id, _)| *id).collect())
    }

    /// Classes whose records are compared to find links: their content goes into links, never into an answer.
    pub fn to_link(classes: ClassSet) -> Self {
        Self(classes)
    }

    /// The classes.
    pub fn classes(&self) -> &ClassSet {
        &self.0
    }
}
