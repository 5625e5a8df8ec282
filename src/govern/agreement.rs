//! Agreements: the objects that one agency discloses to others, for which purposes, and until when. Versioned documents
//! that count from when two officers of each side have signed them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AgreementId, Attribute, Purpose, Reference};
use crate::model::{IdKey, Kind, SubjectCategory, Timestamp, hex};

/// Number of officers of each side that must sign (CJIS Security Policy 5.1.1: an agreement is executed by officers of
/// both; two persons a side, so that nobody can share alone).
pub const OFFICERS_PER_SIDE: usize = 2;

/// How much of an object a recipient gets (LEXS 3.1.4 DisseminationCriteriaCode).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing, and no sign that there was anything. Cuts what other grants give.
    Black,
    /// A pointer only: the desk to call.
    Gray,
    /// The object.
    White,
}

/// A property of objects that an agreement may withhold.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// All names of a person but the main one.
    Aliases,
    /// Date of birth.
    BirthDate,
    /// Place of birth.
    BirthPlace,
    /// Sex.
    Sex,
    /// Nationality.
    Nationality,
    /// Telephone numbers of people and organizations, and the ties to the phones they use.
    Phones,
    /// E-mail addresses.
    Emails,
    /// Addresses of people, and the ties to where they live or stayed.
    HomeAddress,
    /// Identity documents and official numbers.
    Documents,
    /// Occupation.
    Occupation,
    /// Photographs. accord keeps none, so nothing is left out; agreements may name them.
    Photo,
    /// The text of events.
    EventText,
    /// Where events happened.
    EventPlace,
    /// Amounts of payments.
    Amount,
}

/// A set of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Fields(u16);

impl Fields {
    /// With all fields of another set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Tells if the field is in the set.
    pub fn contains(self, field: Field) -> bool {
        self.0 >> field as u16 & 1 == 1
    }

    /// The set as a bit mask: bit n stands for the n-th variant of [`Field`].
    pub fn bits(self) -> u16 {
        self.0
    }

    /// Tells if the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl<'a> FromIterator<&'a Field> for Fields {
    fn from_iter<I: IntoIterator<Item = &'a Field>>(fields: I) -> Self {
        Self(fields.into_iter().fold(0, |bits, field| bits | 1 << *field as u16))
    }
}

/// A topic that an agreement must address (CJIS Security Policy 5.1.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// How the use of disclosed data is audited.
    Audit,
    /// To whom disclosed data are passed on.
    Dissemination,
    /// How a hit is confirmed before anybody acts on it.
    HitConfirmation,
    /// The logging of uses.
    Logging,
    /// How the quality of disclosed data is kept.
    Quality,
    /// How disclosed data are protected.
    Security,
    /// How soon data are disclosed and corrected.
    Timeliness,
    /// Training of the users, and its subjects.
    Training,
    /// The permitted uses of disclosed data.
    Use,
    /// How and how often disclosed data are validated.
    Validation,
    /// Transfers to a country under other law, and the authorization for them. Required of sides under European or
    /// British law; not one of the ten sections that every agreement has.
    Transfer,
}

impl Section {
    /// The ten sections that every agreement must address: all but [`Self::Transfer`].
    pub const ALL: [Self; 10] = [
        Self::Audit,
        Self::Dissemination,
        Self::HitConfirmation,
        Self::Logging,
        Self::Quality,
        Self::Security,
        Self::Timeliness,
        Self::Training,
        Self::Use,
        Self::Validation,
    ];
}

/// Permission of the recipient to do something with disclosed data, from the strictest to the widest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Leave {
    /// No.
    Never,
    /// Only with the discloser's consent in the single case.
    Ask,
    /// Yes.
    Allowed,
}

/// Obligation of the recipients for their copies when the agreement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnEnd {
    /// The recipients remove their copies at once.
    RecipientPurgesCopies,
    /// The recipients keep their copies for the rest of the retention.
    RecipientKeepsUntilRetention,
}

