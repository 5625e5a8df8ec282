//! Policies for tests.

use accord::govern::{
    Act, Agreement, AgreementId, Case, CaseRef, Grant, Leave, Level, Member, OFFICERS_PER_SIDE,
    OnEnd, Policy, Principal, Purpose, Question, Role, Rules, Signature, StoreHolder, Terms,
    Version, View,
};
use accord::model::{Class, ClassId, ClassSet, Kind, SubjectCategory, Timestamp};
use accord::store::Store;

/// The case that everybody works on.
pub const CASE: &str = "case_a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";

/// A reference of an agency of its own, which is no case in accord.
pub const REFERENCE: &str = "ALL-1";

/// The id of an agreement, by the name that the tests use for it.
pub fn agreement_id(name: &str) -> AgreementId {
    let digits = &blake3::hash(name.as_bytes()).to_hex()[..32];
    format!("{}{digits}", AgreementId::PREFIX).parse().unwrap()
}

/// The users that work on the case.
pub const USERS: [&str; 3] = ["analyst", "specialist", "u"];

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The time at which the rows of tests are handed in, unless they say otherwise.
pub fn handed_in() -> Timestamp {
    time("2026-01-01T00:00:00Z")
}

/// A grant of everything that is marked shared, in full.
pub fn everything() -> Grant {
    Grant {
        kinds: Kind::ALL.into(),
        subject: SubjectCategory::ALL.into(),
        tier_max: 4,
        purposes: Purpose::ALL
            .into_iter()
            .filter(|purpose| purpose.shows_records() || *purpose == Purpose::Deconfliction)
            .collect(),
        level: Level::White,
        break_glass: false,
        silent_alert: false,
        requires: [].into(),
    }
}

pub fn terms(discloser: &str, recipients: &[&str], grants: Vec<Grant>) -> Terms {
    Terms {
        id: "mou-1".parse().unwrap(),
        discloser: discloser.into(),
        recipients: recipients.iter().map(|name| (*name).to_owned()).collect(),
        legal_basis: "state code 12-3".into(),
        reciprocal: false,
        grants,
        fields_never: [].into(),
        onward: Leave::Ask,
        court_use: Leave::Ask,
        retention_days: 365,
        on_end: OnEnd::RecipientPurgesCopies,
        valid: [time("2020-01-01T00:00:00Z"), time("2100-01-01T00:00:00Z")],
        sections: std::collections::BTreeMap::new(),
        document_sha256: "0".repeat(64),
    }
}

/// Signed by enough officers of these sides.
pub fn signed_by(terms: Terms, sides: &[&str]) -> Agreement {
    let at = time("2020-01-01T00:00:00Z");
    let hash = terms.hash(1);
    let signature = |side: &str, officer: usize| Signature {
        side: side.into(),
        officer: format!("officer-{officer}"),
        at,
        terms: hash.clone(),
        key: None,
        signature: None,
    };
    let signatures = sides
        .iter()
        .flat_map(|side| (0..OFFICERS_PER_SIDE).map(move |officer| (*side, officer)))
        .map(|(side, officer)| signature(side, officer))
        .collect();
    let drafted = Act { agency: terms.discloser.clone(), user: "officer-0".into(), at };
    Agreement {
        versions: vec![Version { terms, drafted, signatures }],
        suspended: None,
        ended: None,
        receipts: Vec::new(),
    }
}

/// Signed by all its sides.
pub fn signed(terms: Terms) -> Agreement {
    let sides: Vec<String> = terms.recipients.iter().chain([&terms.discloser]).cloned().collect();
    signed_by(terms, &sides.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Each agency discloses to all others what it marks shared, and all work on one case.
pub fn everyone_shares(agencies: &[&str]) -> Policy {
    let mut policy = Policy::default();
    for agency in agencies {
        let others: Vec<&str> = agencies.iter().copied().filter(|other| other != agency).collect();
        let agreement = signed(terms(agency, &others, vec![everything()]));
        policy.agreements.insert(agreement_id(agency), agreement);
    }
    let members = agencies.iter().flat_map(|agency| {
        USERS.map(|user| Member { agency: (*agency).into(), user: user.into() })
    });
    let case = Case {
        lead: agencies[0].into(),
        reference: "all".parse().unwrap(),
        opened: time("2020-01-01T00:00:00Z"),
        expires: time("2100-01-01T00:00:00Z"),
        ended: None,
        members: members.collect(),
        subjects: [].into(),
        brought_by: [].into(),
    };
    policy.cases.insert(CASE.parse().unwrap(), case);
    policy
}

pub fn investigator(agency: &str) -> Principal {
    Principal {
        agency: agency.into(),
        user: "u".into(),
        roles: [Role::Investigator].into(),
        purposes: None,
        certified: false,
        attributes: [].into(),
    }
}

/// The view of an agency's investigator for an investigation of the case that all work on.
pub fn view(policy: &Policy, agency: &str, classes: &[(ClassId, Class)]) -> View {
    let case: CaseRef = CASE.parse().unwrap();
    let question = Question {
        principal: &investigator(agency),
        purpose: Purpose::TraffickingInvestigation,
        case: &case,
        at: time("2026-01-01T00:00:00Z"),
    };
    View::decide(&question, &Rules::of(policy.clone()), classes).view
}

/// The tests hold their stores themselves.
pub fn holder() -> StoreHolder {
    StoreHolder::of_the_command_line()
}

/// The view of everything in a store.
pub fn whole(store: &dyn Store) -> View {
    View::whole_store(&holder(), &store.classes().unwrap())
}

/// A view of these classes.
pub fn seeing(classes: ClassSet) -> View {
    View::of_holder(&holder(), classes)
}
