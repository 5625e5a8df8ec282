//! The preview of an agreement: the numbers of the discloser's own objects that it would disclose.

use std::collections::{BTreeMap, BTreeSet};

use super::seen::{Overruled, in_force, overruled};
use crate::casework::{Casework, CaseworkError};
use crate::govern::{AgreementId, Grant, Level, Purpose, Question, Sight};
use crate::model::{
    ClassId, Event, FormId, FormLink, Handling, Judgement, Kind, Label, Record, SubjectCategory,
    Tie,
};
use crate::store::SnapshotSink;

/// The numbers of the discloser's own objects that the latest version of an agreement would disclose.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The number of the latest version, from 1.
    pub version: usize,
    /// The groups of objects by kind, subject, tier and purpose, without empty ones.
    pub classes: Vec<PreviewClass>,
    /// The contradictions to agreements in force with the same recipients.
    pub overruled: Vec<Overruled>,
}

/// A group of objects that a grant of the agreement applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewClass {
    /// The kind of the objects.
    pub kind: Kind,
    /// The category of their subject, by their labels.
    pub subject: SubjectCategory,
    /// The sensitivity tier of the objects.
    pub tier: u8,
    /// The purpose for which they would be disclosed.
    pub purpose: Purpose,
    /// The level at which recipients would see the objects; black if the agreement withholds them.
    pub level: Level,
    /// The present number of these objects whose audience includes a recipient.
    pub objects: usize,
}

/// Counts the own objects of the asker's agency that the latest version of an agreement would disclose.
///
/// # Errors
/// An agreement of which the agency is not the discloser.
pub fn preview(
    work: Casework<'_>,
    question: &Question<'_>,
    id: AgreementId,
) -> Result<Preview, CaseworkError> {
    let (policy, agency) = (work.policy()?, &question.principal.agency);
    let latest = policy.agreements.get(&id).and_then(|agreement| agreement.latest());
    let latest = latest.filter(|(_, version)| version.terms.discloser == *agency);
    let (number, version) = latest.ok_or(CaseworkError::NotFound)?;
    let own = Sight::to_disclose(question, &work.store.classes()?);
    let mut counts = Counts { recipients: &version.terms.recipients, counts: BTreeMap::new() };
    work.store.stream(&own, &mut counts)?;
    let mut shown = Vec::new();
    for ((kind, subject, tier, handling), objects) in counts.counts {
        for purpose in Purpose::ALL {
            let speaking = version.terms.grants.iter().filter(|grant| {
                speaks_of(grant, kind, subject, tier) && grant.purposes.contains(&purpose)
            });
            let levels: Vec<Level> = speaking.map(|grant| grant.level).collect();
            // The highest level granted counts, but black overrides all.
            let cut = levels.contains(&Level::Black).then_some(Level::Black);
            let at_most = if handling == Handling::Pointer { Level::Gray } else { Level::White };
            let granted = levels.into_iter().max().map(|level| level.min(at_most));
            if let Some(level) = cut.or(granted) {
                shown.push(PreviewClass { kind, subject, tier, purpose, level, objects });
            }
        }
    }
    let recipients: Vec<&str> = version.terms.recipients.iter().map(String::as_str).collect();
    let in_force = in_force(&policy, agency, question.at);
    let overruled = overruled((&version.terms, &recipients), &in_force, id, agency);
    Ok(Preview { version: number, classes: shown, overruled })
}

fn speaks_of(grant: &Grant, kind: Kind, subject: SubjectCategory, tier: u8) -> bool {
    let high = grant.level == Level::Black || tier <= grant.tier_max;
    high && grant.kinds.contains(&kind) && grant.subject.contains(&subject)
}

/// Counts objects by kind, category, tier and handling, where their audience has a recipient in it.
struct Counts<'a> {
    recipients: &'a BTreeSet<String>,
    counts: BTreeMap<(Kind, SubjectCategory, u8, Handling), usize>,
}

impl Counts<'_> {
    fn add(&mut self, kind: Kind, label: &Label) {
        let agencies = label.audience.as_ref().and_then(|audience| audience.agencies.as_ref());
        if agencies.is_none_or(|agencies| !agencies.is_disjoint(self.recipients)) {
            let key = (kind, label.category, label.tier, label.handling);
            *self.counts.entry(key).or_default() += 1;
        }
    }
}

impl SnapshotSink for Counts<'_> {
    fn record(&mut self, _: ClassId, _: FormId, record: Record) {
        self.add(record.entity_type().into(), &record.label);
    }

    fn tie(&mut self, tie: Tie) {
        self.add(Kind::Tie, &tie.label);
    }

    fn event(&mut self, event: Event) {
        self.add(Kind::Event, &event.label);
    }

    fn link(&mut self, _: FormLink) {}

    fn judgement(&mut self, judgement: Judgement) {
        self.add(Kind::Judgement, &judgement.label);
    }
}
