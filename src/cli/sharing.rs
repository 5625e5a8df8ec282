//! The demo's sharing: agreements, a case and keys of its agencies, and the text about their effect.

use std::collections::BTreeSet;
use std::sync::Arc;

use accord::analyze::deconflict::{Wanted, holders};
use accord::analyze::shared_hub::SharedHubOptions;
use accord::analyze::{Referred, referred};
use accord::govern::{
    Act, Agency, AgencyKind, Agreement, Case, CaseRef, Desk, Function, Member, OFFICERS_PER_SIDE,
    POLICY_DOCUMENT, Policy, Principal, Purpose, Question, Reference, Role, Rules, Signature,
    StoreHolder, Terms, Version, View,
};
use accord::graph::{self, Joined, Setting, Snapshot};
use accord::model::{Body, IdKey, Record, RecordId, Timestamp};
use accord::resolve::Engine;
use accord::store::Store;

use super::holder::Log;
use super::referral::{Intake, Told};
use super::{CommandError, api_key, referral};

const POLICE: &str = "metro-police";
const INSPECTORATE: &str = "labour-inspectorate";
const INTELLIGENCE: &str = "financial-intelligence";
const SHELTER: &str = "harbour-shelter";

const INVESTIGATION: &str = include_str!("../../fixtures/agreements/investigation.json");
const VICTIMS: &str = include_str!("../../fixtures/agreements/victims-of-a-case.json");
const POINTERS: &str = include_str!("../../fixtures/agreements/pointers-only.json");

/// A user of the demo: agency, name and roles.
type User = (&'static str, &'static str, &'static [Role]);

/// Users who work on the case.
const MEMBERS: [User; 4] = [
    (POLICE, "investigator", &[Role::Analyst, Role::Investigator, Role::TaskForceLead]),
    (INSPECTORATE, "victim-specialist", &[Role::Investigator, Role::VictimSpecialist]),
    (INTELLIGENCE, "watch-desk", &[Role::Investigator, Role::WatchDesk]),
    (SHELTER, "victim-specialist", &[Role::Investigator, Role::VictimSpecialist]),
];

/// Users who sign and decide for their agency.
const OFFICERS: [User; 3] = [
    (POLICE, "approver-0", &[Role::Approver]),
    (POLICE, "approver-1", &[Role::Approver]),
    (SHELTER, "approver-0", &[Role::Approver]),
];

/// Days that the demo's keys are good for.
const KEY_DAYS: i64 = 7;

/// Makes a key of a user for the days of a demo.
pub fn key_of(
    store: &dyn Store,
    agency: &str,
    user: &str,
    roles: &[Role],
) -> Result<String, CommandError> {
    let holder = principal((agency, user, roles));
    Ok(api_key::create(store, holder, KEY_DAYS, None)?.1)
}

fn principal((agency, user, roles): (&str, &str, &[Role])) -> Principal {
    Principal {
        agency: agency.to_owned(),
        user: user.to_owned(),
        roles: roles.iter().copied().collect(),
        purposes: None,
        certified: false,
        attributes: [].into(),
    }
}

/// The demo's store and engine, for the setup and description of sharing.
pub struct Sharing<'a> {
    pub store: &'a dyn Store,
    pub engine: &'a Engine,
    pub id_key: &'a IdKey,
    pub now: Timestamp,
}

