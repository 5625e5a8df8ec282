//! Rows as the HTTP API submits them: already in the model's words, checked like a file's rows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use super::assemble::{Assembly, EventParts, RowOrigin, RowOutput, Slot};
use super::bodies::{at, check_body, check_coordinates, check_text, check_texts};
use super::check::{self, PARTS_MAX};
use super::grading::Grading;
use super::reason::{Reason, RowError};
use super::sharing;
use super::terms::{Intelligence, Release, Terms};
#[cfg(feature = "openapi")]
use crate::model::Condition;
use crate::model::{
    Audience, Body, Conditions, EntityType, EventKind, Handling, IdKey, Label, Money, Nature,
    Place, Role, Sharing, Span, SubjectCategory, TieKind, Timestamp,
};

/// One submitted row: records, and what ties them together and happened to them. The agency is
/// the caller's and is not part of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmittedRow {
    /// The agency's own id of the row, at most 200 bytes. The first record bears it; every other
    /// one's is `<local_id>/<slot>`.
    pub local_id: String,
    /// The agency's name for the system the row comes from.
    pub source: String,
    /// The category that the source alleges of the row's persons; a victim's category applies to everything that the
    /// row makes except its public records. Required where a record is about a person (`unknown` where the source does
    /// not say); else it may be absent.
    #[serde(default)]
    pub category: Option<SubjectCategory>,
    /// Sensitivity, 0 to 4.
    #[serde(default)]
    pub tier: u8,
    /// How far the agency lets the row go.
    #[serde(default)]
    pub handling: Handling,
    /// The uses for which a recipient needs the agency's leave.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Condition>))]
    pub conditions: Conditions,
    /// The only recipients that may see the row at all; absent, all whom agreements let.
    #[serde(default)]
    pub audience: Option<Box<Audience>>,
    /// How other standards mark it: LEXS (`lexs:gray`), 3x5x2 and 5x5x5 (`3x5x2:c`), Europol (`europol:h2`), TLP
    /// (`tlp:amber+strict`), MISP (`misp:4`), STIX (`stix:statement`). Markings cut what `handling` lets go, and
    /// never widen it.
    #[serde(default)]
    pub markings: Vec<String>,
    /// Marks the row as criminal intelligence and states the suspicion that it rests on (28 CFR 23.20): only users
    /// certified for it see the row.
    #[serde(default)]
    pub intelligence: Option<Intelligence>,
    /// How far it is to be believed, as the source graded it: 3x5x2 (`3x5x2:2B`: source 1 to 3, information A to E),
    /// 5x5x5 (`5x5x5:B2`: A to E, 1 to 5) or Europol's 4x4 (`4x4:A1`: A, B, C or X, 1 to 4). Kept as it came. Criminal
    /// intelligence must say; nobody sees more or less for it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "3x5x2:2B"))]
    pub grade: Option<String>,
    /// The nature of the row, facts or somebody's assessment; absent where the source does not say.
    #[serde(default)]
    pub nature: Option<Nature>,
    /// When it must be reviewed, at most five years from now; criminal intelligence must say. From the
    /// beginning of that day (UTC) on nobody but the owner sees it.
    #[serde(default)]
    pub review_by: Option<Timestamp>,
    /// The written release by which a victim lets the row go; a provider of services to victims cites one
    /// for each victim. From the beginning of its last day (UTC) on nobody but the owner sees the row.
    #[serde(default)]
    pub release: Option<Release>,
    /// The records.
    #[serde(default)]
    pub records: Vec<SubmittedRecord>,
    /// Ties between them.
    #[serde(default)]
    pub ties: Vec<SubmittedTie>,
    /// Events they took part in, at most one of a kind.
    #[serde(default)]
    pub events: Vec<SubmittedEvent>,
}

/// A record of a submitted row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmittedRecord {
    /// The record's name within the row, of `a-z`, `0-9`, `_` and `-`.
    pub slot: String,
    /// True if everybody may know of the record, whatever the row is about; if false, a record in a row about a victim
    /// is protected as the victim's. Agencies other than the owner do not learn which row it is of. A person is never
    /// public.
    #[serde(default)]
    pub public: bool,
    /// The content of the record: a person, phone, address, vehicle or organization.
    pub body: Body,
}

/// A tie of a submitted row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmittedTie {
    /// The kind of relationship.
    pub kind: TieKind,
    /// The slot it goes out from.
    pub from: String,
    /// The slot it goes to.
    pub to: String,
    /// When it held.
    #[serde(default)]
    pub span: Span,
    /// How sure the source is, 0 to 1; 1 when absent.
    #[serde(default)]
    pub confidence: Option<f64>,
}

/// An event of a submitted row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmittedEvent {
    /// The kind of event.
    pub kind: EventKind,
    /// When it began.
    pub at: Timestamp,
    /// When it ended, where that differs.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Where.
    #[serde(default)]
    pub place: Option<Place>,
    /// The slots whose records took part, by role.
    #[serde(default)]
    pub participants: BTreeMap<Role, Vec<String>>,
    /// Text of an advertisement or message.
    #[serde(default)]
    pub text: Option<String>,
    /// Amount of a payment.
    #[serde(default)]
    pub amount: Option<Money>,
}

