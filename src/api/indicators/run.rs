//! `GET /v1/indicators/{name}`: the findings of an indicator in the caller's view.

use super::{IndicatorAnswer, Work, answering};
use crate::analyze::indicator::ALL;
use crate::api::description::Description;
use crate::api::formats::{Feature, Forms, Graph, Place, Table};
use crate::api::input::{Arrived, Input};
use crate::api::operation::operation;
use crate::api::page::PageRequest;
use crate::api::problem::{Code, Problem};
use crate::api::query::Parameter;
use crate::api::scope::CallerScope;
use crate::api::seen::Unmask;

operation! {
    /// Findings of an indicator
    ///
    /// `shared-hub`: phones, addresses and vehicles that, within a window of time, unusually many unrelated people
    /// share. It counts blocks of related people, not persons: a family is one block. Each finding has its evidence,
    /// the null model that it was tested against, and the smallest set of records that it depends on; shelters,
    /// hospitals, hotels and the like are exempted, with the reason. `GET /v1/indicators` describes all indicators and
    /// their limits.
    run_indicator = run;
    "indicators", Consultation, Heavy;
    forms Forms::json()
        .with_table(IndicatorAnswer::place, IndicatorAnswer::table)
        .with_graph(IndicatorAnswer::graph)
        .with_features(IndicatorAnswer::features);
    examples {
        "name": "shared-hub",
        "limit": 10,
    };
    404 "No such indicator";
}

/// The requested indicator's work, with its parameters read; `None` for an unknown name. The 404 for an unknown name
/// comes after the check of the caller's function, so that others do not learn which indicators exist.
struct IndicatorRequest(Option<Work>);

impl Input for IndicatorRequest {
    fn read(arrived: &mut Arrived) -> Result<Self, Problem> {
        let name = arrived.path()?;
        let Some(read) = answering(&name) else {
            arrived.parameters().ignore();
            return Ok(Self(None));
        };
        read(arrived.parameters()).map(|work| Self(Some(work)))
    }

    fn describe(description: &mut Description<'_>) {
        description.in_path("The indicator's name", Description::text());
        for of in ALL.iter().flat_map(|about| about.parameters) {
            let about = format!("In this indicator: {}; {} when absent", of.meaning, of.default);
            let range = Description::number(of.least.into(), of.most.into());
            description.in_query(of.name, &about, range);
        }
        <Unmask as Parameter>::describe(description, "unmask", "");
        PageRequest::describe(description, "", "");
    }
}

fn run(
    scope: &CallerScope,
    IndicatorRequest(work): IndicatorRequest,
) -> Result<IndicatorAnswer, Problem> {
    let none = "there is no such indicator; GET /v1/indicators lists them";
    let work = work.ok_or_else(|| Problem::new(Code::NotFound).detail(none))?;
    work(scope)
}

impl IndicatorAnswer {
    fn place(&self) -> Place {
        match self {
            Self::SharedHub(answer) => answer.findings.place(&answer.snapshot),
        }
    }

    fn table(&self) -> Table {
        match self {
            Self::SharedHub(answer) => answer.table(),
        }
    }

    fn graph(&self) -> Graph {
        match self {
            Self::SharedHub(answer) => answer.graph(),
        }
    }

    fn features(&self) -> Vec<Feature> {
        match self {
            Self::SharedHub(answer) => answer.features(),
        }
    }
}
