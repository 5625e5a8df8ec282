//! The layout of an entity's records in its picture: the links that hold them together form a tree (or several trees,
//! where only a judgement joins records), drawn like a tree of folders: one row for each record, below its parent. The
//! layout is a function of the records and the links.

use std::collections::BTreeSet;

/// A record's row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// The position of the record.
    pub record: usize,
    /// The depth in the tree; 0 for a root.
    pub depth: usize,
    /// The row of the parent, and the bits of the link to it; `None` for a root.
    pub parent: Option<(usize, f64)>,
}

/// A link: two records, by their position, and its bits.
pub(super) type Link = (usize, usize, f64);

/// Chooses at most `most` of `count` records, ascending. It begins with the ends of the weakest link and repeatedly
/// adds the record with the strongest link to a chosen one, so that the chosen records are connected as far as
/// possible.
pub(super) fn chosen(
    count: usize,
    spanning: &[Link],
    weakest: Option<Link>,
    most: usize,
) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    let mut chosen: BTreeSet<usize> = weakest.into_iter().flat_map(|(a, b, _)| [a, b]).collect();
    while chosen.len() < most {
        let crosses = |link: &&Link| chosen.contains(&link.0) != chosen.contains(&link.1);
        // The links come strongest first.
        let next = match spanning.iter().find(crosses) {
            Some((a, b, _)) if chosen.contains(a) => Some(*b),
            Some((a, ..)) => Some(*a),
            None => (0..count).find(|record| !chosen.contains(record)),
        };
        let Some(next) = next else { break };
        chosen.insert(next);
    }
    chosen.into_iter().collect()
}

/// Returns the rows of `count` records, from the top.
pub(super) fn rows(count: usize, spanning: &[Link]) -> Vec<Row> {
    let mut neighbours: Vec<Vec<(usize, f64)>> = vec![Vec::new(); count];
    for (a, b, bits) in spanning {
        neighbours[*a].push((*b, *bits));
        neighbours[*b].push((*a, *bits));
    }
    let mut rows = Vec::with_capacity(count);
    let mut placed = vec![false; count];
    for record in 0..count {
        if placed[record] {
            continue;
        }
        let mut tree = walk(record, &neighbours);
        let reach = |root: &usize| {
            let depth = walk(*root, &neighbours).iter().map(|row| row.depth).max();
            (depth, usize::MAX - neighbours[*root].len(), *root)
        };
        // The centre of the tree becomes its root, which keeps the picture narrow.
        if let Some(middle) = tree.iter().map(|row| row.record).min_by_key(reach) {
            tree = walk(middle, &neighbours);
        }
        let first = rows.len();
        for mut row in tree {
            placed[row.record] = true;
            row.parent = row.parent.map(|(at, bits)| (at + first, bits));
            rows.push(row);
        }
    }
    rows
}

/// Returns the rows of the tree with the record `root` as its root; children with stronger links come first.
fn walk(root: usize, neighbours: &[Vec<(usize, f64)>]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut open = vec![Row { record: root, depth: 0, parent: None }];
    while let Some(row) = open.pop() {
        let above = row.parent.map(|(at, _)| rows[at].record);
        let (at, depth) = (rows.len(), row.depth + 1);
        let mut below: Vec<(usize, f64)> = neighbours[row.record].clone();
        below.retain(|(record, _)| Some(*record) != above);
        // The child that is pushed last is drawn first.
        below.sort_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        open.extend(below.into_iter().map(|(record, bits)| Row {
            record,
            depth,
            parent: Some((at, bits)),
        }));
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_chain_hangs_on_its_middle_and_stronger_links_come_first() {
        let found = rows(5, &[(0, 1, 9.0), (1, 2, 8.0), (2, 3, 7.0), (3, 4, 6.0)]);
        let places: Vec<_> = found.iter().map(|row| (row.record, row.depth)).collect();
        assert_eq!(places, [(2, 0), (1, 1), (0, 2), (3, 1), (4, 2)]);
        assert_eq!(found[2].parent, Some((1, 9.0)));
    }

    #[test]
    fn of_too_many_records_those_around_the_weakest_link_are_chosen() {
        let links: Vec<Link> = (0..9).map(|at| (at, at + 1, 20.0 - at as f64)).collect();
        let weakest = links.last().copied();
        assert_eq!(chosen(10, &links, weakest, 4), [6, 7, 8, 9]);
        assert_eq!(chosen(10, &[], None, 3), [0, 1, 2]);
        assert_eq!(chosen(3, &[], None, 3), [0, 1, 2]);
    }

    proptest! {
        #[test]
        fn every_record_has_a_row_under_the_one_it_is_linked_with(
            parents in prop::collection::vec((any::<prop::sample::Index>(), 0..40i32), 0..40),
        ) {
            let links: Vec<Link> = (1..)
                .zip(&parents)
                .map(|(at, (parent, bits))| (parent.index(at), at, f64::from(*bits)))
                .collect();
            let count = parents.len() + 1;
            let found = rows(count, &links);
            let records: BTreeSet<usize> = found.iter().map(|row| row.record).collect();
            prop_assert_eq!((records.len(), found.len()), (count, count));
            for (at, row) in found.iter().enumerate().skip(1) {
                let (parent, bits) = row.parent.unwrap();
                prop_assert!(parent < at && found[parent].depth + 1 == row.depth);
                let (a, b) = (found[parent].record, row.record);
                prop_assert!(links.contains(&(a, b, bits)) || links.contains(&(b, a, bits)));
            }
        }
    }
}
