//! The decision of what one question may see. Every class is decided once; the set of fully visible classes is the
//! view.
//!
//! Deny by default. The agreements in force for the caller's agency and the purpose are laid out once per discloser as
//! a table over kind, category and tier, so that a class costs one look-up, however many agreements there are. Levels
//! add up, then `black` cuts.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::Standing;
use super::{
    BreakGlassId, Case, Fields, Grant, Level, Principal, Purpose, Question, Rules, Sight, Terms,
};
use crate::model::{Class, ClassId, ClassSet, Handling, Kind, Label, SubjectCategory, Timestamp};

/// The classes visible to one caller for one question. Every domain call takes it as an argument. Only [`View::decide`]
/// makes one, and [`View::of_holder`] for the command line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct View {
    /// The agency the view belongs to.
    agency: String,
    /// The fully visible classes.
    classes: Sight,
    /// Classes of other agencies for which the caller may get a pointer: the desk to call.
    pointers: Sight,
    /// Classes of other agencies that the caller learns nothing of, and whose owners are notified when it asks for an
    /// object in them.
    silent: Sight,
    /// Fields withheld from the objects of some of these classes.
    withheld: BTreeMap<Class, Fields>,
    /// The fully visible classes of records in two parts: first those that are readable or the agency's own, then those
    /// about victims of other agencies.
    parts: [Sight; 2],
    /// The fields withheld from fully visible classes.
    withheld_of: BTreeMap<ClassId, Fields>,
}

/// A view, and the time until which it holds if nothing else changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The view.
    pub view: View,
    /// The next time at which an agreement, a case, a use of break-glass or the visibility of a class begins or ends.
    pub until: Option<Timestamp>,
    /// The open uses of break-glass that may widen the view. Their effect depends on the objects in the store, which
    /// may be hidden: a judgement of records that nobody shows is nothing to see, and must not be told by a mark.
    pub break_glass: BTreeSet<BreakGlassId>,
    /// The grounds for an answer to the question.
    pub grounds: Grounds,
}

/// The grounds that the answer to a question may rest on. They depend on the caller, on the records of the caller's own
/// agency that it may see, and on the agreements that the agency is a side of; on nothing of others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grounds {
    /// True if the caller may ask for the purpose, and records are shown for it.
    pub shows_records: bool,
    /// True if the case is one in accord that the caller works on.
    pub in_case: bool,
    /// True if there are visible classes of records of the caller's own agency.
    pub own_records: bool,
    /// The agencies whose agreements in force grant the caller records for the purpose.
    pub disclosers: BTreeSet<String>,
}

impl View {
    /// Decides every class for one question.
    pub fn decide(
        question: &Question<'_>,
        rules: &Rules,
        classes: &[(ClassId, Class)],
    ) -> Decision {
        let rights = Rights::of(question, rules);
        let mut until = rights.until;
        let mut grounds = rights.grounds();
        let mut view = Self {
            agency: question.principal.agency.clone(),
            classes: Sight::nothing(),
            pointers: Sight::nothing(),
            silent: Sight::nothing(),
            withheld: BTreeMap::new(),
            parts: [Sight::nothing(), Sight::nothing()],
            withheld_of: BTreeMap::new(),
        };
        for (id, class) in classes {
            let access = rights.access(class);
            if let Some(from) = class.label.hidden_from().filter(|from| *from > question.at) {
                until = Some(until.map_or(from, |until| until.min(from)));
            }
            if access.full {
                grounds.own_records |= class.label.agency == view.agency && is_record(class.kind);
                view.classes.open(*id);
                if is_record(class.kind) {
                    let label = &class.label;
                    let foreign = label.category.is_victim() && label.agency != view.agency;
                    view.parts[usize::from(foreign)].open(*id);
                }
            }
            if access.pointer {
                view.pointers.open(*id);
            }
            if access.silent {
                view.silent.open(*id);
            }
            if access.full && !access.withheld.is_empty() {
                view.withheld_of.insert(*id, access.withheld);
            }
            if (access.full || access.pointer) && !access.withheld.is_empty() {
                view.withheld.insert(class.clone(), access.withheld);
            }
        }
        let break_glass = rights.widening().collect();
        Decision { view, until, break_glass, grounds }
    }

