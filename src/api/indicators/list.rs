//! `GET /v1/indicators`: the indicators and their parameters.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::indicator::{ALL, About, Parameter};
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;

/// The indicators.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorsAnswer {
    /// All indicators.
    pub indicators: Vec<IndicatorSummary>,
}

/// The description of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorSummary {
    /// The name of the indicator, as in `GET /v1/indicators/{name}`.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// The version of the indicator; it changes when the same view gives other findings.
    pub version: u32,
    /// The pattern that it looks for, in words.
    #[schema(value_type = String)]
    pub looks_for: &'static str,
    /// The meaning of a finding, and its limits.
    #[schema(value_type = String)]
    pub meaning: &'static str,
    /// Patterns that it cannot tell apart from its own, and patterns that it misses.
    #[schema(value_type = Vec<String>)]
    pub cannot_tell: &'static [&'static str],
    /// The sources of its method.
    #[schema(value_type = Vec<String>)]
    pub sources: &'static [&'static str],
    /// The parameters that a caller can set, beside `unmask`, `limit` and `cursor`.
    pub parameters: Vec<IndicatorParameterView>,
}

/// A parameter of an indicator: a whole number.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorParameterView {
    /// The name of the parameter.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// The meaning of the parameter, with its unit.
    #[schema(value_type = String)]
    pub about: &'static str,
    /// The smallest value.
    pub min: u32,
    /// The greatest value.
    pub max: u32,
    /// The value when absent.
    pub default: u32,
}

operation! {
    /// List the indicators
    ///
    /// The indicators, each with the pattern that it looks for, its parameters, its limits and the sources of its
    /// method.
    list_indicators = list;
    "indicators", Administration, Light;
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
