//! `GET /v1/records/{id}`: one source record.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::examples;
use crate::api::formats::{Forms, Place, Table};
use crate::api::input::Id;
use crate::api::operation::operation;
use crate::api::problem::{Code, Problem};
use crate::api::scope::CallerScope;
use crate::api::seen::Seen;
use crate::api::seen::Unmask;
use crate::api::wire::{EntitySummary, RecordView};
use crate::graph::RecordIndex;
use crate::model::{RecordId, Series};

/// A record and the entity that it is about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecordAnswer {
    /// The record.
    pub record: RecordView,
    /// The entity that the record is about in the caller's view.
    pub entity: EntitySummary,
    /// Another record of the caller's own agency with the same local id: a duplicate, or another thing with the same
    /// id. One of the two is criminal intelligence, or was submitted by a user who does not see the other. Absent when
    /// the caller sees no such record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_local_id: Option<RecordId>,
}

operation! {
    /// Get a record
    ///
    /// A record as one agency's row states it, and the entity that it belongs to in the caller's view. The content of a
    /// record about a person who may be a victim is masked unless `unmask` is set, which is logged.
    get_record = get;
    "records", Consultation, Light;
    forms Forms::json().with_table(place, table);
    examples {
        "id": examples::RECORD,
    };
    404 "No such record in the caller's view";
}

fn get(
    scope: &CallerScope,
    (Id(id), unmask): (Id<RecordId>, Unmask),
) -> Result<RecordAnswer, Problem> {
    let missing = || Problem::new(Code::NotFound);
    let seen = scope.seen_as(unmask)?;
    let index = seen.record(id).ok_or_else(missing)?;
    let entity = seen.snapshot().entity_of(index);
    Ok(RecordAnswer {
        record: RecordView::of(&seen, index),
        entity: EntitySummary::of(&seen, entity),
        same_local_id: same_local_id(scope, &seen, index),
    })
}

/// Returns another record of the caller's own agency with the local id of the record at this index, if both are shown:
/// the record of the same series, if this one was submitted by a user who sees nothing of that series, else the record
/// of the other series.
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

fn place(_: &RecordAnswer) -> Place {
    Place { total: Some(1), ..Place::default() }
}

fn table(answer: &RecordAnswer) -> Table {
    Table::new(RecordView::COLUMNS, [answer.record.cells()])
}
