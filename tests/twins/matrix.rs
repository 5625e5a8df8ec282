//! The matrix: operation by role, and role by purpose by class, all of it.

use std::collections::BTreeSet;

use accord::govern::{Attribute, CaseRef, Principal, Purpose, Question, Role, Rules, View};
use accord::model::{Audience, Class, ClassId, Handling, Kind, Label, SubjectCategory};
use rand_chacha::ChaCha8Rng;

use super::drivers::{Known, Pool, drivers};
use super::reference::access;
use super::{ask, dice, folder, seed};
use crate::api::Server;
use crate::policy::{CASE, time};

use Role::{
    AgencyAuditor, Analyst, Approver, GraphSpecialist, Investigator, PrivacyOfficer,
    SystemAdministrator, TaskForceLead, VictimSpecialist, WatchDesk,
};

/// The roles that may use each operation, written down by hand from governance.md.
fn allowed(operation: &str) -> &'static [Role] {
    match operation {
        "submit_record" | "submit_batch" | "start_import" | "submit_judgement" => &[Investigator],
        // An import is stopped by who may start one.
        "cancel_job" => &[Investigator],
        "deconflict" | "announce_operation" | "cancel_operation" => {
            &[Investigator, TaskForceLead, WatchDesk]
        }
        "read_inbox" => {
            &[Investigator, TaskForceLead, VictimSpecialist, WatchDesk, Approver, PrivacyOfficer]
        }
        "list_cases" => &[
            Analyst,
            Investigator,
            TaskForceLead,
            VictimSpecialist,
            GraphSpecialist,
            WatchDesk,
            PrivacyOfficer,
        ],
        "ask_onward" => &[Investigator, TaskForceLead, VictimSpecialist],
        "list_onward_requests" => &[
            Investigator,
            TaskForceLead,
            VictimSpecialist,
            Approver,
            PrivacyOfficer,
            AgencyAuditor,
        ],
        "decide_onward" => &[Approver],
        "list_referrals" | "decide_referral" => &[VictimSpecialist, Approver, PrivacyOfficer],
        "break_glass" => &[Investigator, TaskForceLead],
        "list_break_glass" => {
            &[Investigator, TaskForceLead, Approver, PrivacyOfficer, AgencyAuditor]
        }
        "review_records" | "list_reviews" | "review_break_glass" | "confirm_purge" => {
            &[Approver, PrivacyOfficer]
        }
        "open_case" | "add_member" | "remove_member" | "end_case" => &[TaskForceLead],
        "add_subjects" => &[Investigator, TaskForceLead, VictimSpecialist],
        "list_agreements" | "get_agreement" | "preview_agreement" => {
            &[Approver, PrivacyOfficer, AgencyAuditor, TaskForceLead]
        }
        "draft_agreement" | "draft_version" | "sign_agreement" => &[Approver],
        "suspend_agreement" | "end_agreement" => &[Approver, PrivacyOfficer],
        "list_agencies" | "health" | "ready" | "list_public_operations" => &Role::ALL,
        // Wrong credentials or a missing session are answered alike for all roles.
        "begin_session" | "read_notice" | "end_session" => &Role::ALL,
        "register_agency" | "metrics" => &[SystemAdministrator],
        _ => &[
            Analyst,
            Investigator,
            TaskForceLead,
            VictimSpecialist,
            GraphSpecialist,
            PrivacyOfficer,
        ],
    }
}

#[test]
fn every_operation_is_refused_to_every_role_that_it_is_not_for_and_to_no_other() {
    let folder = folder();
    let path = folder.path().join("store.accord").to_str().unwrap().parse().unwrap();
    let server = Server::still(folder, &path);
    let records = [Known::NEVER];
    let named = ["case_none".to_owned()];
    let mut checked = 0;
    for role in Role::ALL {
        let client = match role {
            SystemAdministrator => server.operator(),
            role => server.user("alpha", &format!("{role:?}"), &[role]),
        };
        for (operation, driver) in drivers::<ChaCha8Rng>() {
            let mut rng = dice(seed(), checked);
            let request = driver(&mut Pool {
                unmasks: true,
                rng: &mut rng,
                case: CASE,
                records: &records,
                own: &[],
                alike: &[],
                uneven: &[],
                judged: &[],
                named: &named,
            });
            let refused = ask(&client, &request).status == 403;
            assert_eq!(refused, !allowed(operation).contains(&role), "{operation} as {role:?}");
            checked += 1;
        }
    }
    assert_eq!(checked as usize, drivers::<ChaCha8Rng>().len() * Role::ALL.len());
}

