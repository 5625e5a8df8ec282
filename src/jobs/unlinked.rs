//! Which records are not linked with all others yet, as far as this process knows, and with what they are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::{ClassId, ClassSet, RecordId};

/// What a caller sees: whose links must be there before it is answered.
#[derive(Debug, Clone, Copy)]
pub struct Within<'a> {
    /// The caller's agency.
    pub agency: &'a str,
    /// The classes of records that it sees.
    pub classes: &'a ClassSet,
    /// Those of them whose content is masked to it: nothing of its own agency is joined to them.
    pub masked: &'a ClassSet,
}

impl Within<'_> {
    /// The classes that records of an agency are joined to in the eyes of the caller.
    pub(super) fn joined_to(&self, agency: Option<&str>) -> ClassSet {
        match agency {
            Some(agency) if agency == self.agency => minus(self.classes, self.masked),
            _ => self.classes.clone(),
        }
    }
}

fn minus(classes: &ClassSet, others: &ClassSet) -> ClassSet {
    classes.iter().filter(|class| !others.contains(*class)).collect()
}

/// How far a record is linked.
#[derive(Debug, Clone, Default)]
struct Reach {
    /// Its class; `None` when it is not known.
    class: Option<ClassId>,
    /// The agency that wrote it; `None` when it is not known.
    agency: Option<Arc<str>>,
    /// The classes that it is linked with.
    linked: Arc<ClassSet>,
}

/// A record that must be linked further before a caller is answered.
pub(super) struct Missing {
    pub id: RecordId,
    /// The classes that it is not linked with yet.
    pub classes: ClassSet,
}

/// The records that are not linked with all others yet.
#[derive(Debug, Default)]
pub(super) struct Unlinked(Mutex<BTreeMap<RecordId, Reach>>);

impl Unlinked {
    fn held(&self) -> MutexGuard<'_, BTreeMap<RecordId, Reach>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds records of which no more is known than that they are not linked with all others.
    pub fn add(&self, ids: Vec<RecordId>) {
        self.held().extend(ids.into_iter().map(|id| (id, Reach::default())));
    }

    /// Adds new records of an agency, which are linked within some classes.
    pub fn add_new(&self, agency: &str, linked: ClassSet, ids: Vec<(RecordId, ClassId)>) {
        let (agency, linked) = (Some(Arc::from(agency)), Arc::new(linked));
        let reach = |class| Reach {
            class: Some(class),
            agency: agency.clone(),
            linked: Arc::clone(&linked),
        };
        self.held().extend(ids.into_iter().map(|(id, class)| (id, reach(class))));
    }

    pub fn remove(&self, id: RecordId) {
        self.held().remove(&id);
    }

    pub fn len(&self) -> usize {
        self.held().len()
    }

    pub fn first(&self) -> Option<RecordId> {
        self.held().keys().next().copied()
    }

    /// Forgets what is known of the records: some may be of other classes now.
    pub fn forget(&self) {
        self.held().values_mut().for_each(|reach| {
            reach.class = None;
            reach.linked = Arc::default();
        });
    }

    /// The records that a caller may see and that are not linked with all that they are joined to in its eyes.
    pub fn missing(&self, within: &Within<'_>) -> Vec<Missing> {
        let held = self.held();
        let seen = held
            .iter()
            .filter(|(_, reach)| reach.class.is_none_or(|class| within.classes.contains(class)));
        let missing = seen.map(|(id, reach)| {
            let classes = within.joined_to(reach.agency.as_deref());
            Missing { id: *id, classes: minus(&classes, &reach.linked) }
        });
        missing.filter(|missing| !missing.classes.is_empty()).collect()
    }

    /// Says that a record is linked with more classes.
    pub fn extend(&self, Missing { id, classes }: &Missing) {
        if let Some(reach) = self.held().get_mut(id) {
            let linked = reach.linked.iter().chain(classes.iter()).collect();
            reach.linked = Arc::new(linked);
        }
    }
}
