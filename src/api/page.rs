//! Pages of a list. A cursor names the last item of the page before and the position of that item; it is keyed, so that
//! only a cursor of the same list, agency and parameters is accepted, and tells its holder nothing.

use serde::Serialize;
use utoipa::ToSchema;

use super::description::Description;
use super::formats::Place;
use super::parameters::Parameters;
use super::problem::{Code, Problem};
use super::query::Parameter;
use super::scope::CallerScope;
use crate::model::hex;

/// The number of items on a page when the caller gives no limit.
pub const LIMIT_DEFAULT: u64 = 50;
/// The prefix of cursors.
const PREFIX: &str = "cur_";
/// The most items on a page.
pub const LIMIT_MAX: u64 = 500;

/// A request for a page: the number of items, and the cursor of the page before.
#[derive(Debug, Clone)]
pub struct PageRequest {
    limit: usize,
    cursor: Option<String>,
}

impl PageRequest {
    /// Creates a request for `limit` items after `cursor`; absent, the default limit and the first page.
    ///
    /// # Errors
    /// When the limit is not within 1 to [`LIMIT_MAX`].
    pub fn new(limit: Option<u64>, cursor: Option<String>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            let range = format!("a number from 1 to {LIMIT_MAX}");
            return Err(Problem::parameter("limit", range));
        }
        Ok(Self { limit: limit as usize, cursor })
    }
}

/// Reads the two parameters `limit` and `cursor`, whatever the name of the member.
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
    /// Number of items of the whole list.
    pub total: usize,
    /// The value of `cursor` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Returns the place of the page in its list, in an answer from a snapshot of the view.
    pub fn place(&self, snapshot: &str) -> Place {
        let snapshot = Some(snapshot.to_owned());
        Place { total: Some(self.total), next: self.next.clone(), snapshot }
    }
}

/// Returns the requested page of a list whose items have distinct names. `list` names the list and all parameters that
/// it depends on.
///
/// # Errors
/// When the cursor is not of this list, or its item is no longer in the list.
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
        Some(text) => {
            let cursor = Cursor::read(scope, text).ok_or_else(|| Problem::new(Code::BadCursor))?;
            let tag_at = |at: usize| tag_of(scope, list, (&name(&items[at]), cursor.position));
            let after = nearest(cursor.position, items.len(), |at| tag_at(at) == cursor.tag);
            after.ok_or_else(|| Problem::new(Code::BadCursor))? + 1
        }
    };
    let to = items.len().min(from + request.limit);
    let next = items[from..to].last().filter(|_| to < items.len());
    let next = next.map(|item| {
        let position = to - 1;
        Cursor { tag: tag_of(scope, list, (&name(item), position)), position }.written(scope)
    });
    let shown = &items[from..to];
    let (items, total, next) = scope.page_shown(
        (shown.iter().map(wire).collect(), items.len(), next),
        (list, || shown.iter().map(&name).collect()),
    );
    Ok(Page { items, total, next })
}

/// Returns the keyed hash of an item of a list, which differs between items, lists and agencies.
fn tag_of(scope: &CallerScope, list: &[&str], (name, position): (&str, usize)) -> [u8; 16] {
    let mut parts: Vec<&[u8]> = vec![scope.caller.agency.as_bytes()];
    parts.extend(list.iter().map(|part| part.as_bytes()));
    let position = (position as u64).to_be_bytes();
    parts.extend([name.as_bytes(), &position]);
    scope.id_key().tag("cursor", &parts)
}

/// A cursor: the keyed hash of the item that it stands after, and the position of that item in the list, so that the
/// whole list need not be searched.
struct Cursor {
    tag: [u8; 16],
    position: usize,
}

impl Cursor {
    /// Returns the text of the cursor: the hash, and the position masked by a pad that is derived from the hash, so
    /// that a cursor is meaningless without the key.
    fn written(&self, scope: &CallerScope) -> String {
        let position = u32::try_from(self.position).unwrap_or(u32::MAX);
        let hidden = position ^ pad(scope, &self.tag);
        format!("{PREFIX}{}{hidden:08x}", hex(&self.tag))
    }

    fn read(scope: &CallerScope, text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let is_one =
            digits.len() == 40 && digits.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        let (tag, hidden) = digits.split_at_checked(32).filter(|_| is_one)?;
        let tag = u128::from_str_radix(tag, 16).ok()?.to_be_bytes();
        let position = u32::from_str_radix(hidden, 16).ok()? ^ pad(scope, &tag);
        Some(Self { tag, position: position as usize })
    }
}

fn pad(scope: &CallerScope, tag: &[u8; 16]) -> u32 {
    let [a, b, c, d, ..] = scope.id_key().tag("cursor position", &[tag]);
    u32::from_be_bytes([a, b, c, d])
}

/// Returns the position of the sought item among `count` items. The search begins at its former position and moves
/// outwards, since most changes of a list move its items little.
fn nearest(stood: usize, count: usize, is_it: impl Fn(usize) -> bool) -> Option<usize> {
    let stood = stood.min(count.checked_sub(1)?);
    let mut around = (0..count).flat_map(|far| {
        let before = stood.checked_sub(far);
        let after = Some(stood + far).filter(|at| far > 0 && *at < count);
        [before, after].into_iter().flatten()
    });
    around.find(|at| is_it(*at))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn an_item_is_found_wherever_it_went_and_first_where_it_stood() {
        for count in 0..8 {
            for stood in 0..10 {
                for sought in 0..count {
                    assert_eq!(nearest(stood, count, |at| at == sought), Some(sought));
                }
                assert_eq!(nearest(stood, count, |_| false), None);
            }
        }
        let tried = std::cell::Cell::new(0);
        let count = |at| {
            tried.set(tried.get() + 1);
            at == 50_003
        };
        assert_eq!(nearest(50_000, 100_000, count), Some(50_003));
        assert!(tried.get() <= 7);
    }
}
