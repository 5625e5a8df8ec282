//! The stop of clustering where no labels tell it: found from the heights (mean bits) at which clusters join.
//!
//! True joins, of records of one thing, lie high; false joins, of records that merely look alike, lie low and thin
//! out as evidence grows. Where true joins begin only above the false ones there is a valley between them, and its
//! floor is the stop. Where the two ranges run into each other there is no valley; then joining goes on as long as
//! joins are about as frequent as those just above them: true joins thin out slowly towards weak evidence, false
//! joins come in all at once.

/// The width, in bits, of the window in which the frequency of joins is measured.
const WIDTH: f64 = 3.0;
/// The step, in bits, from one window to the next.
const STEP: f64 = 0.5;
/// The greatest distance, in bits, of a valley's beginning from the lowest stop.
const REACH: f64 = 8.0;
/// The far side of a valley: so many bits above its beginning, joins are this many times as frequent as in it.
const SIDE: (f64, f64) = (6.0, 1.5);
/// Without a valley: the width, in bits, of the range just above a bit with which that bit is compared, and how many
/// times as frequent as in that range its joins may be.
const ABOVE: (f64, f64) = (6.0, 1.25);

/// Returns the stop for joins of these heights, all at least `lowest`.
pub(super) fn settled(heights: &[f64], lowest: f64) -> f64 {
    let mut heights = heights.to_vec();
    heights.sort_unstable_by(f64::total_cmp);
    let below = |height: f64| heights.partition_point(|other| *other < height);
    // Joins for each bit.
    let frequency = |from: f64, bits: f64| (below(from + bits) - below(from)) as f64 / bits;
    let steps = || (0..).map(|step| f64::from(step) * STEP).take_while(|it| *it <= REACH);
    let looks = || steps().map(|step| (lowest + step, frequency(lowest + step, WIDTH)));
    let deepest = looks().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((lowest, 0.0));
    if frequency(deepest.0 + SIDE.0, WIDTH) > SIDE.1 * deepest.1 {
        return deepest.0 + WIDTH / 2.0;
    }
    let is_even = |stop: &f64| frequency(*stop, 1.0) <= ABOVE.1 * frequency(*stop + 1.0, ABOVE.0);
    steps().map(|step| lowest + step).find(is_even).unwrap_or(lowest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes the heights of joins: so many in each bit, from -2 up.
    fn joins(counts: &[u32]) -> Vec<f64> {
        let bit = |(bit, count): (usize, &u32)| {
            let height = move |join| bit as f64 - 2.0 + f64::from(join) / f64::from(*count);
            (0..*count).map(height).collect::<Vec<_>>()
        };
        counts.iter().enumerate().flat_map(bit).collect()
    }

    #[test]
    fn joining_stops_in_the_valley_between_what_looks_alike_and_what_is_one() {
        let two_hills = joins(&[176, 107, 60, 20, 10, 20, 60, 138, 200, 165, 268, 348, 387, 553]);
        assert_eq!(settled(&two_hills, -2.0), 2.5);
    }

    #[test]
    fn without_a_valley_joining_stops_where_joins_become_many_at_once() {
        let slope = [578, 536, 501, 568, 514, 506, 450, 460, 495, 493, 467, 452, 450, 403, 449];
        assert_eq!(settled(&joins(&slope), -2.0), -2.0, "evenly frequent");
        let mut steep = slope;
        steep[0] = 2_000;
        assert_eq!(settled(&joins(&steep), -2.0), -1.0, "many come in between -2 and -1");
    }

    #[test]
    fn few_joins_or_none_decide_nothing_strange() {
        assert_eq!(settled(&[], -2.0), -2.0);
        assert_eq!(settled(&[30.0, 31.0], -2.0), -2.0);
    }
}
