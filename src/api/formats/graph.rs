//! A graph as programs of graph analysis read it: entities and what relates them, with attributes.

use std::collections::{BTreeMap, BTreeSet};

use super::Cell;

/// The attributes of a node or an edge by name.
pub type Attributes = BTreeMap<&'static str, Cell>;

/// A directed graph that may have several edges between two nodes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph {
    /// What the graph is of.
    pub title: String,
    nodes: BTreeMap<String, Node>,
    edges: Vec<Edge>,
    /// The edges by their ends and label.
    known: BTreeSet<[String; 3]>,
}

/// A node.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Node {
    /// What it is called.
    pub label: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// An edge.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The id of the node that it goes out from.
    pub source: String,
    /// The id of the node that it goes to.
    pub target: String,
    /// What it is.
    pub label: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// The type of an attribute. One that is a number in one place and text in another is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// Text.
    Text,
}

impl Graph {
    /// An empty graph.
    pub fn of(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// Adds a node; one that is there already stays as it is.
    pub fn add(&mut self, id: &str, node: impl FnOnce() -> Node) {
        if !self.nodes.contains_key(id) {
            self.nodes.insert(id.to_owned(), node());
        }
    }

    /// Adds an edge. A node that it names and that is not there is added without attributes, so that every edge has
    /// both its ends. One between the same nodes with the same label is not added again.
    pub fn relate(&mut self, edge: Edge) {
        for end in [&edge.source, &edge.target] {
            self.add(end, || Node { label: end.clone(), ..Node::default() });
        }
        let parts = [&edge.source, &edge.target, &edge.label].map(String::clone);
        if self.known.insert(parts) {
            self.edges.push(edge);
        }
    }

    /// The nodes by id.
    pub fn nodes(&self) -> &BTreeMap<String, Node> {
        &self.nodes
    }

    /// The edges, in the order in which they came.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The names and types of the nodes' attributes.
    pub fn of_nodes(&self) -> BTreeMap<&'static str, Type> {
        types(self.nodes.values().map(|node| &node.attributes))
    }

    /// The names and types of the edges' attributes.
    pub fn of_edges(&self) -> BTreeMap<&'static str, Type> {
        types(self.edges.iter().map(|edge| &edge.attributes))
    }
}

fn types<'a>(all: impl Iterator<Item = &'a Attributes>) -> BTreeMap<&'static str, Type> {
    let mut types = BTreeMap::new();
    for (name, cell) in all.flatten() {
        let Some(found) = type_of(cell) else { continue };
        let known = types.entry(*name).or_insert(found);
        *known = match (*known, found) {
            (before, now) if before == now => before,
            (Type::Whole, Type::Number) | (Type::Number, Type::Whole) => Type::Number,
            _ => Type::Text,
        };
    }
    types
}

fn type_of(cell: &Cell) -> Option<Type> {
    match cell {
        Cell::Absent => None,
        Cell::Text(_) => Some(Type::Text),
        Cell::Whole(_) => Some(Type::Whole),
        Cell::Number(_) => Some(Type::Number),
        Cell::Flag(_) => Some(Type::Flag),
    }
}

/// The text of an attribute in XML; `None` for what is absent. Characters that XML 1.0 cannot hold are replaced.
pub fn text_of(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Absent => None,
        Cell::Text(text) => Some(in_xml(text)),
        Cell::Whole(whole) => Some(whole.to_string()),
        Cell::Number(number) => Some(serde_json::json!(number).to_string()),
        Cell::Flag(flag) => Some(flag.to_string()),
    }
}

/// A text without characters that XML 1.0 cannot hold (2.2): each becomes the replacement character.
pub fn in_xml(text: &str) -> String {
    let holds = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().map(|letter| if holds(letter) { letter } else { '\u{FFFD}' }).collect()
}
