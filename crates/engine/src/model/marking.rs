//! Markings: the codes by which other standards say how far a thing goes, translated to our words and back.
//!
//! Standards: LEXS 3.1.4 (`DisseminationCriteriaCode`, behind N-DEx); the UK's intelligence report 3x5x2 and
//! its forerunner 5x5x5; Europol's handling codes; TLP 2.0 of FIRST; MISP's levels of distribution. A marking
//! only ever cuts: TLP, for one, is for sharing between people, so that it alone never lets anything go. What
//! cannot be said exactly becomes the stricter, in both directions.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use super::{Audience, Condition, Conditions, Handling, Label};

/// How far an object goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sharing {
    /// The handling: the furthest that the object may go.
    pub handling: Handling,
    /// The uses that need the owner's leave in each single case.
    pub conditions: Conditions,
    /// The recipients to which the object is limited; `None` where no limit is stated.
    pub audience: Option<Box<Audience>>,
}

impl Sharing {
    /// Returns the part of a label that says how far its object goes.
    pub fn of(label: &Label) -> Self {
        Self {
            handling: label.handling,
            conditions: label.conditions,
            audience: label.audience.clone(),
        }
    }

    /// Restricts the sharing to what a marking permits; never widens it.
    pub fn cut(&mut self, marking: Marking) {
        let Row { handling, conditions, is_named, .. } = *marking.0;
        self.handling = self.handling.min(handling);
        self.conditions = self.conditions.union(conditions.iter().copied().collect());
        if is_named && self.handling == Handling::Shared && self.audience.is_none() {
            self.audience =
                Some(Box::new(Audience { agencies: Some(BTreeSet::new()), ..Audience::default() }));
        }
    }
}

/// A standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Standard {
    /// LEXS 3.1.4.
    Lexs,
    /// The UK's 3x5x2.
    Uk3x5x2,
    /// The UK's 5x5x5.
    Uk5x5x5,
    /// Europol's handling codes.
    Europol,
    /// Traffic Light Protocol 2.0.
    Tlp,
    /// MISP's distribution.
    Misp,
    /// How STIX 2.1 marks an object: the whole, some of its properties, or by a statement.
    Stix,
}

/// A marking of a standard: `tlp:amber+strict`, `europol:h2`, `lexs:gray`; small or capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marking(&'static Row);

/// The error for a text that is not a known marking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no marking of LEXS, 3x5x2, 5x5x5, Europol, TLP, MISP or STIX that is known")]
pub struct UnknownMarking;

#[derive(Debug, PartialEq, Eq)]
struct Row {
    standard: Standard,
    code: &'static str,
    handling: Handling,
    conditions: &'static [Condition],
    /// True if the code limits the object to named recipients; the submitted row names them, not the code.
    is_named: bool,
}

const ONWARD: &[Condition] = &[Condition::OnwardWithLeave];
const COURT: &[Condition] = &[Condition::CourtWithLeave];
const BOTH: &[Condition] = &[Condition::OnwardWithLeave, Condition::CourtWithLeave];

const fn row(
    standard: Standard,
    code: &'static str,
    handling: Handling,
    conditions: &'static [Condition],
    is_named: bool,
) -> Row {
    Row { standard, code, handling, conditions, is_named }
}