/// A rule of disclosure: it covers every object of one of the kinds, about one of the subjects, of at most the tier,
/// for a question with one of the purposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Kinds of objects. Ties, events and judgements are kinds of their own.
    pub kinds: BTreeSet<Kind>,
    /// Roles that the source alleges of the subject (victim, suspect and others).
    pub subject: BTreeSet<SubjectCategory>,
    /// The highest sensitivity; 0, the lowest, when absent.
    #[serde(default)]
    pub tier_max: u8,
    /// Purposes of questions that the grant applies to.
    pub purposes: BTreeSet<Purpose>,
    /// The level of disclosure.
    pub level: Level,
    /// True if imminent danger turns a pointer into the object for an hour, for the purposes named; of `gray` only, and
    /// of victims never. `false` when absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub break_glass: bool,
    /// True if the discloser is notified, silently, when a recipient asks in deconfliction for something that this
    /// grant keeps from it; of `black` only. `false` when absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent_alert: bool,
    /// Attributes of the user, all of which must be vouched for before the grant applies; of `black` never. None when
    /// absent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub requires: BTreeSet<Attribute>,
}

/// The terms of one version of an agreement: the text that the sides sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The discloser's reference; the versions of one agreement have the same.
    pub id: Reference,
    /// The agency that discloses.
    pub discloser: String,
    /// The agencies that receive.
    pub recipients: BTreeSet<String>,
    /// The legal basis.
    pub legal_basis: String,
    /// True if each recipient discloses the same to the discloser; `false` when absent.
    #[serde(default)]
    pub reciprocal: bool,
    /// The rules of disclosure. Levels add up; `black` cuts.
    pub grants: Vec<Grant>,
    /// Fields withheld from every disclosed object.
    #[serde(default)]
    pub fields_never: BTreeSet<Field>,
    /// Permission of the recipients to pass disclosed data on.
    pub onward: Leave,
    /// Permission of the recipients to use disclosed data in court.
    pub court_use: Leave,
    /// Number of days for which recipients may keep copies.
    pub retention_days: u32,
    /// Obligation of the recipients for their copies at the end.
    pub on_end: OnEnd,
    /// The period of validity: its start, and its end, which is exclusive.
    pub valid: [Timestamp; 2],
    /// Further provisions: for each section a text, or where in the paper it stands.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sections: BTreeMap<Section, String>,
    /// SHA-256 of the signed paper, 64 hexadecimal digits.
    pub document_sha256: String,
}

/// The user who performed an act, and the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The agency.
    pub agency: String,
    /// The user.
    pub user: String,
    /// The time of the act.
    pub at: Timestamp,
}

/// An officer's signature under one version: given under the officer's own authentication, bound to the
/// text by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The agency signed for.
    pub side: String,
    /// The user who signed.
    pub officer: String,
    /// The time of the signature.
    pub at: Timestamp,
    /// BLAKE3 hash of the number of the version and its terms, 64 hexadecimal digits.
    pub terms: String,
    /// The officer's own public key (Ed25519), where it is signed with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The signature by that key over the 64 digits of `terms`, base64: anybody can check it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// One version of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The terms of the version.
    pub terms: Terms,
    /// The user who drafted the version, and the time.
    pub drafted: Act,
    /// The signatures so far.
    #[serde(default)]
    pub signatures: Vec<Signature>,
}

/// State of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementState {
    /// It awaits signatures, or the day from which it holds.
    Draft,
    /// It holds for at least one recipient.
    Active,
    /// The discloser suspended it.
    Suspended,
    /// A side ended it, or its time is over.
    Ended,
}

/// An agreement with all its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The versions, from 1; none is ever changed or removed.
    pub versions: Vec<Version>,
    /// Number of the version up to which the discloser suspended the agreement, and the act of suspending. A later
    /// version that both sides sign holds again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<(usize, Act)>,
    /// The act by which a side ended the agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Act>,
    /// Confirmations by recipients that they have removed their copies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<PurgeReceipt>,
}

impl Terms {
    /// The id of the agreement that the discloser calls by this reference.
    pub fn agreement_id(&self, id_key: &IdKey) -> AgreementId {
        let parts = [self.discloser.as_bytes(), self.id.as_str().as_bytes()];
        AgreementId(id_key.tag("agreement", &parts))
    }

