//! The result of deduplicating one set of records.

use super::records::Records;
use crate::resolve::batch::Resolved;
use crate::resolve::{Blocks, Engine, Model};

/// The result of deduplication: the records of one set with the links and clusters found among them.
pub struct Deduped {
    pub(super) records: Records,
    pub(super) blocks: Blocks,
    pub(super) engine: Engine,
    pub(super) found: Resolved,
}

impl Deduped {
    /// The records.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// The blocks: the pairs of records that were compared.
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// The links and clusters found, by the positions of the records.
    pub fn found(&self) -> &Resolved {
        &self.found
    }

    /// The model by which they were compared, with the limit at which clusters stopped to join.
    pub fn model(&self) -> Model {
        self.engine.model().with_cluster(self.records.entity_type(), self.found.cluster)
    }

    /// How many clusters there are, those of one record counted as well.
    pub fn cluster_count(&self) -> usize {
        // Each cluster is called by its first record.
        self.found.labels.iter().zip(0..).filter(|(label, at)| *label == at).count()
    }

    /// The own ids of the records of each cluster, those of one record included: ascending, and the clusters by their
    /// first.
    pub fn clusters(&self) -> Vec<Vec<&str>> {
        let mut clusters: Vec<Vec<&str>> = vec![Vec::new(); self.found.labels.len()];
        for (position, label) in self.found.labels.iter().enumerate() {
            clusters[*label as usize].push(self.records.local_id(position));
        }
        clusters.retain(|cluster| !cluster.is_empty());
        clusters.iter_mut().for_each(|cluster| cluster.sort_unstable());
        clusters.sort_unstable();
        clusters
    }

    /// The links: the own ids of two records and their log2 odds of being one.
    pub fn links(&self) -> impl Iterator<Item = (&str, &str, f64)> {
        self.found.links.iter().map(|(a, b, bits)| {
            (self.records.local_id(*a as usize), self.records.local_id(*b as usize), *bits)
        })
    }
}
