//! Query parameters: each is read by name, with its range; a request with unknown parameters is refused.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

use actix_web::{HttpRequest, web};

use super::problem::{Code, Problem};

/// The parameters of a request that have not been read yet.
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Parses the query string of a request.
    ///
    /// # Errors
    /// When the query string cannot be read, or has a parameter twice.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
            .map_err(|_| Problem::new(Code::BadParameter).detail("the query string"))?;
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs.into_inner() {
            if parameters.insert(name, value).is_some() {
                return Err(Problem::new(Code::BadParameter).detail("a parameter is given twice"));
            }
        }
        Ok(Self(parameters))
    }

    /// Reads a text; `None` when absent.
    ///
    /// # Errors
    /// When the text is empty.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.0.remove(name) {
            Some(text) if text.is_empty() => Err(Problem::parameter(name, "is empty")),
            text => Ok(text),
        }
    }

    /// Reads a whole number within a range; `default` when absent.
    ///
    /// # Errors
    /// When the text is not a whole number within the range.
    pub fn number(
        &mut self,
        name: &str,
        range: RangeInclusive<u64>,
        default: u64,
    ) -> Result<u64, Problem> {
        let Some(text) = self.0.remove(name) else { return Ok(default) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            let (low, high) = (range.start(), range.end());
            Problem::parameter(name, format!("a whole number from {low} to {high}"))
        })
    }

    /// Reads a decimal number within a range; `default` when absent.
    ///
    /// # Errors
    /// When the text is not a number within the range.
    pub fn decimal(
        &mut self,
        name: &str,
        range: RangeInclusive<f64>,
        default: f64,
    ) -> Result<f64, Problem> {
        let Some(text) = self.0.remove(name) else { return Ok(default) };
        let number = text.parse().ok().filter(|number: &f64| range.contains(number));
        number.ok_or_else(|| {
            let (low, high) = (range.start(), range.end());
            Problem::parameter(name, format!("a number from {low} to {high}"))
        })
    }

    /// Reads `true` or `false`; `default` when absent.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn flag(&mut self, name: &str, default: bool) -> Result<bool, Problem> {
        let Some(text) = self.0.remove(name) else { return Ok(default) };
        text.parse().map_err(|_| Problem::parameter(name, "true or false"))
    }

    /// Reads a required value of a type that is parsed from text.
    ///
    /// # Errors
    /// When the parameter is missing or cannot be parsed; `form` describes the expected form.
    pub fn required<T: FromStr>(&mut self, name: &str, form: &str) -> Result<T, Problem> {
        let text = self.0.remove(name).ok_or_else(|| Problem::parameter(name, "is required"))?;
        text.parse().map_err(|_| Problem::parameter(name, form))
    }

    /// Reads the text of a parameter as it was given, also an empty one; `None` when absent.
    pub fn given(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// Drops all remaining parameters, for a resource that does not exist and so has no parameters.
    pub fn ignore(&mut self) {
        self.0.clear();
    }

    /// Refuses parameters that have not been read.
    ///
    /// # Errors
    /// When there is such a parameter.
    pub fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::new(Code::BadParameter).detail("a parameter that the operation does not have"))
    }
}
