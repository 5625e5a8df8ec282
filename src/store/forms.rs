//! The forms of records that move to another class: a form of the new class with the same content has the
//! same keys and links as the form before. Both stores do what is worked out here.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ClassId, FormId, FormLink, RecordId};

/// A record that moves to another class, and its forms before and after.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub record: RecordId,
    pub class: ClassId,
    pub before: FormId,
    pub after: FormId,
}

/// The forms and links to write and to remove for moves of records.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// Forms that have no record yet, each with its class and a form that has the same keys and note.
    pub new: BTreeMap<FormId, (ClassId, FormId)>,
    /// The links of new forms, and those with itself of a form that gets its second record.
    pub links: Vec<FormLink>,
    /// Forms that are left without a record.
    pub left: BTreeSet<FormId>,
    /// Forms that are left with one record, which have no link with themselves any more.
    pub single: BTreeSet<FormId>,
}

impl Moved {
    /// Works out what follows from moves, made one after the other. `counts` holds for each form that is named how many
    /// records it has, or any greater number than there are moves; `links` are those of the forms before.
    pub fn of(moves: &[Move], mut counts: BTreeMap<FormId, usize>, links: Vec<FormLink>) -> Self {
        let mut links = Links::of(links);
        let (mut moved, mut made) = (Self::default(), BTreeSet::new());
        for Move { class, before, after, .. } in moves.iter().copied() {
            let stays = counts.get_mut(&before).is_some_and(|count| {
                *count = count.saturating_sub(1);
                *count > 0
            });
            let held = counts.entry(after).or_default();
            *held += 1;
            let new = match held {
                1 => {
                    moved.new.insert(after, (class, before));
                    links.copied(before, after, stays)
                }
                2 => links.of_two(before, after).into_iter().collect(),
                _ => Vec::new(),
            };
            for link in new {
                made.insert((link.a, link.b));
                links.add(link);
            }
        }
        let named = moves.iter().map(|it| it.before);
        moved.left = named.clone().filter(|form| counts.get(form) == Some(&0)).collect();
        moved.single = named.filter(|form| counts.get(form) == Some(&1)).collect();
        let stands = |(a, b): &(FormId, FormId)| {
            let is_there = !moved.left.contains(a) && !moved.left.contains(b);
            is_there && (a != b || !moved.single.contains(a))
        };
        moved.links = made
            .iter()
            .filter(|pair| stands(pair))
            .filter_map(|pair| links.0.remove(pair))
            .collect();
        moved
    }
}

/// Links by their pairs, and for each form those that it has a link with.
struct Links(BTreeMap<(FormId, FormId), FormLink>, BTreeMap<FormId, BTreeSet<FormId>>);

impl Links {
    fn of(links: Vec<FormLink>) -> Self {
        let mut of = Self(BTreeMap::new(), BTreeMap::new());
        links.into_iter().for_each(|link| of.add(link));
        of
    }

    fn add(&mut self, link: FormLink) {
        self.1.entry(link.a).or_default().insert(link.b);
        self.1.entry(link.b).or_default().insert(link.a);
        self.0.insert((link.a, link.b), link);
    }

    fn get(&self, one: FormId, other: FormId) -> Option<&FormLink> {
        self.0.get(&(one.min(other), one.max(other)))
    }

    /// The link with itself of a form that gets its second record from another form of the same content.
    fn of_two(&self, before: FormId, after: FormId) -> Option<FormLink> {
        let alike = self.get(before, after).or_else(|| self.get(before, before))?;
        Some(alike.of(after, after))
    }

    /// The links of a new form: those of another with the same content; with that itself, if that `stays`, the one that
    /// it has with itself.
    fn copied(&self, before: FormId, after: FormId, stays: bool) -> Vec<FormLink> {
        let mut copied = Vec::new();
        for other in self.1.get(&before).into_iter().flatten() {
            let Some(link) = self.get(before, *other) else { continue };
            if *other != before {
                copied.push(link.of(after, *other));
            } else if stays {
                copied.push(link.of(before, after));
            }
        }
        copied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: FormId = FormId([1; 16]);
    const NEW: FormId = FormId([2; 16]);
    const OTHER: FormId = FormId([3; 16]);

    fn link(a: FormId, b: FormId, bits: f64) -> FormLink {
        FormLink { a: a.min(b), b: a.max(b), bits, levels: Vec::new(), model: "m".into() }
    }

    /// Moves so many of the records of [`OLD`], which has as many as said, and is linked with itself and [`OTHER`].
    fn moved(records: u8, of: usize) -> Moved {
        let of_record = |record| Move {
            record: RecordId([record; 16]),
            class: ClassId(9),
            before: OLD,
            after: NEW,
        };
        let moves: Vec<Move> = (0..records).map(of_record).collect();
        let mut links = vec![link(OLD, OTHER, 3.0)];
        links.extend((of > 1).then(|| link(OLD, OLD, 7.0)));
        Moved::of(&moves, [(OLD, of), (NEW, 0)].into(), links)
    }

    #[test]
    fn a_form_that_moves_as_a_whole_takes_its_links_along() {
        let one = moved(1, 1);
        assert_eq!(one.new, [(NEW, (ClassId(9), OLD))].into());
        assert_eq!(one.links, [link(NEW, OTHER, 3.0)]);
        assert_eq!((one.left, one.single), ([OLD].into(), [].into()));
        let two = moved(2, 2);
        assert_eq!(two.links, [link(NEW, NEW, 7.0), link(NEW, OTHER, 3.0)]);
        assert_eq!((two.left, two.single), ([OLD].into(), [].into()));
    }

    #[test]
    fn a_part_of_a_form_that_moves_is_linked_with_the_rest() {
        let one = moved(1, 3);
        assert_eq!(one.links, [link(OLD, NEW, 7.0), link(NEW, OTHER, 3.0)]);
        assert_eq!((one.left, one.single), ([].into(), [].into()));
        let two = moved(2, 3);
        let all = [link(OLD, NEW, 7.0), link(NEW, NEW, 7.0), link(NEW, OTHER, 3.0)];
        assert_eq!(two.links, all);
        assert_eq!((two.left, two.single), ([].into(), [OLD].into()));
    }
}
