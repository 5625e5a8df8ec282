//! The policy of a deployment: its agencies, cases and agreements, as one versioned document.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Agency, Agreement, AgreementId, BreakGlass, BreakGlassId, Case, CaseError, CaseForm, CaseId,
    CaseRef, OfficerKeys, Principal, Purpose, Reference, Role, Terms,
};
use crate::model::{RecordId, Timestamp};

/// The name of the store's document that keeps the policy.
pub const POLICY_DOCUMENT: &str = "policy";

/// The error that the store's document is not a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the store's policy cannot be read")]
pub struct PolicyError;

/// Agencies, cases and agreements. The default has none: then every agency sees its own objects only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The agencies, by name.
    #[serde(default)]
    pub agencies: BTreeMap<String, Agency>,
    /// The cases, by id.
    #[serde(default)]
    pub cases: BTreeMap<CaseId, Case>,
    /// The agreements, by id.
    #[serde(default)]
    pub agreements: BTreeMap<AgreementId, Agreement>,
    /// Uses of break-glass, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub break_glass: BTreeMap<BreakGlassId, BreakGlass>,
    /// The keys that agencies' officers sign with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub officers: OfficerKeys,
}

/// A policy with the standing version of each agreement and the recipients that have signed it, computed once from the
/// signatures.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    policy: Policy,
    standings: Vec<Standing>,
}

/// The version of an agreement that stands, and the recipients that have signed it.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) terms: Terms,
    pub(super) recipients: BTreeSet<String>,
}

impl Rules {
    /// The rules of a policy.
    pub fn of(policy: Policy) -> Self {
        let standing = |agreement: &Agreement| {
            let (number, version) = agreement.standing()?;
            let terms = version.terms.clone();
            let signed = terms.recipients.iter();
            let signed = signed.filter(|recipient| version.is_signed_by(number, recipient));
            Some(Standing { recipients: signed.cloned().collect(), terms })
        };
        let standings = policy.agreements.values().filter_map(standing).collect();
        Self { policy, standings }
    }

    pub(super) fn standings(&self) -> &[Standing] {
        &self.standings
    }
}

impl std::ops::Deref for Rules {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.policy
    }
}

impl Policy {
    /// Reads the store's document; an absent one is an empty policy.
    ///
    /// # Errors
    /// When it is not a policy.
    pub fn from_document(text: Option<&str>) -> Result<Self, PolicyError> {
        text.map_or(Ok(Self::default()), |text| serde_json::from_str(text).map_err(|_| PolicyError))
    }

    /// The document to keep.
    pub fn to_document(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The open case of this id, if the principal works on it. `None` for the agency's own reference, which gives no
    /// rights; a case that the principal does not work on is treated like one that does not exist.
    pub fn case_of(&self, principal: &Principal, case: &CaseRef, at: Timestamp) -> Option<&Case> {
        let case = self.cases.get(&case.id()?)?;
        (case.is_open(at) && case.has_member(principal)).then_some(case)
    }

    /// Checks that the principal may ask about a case: an open case in accord that it works on, or a reference of the
    /// form of its agency's references. A case that it does not work on is treated like one that does not exist.
    ///
    /// # Errors
    /// When the case is neither.
    pub fn check_case(
        &self,
        principal: &Principal,
        case: &CaseRef,
        at: Timestamp,
    ) -> Result<(), CaseError> {
        match case {
            CaseRef::InAccord(_) if self.case_of(principal, case, at).is_some() => Ok(()),
            CaseRef::OfAgency(reference) if !case.has_form_of_id() => {
                self.check_form(&principal.agency, reference)
            }
            _ => Err(CaseError::NoSuchCase),
        }
    }

    /// Checks that a reference has the form that an agency registered, or the default form where it registered none.
    ///
    /// # Errors
    /// When it has not.
    pub fn check_form(&self, agency: &str, reference: &Reference) -> Result<(), CaseError> {
        match self.agencies.get(agency).and_then(|agency| agency.case_form.as_ref()) {
            Some(form) if form.fits(reference) => Ok(()),
            Some(_) => Err(CaseError::Form("a reference of the form that the agency registered")),
            None if CaseForm::fits_default(reference) => Ok(()),
            None => Err(CaseError::Form(
                "a reference: letters, digits, `-`, `/` and `.`, with at least one digit",
            )),
        }
    }

    /// The records about victims that the principal may see unmasked: those in the case, for a victim
    /// specialist who works on it, asking for a purpose that shows records.
    pub fn unmasked(
        &self,
        principal: &Principal,
        purpose: Purpose,
        case: &CaseRef,
        at: Timestamp,
    ) -> BTreeSet<RecordId> {
        let may = principal.roles.contains(&Role::VictimSpecialist)
            && Role::VictimSpecialist.purposes().contains(&purpose)
            && principal.may_ask_for(purpose);
        let case = self.case_of(principal, case, at).filter(|_| may);
        case.map(|case| case.subjects.clone()).unwrap_or_default()
    }

    /// An agency's desk and the channel by which it is reached; the agency's name and `None` where it is not
    /// registered.
    pub fn desk(&self, agency: &str) -> (String, Option<String>) {
        match self.agencies.get(agency) {
            Some(agency) => (agency.desk.name.clone(), Some(agency.desk.channel.clone())),
            None => (agency.to_owned(), None),
        }
    }

    /// The agencies that an agency may know of: itself, those that are listed by their own wish, those that have signed
    /// a version of an agreement that it has signed too, and those it works on a case with. A statement of one agency
    /// alone makes no agency known: a name in a draft or among the members of a case may be a guess. So of a case its
    /// lead is known to the agencies that it names, and an agency that has brought records into it is known to all of
    /// them.
    pub fn known_to<'a>(&'a self, agency: &'a str) -> BTreeSet<&'a str> {
        let mut known = BTreeSet::from([agency]);
        let listed = self.agencies.iter().filter(|(_, agency)| agency.listed);
        known.extend(listed.map(|(name, _)| name.as_str()));
        for agreement in self.agreements.values() {
            for (index, version) in agreement.versions.iter().enumerate() {
                if version.terms.has_side(agency) {
                    known.extend(version.known_by(index + 1, agency));
                }
            }
        }
        for case in self.cases.values().filter(|case| case.has_agency(agency)) {
            known.insert(&case.lead);
            known.extend(case.brought_by.iter().map(String::as_str));
        }
        known
    }

    /// Tells if an agency hears of an agreement without knowing its id: it drafted or has signed a version, is listed,
    /// or knows the agency that drafted one. `known` is the result of [`Policy::known_to`] for the agency.
    pub fn is_told_of(&self, agreement: &Agreement, agency: &str, known: &BTreeSet<&str>) -> bool {
        let listed = self.agencies.get(agency).is_some_and(|agency| agency.listed);
        agreement.versions.iter().filter(|it| it.terms.has_side(agency)).any(|version| {
            let signed = version.signatures.iter().any(|it| it.side == agency);
            listed || signed || known.contains(version.terms.discloser.as_str())
        })
    }
}