impl Sharing<'_> {
    /// Registers the agencies, signs their agreements, opens a case, and describes the effect: a masked victim, a
    /// pointer and a referral.
    pub fn tell(&self, agencies: &BTreeSet<String>) -> Result<String, CommandError> {
        let case = Case::id(self.id_key, POLICE, &"TF-2026-1".parse::<Reference>()?);
        let mut policy = Policy::default();
        for agency in agencies {
            policy.agencies.insert(agency.clone(), registered(agency));
            for template in self.templates(agency) {
                let terms = filled(template, agency, agencies)?;
                policy.agreements.insert(terms.agreement_id(self.id_key), self.signed(terms));
            }
        }
        let Sharing { store, engine, id_key, now: at } = *self;
        let victims = referral::hand_in(&Intake { store, engine, id_key, at }, POLICE, SHELTER)?;
        policy.cases.insert(case, self.case(policy_members(), victims)?);
        let rules = Rules::of(policy.clone());
        let members = MEMBERS.map(principal);
        let [police, specialist, ..] = &members;
        let reference = CaseRef::from(case);
        let seen = self.snapshot(&rules, police, &reference, &BTreeSet::new())?;
        let masked = seen.masked().in_case(&case.to_string());
        let victim = seen.records().iter().find(|record| {
            record.label.agency == INSPECTORATE
                && record.label.category.is_victim()
                && matches!(record.body, Body::Person(_))
        });
        let mut text = format!(
            "case {case}: {POLICE}, {INSPECTORATE}, {INTELLIGENCE} and {SHELTER} work on it; agreements are signed\n"
        );
        if let Some(victim) = victim {
            let record = victim.id;
            if let Some(case) = policy.cases.get_mut(&case) {
                case.subjects.insert(record);
            }
            let own = self.snapshot(&rules, specialist, &reference, &[record].into())?;
            let named = |snapshot: &Snapshot| {
                let mut records = snapshot.records().enumerated();
                let (index, _) = records.find(|(_, it)| it.id == record)?;
                let entity = snapshot.entity_of(index);
                Some(snapshot.name(entity))
            };
            let shown = graph::record_id_in_case(self.id_key, &case.to_string(), record);
            text += &format!(
                "  a person who may be a victim, in this case {shown}:\n    {POLICE} sees {}\n    the victim specialist of \
                 {INSPECTORATE} sees {} (with unmask=true, logged)\n",
                named(&masked).unwrap_or_default(),
                named(&own).unwrap_or_default(),
            );
        }
        text += &self.pointer(&rules, police)?;
        text += &self.referral(&rules, &members, &reference)?;
        let due = Log::due("demo: agreements and a case", POLICE, None);
        self.store.put_document(POLICY_DOCUMENT, &policy.to_document(), &due)?;
        Ok(text)
    }

    /// Keys of the users, ready to use.
    pub fn keys(&self) -> Result<String, CommandError> {
        let mut text = String::new();
        for (agency, user, roles) in MEMBERS.into_iter().chain(OFFICERS) {
            let key = key_of(self.store, agency, user, roles)?;
            text += &format!("  {:<42} {key}\n", format!("{agency}, {user}"));
        }
        Ok(text)
    }

    /// Financial intelligence grants pointers only; the others the objects that an investigation needs.
    fn templates(&self, agency: &str) -> Vec<&'static str> {
        if agency == INTELLIGENCE { vec![POINTERS] } else { vec![INVESTIGATION, VICTIMS] }
    }

    fn signed(&self, terms: Terms) -> Agreement {
        let hash = terms.hash(1);
        let sides = terms.recipients.iter().chain([&terms.discloser]);
        let officers = sides.flat_map(|side| (0..OFFICERS_PER_SIDE).map(move |it| (side, it)));
        let signatures = officers.map(|(side, officer)| Signature {
            side: side.clone(),
            officer: format!("approver-{officer}"),
            at: self.now,
            terms: hash.clone(),
            key: None,
            signature: None,
        });
        let signatures = signatures.collect();
        let agency = terms.discloser.clone();
        let drafted = Act { agency, user: "approver-0".to_owned(), at: self.now };
        let versions = vec![Version { terms, drafted, signatures }];
        Agreement { versions, suspended: None, ended: None, receipts: Vec::new() }
    }

    fn case(
        &self,
        members: BTreeSet<Member>,
        subjects: Vec<RecordId>,
    ) -> Result<Case, CommandError> {
        const YEAR_MICROS: i64 = 365 * 86_400_000_000;
        Ok(Case {
            lead: POLICE.to_owned(),
            reference: "TF-2026-1".parse()?,
            opened: self.now,
            expires: Timestamp::from_micros(self.now.as_micros() + YEAR_MICROS)?,
            ended: None,
            members,
            subjects: subjects.into_iter().collect(),
            brought_by: BTreeSet::new(),
        })
    }

    fn snapshot(
        &self,
        rules: &Rules,
        principal: &Principal,
        case: &CaseRef,
        unmasked: &BTreeSet<RecordId>,
    ) -> Result<Arc<Snapshot>, CommandError> {
        let view = self.view(rules, principal, case)?;
        let setting = Setting { unmasked: Some(unmasked), shared: None };
        let (store, id_key, engine) = (self.store, self.id_key, self.engine);
        Ok(Arc::new(graph::build_in(store, &view, id_key, engine, &setting)?.0))
    }

    /// Describes the referral of the first finding that needs a member's own records and masked ones of another agency.
    fn referral(
        &self,
        rules: &Rules,
        members: &[Principal],
        case: &CaseRef,
    ) -> Result<String, CommandError> {
        for asker in members.iter().filter(|member| member.may(Function::Deconflict)) {
            let shown = self.snapshot(rules, asker, case, &BTreeSet::new())?;
            let shown = shown.masked().in_case(&case.to_string());
            let view = self.view(rules, asker, case)?;
            let joined = Joined::build(self.store, &view, self.id_key, self.engine)?;
            let found = referred(&shown, &joined, &asker.agency, &SharedHubOptions::default());
            let Some(Referred { own, masked }) = found.into_iter().next() else { continue };
            let masked = masked.into_iter().map(|(owner, records)| (owner, records.len()));
            let told = Told { asker, own: own.len(), masked: masked.collect(), members };
            return Ok(told.text(|agency| {
                let Desk { name, channel } = registered(agency).desk;
                format!("{name}, {channel}")
            }));
        }
        Ok(String::new())
    }

    fn view(
        &self,
        rules: &Rules,
        principal: &Principal,
        case: &CaseRef,
    ) -> Result<View, CommandError> {
        let purpose = Purpose::TraffickingInvestigation;
        let question = Question { principal, purpose, case, at: self.now };
        Ok(View::decide(&question, rules, &self.store.classes()?).view)
    }

    /// Describes a deconfliction about a number that financial intelligence holds: the police get the desk to call.
    fn pointer(&self, rules: &Rules, police: &Principal) -> Result<String, CommandError> {
        let classes = self.store.classes()?;
        let whole = View::whole_store(&StoreHolder::of_the_command_line(), &classes);
        let (whole, _) = graph::build(self.store, &whole, self.id_key, self.engine)?;
        let held = |record: &Arc<Record>| match &record.body {
            Body::Phone(phone) if record.label.agency == INTELLIGENCE => {
                let number = phone.number.clone();
                Some((number, Wanted::phone(phone.clone())?))
            }
            _ => None,
        };
        let Some((number, wanted)) = whole.records().iter().find_map(held) else {
            return Ok(String::new());
        };
        let case: CaseRef = "TF-2026-1".parse()?;
        let purpose = Purpose::Deconfliction;
        let question = Question { principal: police, purpose, case: &case, at: self.now };
        let view = View::decide(&question, rules, &classes).view;
        let agencies = holders(self.store, &view, self.engine, &[wanted])?;
        let desks: Vec<String> =
            agencies.iter().map(|agency| registered(agency).desk.name).collect();
        Ok(format!(
            "  POST /v1/deconflict on the phone {number} (x-purpose: deconfliction) points {POLICE} to: {}\n",
            desks.join("; ")
        ))
    }
}

