//! The plain reference: the objects that a caller may see, by the rules of governance.md one by one. Written for

use std::collections::BTreeSet;

use accord::govern::{
    Agreement, Case, Field, Level, Member, Policy, Purpose, Question, Role, Terms,
};
use accord::model::{Body, Handling, Kind, Label, Record, RecordId};

/// The access to an object: in full, as a pointer, and the fields withheld.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    pub full: bool,
    pub pointer: bool,
    pub withheld: BTreeSet<Field>,
}

impl Access {
    pub fn anything(&self) -> bool {
        self.full || self.pointer
    }

    pub fn withholds(&self, field: Field) -> bool {
        self.withheld.contains(&field)
    }
}

/// The purposes of a role, from the table in governance.md's words.
fn role_may(role: Role, purpose: Purpose) -> bool {
    use Purpose::*;
    let investigates = [TraffickingInvestigation, MissingPerson, Prosecution].contains(&purpose);
    let others: &[Purpose] = match role {
        Role::Analyst | Role::GraphSpecialist => &[Statistics, Training],
        Role::Investigator => &[VictimSafety, Deconfliction, Training],
        Role::TaskForceLead => &[VictimSafety, Deconfliction],
        Role::VictimSpecialist => &[VictimSafety],
        Role::WatchDesk => return purpose == Deconfliction,
        Role::PrivacyOfficer | Role::AgencyAuditor => return purpose == Oversight,
        Role::Approver | Role::SystemAdministrator => return false,
    };
    investigates || others.contains(&purpose)
}

/// Decides the access of a question to an object of a kind with a label.
pub fn access(policy: &Policy, question: &Question<'_>, kind: Kind, label: &Label) -> Access {
    let principal = question.principal;
    // The operator of the server reads no content.
    let administrator = principal.roles.contains(&Role::SystemAdministrator);
    let bound = principal.purposes.as_ref().is_none_or(|it| it.contains(&question.purpose));
    let in_role = principal.roles.iter().any(|role| role_may(*role, question.purpose));
    if administrator || !bound || !in_role {
        return Access::default();
    }
    // Pointers are for deconfliction, statistics without persons, training on synthetic data.
    let without = [Purpose::Deconfliction, Purpose::Statistics, Purpose::Training];
    let content = !without.contains(&question.purpose);
    if label.intelligence && !principal.certified {
        return Access::default();
    }
    if label.agency == principal.agency {
        return Access { full: content, ..Access::default() };
    }
    // The row is overdue for review, or its release has ended.
    let ends = [label.review_by, label.released_until];
    let over = ends.into_iter().flatten().any(|end| end <= question.at);
    let addressed = label.audience.as_ref().is_none_or(|audience| {
        let user = format!("{}/{}", principal.agency, principal.user);
        let case = question.case.to_string();
        let works = works_on(policy, question);
        [(&audience.agencies, &principal.agency), (&audience.users, &user)]
            .iter()
            .all(|(list, it)| list.as_ref().is_none_or(|list| list.contains(*it)))
            && audience.cases.as_ref().is_none_or(|list| works && list.contains(&case))
    });
    if label.handling == Handling::Own || over || !addressed {
        return Access::default();
    }
    let (mut white, mut gray, mut black, mut breakable) = (false, false, false, false);
    let mut withheld = BTreeSet::new();
    for agreement in policy.agreements.values() {
        let Some(terms) = terms_between(agreement, &label.agency, &principal.agency, question)
        else {
            continue;
        };
        for grant in &terms.grants {
            let speaks = grant.kinds.contains(&kind)
                && grant.subject.contains(&label.category)
                && grant.purposes.contains(&question.purpose);
            let vouched = grant.requires.iter().all(|it| principal.attributes.contains(it));
            let low_enough = label.tier <= grant.tier_max || grant.level == Level::Black;
            if speaks && low_enough && (vouched || grant.level == Level::Black) {
                match grant.level {
                    Level::White => white = true,
                    Level::Gray => {
                        gray = true;
                        breakable |= grant.break_glass;
                    }
                    Level::Black => black = true,
                }
                if grant.level != Level::Black {
                    withheld.extend(terms.fields_never.iter().copied());
                }
            }
        }
    }
    if black || !(white || gray) {
        return Access::default();
    }
    // The rule for victims overrides any grant: access only within an open case that both agencies work on.
    let case = question.case.id().and_then(|id| policy.cases.get(&id));
    let theirs = |case: &Case| case.members.iter().any(|it| it.agency == label.agency);
    let together = works_on(policy, question) && case.is_some_and(theirs);
    // Break-glass counts within its hour, in its case and for its purpose; never for a victim.
    let broken = breakable
        && !label.category.is_victim()
        && policy.break_glass.values().any(|glass| {
            let same = glass.by.agency == principal.agency
                && glass.by.user == principal.user
                && glass.owner == label.agency
                && glass.purpose == question.purpose
                && glass.case == *question.case;
            let minutes = (question.at.as_micros() - glass.by.at.as_micros()) / 60_000_000;
            let stopped = glass.review.as_ref().is_some_and(|review| !review.justified);
            same && !stopped && (0..60).contains(&minutes)
        });
    let full = content
        && label.handling == Handling::Shared
        && (white && (!label.category.is_victim() || together) || broken);
    Access { full, pointer: true, withheld }
}

