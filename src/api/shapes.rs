//! The parts that answers share as cells of a table, nodes and edges of a graph, and places on a map.

use serde_json::{Value, json};

use super::evidence::StatementView;
use super::formats::{Attributes, Cell, Edge, Feature, Geometry, Graph, Node};
use super::wire::{Called, EntitySummary, RecordView, RelationshipView};

impl EntitySummary {
    /// The names of an entity's columns.
    pub const COLUMNS: [&'static str; 7] =
        ["id", "type", "name", "masked", "protected", "records", "agencies"];

    /// Returns the cells of an entity. The name of a masked entity is its pseudonym, as in JSON.
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

    /// Returns the name, and true if it is a pseudonym.
    fn name(&self) -> (Option<&str>, bool) {
        match &self.called {
            Called::Named { name } => (name.as_deref(), false),
            Called::Masked { pseudonym } => (Some(pseudonym), true),
        }
    }

    /// Adds the entity to a graph as a node, with these attributes beside its own.
    pub fn put_into(&self, graph: &mut Graph, more: Attributes) {
        let node = || {
            let own = Self::COLUMNS.into_iter().zip(self.cells());
            let label = self.name().0.map_or_else(|| self.id.to_string(), str::to_owned);
            // The id is the node's own and not repeated as an attribute.
            Node { label, attributes: own.filter(|(name, _)| *name != "id").chain(more).collect() }
        };
        graph.add(&self.id.to_string(), node);
    }
}

impl RelationshipView {
    /// The names of a relationship's columns.
    pub const COLUMNS: [&'static str; 8] =
        ["kind", "source", "target", "ties", "events", "from", "to", "evidence"];

    /// Returns the cells of a relationship. Its evidence is given as the ids of its first ties and events.
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

    /// Adds the relationship to a graph as an edge.
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
    /// The names of a record's columns.
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

    /// Returns the cells of a record. Its content is a cell of JSON, since records of different types have different
    /// members.
    pub fn cells(&self) -> Vec<Cell> {
        let (label, content) = match self {
            Self::Shown { label, content } => (label, Some(content)),
            Self::Masked { label } => (label, None),
        };
        let conditions = json!(label.conditions);
        let body = content.map(|content| json!(content.body));
        let kind = body.as_ref().map(|body| Cell::json(&body["type"]));
        vec![
            Cell::of(label.id),
            Cell::of(&label.agency),
            Cell::of(&label.source),
            Cell::json(&json!(label.category)),
            Cell::Whole(label.tier.into()),
            Cell::json(&json!(label.handling)),
            Cell::texts(conditions.as_array().into_iter().flatten().filter_map(Value::as_str)),
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
    /// Returns the place of the tie or event as a feature; `None` if it has no coordinates.
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

    /// Returns the places of ties and events, each once, in the order of their first mention.
    pub fn features<'s>(statements: impl Iterator<Item = &'s Self>) -> Vec<Feature> {
        let mut known = std::collections::BTreeSet::new();
        let first = statements.filter(|statement| known.insert(statement.id.as_str()));
        first.filter_map(Self::feature).collect()
    }
}

/// Joins lists of cells into a row.
pub fn row(parts: impl IntoIterator<Item = Vec<Cell>>) -> Vec<Cell> {
    parts.into_iter().flatten().collect()
}

/// Returns the names of an entity's columns, each with a prefix.
pub fn entity_columns(prefix: &str) -> Vec<String> {
    EntitySummary::COLUMNS.iter().map(|name| format!("{prefix}_{name}")).collect()
}
