//! Ring indicators, with evidence: one operation for all indicators, and a list of them.

pub mod list;
pub mod run;
pub mod shared_hub;
mod shared_hub_forms;

use serde::Serialize;
use utoipa::ToSchema;

use super::parameters::Parameters;
use super::problem::Problem;
use super::scope::CallerScope;
use crate::analyze::indicator::{About, Indicator, Parameter, SharedHub, named};
use shared_hub::SharedHubAnswer;

/// The findings of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum IndicatorAnswer {
    /// The findings of `shared-hub`.
    SharedHub(SharedHubAnswer),
}

/// The work for one question, which runs within the caller's view.
pub type Work = Box<dyn FnOnce(&CallerScope) -> Result<IndicatorAnswer, Problem> + Send>;

/// Reads the parameters of an indicator.
type Read = fn(&mut Parameters) -> Result<Work, Problem>;

/// The reader of each indicator's parameters.
const ANSWERING: [(About, Read); 1] = [(SharedHub::ABOUT, shared_hub::read)];

/// Returns the reader for the indicator of a name; `None` if there is no such indicator.
fn answering(name: &str) -> Option<Read> {
    ANSWERING.iter().find(|(about, _)| about.name == name).map(|(_, read)| *read)
}

/// Reads a parameter of an indicator, and checks its range.
fn number(parameters: &mut Parameters, of: &Parameter) -> Result<u32, Problem> {
    let range = u64::from(of.least)..=u64::from(of.most);
    Ok(parameters.number(of.name, range, of.default.into())? as u32)
}

/// The route of all indicators.
const ROUTE: &str = "/v1/indicators/{name}";

/// Returns the route by which a request is named in the log and in the metrics. The route of an indicator contains the
/// indicator's name, so that an entry tells which one was asked for. Unknown names may be any text and stay out.
pub(super) fn logged_route(route: String, path: &str) -> String {
    let asked = path.rsplit('/').next().filter(|_| route == ROUTE);
    let known = asked.and_then(named);
    known.map_or(route, |about| ROUTE.replace("{name}", about.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::indicator::ALL;

    #[test]
    fn every_indicator_answers_and_is_named_in_the_log() {
        assert_eq!(ANSWERING.map(|(about, _)| about), ALL);
        let logged = |name: &str| logged_route(ROUTE.to_owned(), &format!("/v1/indicators/{name}"));
        assert_eq!(logged("shared-hub"), "/v1/indicators/shared-hub");
        for name in ["", "Ana Ruiz", "shared_hub", "shared-hub "] {
            assert_eq!(logged(name), ROUTE);
        }
        let other = "/v1/queries/{name}";
        assert_eq!(logged_route(other.to_owned(), "/v1/queries/shared-hub"), other);
    }
}
