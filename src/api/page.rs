//! Pages of a list. A cursor names the last item of the page before it; it is keyed, so that only a
//! cursor of the same list, caller's agency and parameters is taken, and says nothing else.

use serde::Serialize;
use utoipa::ToSchema;

use super::description::Description;
use super::formats::Place;
use super::parameters::Parameters;
use super::problem::{Code, Problem};
use super::query::Parameter;
use super::scope::CallerScope;
use crate::model::hex;

/// Items on a page when the caller does not say.
pub const LIMIT_DEFAULT: u64 = 50;
/// The most items on a page.
pub const LIMIT_MAX: u64 = 500;

/// Which page is asked for.
#[derive(Debug, Clone)]
pub struct PageRequest {
    limit: usize,
    cursor: Option<String>,
}

impl PageRequest {
    /// A page of this many items from `cursor` on.
    ///
    /// # Errors
    /// A limit out of its range.
    pub fn new(limit: Option<u64>, cursor: Option<String>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            let range = format!("a number from 1 to {LIMIT_MAX}");
            return Err(Problem::parameter("limit", range));
        }
        Ok(Self { limit: limit as usize, cursor })
    }
}

/// Two parameters, whatever the name: `limit` and `cursor`.
impl Parameter for PageRequest {
    fn read(parameters: &mut Parameters, _: &str) -> Result<Self, Problem> {
        let limit = parameters.number("limit", 1..=LIMIT_MAX, LIMIT_DEFAULT)?;
        Ok(Self { limit: limit as usize, cursor: parameters.text("cursor")? })
    }

    fn describe(description: &mut Description<'_>, _: &str, _: &str) {
        let about = format!("Items on a page; {LIMIT_DEFAULT} when absent");
        description.in_query("limit", &about, Description::number(1, LIMIT_MAX));
        let about = "`next` of the page before";
        description.in_query("cursor", about, Description::text());
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Items of the whole list.
    pub total: usize,
    /// Give this as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Where the page stands in its list, in an answer on a state of the view.
    pub fn place(&self, snapshot: &str) -> Place {
        let snapshot = Some(snapshot.to_owned());
        Place { total: Some(self.total), next: self.next.clone(), snapshot }
    }
}

/// The asked page of a list whose items have distinct names. `list` names the list with all that
/// it depends on.
///
/// # Errors
/// A cursor that is not of this list, or whose item is no longer there.
pub fn page<T, U>(
    scope: &CallerScope,
    list: &[&str],
    request: &PageRequest,
    items: &[T],
    name: impl Fn(&T) -> String,
    wire: impl Fn(&T) -> U,
) -> Result<Page<U>, Problem> {
    let from = match &request.cursor {
        None => 0,
        Some(cursor) => {
            let after =
                items.iter().position(|item| cursor_of(scope, list, &name(item)) == *cursor);
            after.ok_or_else(|| Problem::new(Code::BadCursor))? + 1
        }
    };
    let to = items.len().min(from + request.limit);
    let next = items[from..to].last().filter(|_| to < items.len());
    let next = next.map(|item| cursor_of(scope, list, &name(item)));
    let shown = &items[from..to];
    let (items, total, next) = scope.page_shown(
        (shown.iter().map(wire).collect(), items.len(), next),
        (list, || shown.iter().map(&name).collect()),
    );
    Ok(Page { items, total, next })
}

fn cursor_of(scope: &CallerScope, list: &[&str], name: &str) -> String {
    let mut parts: Vec<&[u8]> = vec![scope.caller.agency.as_bytes()];
    parts.extend(list.iter().map(|part| part.as_bytes()));
    parts.push(name.as_bytes());
    format!("cur_{}", hex(&scope.id_key().tag("cursor", &parts)))
}
