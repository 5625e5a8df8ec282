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

operation! {
    /// Get a record
    ///
    /// What one agency's row says, and the entity it belongs to in the caller's view. The content of a
    /// record about a person who may be a victim is masked unless `unmask` is set, which is logged.
    get_record = get;
    "records", Consultation;
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

fn place(_: &RecordAnswer) -> Place {
    Place { total: Some(1), ..Place::default() }
}

fn table(answer: &RecordAnswer) -> Table {
    Table::new(RecordView::COLUMNS, [answer.record.cells()])
}