    /// Tells if two views show the same objects and fields; their pointers are not compared.
    pub fn shows_as(&self, other: &Self) -> bool {
        self.classes == other.classes && self.withheld == other.withheld
    }

    /// Tells if this view shows the objects and fields of another one, and besides only objects of classes with the
    /// number `known` and above: in a store that had no more classes than that, both show the same.
    pub fn has_grown_from(&self, other: &Self, known: u32) -> bool {
        let was_known = |class: &ClassId| class.0 < known;
        let fields = self.withheld_of.iter().filter(|(class, _)| was_known(class));
        self.agency == other.agency
            && self.classes.classes().iter().filter(was_known).eq(other.classes.classes().iter())
            && fields.eq(&other.withheld_of)
    }

    /// The view of a user who holds the store itself: the given classes, all of them or some. No HTTP caller ever gets
    /// it.
    pub fn of_holder(_: &StoreHolder, classes: ClassSet) -> Self {
        Self {
            agency: String::new(),
            parts: [Sight::of(classes.clone()), Sight::nothing()],
            classes: Sight::of(classes),
            pointers: Sight::nothing(),
            silent: Sight::nothing(),
            withheld: BTreeMap::new(),
            withheld_of: BTreeMap::new(),
        }
    }

    /// The view of a user who holds the store itself: every class.
    pub fn whole_store(holder: &StoreHolder, classes: &[(ClassId, Class)]) -> Self {
        Self::of_holder(holder, classes.iter().map(|(class, _)| *class).collect())
    }

    /// The agency that the view belongs to.
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// The fully visible classes.
    pub fn classes(&self) -> &ClassSet {
        self.classes.classes()
    }

    /// The fully visible classes, as the sight to read the store through.
    pub fn sight(&self) -> &Sight {
        &self.classes
    }

    /// The fully visible classes of records in two parts: those that are readable or the agency's own, and those about
    /// victims of other agencies. To a caller for whom the content of the second is masked, nothing of one part is ever
    /// joined to the other.
    pub fn parts(&self) -> &[Sight; 2] {
        &self.parts
    }

    /// The fully visible classes of records.
    pub fn records(&self) -> Sight {
        Sight::of(self.parts.iter().flat_map(|part| part.classes().iter()).collect())
    }

    /// The classes of other agencies for which the store is read to make pointers; nothing else of them is shown.
    pub fn pointers(&self) -> &Sight {
        &self.pointers
    }

    /// The view whose pointers are the silent classes of this one, to find the owners that must be notified of a
    /// question; `None` if there are no silent classes.
    pub fn pointing_to_silent(&self) -> Option<Self> {
        let silent = self.silent.clone();
        (!silent.classes().is_empty()).then(|| Self { pointers: silent, ..self.clone() })
    }

    /// The fields that agreements withhold from an object of this kind and label.
    pub fn withheld_from(&self, kind: Kind, label: &Label) -> Fields {
        if self.withheld.is_empty() {
            return Fields::default();
        }
        let class = Class { kind, label: label.clone() };
        self.withheld.get(&class).copied().unwrap_or_default()
    }

    /// Fields withheld from the objects of these classes.
    pub fn withheld(&self) -> &BTreeMap<Class, Fields> {
        &self.withheld
    }
}

/// Proof that its bearer holds the store itself, and can read its file or database anyway: the command line. Nothing
/// that answers callers makes one (`tests/structure.rs` looks for its name).
#[derive(Debug)]
pub struct StoreHolder(());

impl StoreHolder {
    /// For commands, whose user named the store.
    pub fn of_the_command_line() -> Self {
        Self(())
    }
}

/// Access of a question to the objects of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    /// True if the objects are shown.
    pub full: bool,
    /// True if a pointer to the objects' owner is given.
    pub pointer: bool,
    /// True if nothing is shown, but the owner is notified when the objects are asked for.
    pub silent: bool,
    /// Fields withheld from the objects.
    pub withheld: Fields,
}

const KINDS: usize = Kind::ALL.len();
/// Number of kinds of records, which come first among the kinds.
const RECORDS: usize = Kind::Tie as usize;
const CATEGORIES: usize = SubjectCategory::ALL.len();
const TIERS: usize = Label::TIER_MAX as usize + 1;

