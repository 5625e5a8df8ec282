//! The basis of an answer: the reliability of the records that it rests on.

use crate::graph::{EntityIndex, Snapshot};
use crate::model::{Grade, Nature, Record};

/// The reliability of the records that an answer rests on, by the grade and nature stated in them. Masked records have
/// neither, and make no answer weaker or stronger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Basis {
    /// The weakest grade of the records; records without a grade do not count. `None` if none has one.
    pub weakest_grade: Option<Grade>,
    /// True if one of the records is an opinion.
    pub rests_on_opinion: bool,
}

impl Basis {
    /// Returns the basis of an answer that rests on these records.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        records.into_iter().fold(Self::default(), |basis, record| Self {
            weakest_grade: basis.weakest_grade.max(record.grade),
            rests_on_opinion: basis.rests_on_opinion || record.nature == Some(Nature::Opinion),
        })
    }

    /// Returns the basis of an entity, which rests on all its records in the snapshot.
    pub fn of_entity(snapshot: &Snapshot, entity: EntityIndex) -> Self {
        let records = snapshot.entities()[entity].records.iter();
        Self::of(records.map(|record| snapshot.records()[*record].as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bodies;

    fn record(grade: Option<&str>, nature: Option<Nature>) -> Record {
        let [body, ..] = bodies::empty();
        let grade = grade.map(|grade| grade.parse().unwrap());
        Record { grade, nature, ..bodies::record("police", "1", body) }
    }

    #[test]
    fn the_weakest_grade_stands_for_all_and_one_opinion_makes_it_rest_on_opinion() {
        let (fact, opinion) = (Some(Nature::Fact), Some(Nature::Opinion));
        let none = [record(None, None), record(None, fact)];
        assert_eq!(Basis::of(&none), Basis::default());
        let some = [
            record(Some("4x4:A1"), fact),
            record(None, opinion),
            record(Some("3x5x2:3C"), None),
            record(Some("5x5x5:E2"), None),
        ];
        let weakest_grade = Some("3x5x2:3C".parse().unwrap());
        for turn in 0..some.len() {
            let mut turned = some.clone();
            turned.rotate_left(turn);
            assert_eq!(Basis::of(&turned), Basis { weakest_grade, rests_on_opinion: true });
        }
        assert!(!Basis::of(&some[2..]).rests_on_opinion);
    }
}
