//! Query parameters: each read by name, with its range; those left over are refused.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

use actix_web::{HttpRequest, web};

use super::problem::{Code, Problem};

/// The parameters of a request that have not been read yet.
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads the query string.
    ///
    /// # Errors
    /// When it cannot be read, or gives a parameter twice.
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

    /// A text, when it is given.
    ///
    /// # Errors
    /// An empty one.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.0.remove(name) {
            Some(text) if text.is_empty() => Err(Problem::parameter(name, "is empty")),
            text => Ok(text),
        }
    }

    /// A whole number within a range.
    ///
    /// # Errors
    /// Another text, or a number out of the range.
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

    /// A decimal number within a range.
    ///
    /// # Errors
    /// Another text, or a number out of the range.
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

    /// `true` or `false`.
    ///
    /// # Errors
    /// Another text.
    pub fn flag(&mut self, name: &str, default: bool) -> Result<bool, Problem> {
        let Some(text) = self.0.remove(name) else { return Ok(default) };
        text.parse().map_err(|_| Problem::parameter(name, "true or false"))
    }

    /// A value of a type with its own form.
    ///
    /// # Errors
    /// When it is missing, or not of that form.
    pub fn required<T: FromStr>(&mut self, name: &str, form: &str) -> Result<T, Problem> {
        let text = self.0.remove(name).ok_or_else(|| Problem::parameter(name, "is required"))?;
        text.parse().map_err(|_| Problem::parameter(name, form))
    }

    /// The text of a parameter as it was given, also an empty one.
    pub fn given(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// Leaves all others unread: of what there is not, nothing can be a parameter.
    pub fn ignore(&mut self) {
        self.0.clear();
    }

    /// Refuses what is left.
    ///
    /// # Errors
    /// When something is.
    pub fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::new(Code::BadParameter).detail("a parameter that the operation does not have"))
    }
}
