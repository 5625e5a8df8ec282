//! `GET /v1/records/{id}`: one source record.

use actix_web::{HttpRequest, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::scope::CallerScope;
use crate::api::seen::Seen;
use crate::api::seen::Unmask;
use crate::api::wire::{EntitySummary, RecordView};
use crate::govern::Function;
use crate::graph::RecordIndex;
use crate::model::{RecordId, Series};

/// A record and the entity it speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecordAnswer {
    /// The record.
    pub record: RecordView,
    /// The entity that it speaks of in the caller's view.
    pub entity: EntitySummary,
    /// Another record that the caller's own agency calls by the same id: a doublet, or two things by one name. One is
    /// criminal intelligence, or was handed in by who is not shown the other. Absent where the caller sees none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_local_id: Option<RecordId>,
}

/// Get a record
///
/// What one agency's row says, and the entity it belongs to in the caller's view. The content of a
/// record about a person who may be a victim is masked unless `unmask` is set, which is logged.
#[utoipa::path(
    tag = "records",
    operation_id = "get_record",
    params(
        ("id" = RecordId, Path, description = "The record's id"),
        ("unmask" = Option<bool>, Query, description = "Join and show what is masked: to a victim specialist in whose case the victim is; logged"),
    ),
    responses(
        (status = 200, body = RecordAnswer),
        (status = 404, body = ProblemBody, description = "No such record in the caller's view"),
    ),
)]
#[get("/v1/records/{id}")]
pub async fn get_record(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<RecordAnswer>, Problem> {
    let unmask = Unmask::of(&request)?;
    context
        .answer(Function::Ask, move |scope| {
            let missing = || Problem::new(Code::NotFound);
            let id: RecordId = id.parse().map_err(|_| missing())?;
            let seen = scope.seen_as(unmask)?;
            let index = seen.record(id).ok_or_else(missing)?;
            let entity = seen.snapshot().entity_of(index);
            Ok(RecordAnswer {
                record: RecordView::of(&seen, index),
                entity: EntitySummary::of(&seen, entity),
                same_local_id: same_local_id(scope, &seen, index),
            })
        })
        .await
}

/// Another record of the caller's own agency that bears the local id of the record at this index, where both are shown:
/// that of the same series, if this one was handed in by who sees none of it, else that of the other.
fn same_local_id(scope: &CallerScope, seen: &Seen<'_>, index: RecordIndex) -> Option<RecordId> {
    let is_shown = |index: RecordIndex| !seen.is_masked(seen.snapshot().entity_of(index));
    let record = seen.content(index);
    if record.label.agency != scope.caller.agency || !is_shown(index) {
        return None;
    }
    let own = Series::of(record.label.intelligence);
    let mut bearing = [own, own.other()].into_iter().filter_map(|series| {
        let id = scope.id_key().record_of(series, &record.label.agency, &record.local_id);
        seen.record(id).filter(|other| *other != index && is_shown(*other))
    });
    bearing.next().map(|index| seen.record_id(index))
}
