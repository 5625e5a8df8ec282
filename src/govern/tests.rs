//! Tests of changes of a decision over time, and of its running time.

use super::*;
use crate::model::{Class, ClassId, Handling, Kind, Label, SubjectCategory, Timestamp};

fn day(day: i64) -> Timestamp {
    Timestamp::from_micros(day * 86_400_000_000).unwrap()
}

fn terms(discloser: &str, recipient: &str) -> Terms {
    Terms {
        id: "mou".parse().unwrap(),
        discloser: discloser.into(),
        recipients: [recipient.to_owned()].into(),
        legal_basis: "law".into(),
        reciprocal: false,
        grants: vec![Grant {
            kinds: Kind::ALL.into(),
            subject: SubjectCategory::ALL.into(),
            tier_max: 2,
            purposes: [Purpose::TraffickingInvestigation].into(),
            level: Level::White,
            break_glass: false,
            silent_alert: false,
            requires: [].into(),
        }],
        fields_never: [].into(),
        onward: Leave::Ask,
        court_use: Leave::Ask,
        retention_days: 30,
        on_end: OnEnd::RecipientPurgesCopies,
        valid: [day(10), day(20)],
        sections: std::collections::BTreeMap::new(),
        document_sha256: "0".repeat(64),
    }
}

fn sign(agreement: &mut Agreement, side: &str) {
    let number = agreement.versions.len();
    let version = agreement.versions.last_mut().unwrap();
    let terms = version.terms.hash(number);
    version.signatures.extend((0..OFFICERS_PER_SIDE).map(|officer| Signature {
        side: side.into(),
        officer: officer.to_string(),
        at: day(1),
        terms: terms.clone(),
        key: None,
        signature: None,
    }));
}

fn version(terms: Terms) -> Version {
    let drafted = Act { agency: terms.discloser.clone(), user: "u".into(), at: day(1) };
    Version { terms, drafted, signatures: Vec::new() }
}

fn agreement(terms: Terms) -> Agreement {
    let (a, b) = (terms.discloser.clone(), terms.recipients.first().unwrap().clone());
    let mut agreement = Agreement {
        versions: vec![version(terms)],
        suspended: None,
        ended: None,
        receipts: Vec::new(),
    };
    sign(&mut agreement, &a);
    sign(&mut agreement, &b);
    agreement
}

fn classes(agencies: &[&str]) -> Vec<(ClassId, Class)> {
    let mut classes = Vec::new();
    for agency in agencies {
        for kind in Kind::ALL {
            for category in SubjectCategory::ALL {
                let (agency, handling) = ((*agency).to_owned(), Handling::Shared);
                let class = Class {
                    kind,
                    label: Label { agency, category, tier: 1, handling, ..Label::default() },
                };
                classes.push((ClassId(classes.len() as u32), class));
            }
        }
    }
    classes
}

fn principal(agency: &str) -> Principal {
    let roles = [Role::Investigator].into();
    Principal {
        agency: agency.into(),
        user: "u".into(),
        roles,
        purposes: None,
        certified: false,
        attributes: [].into(),
    }
}

fn decide(policy: &Policy, agency: &str, at: Timestamp) -> Decision {
    let question = Question {
        principal: &principal(agency),
        purpose: Purpose::TraffickingInvestigation,
        case: &"x".parse().unwrap(),
        at,
    };
    View::decide(&question, &Rules::of(policy.clone()), &classes(&["a", "b", "c"]))
}

fn policy(agreements: impl IntoIterator<Item = Agreement>) -> Policy {
    let named = agreements.into_iter().enumerate();
    let named = named.map(|(at, it)| (AgreementId([at as u8; 16]), it));
    Policy { agreements: named.collect(), ..Policy::default() }
}

fn seen(decision: &Decision) -> usize {
    decision.view.classes().iter().count()
}

const OWN: usize = 9 * 8;
/// Number of classes of one other agency, without victims and possible victims, which are seen within a case only.
const OTHERS: usize = 9 * 6;

#[test]
fn an_agreement_holds_from_its_first_to_before_its_last_instant_and_a_decision_no_longer() {
    let policy = policy([agreement(terms("b", "a"))]);
    let before = decide(&policy, "a", day(9));
    assert_eq!((seen(&before), before.until), (OWN, Some(day(10))));
    let during = decide(&policy, "a", day(10));
    assert_eq!((seen(&during), during.until), (OWN + OTHERS, Some(day(20))));
    let after = decide(&policy, "a", day(20));
    assert_eq!((seen(&after), after.until), (OWN, None));
}

#[test]
fn an_agreement_is_not_reciprocal_unless_it_says_so_and_never_transitive() {
    let policy_of = |reciprocal| {
        let forth = Terms { reciprocal, ..terms("b", "a") };
        policy([agreement(forth), agreement(terms("c", "b"))])
    };
    assert_eq!(seen(&decide(&policy_of(false), "a", day(15))), OWN + OTHERS);
    assert_eq!(seen(&decide(&policy_of(false), "b", day(15))), OWN + OTHERS, "c's only");
    assert_eq!(seen(&decide(&policy_of(true), "b", day(15))), OWN + 2 * OTHERS, "c's and a's");
    assert_eq!(seen(&decide(&policy_of(true), "c", day(15))), OWN);
}

