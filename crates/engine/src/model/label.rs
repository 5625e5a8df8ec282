//! Labels and classes, by which policy decides who may see an object.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use super::{EntityType, Timestamp};

/// The category that a source alleges of a person (Directive (EU) 2016/680 art. 6 asks for the distinction).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SubjectCategory {
    /// Suspected of an offence.
    Suspect,
    /// Convicted of an offence.
    Convicted,
    /// A victim of an offence.
    Victim,
    /// A person who may be a victim.
    PossibleVictim,
    /// A witness.
    Witness,
    /// A contact or associate of one of the above.
    Contact,
    /// Reported missing.
    Missing,
    /// The source does not say, or it is not about a person.
    #[default]
    Unknown,
}

impl SubjectCategory {
    /// All categories, in their canonical order.
    pub const ALL: [Self; 8] = [
        Self::Suspect,
        Self::Convicted,
        Self::Victim,
        Self::PossibleVictim,
        Self::Witness,
        Self::Contact,
        Self::Missing,
        Self::Unknown,
    ];

    /// Returns true for a victim or possible victim: the rules for victims apply.
    pub fn is_victim(self) -> bool {
        matches!(self, Self::Victim | Self::PossibleVictim)
    }
}

/// How far the owner lets an object go.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// Never leaves the owner agency, whatever its agreements say. The default.
    #[default]
    Own,
    /// Others learn at most whom to call, whatever the owner's agreements say.
    Pointer,
    /// May be shared: goes as far as the owner's agreements let it, and without one nowhere.
    Shared,
}

/// A use of an object for which a recipient needs the owner's leave in the single case, whatever agreements say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Hand it on to a third agency.
    OnwardWithLeave,
    /// Use it in court.
    CourtWithLeave,
}

impl Condition {
    /// All conditions, in their canonical order.
    pub const ALL: [Self; 2] = [Self::OnwardWithLeave, Self::CourtWithLeave];
}

/// A set of conditions; every object carries one, so it is small.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(from = "BTreeSet<Condition>", into = "BTreeSet<Condition>")]
pub struct Conditions(u8);

impl Conditions {
    /// Returns true if the set holds no condition.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Returns true if the set holds the condition.
    pub fn contains(self, condition: Condition) -> bool {
        self.0 >> condition as u8 & 1 == 1
    }

    /// Returns the union of both sets.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Condition> for Conditions {
    fn from_iter<I: IntoIterator<Item = Condition>>(conditions: I) -> Self {
        Self(conditions.into_iter().fold(0, |bits, condition| bits | 1 << condition as u8))
    }
}

impl From<BTreeSet<Condition>> for Conditions {
    fn from(conditions: BTreeSet<Condition>) -> Self {
        conditions.into_iter().collect()
    }
}

impl From<Conditions> for BTreeSet<Condition> {
    fn from(conditions: Conditions) -> Self {
        Condition::ALL.into_iter().filter(|it| conditions.contains(*it)).collect()
    }
}

/// The recipients besides the owner that may see an object at all, as far as agreements let them: those that are
/// on every list given. An empty list means nobody, not everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Agencies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agencies: Option<BTreeSet<String>>,
    /// Cases, by their ids: whoever works on one of them and asks about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<BTreeSet<String>>,
    /// Persons, each as `agency/user`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<BTreeSet<String>>,
}

impl Audience {
    /// Returns true if a user of an agency, asking about `case` if about any, is on every list given.
    pub fn has(&self, agency: &str, user: &str, case: Option<&str>) -> bool {
        let lists = |list: &Option<BTreeSet<String>>, it: &str| {
            list.as_ref().is_none_or(|list| list.contains(it))
        };
        lists(&self.agencies, agency)
            && lists(&self.users, &format!("{agency}/{user}"))
            && self.cases.as_ref().is_none_or(|list| case.is_some_and(|case| list.contains(case)))
    }
}

