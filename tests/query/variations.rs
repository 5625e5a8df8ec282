//! Several sets of parameters for a stored query over a view.

use accord::graph::Snapshot;
use accord::model::EntityType;
use accord::query::{Parameter, Rows, StoredQuery, ValueType};
use serde_json::{Map, Value, json};

/// The header's examples; the least and the greatest of each number; and, for entity parameters,
/// entities of the view instead of the example.
pub fn of(query: &StoredQuery, snapshot: &Snapshot) -> Vec<Map<String, Value>> {
    let numbers: [fn(&Parameter) -> Value; 3] = [
        |parameter| parameter.example.clone(),
        |parameter| json!(parameter.min),
        |parameter| json!(parameter.max),
    ];
    let entities = entities(query, snapshot);
    let all = (0..12).flat_map(|shift| numbers.iter().map(move |number| (shift, number)));
    let all = all.filter(|(shift, _)| *shift == 0 || !entities.is_empty());
    all.map(|(shift, number)| {
        let mut next = shift * 3;
        let value = |parameter: &Parameter| match parameter.value_type {
            ValueType::Integer if parameter.name == "max_rows" => json!(parameter.max),
            ValueType::Integer => number(parameter),
            ValueType::EntityId if !entities.is_empty() => {
                next += 1;
                json!(entities[next % entities.len()])
            }
            _ => parameter.example.clone(),
        };
        let names = query.parameters().iter().map(|parameter| parameter.name.clone());
        names.zip(query.parameters().iter().map(value)).collect()
    })
    .collect()
}

/// Entities to ask the query about: phones where it is about calls.
fn entities(query: &StoredQuery, snapshot: &Snapshot) -> Vec<String> {
    if !query.parameters().iter().any(|p| p.value_type == ValueType::EntityId) {
        return vec![];
    }
    let phones_only = query.name() == "common-contacts";
    let fits = |entity_type| !phones_only || entity_type == EntityType::Phone;
    let all = snapshot.entities().enumerated();
    let fitting = all.filter(|(_, entity)| fits(entity.entity_type));
    fitting.map(|(index, _)| snapshot.entity_id(index).to_string()).collect()
}

/// The cells of the key columns of each row, as text.
pub fn keys(query: &StoredQuery, rows: &Rows) -> Vec<String> {
    let key = |row: &Vec<_>| {
        let cells = query.columns().iter().zip(row);
        let cells = cells.filter(|(column, _)| query.key().contains(&column.name));
        format!("{:?}", cells.map(|(_, cell)| cell).collect::<Vec<_>>())
    };
    rows.rows.iter().map(key).collect()
}
