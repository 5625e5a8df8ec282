//! `GET /v1/indicators/shared-hub`: phones, addresses and vehicles that unusually many unrelated people share.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::{IndicatorAnswer, Work, number};
use crate::analyze::indicator::shared_hub::{SharedHubOptions, WINDOW_DAYS};
use crate::analyze::indicator::{
    Caution, Exempted, Exemption, Finding, Indicator, Report, SharedHub,
};
use crate::api::analyses::Analysis;
use crate::api::basis::BasisView;
use crate::api::evidence::StatementView;
use crate::api::later::Later;
use crate::api::page::{Page, PageRequest, page};
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::query::Parameter;
use crate::api::scope::CallerScope;
use crate::api::seen::{Seen, Unmask};
use crate::api::wire::EntitySummary;
use crate::casework::referrals;
use crate::govern::Function;
use crate::graph::EntityIndex;
use crate::model::{EventId, RecordId, Span, TieId};

/// The findings of the indicator `shared-hub`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SharedHubAnswer {
    /// The name of the indicator.
    #[schema(value_type = String)]
    pub indicator: &'static str,
    /// The version of the indicator.
    pub version: u32,
    /// The meaning of a finding, and its limits.
    #[schema(value_type = String)]
    pub meaning: &'static str,
    /// The parameters of the computation.
    pub parameters: SharedHubParameters,
    /// The hubs that fired, by strength, score and id. Hubs are ranked, people are not.
    pub findings: Page<FindingView>,
    /// The hubs that would have fired but have an ordinary explanation, by id.
    pub exempted: Vec<ExemptedView>,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

/// The indicator's parameters.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SharedHubParameters {
    /// Length of the window of time in days.
    pub window_days: u32,
    /// Number of unrelated blocks of people from which on a phone fires.
    pub phone_blocks: usize,
    /// Number of unrelated blocks from which on an address fires.
    pub address_blocks: usize,
    /// Number of unrelated blocks from which on a vehicle fires.
    pub vehicle_blocks: usize,
    /// The least confidence of ties that count, 0 to 1.
    pub confidence_min: f64,
    /// The greatest tail probability `p` at which a hub fires.
    pub p_max: f64,
    /// The greatest rank probability `p_rank` at which a hub fires.
    pub p_rank_max: f64,
}

/// A hub that unusually many unrelated people share.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FindingView {
    /// The phone, address or vehicle.
    pub hub: EntitySummary,
    /// The score of how unusual the hub is, 0 to 1; not a probability.
    pub score: f64,
    /// The strength of the evidence: `strong`, `medium` or `weak`.
    #[schema(value_type = String)]
    pub strength: &'static str,
    /// The unrelated blocks of people in the window, in order of their first person, which is not a ranking.
    pub subjects: Vec<SubjectView>,
    /// Number of unrelated blocks in the window; a family is one block.
    pub unrelated: usize,
    /// The smallest number of blocks at which this hub fires, all else being equal.
    pub fires_at: usize,
    /// The window of time with the most blocks; open when no evidence is dated.
    pub window: Span,
    /// The null model that the hub was tested against, and the results of the test.
    pub null: NullView,
    /// The evidence.
    pub evidence: EvidenceView,
    /// The reliability of the records of the evidence.
    #[serde(flatten)]
    pub basis: BasisView,
    /// Cautions: reasons to doubt the finding.
    pub cautions: Vec<ReasonView>,
    /// The smallest set of records without which the hub would not have fired.
    pub counterfactual: CounterfactualView,
}

/// A block of people who are related, or may be one person: counted as one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SubjectView {
    /// The people.
    pub people: Vec<EntitySummary>,
    /// The records of these people that relate them to the hub.
    pub records: Vec<RecordId>,
    /// True if one of the people may be a victim.
    pub protected: bool,
}

/// The null model that a finding was tested against, and the results of the test.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NullView {
    /// The description of the model.
    pub description: String,
    /// Number of other hubs of the type to which the model was fitted.
    pub hubs: usize,
    /// The probability of at least as many blocks under the model (tail probability).
    pub p: f64,
    /// The share of hubs of the type with at least as many blocks, free of any model; never small when there are few
    /// hubs.
    pub p_rank: f64,
    /// The false-discovery rate at which the finding would be reported (Benjamini and Hochberg 1995).
    pub q: f64,
}

/// The evidence of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EvidenceView {
    /// The records of people and of the hub that are evidence.
    pub records: Vec<RecordId>,
    /// The ties that are evidence.
    pub ties: Vec<TieId>,
    /// The events that are evidence.
    pub events: Vec<EventId>,
    /// The first 20 of these ties and events, by time and then by id; ties and events without a shown time come last.
    /// Only roles of the hub and of the subjects are shown.
    pub statements: Vec<StatementView>,
    /// The agencies that own the evidence.
    pub agencies: Vec<String>,
}

/// The records that a finding depends on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CounterfactualView {
    /// The records without whose evidence the hub would not have fired.
    pub records: Vec<RecordId>,
    /// True if no smaller set would suffice; false when the search for one was cut short.
    pub exact: bool,
}

/// A reason for a caution or an exemption, and the organization that it is about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReasonView {
    /// The reason as a stable code: `shared_employer`, `organization`, `workplace` or `recycled`.
    #[schema(value_type = String)]
    pub reason: &'static str,
    /// The reason in words.
    pub detail: String,
    /// The organization; absent when the reason names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<EntitySummary>,
}

/// A hub that would have fired but has an ordinary explanation.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ExemptedView {
    /// The hub.
    pub hub: EntitySummary,
    /// Number of unrelated blocks of people who share the hub.
    pub unrelated: usize,
    /// The reason for the exemption.
    pub why: ReasonView,
}