fn is_record(kind: Kind) -> bool {
    (kind as usize) < RECORDS
}

/// The grants of a discloser's agreements, combined, for one kind, category and tier.
#[derive(Debug, Clone, Copy, Default)]
struct Granted {
    white: bool,
    gray: bool,
    /// True if break-glass raises gray to white.
    breakable: bool,
    black: bool,
    /// True if the owner is notified when a black object is asked for.
    silent: bool,
    withheld: Fields,
}

/// The grants of one discloser, by kind, category and tier.
struct Table(Box<[Granted]>);

impl Table {
    fn new() -> Self {
        Self(vec![Granted::default(); KINDS * CATEGORIES * TIERS].into())
    }

    fn at(kind: Kind, category: SubjectCategory, tier: u8) -> usize {
        (kind as usize * CATEGORIES + category as usize) * TIERS + usize::from(tier)
    }

    fn add(&mut self, terms: &Terms, purpose: Purpose, principal: &Principal) {
        let withheld: Fields = terms.fields_never.iter().collect();
        // A black grant applies to every user, with or without the attributes that it requires.
        let vouched = |grant: &&Grant| {
            grant.level == Level::Black || grant.requires.is_subset(&principal.attributes)
        };
        let speaking = terms.grants.iter().filter(|grant| grant.purposes.contains(&purpose));
        for grant in speaking.filter(vouched) {
            // A black grant up to a tier keeps the tiers above it from the recipient too.
            let highest = match grant.level {
                Level::Black => Label::TIER_MAX,
                Level::Gray | Level::White => grant.tier_max.min(Label::TIER_MAX),
            };
            // Iterated for every kind: collected once into a vector.
            let subject: Vec<SubjectCategory> = grant.subject.iter().copied().collect();
            for kind in &grant.kinds {
                for category in &subject {
                    let first = Self::at(*kind, *category, 0);
                    for granted in &mut self.0[first..=first + usize::from(highest)] {
                        match grant.level {
                            Level::Black => {
                                granted.black = true;
                                granted.silent |= grant.silent_alert;
                            }
                            Level::Gray => {
                                granted.gray = true;
                                granted.breakable |= grant.break_glass;
                            }
                            Level::White => granted.white = true,
                        }
                        // Withheld from searches too: a pointer found by a withheld field would disclose it.
                        granted.withheld = granted.withheld.union(withheld);
                    }
                }
            }
        }
    }
}

