//! What answers have in common as cells of a table, nodes and edges of a graph, and places on a map.

use serde_json::{Value, json};

use super::evidence::StatementView;
use super::formats::{Attributes, Cell, Edge, Feature, Geometry, Graph, Node, name_in_json};
use super::wire::{Called, EntitySummary, RecordView, RelationshipView};

impl EntitySummary {
    /// The columns of an entity.
    pub const COLUMNS: [&'static str; 7] =
        ["id", "type", "name", "masked", "protected", "records", "agencies"];

    /// The cells of an entity. Of a masked one the name is its pseudonym, as in JSON.
    pub fn cells(&self) -> Vec<Cell> {
        let (name, masked) = self.name();
        vec![
            Cell::of(self.id),
            Cell::of(self.entity_type.as_str()),
            Cell::maybe(name),
            masked.into(),
            self.protected.into(),
            self.records.into(),
            Cell::texts(&self.agencies),
        ]
    }

    /// What it is called, and whether that is a pseudonym.
    fn name(&self) -> (Option<&str>, bool) {
        match &self.called {
            Called::Named { name } => (name.as_deref(), false),
            Called::Masked { pseudonym } => (Some(pseudonym), true),
        }
    }

    /// Puts an entity into a graph, with these attributes beside its own.
    pub fn put_into(&self, graph: &mut Graph, more: Attributes) {
        let node = || {
            let own = Self::COLUMNS.into_iter().zip(self.cells());
            let label = self.name().0.map_or_else(|| self.id.to_string(), str::to_owned);
            // The id is the node's.
            Node { label, attributes: own.filter(|(name, _)| *name != "id").chain(more).collect() }
        };
        graph.add(&self.id.to_string(), node);
    }
}

impl RelationshipView {
    /// The columns of a relationship.
    pub const COLUMNS: [&'static str; 8] =
        ["kind", "source", "target", "ties", "events", "from", "to", "evidence"];

    /// The cells of a relationship. The evidence is the ids of its first ties and events.
    pub fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::of(self.kind),
            Cell::of(self.source),
            Cell::of(self.target),
            self.ties.into(),
            self.events.into(),
            Cell::maybe(self.span.from),
            Cell::maybe(self.span.to),
            Cell::texts(self.evidence.iter().map(|statement| &statement.id)),
        ]
    }

    /// Puts a relationship into a graph.
    pub fn put_into(&self, graph: &mut Graph) {
        let cells = Self::COLUMNS.into_iter().zip(self.cells());
        let own = cells.filter(|(name, _)| !["source", "target"].contains(name));
        graph.relate(Edge {
            source: self.source.to_string(),
            target: self.target.to_string(),
            label: self.kind.to_owned(),
            attributes: own.collect(),
        });
    }
}

impl RecordView {
    /// The columns of a record.
    pub const COLUMNS: [&'static str; 13] = [
        "id",
        "agency",
        "source",
        "category",
        "tier",
        "handling",
        "conditions",
        "markings",
        "review_by",
        "masked",
        "local_id",
        "type",
        "body",
    ];

    /// The cells of a record. What it says is JSON: records of different types say different things.
    pub fn cells(&self) -> Vec<Cell> {
        let (label, content) = match self {
            Self::Shown { label, content } => (label, Some(content)),
            Self::Masked { label } => (label, None),
        };
        let body = content.map(|content| json!(content.body));
        let kind = body.as_ref().map(|body| Cell::json(&body["type"]));
        vec![
            Cell::of(label.id),
            Cell::of(&label.agency),
            Cell::of(&label.source),
            named(&label.category),
            Cell::Whole(label.tier.into()),
            named(&label.handling),
            named(&label.conditions),
            Cell::texts(&label.markings),
            Cell::maybe(label.review_by),
            content.is_none().into(),
            Cell::maybe(content.and_then(|content| content.local_id.as_ref())),
            kind.unwrap_or(Cell::Absent),
            body.map_or(Cell::Absent, |body| Cell::json(&body)),
        ]
    }
}

impl StatementView {
    /// Where the statement was, where it has coordinates.
    pub fn feature(&self) -> Option<Feature> {
        let place = self.place.as_ref()?;
        let at = place.latitude.zip(place.longitude)?;
        let roles = self.roles.iter().map(|it| json!({ "role": it.role, "entity": it.entity }));
        let properties = json!({
            "id": self.id,
            "kind": self.kind,
            "at": self.at,
            "until": self.until,
            "place": place.name,
            "city": place.city,
            "country": place.country,
            "agency": self.agency,
            "roles": roles.collect::<Vec<Value>>(),
        });
        Some(Feature::new(Geometry::Point(at), properties))
    }

    /// Where statements were, each once, in the order of their first mention.
    pub fn features<'s>(statements: impl Iterator<Item = &'s Self>) -> Vec<Feature> {
        let mut known = std::collections::BTreeSet::new();
        let first = statements.filter(|statement| known.insert(statement.id.as_str()));
        first.filter_map(Self::feature).collect()
    }
}

/// Two lists of cells as one row.
pub fn row(parts: impl IntoIterator<Item = Vec<Cell>>) -> Vec<Cell> {
    parts.into_iter().flatten().collect()
}

/// The columns of an entity with a word before each.
pub fn entity_columns(prefix: &str) -> Vec<String> {
    EntitySummary::COLUMNS.iter().map(|name| format!("{prefix}_{name}")).collect()
}

/// A cell with the name that a value has in JSON; absent where it has none.
pub fn named(value: &impl serde::Serialize) -> Cell {
    let name = name_in_json(value);
    if name.is_empty() { Cell::Absent } else { Cell::Text(name) }
}
