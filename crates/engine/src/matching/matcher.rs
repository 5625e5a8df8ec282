//! Records with the model that compares them.

use super::deduped::Deduped;
use super::linked::Linked;
use super::records::Records;
use crate::resolve::em::Unlabelled;
use crate::resolve::{Blocks, Engine, Model, batch, em};

/// Records with the model that compares them, and which of them are compared.
pub struct Matcher {
    records: Records,
    engine: Engine,
    blocks: Blocks,
    learnt: bool,
}

impl Matcher {
    /// Trains a model on the records themselves, without labels. Where they hold too few duplicates to learn from, the
    /// shipped model serves.
    pub fn trained(mut records: Records) -> Self {
        let about = format!("trained without labels on {} records", records.len());
        let Unlabelled { engine, blocks, learnt } =
            em::engine(&mut records.table, &Model::shipped(), &about);
        Self { records, engine, blocks, learnt }
    }

    /// Takes an engine with a model that was made before.
    pub fn with_engine(mut records: Records, engine: Engine) -> Self {
        records.table.take_term_frequencies(&engine);
        let blocks = Blocks::new(&records.table);
        Self { records, engine, blocks, learnt: false }
    }

    /// The records.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The blocks: the pairs of records that are compared.
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// Finds the duplicates. `progress` is told now and then how many records have been compared since the last time.
    /// With a model that was trained on the records, where clusters stop to join is learnt from them, too.
    pub fn dedupe(self, progress: &(dyn Fn(usize) + Sync)) -> Deduped {
        let resolve = if self.learnt { batch::resolve_unlabelled } else { batch::resolve };
        let found = resolve(&self.engine, &self.records.table, &self.blocks, progress);
        let Self { records, engine, blocks, .. } = self;
        Deduped { records, engine, blocks, found }
    }

    /// Links the records of the first set with those of the others, from so many bits on (log2 odds; 0 is an even
    /// chance). `progress` as with [`Matcher::dedupe`].
    pub fn link(self, least_bits: f64, progress: &(dyn Fn(usize) + Sync)) -> Linked {
        let Self { records, engine, blocks, .. } = self;
        let second: Vec<bool> =
            (0..records.len()).map(|position| records.set(position) > 0).collect();
        let links = batch::link(&engine, &records.table, &blocks, &second, least_bits, progress);
        Linked { records, links }
    }
}