/// The rights of one question.
pub struct Rights<'a> {
    agency: &'a str,
    user: &'a str,
    /// True if records may be shown for this question.
    content: bool,
    /// True if the caller may ask for the purpose.
    allowed: bool,
    certified: bool,
    at: Timestamp,
    /// The open case that the question names and the caller works on, and its id as audiences name it.
    case: Option<(String, &'a Case)>,
    granted: BTreeMap<&'a str, Table>,
    /// The owners against whom the caller has an open use of break-glass for this question, and the ids of these uses.
    broken: BTreeSet<(&'a str, BreakGlassId)>,
    until: Option<Timestamp>,
}

impl<'a> Rights<'a> {
    /// Lays out the agreements in force for a question.
    pub fn of(question: &Question<'a>, rules: &'a Rules) -> Self {
        let Question { principal, purpose, case, at } = *question;
        let agency = principal.agency.as_str();
        let allowed = principal.may_ask_for(purpose);
        let mut granted: BTreeMap<&str, Table> = BTreeMap::new();
        let mut edges: Vec<Timestamp> = Vec::new();
        for Standing { terms, recipients } in rules.standings() {
            if !terms.has_side(agency) {
                continue;
            }
            edges.extend(terms.valid);
            if at < terms.valid[0] || at >= terms.valid[1] {
                continue;
            }
            if recipients.contains(agency) {
                let table = granted.entry(&terms.discloser).or_insert_with(Table::new);
                table.add(terms, purpose, principal);
            }
            // Never from one recipient to another: an agreement has one discloser.
            if terms.reciprocal && terms.discloser == agency {
                for recipient in recipients {
                    let table = granted.entry(recipient).or_insert_with(Table::new);
                    table.add(terms, purpose, principal);
                }
            }
        }
        let case = rules.case_of(principal, case, at).map(|found| (case.to_string(), found));
        edges.extend(case.as_ref().map(|(_, case)| case.expires));
        let broken = rules.break_glass.iter().filter(|(_, it)| it.is_open_for(question));
        edges.extend(broken.clone().map(|(_, it)| it.until()));
        Self {
            agency,
            user: &principal.user,
            content: allowed && purpose.shows_records(),
            allowed,
            certified: principal.certified,
            at,
            case,
            granted,
            broken: broken.map(|(id, it)| (it.owner.as_str(), *id)).collect(),
            until: edges.into_iter().filter(|edge| *edge > at).min(),
        }
    }

    /// The agencies that disclose to the caller's agency by an agreement in force, for whatever purpose.
    pub fn disclosers(&self) -> impl Iterator<Item = &'a str> {
        self.granted.keys().copied()
    }

    /// Returns the grounds that follow from the question and the agreements alone, before any class is read.
    fn grounds(&self) -> Grounds {
        let grants = |owner: &str, table: &Table| {
            let broken = self.has_broken(owner);
            let shown = |it: &Granted| !it.black && (it.white || (broken && it.breakable));
            table.0[..RECORDS * CATEGORIES * TIERS].iter().any(shown)
        };
        let disclosers = self.granted.iter().filter(|(owner, table)| grants(owner, table));
        Grounds {
            shows_records: self.content,
            in_case: self.case.is_some(),
            own_records: false,
            disclosers: disclosers
                .filter(|_| self.content)
                .map(|(owner, _)| (*owner).to_owned())
                .collect(),
        }
    }

    /// Tells if an agreement in force allows the caller break-glass against an owner for this question.
    pub fn may_break(&self, owner: &str) -> bool {
        let table = self.granted.get(owner);
        self.content && table.is_some_and(|table| table.0.iter().any(|it| it.breakable))
    }

    /// The ids of the caller's open uses of break-glass that an agreement in force still foresees.
    fn widening(&self) -> impl Iterator<Item = BreakGlassId> {
        self.broken.iter().filter(|(owner, _)| self.may_break(owner)).map(|(_, id)| *id)
    }

    /// Tells if the caller has an open use of break-glass against an owner for this question.
    fn has_broken(&self, owner: &str) -> bool {
        self.broken.iter().any(|(of, _)| *of == owner)
    }

    /// Returns the access of the question to the objects of a class.
    pub fn access(&self, class: &Class) -> Access {
        let label = &class.label;
        // Criminal intelligence is for certified users only, whichever agency owns it.
        if label.intelligence && !self.certified {
            return Access::default();
        }
        if label.agency == self.agency {
            return Access { full: self.content, ..Access::default() };
        }
        if !self.allowed || label.handling == Handling::Own || label.tier > Label::TIER_MAX {
            return Access::default();
        }
        let case = self.case.as_ref().map(|(id, _)| id.as_str());
        if label.audience.as_ref().is_some_and(|it| !it.has(self.agency, self.user, case)) {
            return Access::default();
        }
        // A row that is overdue for review, or whose release has ended, is visible to its owner only.
        if label.hidden_from().is_some_and(|from| self.at >= from) {
            return Access::default();
        }
        let Some(table) = self.granted.get(label.agency.as_str()) else {
            return Access::default();
        };
        let granted = table.0[Table::at(class.kind, label.category, label.tier)];
        if granted.black {
            return Access { silent: granted.silent, ..Access::default() };
        }
        // Another agency's victims are seen within a case that both work on, and nowhere else.
        let together = self.case.as_ref().is_some_and(|(_, case)| case.has_agency(&label.agency));
        let forbidden = label.category.is_victim() && !together;
        // Danger turns a pointer into the object, but never discloses the identity of a victim.
        let broken =
            granted.breakable && self.has_broken(&label.agency) && !label.category.is_victim();
        let shows = self.content && label.handling == Handling::Shared;
        let white = granted.white && !forbidden;
        Access {
            full: shows && (white || broken),
            pointer: granted.white || granted.gray,
            silent: false,
            withheld: granted.withheld,
        }
    }
}