/// Intelligence or not, by when it must be reviewed and until when it is released; the question is asked on 1 June 2026.
const SPECIAL: [(bool, Option<&str>, Option<&str>); 5] = [
    (false, None, None),
    (true, None, None),
    (false, Some("2026-06-01T00:00:00Z"), None),
    (true, Some("2026-06-02T00:00:00Z"), None),
    (false, Some("2026-06-02T00:00:00Z"), Some("2026-06-01T00:00:00Z")),
];

/// Audiences: everybody, the askers, and others, by agency, case and user.
fn audiences() -> Vec<Option<Box<Audience>>> {
    let list = |of: &str| Some(BTreeSet::from([of.to_owned()]));
    let of = |agencies, cases, users| Some(Box::new(Audience { agencies, cases, users }));
    vec![
        None,
        of(list("alpha"), None, None),
        of(None, list(CASE), list("alpha/u")),
        of(list("beta"), None, None),
        of(list("alpha"), list("another"), None),
        of(None, None, list("alpha/v")),
        of(Some(BTreeSet::new()), None, None),
    ]
}

#[test]
fn every_class_is_decided_as_the_rules_say_for_every_role_and_purpose() {
    let (mut classes, audiences) = (Vec::new(), audiences());
    for agency in ["alpha", "beta"] {
        for kind in Kind::ALL {
            for category in SubjectCategory::ALL {
                for tier in [0, 1, 4] {
                    for handling in [Handling::Own, Handling::Pointer, Handling::Shared] {
                        for (intelligence, review_by, released_until) in SPECIAL {
                            let audience = audiences[classes.len() % audiences.len()].clone();
                            let review_by = review_by.map(time);
                            let released_until = released_until.map(time);
                            let agency = agency.into();
                            let label = Label {
                                agency,
                                category,
                                tier,
                                handling,
                                audience,
                                intelligence,
                                review_by,
                                released_until,
                                ..Label::default()
                            };
                            classes.push((ClassId(classes.len() as u32), Class { kind, label }));
                        }
                    }
                }
            }
        }
    }
    let case: CaseRef = CASE.parse().unwrap();
    let (mut full, mut pointers, mut none) = (0, 0, 0);
    for world in 0..3 {
        let policy = super::world::world(&mut dice(seed(), 30_000 + world)).policy;
        let rules = Rules::of(policy.clone());
        for role in Role::ALL {
            let principal = Principal {
                agency: "alpha".into(),
                user: "u".into(),
                roles: [role].into(),
                purposes: None,
                certified: world != 0,
                attributes: Attribute::ALL.into_iter().take(world as usize).collect(),
            };
            for purpose in Purpose::ALL {
                let at = time("2026-06-01T00:00:00Z");
                let question = Question { principal: &principal, purpose, case: &case, at };
                let view = View::decide(&question, &rules, &classes).view;
                for (id, class) in &classes {
                    let expected = access(&policy, &question, class.kind, &class.label);
                    let decided =
                        (view.classes().contains(*id), view.pointers().classes().contains(*id));
                    assert_eq!(
                        decided,
                        (expected.full, expected.pointer),
                        "world {world}, {role:?}, {purpose:?}, {class:?}"
                    );
                    let kept_back = view.withheld().get(class).copied().unwrap_or_default();
                    let expected_back = expected.withheld.iter().collect();
                    assert_eq!(kept_back, expected_back, "world {world}, {class:?}");
                    match decided {
                        (true, _) => full += 1,
                        (false, true) => pointers += 1,
                        (false, false) => none += 1,
                    }
                }
            }
        }
    }
    assert!(full > 1_000 && pointers > 100 && none > 1_000, "{full} {pointers} {none}");
}
