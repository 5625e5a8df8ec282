//! Validation of an agreement's terms, and detection of contradictions between two agreements.

use std::collections::BTreeSet;

use thiserror::Error;

use super::names::is_name;
use super::{Field, Grant, Level, Purpose, Section, Terms};
use crate::model::{Kind, Label, SubjectCategory};

/// Largest number of grants in an agreement.
pub const GRANTS_MAX: usize = 100;
/// Largest number of recipients of an agreement.
pub const RECIPIENTS_MAX: usize = 100;
/// Longest retention of copies, in days.
pub const RETENTION_DAYS_MAX: u32 = 36_525;
/// The longest legal basis, in bytes.
pub const BASIS_BYTES_MAX: usize = 1_000;

/// The longest section, in bytes.
pub const SECTION_BYTES_MAX: usize = 2_000;

/// Reasons for which terms are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TermsError {
    /// An agency without a name.
    #[error("names of agencies are 1 to 200 bytes of text")]
    Name,
    /// No recipient, or too many.
    #[error("1 to 100 recipients: an agreement without one shares with nobody")]
    Recipients,
    /// The discloser among the recipients.
    #[error("the discloser is not a recipient of its own objects")]
    SelfDisclosure,
    /// No or too long a legal basis.
    #[error("a legal basis of 1 to 1,000 bytes")]
    LegalBasis,
    /// No grant, or too many.
    #[error("1 to 100 grants")]
    Grants,
    /// A grant without kinds, subjects or purposes.
    #[error("a grant names kinds, subjects and purposes, each at least one")]
    EmptyGrant,
    /// A tier above the highest.
    #[error("a tier from 0 to 4")]
    Tier,
    /// Purposes for which no records are shown, in a grant other than black.
    #[error("statistics and training get no records; only `black` may name them")]
    Purpose,
    /// Break-glass in a grant that is not gray, or for no purpose that shows records.
    #[error("break-glass is for `gray`, and for a purpose that shows records")]
    BreakGlass,
    /// A silent alert in a grant that is not black, or that does not name deconfliction.
    #[error("a silent alert is for `black`, and for deconfliction")]
    SilentAlert,
    /// Required attributes in a black grant, which applies to everybody.
    #[error("`black` keeps it from everybody: it requires nothing")]
    Requires,
    /// The validity ends before it begins.
    #[error("the validity ends before it begins")]
    ValidityEndsBeforeItBegins,
    /// No or too long a retention.
    #[error("a retention of 1 to 36,525 days")]
    Retention,
    /// A section that is missing, blank or too long.
    #[error(
        "each section says something, in at most 2,000 bytes: audit, dissemination, hit_confirmation, logging, quality, security, timeliness, training, use, validation"
    )]
    Sections,
    /// The section on transfers is missing where the law of a side requires it, or is too long.
    #[error(
        "the agency's law asks whether data go to a country under other law, and by what leave, in at most 2,000 bytes"
    )]
    Transfer,
    /// A retention longer than the law of a side allows.
    #[error("the agency's law lets nothing be kept for so long")]
    RetentionByLaw,
    /// Not 64 lower-case hexadecimal digits.
    #[error("64 lower-case hexadecimal digits")]
    DocumentHash,
}

impl TermsError {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Name => "bad_name",
            Self::Recipients => "recipients",
            Self::SelfDisclosure => "self_disclosure",
            Self::LegalBasis => "legal_basis",
            Self::Grants => "grants",
            Self::EmptyGrant => "empty_grant",
            Self::Tier => "bad_tier",
            Self::Purpose => "purpose_without_records",
            Self::BreakGlass => "break_glass_without_pointer",
            Self::SilentAlert => "silent_alert_without_black",
            Self::Requires => "requires_on_black",
            Self::ValidityEndsBeforeItBegins => "validity_ends_before_it_begins",
            Self::Retention => "retention",
            Self::Sections => "sections",
            Self::Transfer => "transfer",
            Self::RetentionByLaw => "retention_by_law",
            Self::DocumentHash => "bad_hash",
        }
    }
}

