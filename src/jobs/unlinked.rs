//! The forms that are not linked with all others yet, as noted in the store, and the classes with which this process
//! has linked each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::{ClassSet, FormId};
use crate::store::{Store, StoreError, Unlinked};

/// A note, and the classes with which its form is linked already.
#[derive(Debug)]
struct Reach {
    note: Unlinked,
    /// The classes with which it is linked. Forgotten when the note is renewed.
    linked: Arc<ClassSet>,
}

/// A form that must be linked with further classes before a question is answered.
pub(super) struct Missing {
    pub note: Unlinked,
    /// The classes with which it is not linked yet.
    pub classes: ClassSet,
}

#[derive(Debug, Default)]
struct Held {
    /// The store's revision up to which notes have been read.
    revision: u64,
    notes: BTreeMap<FormId, Reach>,
}

/// The forms that are not linked with all others yet.
#[derive(Debug, Default)]
pub(super) struct Notes(Mutex<Held>);

impl Notes {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the notes that the store has gained since the last read, by whichever process.
    pub fn read(&self, store: &dyn Store) -> Result<(), StoreError> {
        let mut held = self.held();
        let now = store.revision()?;
        if held.revision == now {
            return Ok(());
        }
        // A store may have been restored to an earlier revision.
        let after = if held.revision < now { held.revision } else { 0 };
        for note in store.unlinked(after)? {
            held.take(note, &Arc::default());
        }
        held.revision = now;
        Ok(())
    }

    /// Adds notes of new forms, which are linked within the classes `linked`.
    pub fn add(&self, notes: Vec<Unlinked>, linked: &ClassSet) {
        let linked = Arc::new(linked.clone());
        let mut held = self.held();
        notes.into_iter().for_each(|note| held.take(note, &linked));
    }

    pub fn remove(&self, note: &Unlinked) {
        let mut held = self.held();
        if held.notes.get(&note.form).is_some_and(|reach| reach.note.since <= note.since) {
            held.notes.remove(&note.form);
        }
    }

    pub fn len(&self) -> usize {
        self.held().notes.len()
    }

    /// Returns the note after `last` in the order of forms, or the first one after the end.
    pub fn after(&self, last: Option<FormId>) -> Option<Unlinked> {
        let held = self.held();
        let mut notes = held.notes.iter();
        let next = notes.find(|(id, _)| last.is_none_or(|last| **id > last));
        next.or_else(|| held.notes.first_key_value()).map(|(_, reach)| reach.note)
    }

    /// The forms of the classes `among` that are not linked with all of these classes.
    pub fn missing(&self, among: &ClassSet) -> Vec<Missing> {
        let held = self.held();
        let of_them = held.notes.values().filter(|reach| among.contains(reach.note.class));
        let missing = of_them.filter_map(|Reach { note, linked }| {
            let classes: ClassSet = among.iter().filter(|it| !linked.contains(*it)).collect();
            (!classes.is_empty()).then_some(Missing { note: *note, classes })
        });
        missing.collect()
    }

    /// Records that a form is now linked with further classes.
    pub fn extend(&self, Missing { note, classes }: &Missing) {
        self.held().extend(note, classes);
    }
}

impl Held {
    /// Adds a note and the classes with which its form is linked.
    fn take(&mut self, note: Unlinked, linked: &Arc<ClassSet>) {
        match self.notes.get(&note.form).map(|reach| reach.note.since) {
            Some(since) if since > note.since => {}
            Some(since) if since == note.since => self.extend(&note, linked),
            _ => {
                self.notes.insert(note.form, Reach { note, linked: Arc::clone(linked) });
            }
        }
    }

    fn extend(&mut self, note: &Unlinked, classes: &ClassSet) {
        if let Some(reach) = self.notes.get_mut(&note.form)
            && reach.note.since == note.since
            && !classes.is_empty()
        {
            reach.linked = Arc::new(reach.linked.iter().chain(classes.iter()).collect());
        }
    }
}