fn policy_members() -> BTreeSet<Member> {
    let members = MEMBERS.iter();
    members
        .map(|(agency, user, _)| Member { agency: (*agency).into(), user: (*user).into() })
        .collect()
}

fn registered(agency: &str) -> Agency {
    let kind = match agency {
        INSPECTORATE => AgencyKind::LabourInspectorate,
        SHELTER => AgencyKind::ServiceProvider,
        _ => AgencyKind::Police,
    };
    let desk =
        Desk { name: format!("{agency}, duty desk"), channel: "+44 20 2555 0100".to_owned() };
    Agency {
        name: agency.to_owned(),
        kind,
        desk,
        law: None,
        watched_by: None,
        listed: false,
        case_form: None,
    }
}

/// A template of an agreement, filled in for one discloser with all others as recipients.
fn filled(
    template: &str,
    discloser: &str,
    agencies: &BTreeSet<String>,
) -> Result<Terms, CommandError> {
    let mut terms: Terms = serde_json::from_str(template)?;
    terms.discloser = discloser.to_owned();
    terms.recipients = agencies.iter().filter(|agency| *agency != discloser).cloned().collect();
    terms.legal_basis = "the demo's memorandum".to_owned();
    terms.check().map_err(|wrong| format!("{wrong:?}"))?;
    Ok(terms)
}