/// The records about victims that are not masked: for a victim specialist with a purpose of this role, the records that
/// were brought into the open case that the specialist works on.
pub fn unmasked(policy: &Policy, question: &Question<'_>) -> BTreeSet<RecordId> {
    let principal = question.principal;
    let specialist = principal.roles.contains(&Role::VictimSpecialist)
        && role_may(Role::VictimSpecialist, question.purpose);
    let case = question.case.id().and_then(|id| policy.cases.get(&id));
    let case = case.filter(|_| specialist && works_on(policy, question));
    case.map(|case| case.subjects.clone()).unwrap_or_default()
}

/// Tells if the case asked about is open and the asker works on it.
fn works_on(policy: &Policy, question: &Question<'_>) -> bool {
    let Question { principal, case, at, .. } = question;
    case.id().and_then(|id| policy.cases.get(&id)).is_some_and(|case| {
        let is = |it: &Member| it.agency == principal.agency && it.user == principal.user;
        case.ended.is_none() && *at < case.expires && case.members.iter().any(is)
    })
}

/// Tells if two records may be linked for an agency to which victims are masked, except the records in `sighted`.
pub fn may_join(a: &Record, b: &Record, agency: &str, sighted: &BTreeSet<RecordId>) -> bool {
    let is_hidden =
        |record: &Record| record.label.category.is_victim() && !sighted.contains(&record.id);
    let (one, other) = (is_hidden(a), is_hidden(b));
    let own = |record: &Record| record.label.agency == agency;
    match (matches!(a.body, Body::Person(_)), one, other) {
        (_, false, false) => true,
        // People: hidden records are linked with hidden ones of the same agency.
        (true, true, true) => a.label.agency == b.label.agency,
        (true, ..) => false,
        // Others: other agencies' hidden records among themselves; hidden own records with all readable ones.
        (false, true, true) => own(a) == own(b),
        (false, true, false) => own(a),
        (false, false, true) => own(b),
    }
}

/// The terms by which one agency discloses to another at the time of the question, if there are any.
fn terms_between<'a>(
    agreement: &'a Agreement,
    from: &str,
    to: &str,
    question: &Question<'_>,
) -> Option<&'a Terms> {
    if agreement.ended.is_some() {
        return None;
    }
    let signed = |number: usize, side: &str| {
        let version = &agreement.versions[number - 1];
        let hash = version.terms.hash(number);
        let officers: BTreeSet<&String> = version
            .signatures
            .iter()
            .filter(|signature| signature.side == side && signature.terms == hash)
            .map(|signature| &signature.officer)
            .collect();
        officers.len() >= 2
    };
    let discloser = &agreement.versions.first()?.terms.discloser;
    let number = (1..=agreement.versions.len()).rev().find(|number| signed(*number, discloser))?;
    if agreement.suspended.as_ref().is_some_and(|(until, _)| number <= *until) {
        return None;
    }
    let terms = &agreement.versions[number - 1].terms;
    let forth = terms.discloser == from && terms.recipients.contains(to) && signed(number, to);
    let back = terms.reciprocal
        && terms.discloser == to
        && terms.recipients.contains(from)
        && signed(number, from);
    let valid = terms.valid[0] <= question.at && question.at < terms.valid[1];
    ((forth || back) && valid).then_some(terms)
}
