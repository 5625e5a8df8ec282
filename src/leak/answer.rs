//! Leaks of an answer.

use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderValue};

use super::{Leak, Whole, is_on, objects, whole_snapshot, whole_view};
use crate::graph::Snapshot;
use crate::query::{QueryError, Rows, Value, ViewKey};
use crate::store::Store;

/// An answer, and its mark as unmasked, before they are logged.
pub(crate) fn answer<B>(
    response: &mut ServiceResponse<B>,
    mark: Option<&mut bool>,
    store: &dyn Store,
) {
    if is_on(Leak::Etag) {
        response.headers_mut().insert(header::ETAG, HeaderValue::from(objects(store)));
    }
    if let Some(mark) = mark.filter(|_| is_on(Leak::SpellingMark)) {
        *mark = *mark && response.request().query_string().contains("unmask=true");
    }
}

/// The snapshot that a pair is scored on, if it may be.
pub(crate) fn pair<'a>(
    content: Option<&'a Snapshot>,
    snapshot: &'a Snapshot,
) -> Option<&'a Snapshot> {
    content.or(Some(snapshot.original()).filter(|_| is_on(Leak::MaskedScore)))
}

/// The rows of a stored query over the snapshot of a view.
pub(crate) fn rows(
    (view, snapshot): (&ViewKey, &Snapshot),
    whole: Whole<'_>,
    run: impl Fn(&ViewKey, &Snapshot) -> Result<Rows, QueryError>,
) -> Result<Rows, QueryError> {
    let (store, _, id_key) = whole;
    let everything =
        is_on(Leak::Export).then(|| whole_view(store).ok().zip(whole_snapshot(whole).ok()));
    let Some((all, (whole, revision))) = everything.flatten() else { return run(view, snapshot) };
    let mut rows = run(&ViewKey::new(id_key, &all, "leak", revision), &whole)?;
    let is_seen = |value: &Value| match value {
        Value::String(text) => text.parse().map_or(true, |id| snapshot.entity(id).is_some()),
        _ => true,
    };
    rows.rows.retain(|row| row.iter().all(is_seen));
    Ok(rows)
}
