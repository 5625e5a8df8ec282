//! The decision: what one question may see. Every class is decided once; the set of fully visible
//! classes is the view.
//!
//! Deny by default. The agreements in force for the caller's agency and the purpose are laid out once
//! per discloser as a table over kind, category and tier, so that a class costs one look-up, however
//! many agreements there are. Levels add up, then what forbids cuts.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::Standing;
use super::{
    BreakGlassId, Case, Fields, Grant, Level, Principal, Purpose, Question, Rules, Sight, Terms,
};
use crate::model::{Class, ClassId, ClassSet, Handling, Kind, Label, SubjectCategory, Timestamp};

/// What one caller may see now. Every domain call takes it as an argument. Only [`View::decide`] makes one, and
/// [`View::of_holder`] for the command line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct View {
    /// The agency the view belongs to.
    agency: String,
    /// The fully visible classes.
    classes: Sight,
    /// Classes of others of which the caller may learn whom to call.
    pointers: Sight,
    /// Classes of others that the caller learns nothing of, and whose owners hear when it asks for what is
    /// in them.
    silent: Sight,
    /// What of the objects of some of these classes is kept back.
    withheld: BTreeMap<Class, Fields>,
    /// The fully visible classes of records: what is readable or the agency's own, and what other agencies say of
    /// their victims.
    parts: [Sight; 2],
}

/// A view, and until when it holds if nothing else changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The view.
    pub view: View,
    /// The next time at which an agreement, a case or what a class may be seen by begins or ends.
    pub until: Option<Timestamp>,
    /// The open uses of break-glass that may widen the view. Whether they do depends on what there is, which may
    /// be hidden: a judgement of records that nobody shows is nothing to see, and must not be told by a mark.
    pub break_glass: BTreeSet<BreakGlassId>,
    /// What an answer may rest on.
    pub grounds: Grounds,
}

/// What the answer to a question may rest on. It depends on the caller, on the records of the caller's own agency
/// that it may see, and on the agreements that the agency is a side of; on nothing of others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grounds {
    /// Whether the caller may ask for the purpose, and records are shown for it.
    pub shows_records: bool,
    /// Whether the case is one in accord that the caller works on.
    pub in_case: bool,
    /// Whether there are visible classes of records of the caller's own agency.
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
            if (access.full || access.pointer) && !access.withheld.is_empty() {
                view.withheld.insert(class.clone(), access.withheld);
            }
        }
        let break_glass = rights.widening().collect();
        Decision { view, until, break_glass, grounds }
    }

    /// Whether two views show the same: whom the callers may call does not count.
    pub fn shows_as(&self, other: &Self) -> bool {
        self.classes == other.classes && self.withheld == other.withheld
    }

    /// The view of whoever holds the store itself: these classes, all of them or some. No HTTP caller ever gets it.
    pub fn of_holder(_: &StoreHolder, classes: ClassSet) -> Self {
        Self {
            agency: String::new(),
            parts: [Sight::of(classes.clone()), Sight::nothing()],
            classes: Sight::of(classes),
            pointers: Sight::nothing(),
            silent: Sight::nothing(),
            withheld: BTreeMap::new(),
        }
    }

    /// The view of whoever holds the store itself: every class.
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

    /// What the store shows of it in full.
    pub fn sight(&self) -> &Sight {
        &self.classes
    }

    /// The fully visible classes of records in two parts: what is readable or the agency's own, and what other
    /// agencies say of their victims. To whom the content of the second is masked, nothing of one part is ever
    /// joined to the other.
    pub fn parts(&self) -> &[Sight; 2] {
        &self.parts
    }

    /// The fully visible classes of records.
    pub fn records(&self) -> Sight {
        Sight::of(self.parts.iter().flat_map(|part| part.classes().iter()).collect())
    }

    /// What the store is asked for to learn whom to call: classes of others, of which nothing else is shown.
    pub fn pointers(&self) -> &Sight {
        &self.pointers
    }

    /// The view that points to what this one is silent about, to find out who must hear of a question; `None` where
    /// nobody must.
    pub fn pointing_to_silent(&self) -> Option<Self> {
        let silent = self.silent.clone();
        (!silent.classes().is_empty()).then(|| Self { pointers: silent, ..self.clone() })
    }

    /// What of the objects of these classes is kept back.
    pub fn withheld(&self) -> &BTreeMap<Class, Fields> {
        &self.withheld
    }
}