/// The label that every stored object carries. Objects of one kind with equal labels form a class.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The agency that owns the object.
    pub agency: String,
    /// The category that the source alleges of the subject.
    pub category: SubjectCategory,
    /// Sensitivity, 0 (routine) to 4 (most sensitive).
    pub tier: u8,
    /// How far the owner lets the object go.
    pub handling: Handling,
    /// The uses for which a recipient needs the owner's leave.
    #[serde(default, skip_serializing_if = "Conditions::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Condition>))]
    pub conditions: Conditions,
    /// The only recipients that may see the object at all; absent, all whom agreements let.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Box<Audience>>,
    /// True if the object is criminal intelligence (28 CFR 23), which only users certified for it see.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub intelligence: bool,
    /// When the object must be reviewed: from then on nobody but the owner sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Timestamp>,
    /// When the victim's release under which the object is shared ends: from then on nobody but the owner sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_until: Option<Timestamp>,
}

impl Label {
    /// The highest sensitivity tier.
    pub const TIER_MAX: u8 = 4;

    /// Returns the time from which nobody but the owner sees the object, the earlier of review and end of release;
    /// `None` if there is no such time.
    pub fn hidden_from(&self) -> Option<Timestamp> {
        [self.review_by, self.released_until].into_iter().flatten().min()
    }
}

/// The kind of an object; agreements name the kinds that they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A record about a person.
    Person,
    /// A record about a phone.
    Phone,
    /// A record about an address.
    Address,
    /// A record about a vehicle.
    Vehicle,
    /// A record about an organization.
    Organization,
    /// A tie between two records.
    Tie,
    /// An event.
    Event,
    /// A judgement of a pair of records.
    Judgement,
    /// A planned operation: a place and a time that others should know of before they go there.
    Operation,
}

impl Kind {
    /// All kinds, in their canonical order.
    pub const ALL: [Self; 9] = [
        Self::Person,
        Self::Phone,
        Self::Address,
        Self::Vehicle,
        Self::Organization,
        Self::Tie,
        Self::Event,
        Self::Judgement,
        Self::Operation,
    ];
}

impl From<EntityType> for Kind {
    fn from(entity_type: EntityType) -> Self {
        match entity_type {
            EntityType::Person => Self::Person,
            EntityType::Phone => Self::Phone,
            EntityType::Address => Self::Address,
            EntityType::Vehicle => Self::Vehicle,
            EntityType::Organization => Self::Organization,
        }
    }
}

/// A class of objects of one kind and label: policy decides on it once for all its objects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// The kind of its objects.
    pub kind: Kind,
    /// The label that they carry.
    pub label: Label,
}

/// A class's small integer inside one store. Never part of an answer: it is a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// A set of classes, as a bit set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ClassSet {
    words: Vec<u64>,
}

impl ClassSet {
    /// Adds a class.
    pub fn insert(&mut self, class: ClassId) {
        let word = class.0 as usize / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (class.0 % 64);
    }

    /// Returns true if the class is in the set.
    pub fn contains(&self, class: ClassId) -> bool {
        self.words.get(class.0 as usize / 64).is_some_and(|word| word >> (class.0 % 64) & 1 == 1)
    }

    /// The classes in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = ClassId> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| ClassId(index as u32 * 64 + bit))
        })
    }

    /// Returns true if no class is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }
}

impl FromIterator<ClassId> for ClassSet {
    fn from_iter<I: IntoIterator<Item = ClassId>>(classes: I) -> Self {
        let mut set = Self::default();
        classes.into_iter().for_each(|class| set.insert(class));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_set_holds_exactly_what_was_inserted() {
        let classes = [ClassId(0), ClassId(63), ClassId(64), ClassId(200)];
        let set: ClassSet = classes.into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), classes);
        assert!(!set.contains(ClassId(1)) && !set.contains(ClassId(10_000)));
        assert!(ClassSet::default().is_empty() && !set.is_empty());
    }
}
