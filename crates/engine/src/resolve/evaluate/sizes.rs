//! How many clusters there are of each size.

use serde::{Deserialize, Serialize};

/// Clusters and true entities whose number of records lies within bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeRow {
    /// The bounds for people: `1`, `5-9`, `20+`.
    pub size: String,
    /// Predicted clusters.
    pub predicted: u64,
    /// True entities.
    pub truth: u64,
}

/// The lower bound of each row.
const BOUNDS: [u64; 7] = [1, 2, 3, 4, 5, 10, 20];

/// The table of sizes; all rows are there, also those that count nothing.
pub(super) fn table(
    predicted: impl Iterator<Item = u64>,
    truth: impl Iterator<Item = u64>,
) -> Vec<SizeRow> {
    let names = BOUNDS.iter().enumerate().map(|(index, low)| match BOUNDS.get(index + 1) {
        None => format!("{low}+"),
        Some(next) if next - low == 1 => low.to_string(),
        Some(next) => format!("{low}-{}", next - 1),
    });
    let mut rows: Vec<SizeRow> =
        names.map(|size| SizeRow { size, predicted: 0, truth: 0 }).collect();
    let row_of = |size: u64| BOUNDS.partition_point(|low| *low <= size).saturating_sub(1);
    predicted.for_each(|size| rows[row_of(size)].predicted += 1);
    truth.for_each(|size| rows[row_of(size)].truth += 1);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fall_into_their_rows() {
        let rows = table([1, 1, 2, 4, 5, 9, 10, 19, 20, 500].into_iter(), [3, 3].into_iter());
        let got: Vec<_> =
            rows.iter().map(|row| (row.size.as_str(), row.predicted, row.truth)).collect();
        let expected = [
            ("1", 2, 0),
            ("2", 1, 0),
            ("3", 0, 2),
            ("4", 1, 0),
            ("5-9", 2, 0),
            ("10-19", 2, 0),
            ("20+", 2, 0),
        ];
        assert_eq!(got, expected);
    }
}