/// Says that its bearer holds the store itself, and can read its file or database anyway: the command line. Nothing
/// that answers callers makes one (`tests/structure.rs` looks for its name).
#[derive(Debug)]
pub struct StoreHolder(());

impl StoreHolder {
    /// For commands, whose user named the store.
    pub fn of_the_command_line() -> Self {
        Self(())
    }
}

/// What a question may see of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    /// The objects.
    pub full: bool,
    /// Whom to call about them.
    pub pointer: bool,
    /// Nothing, but the owner hears when they are asked for.
    pub silent: bool,
    /// What of the objects is kept back.
    pub withheld: Fields,
}

const KINDS: usize = Kind::ALL.len();
/// Kinds of records, which are the first.
const RECORDS: usize = Kind::Tie as usize;
const CATEGORIES: usize = SubjectCategory::ALL.len();
const TIERS: usize = Label::TIER_MAX as usize + 1;

fn is_record(kind: Kind) -> bool {
    (kind as usize) < RECORDS
}

/// What a discloser's agreements say together of one kind, category and tier.
#[derive(Debug, Clone, Copy, Default)]
struct Granted {
    white: bool,
    gray: bool,
    /// Whether break-glass makes white of gray.
    breakable: bool,
    black: bool,
    /// Whether the owner hears of it when what is black is asked for.
    silent: bool,
    withheld: Fields,
}

/// What one discloser grants, by kind, category and tier.
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
        // What is kept from all is kept from those too of whom nothing is vouched for.
        let vouched = |grant: &&Grant| {
            grant.level == Level::Black || grant.requires.is_subset(&principal.attributes)
        };
        let speaking = terms.grants.iter().filter(|grant| grant.purposes.contains(&purpose));
        for grant in speaking.filter(vouched) {
            // What is kept from the recipient up to a tier is kept above it too.
            let highest = match grant.level {
                Level::Black => Label::TIER_MAX,
                Level::Gray | Level::White => grant.tier_max.min(Label::TIER_MAX),
            };
            // Walked many times over: once as a list.
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
                        // Also from being asked for: a pointer to what is kept back would tell of it.
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
    /// Whether records may be shown at all.
    content: bool,
    /// Whether the caller may ask for the purpose.
    allowed: bool,
    certified: bool,
    at: Timestamp,
    /// The open case that is asked about and the caller works on, and its id as audiences name it.
    case: Option<(String, &'a Case)>,
    granted: BTreeMap<&'a str, Table>,
    /// The agencies whose glass the caller has broken for this question, and the ids of what they did so by.
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

    /// The agencies that disclose something to the caller's.
    pub fn disclosers(&self) -> impl Iterator<Item = &'a str> {
        self.granted.keys().copied()
    }

    /// What an answer may rest on, before anything is known of what there is.
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

    /// Whether an agreement in force lets the caller break an agency's glass for this question.
    pub fn may_break(&self, owner: &str) -> bool {
        let table = self.granted.get(owner);
        self.content && table.is_some_and(|table| table.0.iter().any(|it| it.breakable))
    }

    /// The ids of the caller's open uses of break-glass that an agreement in force still foresees.
    fn widening(&self) -> impl Iterator<Item = BreakGlassId> {
        self.broken.iter().filter(|(owner, _)| self.may_break(owner)).map(|(_, id)| *id)
    }

    /// Whether the caller has broken the glass of an owner.
    fn has_broken(&self, owner: &str) -> bool {
        self.broken.iter().any(|(of, _)| *of == owner)
    }

    /// What the question may see of a class.
    pub fn access(&self, class: &Class) -> Access {
        let label = &class.label;
        // Criminal intelligence is for those who are certified for it, whosever it is.
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
        // Overdue for review, or its release is over: the owner's alone.
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
        // Danger opens what is only pointed to, but never who a victim is.
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
