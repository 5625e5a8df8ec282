//! Merging the changes of a snapshot into its lists, so that those who read it, and who change it again, find one
//! sorted array instead of two.

use std::sync::Arc;

use super::assemble::Visible;
use super::keys::Keys;
use super::positions::Positions;
use super::shared_objects::SharedObjects;
use super::{IndexSet, Indexed, LeftOut, RecordIndex, Snapshot};

impl Snapshot {
    /// How many objects, entities and relationships came, went or changed since the lists were made.
    pub(super) fn changed(&self) -> usize {
        self.records.changed()
            + self.ties.changed()
            + self.events.changed()
            + self.links.changed()
            + self.judgements.changed()
            + self.entities.changed()
            + self.relationships.changed()
    }

    /// The snapshot with all changes merged. It is equal to this one, but its positions are those of a snapshot that
    /// was built from nothing. Takes time in proportion to the size of the view.
    #[must_use]
    pub fn merged(&self) -> Self {
        let original = self.original();
        if original.changed() == 0 {
            return self.clone();
        }
        let visible = Visible {
            records: original.records.flat(),
            ties: original.ties.flat(),
            events: original.events.flat(),
            links: original.links.flat(),
            judgements: original.judgements.flat(),
        };
        let now = |record: RecordIndex| visible.records.nth(original.records.rank(record));
        let first = |record: RecordIndex| {
            let entity = &original.entities[original.entity_of[record]];
            now(entity.records[0])
        };
        let labels: Indexed<RecordIndex, RecordIndex> =
            visible.records.along(original.records.indexes().map(first));
        let moved = |set: &IndexSet<RecordIndex>| Arc::new(set.iter().map(now).collect());
        let LeftOut { withheld, sighted, foreign, .. } = &original.left_out;
        let left_out = LeftOut {
            withheld: moved(withheld),
            sighted: moved(sighted),
            foreign: moved(foreign),
            ..LeftOut::default()
        };
        let keys = original
            .keys
            .get()
            .map(|keys| keys.moved(|record| original.records.get(record).map(|_| now(record))));
        let positions = Positions::of(&visible.records);
        let of = (&labels, &positions);
        let forms = original.forms.moved(&visible.records);
        let mut merged = visible.assemble(original.sum, &original.id_key, of, (forms, left_out));
        merged.keys = keys.map(Keys::from).unwrap_or_default();
        match self.left_out.is_masking {
            true => {
                let masked = Arc::new(merged).masked_sharing(&SharedObjects::default());
                masked.in_case(self.case_name())
            }
            false => merged,
        }
    }
}