impl Terms {
    /// Checks all terms.
    ///
    /// # Errors
    /// Every invalid term: its path and its error.
    pub fn check(&self) -> Result<(), Vec<(String, TermsError)>> {
        let mut wrong = Vec::new();
        let mut need = |good: bool, place: &str, error: TermsError| {
            if !good {
                wrong.push((place.to_owned(), error));
            }
        };
        need(is_name(&self.discloser), "discloser", TermsError::Name);
        let recipients = &self.recipients;
        need(
            (1..=RECIPIENTS_MAX).contains(&recipients.len()),
            "recipients",
            TermsError::Recipients,
        );
        need(recipients.iter().all(|name| is_name(name)), "recipients", TermsError::Name);
        need(!recipients.contains(&self.discloser), "recipients", TermsError::SelfDisclosure);
        let basis = self.legal_basis.trim().len();
        need((1..=BASIS_BYTES_MAX).contains(&basis), "legal_basis", TermsError::LegalBasis);
        need((1..=GRANTS_MAX).contains(&self.grants.len()), "grants", TermsError::Grants);
        let [from, to] = self.valid;
        need(from < to, "valid", TermsError::ValidityEndsBeforeItBegins);
        let days = 1..=RETENTION_DAYS_MAX;
        need(days.contains(&self.retention_days), "retention_days", TermsError::Retention);
        let hash = self.document_sha256.as_bytes();
        let digits = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_hash = hash.len() == 64 && hash.iter().all(digits);
        need(is_hash, "document_sha256", TermsError::DocumentHash);
        let said = |section| {
            let text = self.sections.get(section).map(|text| text.trim().len());
            text.is_some_and(|length| (1..=SECTION_BYTES_MAX).contains(&length))
        };
        need(Section::ALL.iter().all(said), "sections", TermsError::Sections);
        let transfer = self.sections.get(&Section::Transfer);
        let good = transfer.is_none_or(|text| text.trim().len() <= SECTION_BYTES_MAX);
        need(good, "sections.transfer", TermsError::Transfer);
        for (position, grant) in self.grants.iter().enumerate() {
            let empty =
                grant.kinds.is_empty() || grant.subject.is_empty() || grant.purposes.is_empty();
            need(!empty, &format!("grants.{position}"), TermsError::EmptyGrant);
            let tier = grant.tier_max <= Label::TIER_MAX;
            need(tier, &format!("grants.{position}.tier_max"), TermsError::Tier);
            let idle = grant
                .purposes
                .iter()
                .any(|it| !it.shows_records() && *it != Purpose::Deconfliction);
            let good = grant.level == Level::Black || !idle;
            need(good, &format!("grants.{position}.purposes"), TermsError::Purpose);
            let shows = grant.purposes.iter().any(|purpose| purpose.shows_records());
            let breaks = !grant.break_glass || (grant.level == Level::Gray && shows);
            let deconflicts = grant.purposes.contains(&Purpose::Deconfliction);
            let silent = !grant.silent_alert || (grant.level == Level::Black && deconflicts);
            need(silent, &format!("grants.{position}.silent_alert"), TermsError::SilentAlert);
            let asks = grant.requires.is_empty() || grant.level != Level::Black;
            need(asks, &format!("grants.{position}.requires"), TermsError::Requires);
            need(breaks, &format!("grants.{position}.break_glass"), TermsError::BreakGlass);
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

/// A contradiction between two agreements of the same discloser for the same recipient. The stricter one holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The recipient.
    pub recipient: String,
    /// Kinds of objects that both grants name.
    pub kinds: BTreeSet<Kind>,
    /// Categories of subjects that both grants name.
    pub subject: BTreeSet<SubjectCategory>,
    /// Purposes that both grants name.
    pub purposes: BTreeSet<Purpose>,
    /// True if exactly one of the two grants is `black`, which cuts the other.
    pub black: bool,
    /// Fields that only one of the agreements withholds, where both grants are `white`: they are withheld.
    pub fields_never: BTreeSet<Field>,
}

/// The contradictions between the terms of two agreements in force, each with the recipients that have
/// signed it. The stricter one always wins.
pub fn contradictions(
    (a, to_a): (&Terms, &[&str]),
    (b, to_b): (&Terms, &[&str]),
) -> Vec<Contradiction> {
    if a.discloser != b.discloser {
        return Vec::new();
    }
    let mut found = Vec::new();
    for recipient in to_a.iter().filter(|recipient| to_b.contains(recipient)) {
        for (mine, theirs) in
            a.grants.iter().flat_map(|mine| b.grants.iter().map(move |it| (mine, it)))
        {
            found.extend(contradiction(a, mine, b, theirs, recipient));
        }
    }
    found
}

fn contradiction(
    a: &Terms,
    mine: &Grant,
    b: &Terms,
    theirs: &Grant,
    recipient: &str,
) -> Option<Contradiction> {
    let kinds: BTreeSet<_> = mine.kinds.intersection(&theirs.kinds).copied().collect();
    let subject: BTreeSet<_> = mine.subject.intersection(&theirs.subject).copied().collect();
    let purposes: BTreeSet<_> = mine.purposes.intersection(&theirs.purposes).copied().collect();
    if kinds.is_empty() || subject.is_empty() || purposes.is_empty() {
        return None;
    }
    let black = (mine.level == Level::Black) != (theirs.level == Level::Black);
    let both_white = mine.level == Level::White && theirs.level == Level::White;
    let fields_never: BTreeSet<Field> = if both_white {
        a.fields_never.symmetric_difference(&b.fields_never).copied().collect()
    } else {
        BTreeSet::new()
    };
    (black || !fields_never.is_empty()).then(|| Contradiction {
        recipient: recipient.to_owned(),
        kinds,
        subject,
        purposes,
        black,
        fields_never,
    })
}