#[test]
fn a_new_version_that_the_discloser_signed_holds_alone_and_for_those_only_who_signed_it() {
    let mut versions = agreement(terms("b", "a"));
    let mut narrow = terms("b", "a");
    narrow.grants[0].kinds = [Kind::Phone].into();
    versions.versions.push(version(narrow));
    assert_eq!(seen(&decide(&policy([versions.clone()]), "a", day(15))), OWN + OTHERS, "a draft");
    sign(&mut versions, "b");
    assert_eq!(seen(&decide(&policy([versions.clone()]), "a", day(15))), OWN, "narrowed alone");
    sign(&mut versions, "a");
    assert_eq!(seen(&decide(&policy([versions.clone()]), "a", day(15))), OWN + 6);
    // A signature under another text is none.
    versions.versions[1].terms.grants[0].kinds = Kind::ALL.into();
    assert_eq!(versions.standing().map(|(number, _)| number), Some(1));
}

#[test]
fn more_rights_never_remove_classes_and_black_does() {
    let one = policy([agreement(terms("b", "a"))]);
    let two = policy([agreement(terms("b", "a")), agreement(terms("c", "a"))]);
    let (few, many) = (decide(&one, "a", day(15)), decide(&two, "a", day(15)));
    assert!(few.view.classes().iter().all(|class| many.view.classes().contains(class)));
    let mut black = terms("b", "a");
    (black.grants[0].level, black.grants[0].tier_max) = (Level::Black, 0);
    let cut = decide(&policy([agreement(terms("b", "a")), agreement(black)]), "a", day(15));
    assert_eq!(seen(&cut), OWN, "black cuts at every tier");
    assert!(cut.view.pointers().classes().is_empty());
}

fn decide_as(policy: &Policy, attributes: &[Attribute]) -> Decision {
    let attributes = attributes.iter().copied().collect();
    let question = Question {
        principal: &Principal { attributes, ..principal("a") },
        purpose: Purpose::TraffickingInvestigation,
        case: &"x".parse().unwrap(),
        at: day(15),
    };
    View::decide(&question, &Rules::of(policy.clone()), &classes(&["a", "b", "c"]))
}

#[test]
fn what_a_grant_requires_must_all_be_vouched_for_and_its_absence_denies() {
    use Attribute::{Ndex, Sworn};
    let requiring = |requires: &[Attribute], level| {
        let mut terms = terms("b", "a");
        terms.grants[0].requires = requires.iter().copied().collect();
        terms.grants[0].level = level;
        terms
    };
    let white = |requires| policy([agreement(requiring(requires, Level::White))]);
    let count = |policy: &Policy, attributes| seen(&decide_as(policy, attributes));
    for (requires, attributes, sees) in [
        (&[Sworn][..], &[][..], false),
        (&[Sworn], &[Ndex], false),
        (&[Sworn], &[Sworn], true),
        (&[Sworn], &[Sworn, Ndex], true),
        (&[Sworn, Ndex], &[Ndex], false),
        (&[Sworn, Ndex], &[Sworn, Ndex], true),
        (&[], &[], true),
    ] {
        let expected = if sees { OWN + OTHERS } else { OWN };
        assert_eq!(count(&white(requires), attributes), expected, "{requires:?} {attributes:?}");
    }
    let gray = policy([agreement(requiring(&[Sworn], Level::Gray))]);
    assert!(decide_as(&gray, &[]).view.pointers().classes().is_empty(), "not even a pointer");
    assert!(!decide_as(&gray, &[Sworn]).view.pointers().classes().is_empty());
    // Levels add up: what another agreement gives without asking stays given.
    let both = policy([agreement(terms("b", "a")), agreement(requiring(&[Sworn], Level::White))]);
    assert_eq!(count(&both, &[]), OWN + OTHERS);
    // Black that requires something is refused; were it there, it would cut for everybody.
    let black = requiring(&[Sworn], Level::Black);
    let refused = black.check().unwrap_err();
    assert!(refused.contains(&("grants.0.requires".to_owned(), TermsError::Requires)));
    let cut = policy([agreement(terms("b", "a")), agreement(black)]);
    assert_eq!(count(&cut, &[]), OWN);
}

#[test]
fn what_a_grant_does_not_say_is_not_in_what_was_signed() {
    let text = serde_json::to_string(&terms("b", "a").grants[0]).unwrap();
    assert!(!text.contains("requires"), "the hash of older terms stays: {text}");
    let unknown = text.replace("\"tier_max\"", "\"requires\":[\"tall\"],\"tier_max\"");
    assert!(serde_json::from_str::<Grant>(&unknown).is_err(), "a closed list");
}

/// `cargo test --release --lib -- --ignored --nocapture decided_with_1000_agreements`
#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stdout, reason = "a measurement")]
fn a_view_of_1000_classes_decided_with_1000_agreements() {
    let names: Vec<String> = (0..14).map(|number| format!("agency-{number}")).collect();
    let agreements = (0..1_000).map(|number| {
        let discloser = &names[1 + number % 13];
        let id = format!("mou-{number}").parse().unwrap();
        agreement(Terms { id, ..terms(discloser, &names[0]) })
    });
    let began = std::time::Instant::now();
    let rules = Rules::of(policy(agreements));
    let laid_out = began.elapsed();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let classes = classes(&names);
    let (principal, case) = (principal("agency-0"), "x".parse().unwrap());
    let purpose = Purpose::TraffickingInvestigation;
    let question = Question { principal: &principal, purpose, case: &case, at: day(15) };
    let mut times: Vec<_> = (0..101)
        .map(|_| {
            let began = std::time::Instant::now();
            assert!(!View::decide(&question, &rules, &classes).view.classes().is_empty());
            began.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "{} classes, 1,000 agreements: median {:?}, worst {:?}; once for each policy version {laid_out:?}",
        classes.len(),
        times[50],
        times[100]
    );
}
