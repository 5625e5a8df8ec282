//! Verdicts: the judgement of humans that stands on each pair of records.

use std::collections::BTreeMap;

use super::{RecordIndex, Snapshot};
use crate::model::{Judgement, RecordId, Verdict};

/// The verdict that stands on each judged pair of records: the latest one counts. Of several judgements of one instant
/// "not the same" wins, because a missing link is the error that can be mended.
pub(super) fn verdicts<'a>(
    judgements: impl IntoIterator<Item = &'a Judgement>,
) -> BTreeMap<(RecordId, RecordId), Verdict> {
    let mut latest: BTreeMap<(RecordId, RecordId), (i64, bool, Verdict)> = BTreeMap::new();
    for judgement in judgements {
        let apart = judgement.verdict == Verdict::NotSame;
        let said = (judgement.at.as_micros(), apart, judgement.verdict);
        let entry = latest.entry((judgement.a, judgement.b)).or_insert(said);
        *entry = (*entry).max(said);
    }
    latest.into_iter().map(|(pair, (_, _, verdict))| (pair, verdict)).collect()
}

impl Snapshot {
    /// The verdict that stands on each judged pair of visible records, by their positions, the one with the smaller id
    /// first. The entities were clustered with these verdicts.
    pub fn verdicts(&self) -> BTreeMap<(RecordIndex, RecordIndex), Verdict> {
        let by_index = |((a, b), verdict)| Some(((self.stored(a)?, self.stored(b)?), verdict));
        verdicts(&self.judgements).into_iter().filter_map(by_index).collect()
    }
}