/// The meaning of every code in our words; where a code may mean several things, the strictest of them.
const ROWS: [Row; 34] = {
    use Handling::{Own, Pointer, Shared};
    use Standard::{Europol, Lexs, Misp, Stix, Tlp, Uk3x5x2, Uk5x5x5};
    [
        row(Lexs, "white", Shared, &[], false),
        row(Lexs, "gray", Pointer, &[], false),
        row(Lexs, "black", Own, &[], false),
        // P: lawful sharing permitted; C: permitted with conditions, which the code does not tell.
        row(Uk3x5x2, "p", Shared, &[], false),
        row(Uk3x5x2, "c", Shared, BOTH, true),
        // 1 to police and prosecution, 2 to others in the UK, 3 abroad, 4 within the originating agency, 5 no
        // further dissemination. Each permits no more than it says.
        row(Uk5x5x5, "1", Shared, ONWARD, false),
        row(Uk5x5x5, "2", Shared, ONWARD, false),
        row(Uk5x5x5, "3", Shared, ONWARD, false),
        row(Uk5x5x5, "4", Own, &[], false),
        row(Uk5x5x5, "5", Own, &[], false),
        row(Europol, "h0", Shared, &[], false),
        row(Europol, "h1", Shared, COURT, false),
        row(Europol, "h2", Shared, ONWARD, false),
        // Other restrictions, in a text.
        row(Europol, "h3", Shared, BOTH, true),
        row(Europol, "h1+h2", Shared, BOTH, false),
        row(Europol, "hit", Pointer, &[], false),
        row(Tlp, "clear", Shared, &[], false),
        row(Tlp, "green", Shared, &[], false),
        row(Tlp, "amber", Shared, ONWARD, false),
        row(Tlp, "amber+strict", Shared, ONWARD, true),
        row(Tlp, "red", Own, &[], false),
        // 0 own organization, 1 this community, 2 connected communities, 3 all, 4 sharing group, 5 inherited.
        row(Misp, "0", Own, &[], false),
        row(Misp, "1", Shared, &[], false),
        row(Misp, "2", Shared, &[], false),
        row(Misp, "3", Shared, &[], false),
        row(Misp, "4", Shared, ONWARD, true),
        row(Misp, "5", Own, &[], false),
        row(Stix, "object", Shared, &[], false),
        row(Stix, "granular", Shared, BOTH, true),
        row(Stix, "statement", Shared, BOTH, false),
        // Synonyms of codes above.
        row(Lexs, "grey", Pointer, &[], false),
        row(Tlp, "white", Shared, &[], false),
        row(Europol, "h2+h1", Shared, BOTH, false),
        row(Europol, "hit/no-hit", Pointer, &[], false),
    ]
};

impl Standard {
    /// All standards, in the order in which markings are listed.
    pub const ALL: [Self; 7] = [
        Self::Lexs,
        Self::Uk3x5x2,
        Self::Uk5x5x5,
        Self::Europol,
        Self::Tlp,
        Self::Misp,
        Self::Stix,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Lexs => "lexs",
            Self::Uk3x5x2 => "3x5x2",
            Self::Uk5x5x5 => "5x5x5",
            Self::Europol => "europol",
            Self::Tlp => "tlp",
            Self::Misp => "misp",
            Self::Stix => "stix",
        }
    }

    /// The code that lets no more go than this; none where the standard has no word for it.
    fn code(self, sharing: &Sharing) -> Option<&'static str> {
        let onward = sharing.conditions.contains(Condition::OnwardWithLeave);
        let court = sharing.conditions.contains(Condition::CourtWithLeave);
        let is_named = sharing.audience.is_some();
        let is_bare = !onward && !court && !is_named;
        match (sharing.handling, self) {
            (Handling::Own, Self::Lexs) => Some("black"),
            (Handling::Own, Self::Tlp) => Some("red"),
            (Handling::Own, Self::Uk5x5x5) => Some("5"),
            (Handling::Own, Self::Misp) => Some("0"),
            (Handling::Pointer, Self::Lexs) => Some("gray"),
            (Handling::Pointer, Self::Europol) => Some("hit"),
            (Handling::Own | Handling::Pointer, _) => None,
            // White with criteria is more than the code can say.
            (Handling::Shared, Self::Lexs) => is_bare.then_some("white"),
            (Handling::Shared, Self::Uk3x5x2) => Some(if is_bare { "p" } else { "c" }),
            (Handling::Shared, Self::Uk5x5x5) => onward.then_some("4"),
            (Handling::Shared, Self::Europol) => Some(match (is_named, court, onward) {
                (true, ..) => "h3",
                (false, true, true) => "h1+h2",
                (false, true, false) => "h1",
                (false, false, true) => "h2",
                (false, false, false) => "h0",
            }),
            (Handling::Shared, Self::Tlp) if court && !onward => None,
            (Handling::Shared, Self::Tlp) => Some(match (onward, is_named) {
                (true, _) => "red",
                (false, true) => "amber+strict",
                (false, false) => "green",
            }),
            (Handling::Shared, Self::Misp) if court && !onward => None,
            (Handling::Shared, Self::Misp) => Some(match (onward, is_named) {
                (true, _) => "0",
                (false, true) => "4",
                (false, false) => "1",
            }),
            (Handling::Shared, Self::Stix) => Some(match (is_named, is_bare) {
                (true, _) => "granular",
                (false, true) => "object",
                (false, false) => "statement",
            }),
        }
    }
}

