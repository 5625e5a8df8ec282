//! Evaluation of scored pairs before they are clustered: quality at every threshold, and the calibration of the
//! probabilities.

use serde::{Deserialize, Serialize};

use super::{Quality, share};
use crate::resolve::probability;

/// The thresholds of the sweep, in whole bits.
const SWEEP: std::ops::RangeInclusive<i32> = -3..=20;

/// Bins of equal width that the probabilities fall into.
const BINS: usize = 10;

/// The figures of the links of one type whose records are both in the key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkEvaluation {
    /// Links.
    pub links: u64,
    /// Links that are true.
    pub true_links: u64,
    /// The quality if every link of at least so many bits were taken, by ascending threshold.
    pub sweep: Vec<SweepRow>,
    /// Mean squared difference of probability and truth (Brier 1950); `None` without links.
    pub brier: Option<f64>,
    /// Mean over links of the difference between their bin's mean probability and its share of true
    /// links; `None` without links.
    pub expected_calibration_error: Option<f64>,
    /// Ten bins of probability, ascending; also those that hold nothing.
    pub bins: Vec<CalibrationBin>,
}

/// One threshold of the sweep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepRow {
    /// The threshold.
    pub bits: i32,
    /// Links that reach it.
    pub links: u64,
    /// Precision, recall (of all true pairs, linked or not) and F1 of these links.
    pub quality: Quality,
}

/// One bin of probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationBin {
    /// The least probability of the bin.
    pub from: f64,
    /// Links in it.
    pub links: u64,
    /// Their mean probability; `None` without links.
    pub mean_predicted: Option<f64>,
    /// The share of them that is true; `None` without links.
    pub share_true: Option<f64>,
}

/// The figures of links, given as (bits, whether true) in any order, out of `true_pairs` pairs that
/// there were to find.
pub fn evaluate_links(mut links: Vec<(f64, bool)>, true_pairs: u64) -> LinkEvaluation {
    // Descending, so that one pass meets every threshold; ties in one order, so that sums are one.
    links.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    let mut sweep = Vec::new();
    let (mut taken, mut correct) = (0, 0);
    for bits in SWEEP.rev() {
        while let Some((_, is_true)) = links.get(taken).filter(|link| link.0 >= f64::from(bits)) {
            taken += 1;
            correct += u64::from(*is_true);
        }
        let quality = Quality::new(share(correct, taken as u64), share(correct, true_pairs));
        sweep.push(SweepRow { bits, links: taken as u64, quality });
    }
    sweep.reverse();
    let (bins, error) = calibration(&links);
    let squares: f64 =
        links.iter().map(|(bits, is_true)| (probability(*bits) - truth(*is_true)).powi(2)).sum();
    let count = links.len();
    let mean = |sum: f64| (count > 0).then(|| sum / count as f64);
    LinkEvaluation {
        links: count as u64,
        true_links: links.iter().filter(|(_, is_true)| *is_true).count() as u64,
        sweep,
        brier: mean(squares),
        expected_calibration_error: mean(error),
        bins,
    }
}

/// The bins, and the sum over links of the error of their bin.
fn calibration(links: &[(f64, bool)]) -> (Vec<CalibrationBin>, f64) {
    let mut sums = [(0_u64, 0.0_f64, 0.0_f64); BINS];
    for (bits, is_true) in links {
        let predicted = probability(*bits);
        let bin = &mut sums[((predicted * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + 1, bin.1 + predicted, bin.2 + truth(*is_true));
    }
    let bins = sums.iter().enumerate().map(|(index, (links, predicted, hits))| {
        let mean = |sum: f64| (*links > 0).then(|| sum / *links as f64);
        CalibrationBin {
            from: index as f64 / BINS as f64,
            links: *links,
            mean_predicted: mean(*predicted),
            share_true: mean(*hits),
        }
    });
    let error = sums.iter().map(|(_, predicted, hits)| (predicted - hits).abs()).sum();
    (bins.collect(), error)
}

fn truth(is_true: bool) -> f64 {
    if is_true { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(found: &LinkEvaluation, bits: i32) -> SweepRow {
        *found.sweep.iter().find(|row| row.bits == bits).unwrap()
    }

    #[test]
    fn the_sweep_takes_what_reaches_the_threshold() {
        // 4 true pairs; one of them has no link at all, one wrong link at 3 bits, one at -5.
        let links = vec![(3.0, false), (-5.0, false), (12.5, true), (2.0, true), (30.0, true)];
        let found = evaluate_links(links, 4);
        assert_eq!((found.links, found.true_links, found.sweep.len()), (5, 3, 24));
        let at = |bits| {
            let row = row(&found, bits);
            (row.links, row.quality.precision, row.quality.recall)
        };
        assert_eq!(at(-3), (4, 0.75, 0.75));
        assert_eq!(at(2), (4, 0.75, 0.75));
        assert_eq!(at(3), (3, 2.0 / 3.0, 0.5));
        assert_eq!(at(4), (2, 1.0, 0.5));
        assert_eq!(at(13), (1, 1.0, 0.25));
        assert!((row(&found, 13).quality.f1 - 0.4).abs() < 1e-12);
    }

    #[test]
    fn calibration_compares_what_was_said_with_what_came_true() {
        // Bits 0: probability 1/2, log2(3): 3/4.
        let three = 3.0_f64.log2();
        let found =
            evaluate_links(vec![(0.0, true), (0.0, false), (three, true), (three, false)], 2);
        // Brier: (1/4 + 1/4 + 1/16 + 9/16) / 4.
        assert!((found.brier.unwrap() - 0.281_25).abs() < 1e-12);
        // Bins 0.5 and 0.7, each half true: (2 * 0 + 2 * 0.25) / 4.
        assert!((found.expected_calibration_error.unwrap() - 0.125).abs() < 1e-12);
        assert_eq!(found.bins.len(), 10);
        let bin = found.bins[7];
        assert_eq!((bin.from, bin.links, bin.share_true), (0.7, 2, Some(0.5)));
        assert!((bin.mean_predicted.unwrap() - 0.75).abs() < 1e-12);
        assert_eq!((found.bins[0].links, found.bins[0].mean_predicted), (0, None));
    }

    #[test]
    fn certainty_is_in_the_last_bin_and_nothing_has_no_figures() {
        assert_eq!(evaluate_links(vec![(2000.0, true)], 1).bins[9].links, 1);
        let nothing = evaluate_links(Vec::new(), 3);
        assert_eq!((nothing.brier, nothing.expected_calibration_error), (None, None));
        assert_eq!(row(&nothing, 0).quality.recall, 0.0);
    }
}