    /// Tells if the agency is a side of the agreement: its discloser or a recipient.
    pub fn has_side(&self, agency: &str) -> bool {
        self.discloser == agency || self.recipients.contains(agency)
    }

    /// Returns the hash that a signature under these terms as version `number` is bound to: 64 hexadecimal digits.
    pub fn hash(&self, number: usize) -> String {
        let text = serde_json::to_string(&(number, self)).unwrap_or_default();
        hex(&blake3::derive_key("accord 2026 agreement terms", text.as_bytes()))
    }
}

impl Version {
    /// Tells if at least [`OFFICERS_PER_SIDE`] officers of the side have signed exactly these terms.
    pub fn is_signed_by(&self, number: usize, side: &str) -> bool {
        let hash = self.terms.hash(number);
        let signed = self.signatures.iter();
        let signed = signed.filter(|signature| signature.side == side && signature.terms == hash);
        let officers: BTreeSet<&str> = signed.map(|it| it.officer.as_str()).collect();
        officers.len() >= OFFICERS_PER_SIDE
    }

    /// Returns the sides that have signed exactly these terms, for a side that has signed them too; for any other none.
    pub(super) fn known_by(&self, number: usize, side: &str) -> Vec<&str> {
        if self.signatures.is_empty() || !self.is_signed_by(number, side) {
            return Vec::new();
        }
        let sides = self.terms.recipients.iter().chain([&self.terms.discloser]);
        sides.map(String::as_str).filter(|other| self.is_signed_by(number, other)).collect()
    }
}

impl Agreement {
    /// The latest version and its number.
    pub fn latest(&self) -> Option<(usize, &Version)> {
        self.versions.last().map(|version| (self.versions.len(), version))
    }

    /// The version that the discloser stands by: the latest that its officers have signed. An earlier one
    /// holds no more, whoever signed it, so that narrowing needs the discloser alone; and it holds for
    /// nobody who has not signed it too, so that widening needs both.
    pub fn standing(&self) -> Option<(usize, &Version)> {
        let numbered = self.versions.iter().enumerate().rev();
        let signed = |(number, version): &(usize, &Version)| {
            version.is_signed_by(*number, &version.terms.discloser)
        };
        let found = numbered.map(|(index, version)| (index + 1, version)).find(signed);
        let suspended = self.suspended.as_ref().map_or(0, |(number, _)| *number);
        found.filter(|(number, _)| self.ended.is_none() && *number > suspended)
    }

    /// Returns the terms in force at a time and the recipients that have signed them; `None` if there are no such terms
    /// or no such recipients.
    pub fn in_force(&self, at: Timestamp) -> Option<(&Terms, Vec<&str>)> {
        let (number, version) = self.standing()?;
        let terms = &version.terms;
        if at < terms.valid[0] || at >= terms.valid[1] {
            return None;
        }
        let recipients = terms.recipients.iter().map(String::as_str);
        let signed: Vec<&str> =
            recipients.filter(|recipient| version.is_signed_by(number, recipient)).collect();
        (!signed.is_empty()).then_some((terms, signed))
    }

    /// Returns the state of the agreement at a time.
    pub fn state(&self, at: Timestamp) -> AgreementState {
        let over = |(_, version): (usize, &Version)| at >= version.terms.valid[1];
        let latest = self.versions.len();
        if self.ended.is_some() || self.standing().or(self.latest()).is_some_and(over) {
            AgreementState::Ended
        } else if self.in_force(at).is_some() {
            AgreementState::Active
        } else if self.suspended.as_ref().is_some_and(|(number, _)| *number == latest) {
            AgreementState::Suspended
        } else {
            AgreementState::Draft
        }
    }

    /// Tells if the agency is a side of any version.
    pub fn has_side(&self, agency: &str) -> bool {
        self.versions.iter().any(|version| version.terms.has_side(agency))
    }
}

/// A recipient's confirmation that it has removed its copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurgeReceipt {
    /// Number of the version under which the recipient held copies.
    pub version: usize,
    /// The user who confirmed the removal, and the time.
    pub by: Act,
    /// Description of the removed copies and of how they were removed.
    pub note: String,
}
