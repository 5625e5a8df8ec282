//! Tests of lists that change without being copied.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::graph::RecordIndex;

type List = Layered<RecordIndex, (u32, u32)>;

fn key(item: &(u32, u32)) -> u32 {
    item.0
}

/// Compares a list with a map by all its reads.
fn check(list: &List, map: &BTreeMap<u32, u32>) {
    let items: Vec<(u32, u32)> = map.iter().map(|(key, value)| (*key, *value)).collect();
    assert_eq!(list.iter().copied().collect::<Vec<_>>(), items);
    assert_eq!(list.len(), items.len());
    let indexes: Vec<RecordIndex> = list.indexes().collect();
    assert!(indexes.is_sorted());
    for (rank, item) in items.iter().enumerate() {
        let at = list.find_by_key(&item.0, key).unwrap();
        assert_eq!((at, list[at], list.get(at)), (indexes[rank], *item, Some(item)));
        assert_eq!((list.rank(at), list.nth(rank)), (rank, Some(at)));
        let from = list.starting(|other| other.0 < item.0).map(|(_, item)| *item);
        assert_eq!(from.collect::<Vec<_>>(), items[rank..]);
    }
    assert_eq!(list.nth(items.len()), None);
    assert_eq!(**list.flat(), *items);
}

proptest! {
    #[test]
    fn a_list_with_changes_reads_as_a_map(
        base in proptest::collection::btree_map(0..60_u32, 0..9_u32, 0..12),
        edits in proptest::collection::vec(
            proptest::collection::vec((0..60_u32, proptest::option::of(0..9_u32)), 0..5), 0..6),
    ) {
        let mut map = base;
        let items: Vec<(u32, u32)> = map.iter().map(|(key, value)| (*key, *value)).collect();
        let mut list: List = Indexed::from(items).spread().into();
        check(&list, &map);
        for edit in edits {
            let mut next = list.edit();
            for (number, value) in edit {
                match value {
                    Some(value) => {
                        map.insert(number, value);
                        let at = next.put(vec![(number, value)], key).unwrap()[0];
                        prop_assert_eq!(next.get(at), Some(&(number, value)));
                    }
                    None => {
                        map.remove(&number);
                        if let Some(at) = next.find_by_key(&number, key) {
                            next.remove(at);
                        }
                    }
                }
                prop_assert_eq!(next.find_by_key(&number, key).is_some(), value.is_some());
            }
            list = next.done();
            check(&list, &map);
        }
    }
}

#[test]
fn positions_stay_while_others_come() {
    let mut list: List = Indexed::from(vec![(10, 0), (20, 0)]).spread().into();
    let kept = list.find_by_key(&20, key).unwrap();
    for number in (11..20).rev() {
        let mut edit = list.edit();
        edit.put(vec![(number, 0)], key).unwrap();
        list = edit.done();
        assert_eq!(list.find_by_key(&20, key), Some(kept));
    }
    assert_eq!((list.len(), list.changed()), (11, 9));
}

#[test]
fn many_items_find_room_in_one_gap() {
    let list: List = Indexed::from(vec![(0, 0), (100_000, 0)]).spread().into();
    let mut edit = list.edit();
    let items: Vec<(u32, u32)> = (1..50_000).map(|number| (number, number)).collect();
    let positions = edit.put(items, key).unwrap();
    assert!(positions.is_sorted());
    assert_eq!(edit.done().len(), 50_001);
}

#[test]
fn where_no_number_is_free_the_list_says_so() {
    let mut list: List = Indexed::from(vec![(0, 0), (100, 0)]).into();
    let mut edit = list.edit();
    assert_eq!(edit.put(vec![(50, 0)], key), Err(Crowded));
    list = Indexed::from(vec![(0, 0), (1_000, 0)]).spread().into();
    let crowded = (1..1_000).rev().find(|number| {
        let mut edit = list.edit();
        let is_crowded = edit.put(vec![(*number, 0)], key).is_err();
        list = edit.done();
        is_crowded
    });
    assert!(crowded.is_some_and(|number| number < 990));
}