impl SubmittedRow {
    /// Checks the row and makes its records, ties and events, owned by `agency`.
    ///
    /// # Errors
    /// The first thing that cannot be taken; the column is a path such as
    /// `records.0.body.latitude`.
    pub fn into_output(mut self, agency: &str, key: &IdKey) -> Result<RowOutput, RowError> {
        let terms = Terms {
            intelligence: self.intelligence.take(),
            review_by: self.review_by,
            release: self.release.take(),
        };
        terms.check()?;
        self.check()?;
        let is_intelligence = terms.intelligence.is_some();
        let grading = Grading::of_row(self.grade.as_deref(), self.nature, is_intelligence)?;
        let (handling, conditions) = (self.handling, self.conditions);
        let stated = Sharing { handling, conditions, audience: self.audience.take() };
        let sharing = sharing::of_row(stated, &self.markings)?;
        let (local_id, source, tier) = (self.local_id.trim(), self.source.trim(), self.tier);
        let category = self.category.unwrap_or_default();
        let origin =
            RowOrigin { agency, source, local_id, category, tier, sharing, terms, grading };
        let mut assembly = Assembly::new(key, origin);
        for (position, record) in self.records.iter().enumerate() {
            let SubmittedRecord { slot: name, public, body } = record;
            let slot = Slot { name, first: position == 0, public: *public };
            assembly.record(slot, BTreeMap::new(), body.clone());
        }
        for tie in self.ties {
            let confidence = tie.confidence.unwrap_or(1.0);
            assembly.tie(tie.kind, &tie.from, &tie.to, tie.span, confidence);
        }
        for event in self.events {
            let SubmittedEvent { kind, at, until, place, participants, text, amount } = event;
            assembly.event(EventParts { kind, at, until, place, text, amount }, &participants);
        }
        Ok(assembly.finish())
    }

    fn check(&self) -> Result<(), RowError> {
        at("local_id", check::id(&self.local_id))?;
        at("source", check::id(&self.source))?;
        at("tier", if self.tier > Label::TIER_MAX { Err(Reason::BadTier) } else { Ok(()) })?;
        if self.records.is_empty() && self.events.is_empty() {
            return Err(RowError::row(Reason::EmptyRow));
        }
        let lengths = [self.records.len(), self.ties.len(), self.events.len()];
        if lengths.iter().any(|length| *length > PARTS_MAX) {
            return Err(RowError::row(Reason::TooMany));
        }
        let mut slots = BTreeSet::new();
        for (position, record) in self.records.iter().enumerate() {
            let path = format!("records.{position}");
            check_slot_name(&record.slot, &mut slots)
                .map_err(|reason| RowError::column(format!("{path}.slot"), reason))?;
            check_body(&record.body, &format!("{path}.body"))?;
            if record.public && record.body.entity_type() == EntityType::Person {
                return Err(RowError::column(format!("{path}.public"), Reason::PublicPerson));
            }
        }
        self.check_category()?;
        self.check_ties(&slots)?;
        self.check_events(&slots)
    }

    fn check_category(&self) -> Result<(), RowError> {
        let is_person = |record: &SubmittedRecord| record.body.entity_type() == EntityType::Person;
        if self.category.is_none() && self.records.iter().any(is_person) {
            return Err(RowError::column("category", Reason::NoCategory));
        }
        Ok(())
    }

    fn check_ties(&self, slots: &BTreeSet<&str>) -> Result<(), RowError> {
        let mut stated = BTreeSet::new();
        for (position, tie) in self.ties.iter().enumerate() {
            let path = format!("ties.{position}");
            at(&format!("{path}.from"), known(slots, &tie.from))?;
            at(&format!("{path}.to"), known(slots, &tie.to))?;
            if tie.from == tie.to || !stated.insert((tie.kind, &tie.from, &tie.to)) {
                return Err(RowError::column(path, Reason::Repeated));
            }
            at(&format!("{path}.span.to"), check::order(tie.span.from, tie.span.to))?;
            if !tie.confidence.is_none_or(|confidence| (0.0..=1.0).contains(&confidence)) {
                return Err(RowError::column(format!("{path}.confidence"), Reason::BadConfidence));
            }
        }
        Ok(())
    }

    fn check_events(&self, slots: &BTreeSet<&str>) -> Result<(), RowError> {
        let mut kinds = BTreeSet::new();
        for (position, event) in self.events.iter().enumerate() {
            let path = format!("events.{position}");
            if !kinds.insert(event.kind) {
                return Err(RowError::column(format!("{path}.kind"), Reason::Repeated));
            }
            for (role, named) in &event.participants {
                let path = format!("{path}.participants.{}", role.as_str());
                named.iter().try_for_each(|slot| at(&path, known(slots, slot)))?;
                at(&path, if named.len() > PARTS_MAX { Err(Reason::TooMany) } else { Ok(()) })?;
            }
            at(&format!("{path}.until"), check::order(Some(event.at), event.until))?;
            at(&format!("{path}.text"), check_text(&event.text))?;
            if let Some(money) = &event.amount {
                at(&format!("{path}.amount.currency"), check::currency(&money.currency))?;
            }
            if let Some(place) = &event.place {
                let path = format!("{path}.place");
                check_texts(
                    &path,
                    &[("name", &place.name), ("city", &place.city), ("country", &place.country)],
                )?;
                check_coordinates(&path, place.latitude, place.longitude)?;
            }
        }
        Ok(())
    }
}

fn known(slots: &BTreeSet<&str>, slot: &str) -> Result<(), Reason> {
    if slots.contains(slot) { Ok(()) } else { Err(Reason::UnknownSlot) }
}

fn check_slot_name<'a>(slot: &'a str, slots: &mut BTreeSet<&'a str>) -> Result<(), Reason> {
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    check::id(slot)?;
    if !slot.bytes().all(letters) {
        return Err(Reason::UnknownCode);
    }
    if slots.insert(slot) { Ok(()) } else { Err(Reason::Repeated) }
}
