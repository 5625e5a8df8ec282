//! `GET /v1/indicators`: what can be looked for.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::indicator::{ALL, About, Parameter};
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;

/// The indicators.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorsAnswer {
    /// All of them.
    pub indicators: Vec<IndicatorSummary>,
}

/// What an indicator is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorSummary {
    /// Its name, as in `GET /v1/indicators/{name}`.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// Its version: another where the same view gives other findings.
    pub version: u32,
    /// What it looks for.
    #[schema(value_type = String)]
    pub looks_for: &'static str,
    /// What a finding says and does not say.
    #[schema(value_type = String)]
    pub meaning: &'static str,
    /// What it cannot tell apart, and misses.
    #[schema(value_type = Vec<String>)]
    pub cannot_tell: &'static [&'static str],
    /// Where its method comes from.
    #[schema(value_type = Vec<String>)]
    pub sources: &'static [&'static str],
    /// What can be set, beside `limit` and `cursor`.
    pub parameters: Vec<IndicatorParameterView>,
}

/// A whole number that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorParameterView {
    /// Its name.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// What it is, with its unit.
    #[schema(value_type = String)]
    pub about: &'static str,
    /// The least that it can be.
    pub min: u32,
    /// The most that it can be.
    pub max: u32,
    /// What it is where the caller does not say.
    pub default: u32,
}

operation! {
    /// List the indicators
    ///
    /// What each looks for, what can be set, what it cannot tell, and where its method comes from.
    list_indicators = list;
    "indicators", Administration;
}

fn list(_: &CallerScope, (): ()) -> Result<IndicatorsAnswer, Problem> {
    Ok(IndicatorsAnswer { indicators: ALL.iter().map(IndicatorSummary::of).collect() })
}

impl IndicatorSummary {
    fn of(about: &About) -> Self {
        let About { name, version, looks_for, meaning, cannot_tell, sources, parameters } = *about;
        let parameters = parameters.iter().map(IndicatorParameterView::of).collect();
        Self { name, version, looks_for, meaning, cannot_tell, sources, parameters }
    }
}

impl IndicatorParameterView {
    fn of(parameter: &Parameter) -> Self {
        let Parameter { name, meaning, least, most, default } = *parameter;
        Self { name, about: meaning, min: least, max: most, default }
    }
}
