//! Who asks, and what they may see. Policy decides each class once per caller; the set of visible
//! classes is the caller's view. Today's policy: an agency sees its own objects and those marked
//! shared.

mod principal;

pub use principal::{Principal, Purpose, Role};

use crate::model::{ClassId, ClassSet, Handling, Label};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The caller's agency.
    pub agency: String,
    /// The user within the agency.
    pub user: String,
}

/// What one caller may see now. Every domain call takes it as an argument.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct View {
    /// The agency the view belongs to.
    pub agency: String,
    /// The fully visible classes.
    pub classes: ClassSet,
}

impl View {
    /// Decides every class for one caller.
    pub fn decide(caller: &Caller, classes: &[(ClassId, Label)]) -> Self {
        let visible = classes.iter().filter(|(_, label)| may_see(caller, label));
        Self { agency: caller.agency.clone(), classes: visible.map(|(class, _)| *class).collect() }
    }

    /// The view of whoever holds the store itself: every class. For the command line, whose user
    /// can read the file or database anyway; no HTTP caller ever gets it.
    pub fn whole_store(classes: &[(ClassId, Label)]) -> Self {
        Self { agency: String::new(), classes: classes.iter().map(|(class, _)| *class).collect() }
    }
}

/// The policy: own objects, and objects their owner marked shared.
fn may_see(caller: &Caller, label: &Label) -> bool {
    label.agency == caller.agency || label.handling == Handling::Shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SubjectCategory;

    fn label(agency: &str, handling: Handling) -> Label {
        Label { agency: agency.into(), category: SubjectCategory::Unknown, tier: 0, handling }
    }

    #[test]
    fn an_agency_sees_its_own_and_what_is_shared() {
        let classes = [
            (ClassId(0), label("a", Handling::Own)),
            (ClassId(1), label("b", Handling::Own)),
            (ClassId(2), label("b", Handling::Shared)),
        ];
        let caller = Caller { agency: "a".into(), user: "u".into() };
        let view = View::decide(&caller, &classes);
        assert_eq!(view.classes.iter().collect::<Vec<_>>(), [ClassId(0), ClassId(2)]);
    }
}