const INDICATOR: &str = "shared_hub";

/// Reads the parameters of the shared hub, and returns the work that answers.
pub fn read(parameters: &mut Parameters) -> Result<Work, Problem> {
    let defaults = SharedHubOptions::default();
    let days = number(parameters, &WINDOW_DAYS)?;
    let unmask: Unmask = Parameter::read(parameters, "unmask")?;
    let asked = PageRequest::read(parameters, "")?;
    let work = move |scope: &CallerScope| {
        let options = SharedHubOptions { window_days: days, ..defaults };
        let seen = scope.seen_as(unmask)?;
        let list = [INDICATOR, &days.to_string(), unmask.as_str()];
        let report = seen.analysis(&list, |snapshot| SharedHub::find(snapshot, &options))?;
        let findings = page(
            scope,
            &list,
            &asked,
            &report.findings,
            |finding| seen.listed_id(finding.about).to_string(),
            |finding| FindingView::of(&seen, finding),
        )?;
        let exempted = report.exempted.iter().map(|it| ExemptedView::of(&seen, it));
        // Only questions of callers who may ask for pointers lead to referrals.
        if scope.principal.may(Function::Deconflict) {
            let (work, question) = (scope.casework(), scope.question());
            let kept = referrals::keep(work, &question, scope.sealing(), options.window_days)?;
            scope.later(Later::Refer(kept));
        }
        Ok(IndicatorAnswer::SharedHub(SharedHubAnswer {
            indicator: INDICATOR,
            version: SharedHub::ABOUT.version,
            meaning: SharedHub::ABOUT.meaning,
            parameters: SharedHubParameters {
                window_days: options.window_days,
                phone_blocks: options.phone_blocks,
                address_blocks: options.address_blocks,
                vehicle_blocks: options.vehicle_blocks,
                confidence_min: options.confidence_min,
                p_max: options.p_max,
                p_rank_max: options.p_rank_max,
            },
            findings,
            exempted: exempted.collect(),
            snapshot: seen.name(),
        }))
    };
    Ok(Box::new(work))
}

impl Analysis for Report {
    /// Approximate: counts the ids in the findings and the size of the lists' items.
    fn bytes(&self) -> usize {
        let named = self.findings.iter().map(|it| {
            let subjects =
                it.subjects.iter().map(|it| 32 * (2 + it.people.len() + it.records.len()));
            let ids = it.records.len() + it.ties.len() + it.events.len() + it.statements.len();
            subjects.sum::<usize>() + 16 * ids
        });
        self.findings.bytes() + self.exempted.bytes() + named.sum::<usize>()
    }
}

impl FindingView {
    fn of(seen: &Seen<'_>, finding: &Finding) -> Self {
        let subjects = finding.subjects.iter().map(|subject| SubjectView {
            people: subject.people.iter().map(|it| EntitySummary::of(seen, *it)).collect(),
            records: seen.noted(&subject.records),
            protected: subject.protected,
        });
        let cautions = finding.cautions.iter().map(|caution| match caution {
            Caution::SharedEmployer { organization } => ReasonView {
                reason: "shared_employer",
                detail: "most of the people work for one organization".to_owned(),
                organization: Some(EntitySummary::of(seen, *organization)),
            },
        });
        finding.statements.iter().for_each(|it| seen.note_statement(*it));
        let people = finding.subjects.iter().flat_map(|subject| &subject.people);
        let among: BTreeSet<EntityIndex> = people.copied().chain([finding.about]).collect();
        Self {
            hub: EntitySummary::of(seen, finding.about),
            score: finding.score,
            strength: finding.strength.as_str(),
            subjects: subjects.collect(),
            unrelated: finding.u,
            fires_at: finding.firing_at,
            window: finding.window.map_or(Span::default(), |window| Span {
                from: Some(window.from),
                to: Some(window.to),
            }),
            null: NullView {
                description: finding.null.description.clone(),
                hubs: finding.null.others,
                p: finding.p,
                p_rank: finding.p_rank,
                q: finding.q,
            },
            evidence: EvidenceView {
                records: seen.noted(&finding.records),
                ties: finding.ties.clone(),
                events: finding.events.clone(),
                statements: StatementView::first(seen, finding.statements.iter().copied(), &among),
                agencies: finding.agencies.clone(),
            },
            basis: finding.basis.into(),
            cautions: cautions.collect(),
            counterfactual: CounterfactualView {
                records: seen.noted(&finding.counterfactual.records),
                exact: finding.counterfactual.exact,
            },
        }
    }
}

impl ExemptedView {
    fn of(seen: &Seen<'_>, exempted: &Exempted) -> Self {
        let summary = |index: &EntityIndex| Some(EntitySummary::of(seen, *index));
        let (reason, detail, organization) = match &exempted.reason {
            Exemption::Organization { organization, kind } => (
                "organization",
                kind.as_ref().map_or_else(
                    || "it belongs to an organization whose hubs strangers share".to_owned(),
                    |kind| format!("it belongs to an organization of the kind `{kind}`"),
                ),
                summary(organization),
            ),
            Exemption::Workplace { organization } => {
                let detail = "nearly all its users work for the organization it belongs to";
                ("workplace", detail.to_owned(), summary(organization))
            }
            Exemption::Recycled => {
                let detail = "a number given out anew: too few users between two long silences";
                ("recycled", detail.to_owned(), None)
            }
        };
        Self {
            hub: EntitySummary::of(seen, exempted.about),
            unrelated: exempted.u,
            why: ReasonView { reason, detail, organization },
        }
    }
}