impl Marking {
    /// Returns the markings that express a sharing, one for each standard that has a code for it.
    pub fn all_of(sharing: &Sharing) -> Vec<Self> {
        let row = |standard: Standard| {
            let code = standard.code(sharing)?;
            ROWS.iter().find(|row| row.standard == standard && row.code == code)
        };
        Standard::ALL.into_iter().filter_map(row).map(Self).collect()
    }
}

impl FromStr for Marking {
    type Err = UnknownMarking;

    fn from_str(text: &str) -> Result<Self, UnknownMarking> {
        let text = text.trim().to_ascii_lowercase();
        let (standard, code) = text.split_once(':').ok_or(UnknownMarking)?;
        let is = |row: &&Row| row.standard.name() == standard.trim() && row.code == code.trim();
        ROWS.iter().find(is).map(Self).ok_or(UnknownMarking)
    }
}

impl fmt::Display for Marking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.standard.name(), self.0.code)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sharing(handling: Handling, conditions: &[Condition], is_named: bool) -> Sharing {
        let named = Audience { agencies: Some(["b".to_owned()].into()), ..Audience::default() };
        Sharing {
            handling,
            conditions: conditions.iter().copied().collect(),
            audience: is_named.then(|| Box::new(named)),
        }
    }

    fn shown(sharing: &Sharing) -> Vec<String> {
        Marking::all_of(sharing).iter().map(ToString::to_string).collect()
    }

    /// Returns the sharing of a row that is shared without conditions once this marking has cut it.
    fn cut(marking: &str) -> Sharing {
        let mut all = sharing(Handling::Shared, &[], false);
        all.cut(marking.parse().unwrap());
        all
    }

    fn nobody(conditions: &[Condition]) -> Sharing {
        let nobody = Audience { agencies: Some(BTreeSet::new()), ..Audience::default() };
        Sharing { audience: Some(Box::new(nobody)), ..sharing(Handling::Shared, conditions, false) }
    }

    // The rows of the table in governance.md, section 2.

    #[test]
    fn white_without_conditions() {
        let ours = sharing(Handling::Shared, &[], false);
        let theirs = ["lexs:white", "3x5x2:p", "europol:h0", "tlp:green", "misp:1", "stix:object"];
        assert_eq!(shown(&ours), theirs);
        for marking in theirs.into_iter().chain(["TLP:CLEAR", "misp:2", "misp:3"]) {
            assert_eq!(cut(marking), ours, "{marking}");
        }
    }

    #[test]
    fn white_for_the_named_only() {
        let ours = sharing(Handling::Shared, &[], true);
        let theirs = ["3x5x2:c", "europol:h3", "tlp:amber+strict", "misp:4", "stix:granular"];
        assert_eq!(shown(&ours), theirs);
        // The codes do not name anybody: nobody, until the row does.
        assert_eq!(cut("tlp:AMBER+STRICT"), nobody(ONWARD));
        assert_eq!(cut("misp:4"), nobody(ONWARD));
        for marking in ["3x5x2:C", "europol:H3", "stix:granular"] {
            assert_eq!(cut(marking), nobody(BOTH), "{marking}");
        }
        let mut named = ours.clone();
        named.cut("tlp:amber+strict".parse().unwrap());
        assert_eq!((named.audience, named.handling), (ours.audience, Handling::Shared));
    }

    #[test]
    fn no_onward_use_without_leave() {
        let ours = sharing(Handling::Shared, ONWARD, false);
        let theirs = ["3x5x2:c", "5x5x5:4", "europol:h2", "tlp:red", "misp:0", "stix:statement"];
        assert_eq!(shown(&ours), theirs);
        for marking in ["europol:H2", "5x5x5:1", "5x5x5:2", "5x5x5:3", "tlp:amber"] {
            assert_eq!(cut(marking), ours, "{marking}");
        }
    }

    #[test]
    fn not_for_court_without_leave() {
        let ours = sharing(Handling::Shared, COURT, false);
        assert_eq!(shown(&ours), ["3x5x2:c", "europol:h1", "stix:statement"]);
        assert_eq!(cut("europol:h1"), ours);
        assert_eq!(cut("Europol: H1+H2"), sharing(Handling::Shared, BOTH, false));
        assert_eq!(shown(&cut("europol:h2+h1"))[2], "europol:h1+h2");
    }

    #[test]
    fn gray() {
        let ours = sharing(Handling::Pointer, &[], false);
        assert_eq!(shown(&ours), ["lexs:gray", "europol:hit"]);
        for marking in ["lexs:gray", "lexs:grey", "europol:hit", "europol:hit/no-hit"] {
            assert_eq!(cut(marking), ours, "{marking}");
        }
    }

    #[test]
    fn black() {
        let ours = sharing(Handling::Own, &[], false);
        assert_eq!(shown(&ours), ["lexs:black", "5x5x5:5", "tlp:red", "misp:0"]);
        for marking in ["lexs:black", "5x5x5:4", "5x5x5:5", "tlp:red", "misp:0", "misp:5"] {
            assert_eq!(cut(marking), ours, "{marking}");
        }
    }

    #[test]
    fn what_is_no_marking_is_none() {
        for text in
            ["", "tlp", "tlp:", "tlp:purple", "red", "5x5x5:6", "stix:red", "tlp:amber strict"]
        {
            assert_eq!(text.parse::<Marking>(), Err(UnknownMarking), "{text}");
        }
    }

    proptest! {
        /// Out and in again nothing goes further than before, whatever standard it passed through, and a
        /// marking never lets anything go that its owner did not.
        #[test]
        fn nothing_maps_down(
            handling in prop::sample::select(vec![Handling::Own, Handling::Pointer, Handling::Shared]),
            onward in any::<bool>(),
            court in any::<bool>(),
            is_named in any::<bool>(),
            row in prop::sample::select(ROWS.iter().collect::<Vec<_>>()),
        ) {
            let conditions = [(onward, ONWARD), (court, COURT)];
            let conditions: Vec<Condition> = conditions
                .into_iter()
                .filter_map(|(is, condition)| is.then_some(condition))
                .flatten()
                .copied()
                .collect();
            let ours = sharing(handling, &conditions, is_named);
            for marking in Marking::all_of(&ours) {
                let back = cut(&marking.to_string());
                prop_assert!(back.handling <= ours.handling, "{marking}");
                let is_alone = back.handling != Handling::Shared;
                prop_assert!(is_alone || back.conditions.union(ours.conditions) == back.conditions, "{marking}");
                prop_assert!(is_alone || back.audience.is_some() >= is_named, "{marking}");
            }
            let mut less = ours.clone();
            less.cut(Marking(row));
            prop_assert!(less.handling <= ours.handling);
            prop_assert!(less.conditions.union(ours.conditions) == less.conditions);
            prop_assert!(less.audience.is_some() >= is_named);
        }
    }
}
