//! A graph for programs of graph analysis: entities as nodes and their relationships as edges, with attributes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::name::QName;

use super::Cell;

/// The attributes of a node or an edge by name.
pub type Attributes = BTreeMap<&'static str, Cell>;

/// A directed graph that may have several edges between two nodes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph {
    /// The title of the graph.
    pub title: String,
    nodes: BTreeMap<String, Node>,
    edges: Vec<Edge>,
    /// The edges by their ends and label.
    known: BTreeSet<[String; 3]>,
}

/// A node.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Node {
    /// The label of the node.
    pub label: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// An edge.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The id of the node at which the edge begins.
    pub source: String,
    /// The id of the node at which the edge ends.
    pub target: String,
    /// The label of the edge: the kind of the relationship.
    pub label: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// The type of an attribute. An attribute that is a number in one place and text in another has the type text.
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

impl Type {
    /// Returns the name of the type in GraphML and in GEXF.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flag => "boolean",
            Self::Whole => "long",
            Self::Number => "double",
            Self::Text => "string",
        }
    }
}

impl Graph {
    /// Creates an empty graph with a title.
    pub fn of(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// Adds a node unless the graph has a node of this id.
    pub fn add(&mut self, id: &str, node: impl FnOnce() -> Node) {
        if !self.nodes.contains_key(id) {
            self.nodes.insert(id.to_owned(), node());
        }
    }

    /// Adds an edge, unless the graph has an edge from the same node to the same node with the same label. Missing ends
    /// are added as nodes without attributes.
    pub fn relate(&mut self, edge: Edge) {
        for end in [&edge.source, &edge.target] {
            self.add(end, || Node { label: end.clone(), ..Node::default() });
        }
        let parts = [&edge.source, &edge.target, &edge.label].map(String::clone);
        if self.known.insert(parts) {
            self.edges.push(edge);
        }
    }

    /// Returns the nodes by id.
    pub fn nodes(&self) -> &BTreeMap<String, Node> {
        &self.nodes
    }

    /// Returns the edges in the order in which they were added.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Returns the names and types of the nodes' attributes.
    pub fn of_nodes(&self) -> BTreeMap<&'static str, Type> {
        types(self.nodes.values().map(|node| &node.attributes))
    }

    /// Returns the names and types of the edges' attributes.
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

/// Returns the text of an attribute in XML; `None` for an absent value. Characters that XML 1.0 cannot hold are
/// replaced.
pub fn text_of(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Absent => None,
        Cell::Text(text) => Some(text.clone()),
        Cell::Whole(whole) => Some(whole.to_string()),
        Cell::Number(number) => Some(serde_json::json!(number).to_string()),
        Cell::Flag(flag) => Some(flag.to_string()),
    }
}

/// Returns an XML document with the root element that `write` writes.
pub fn document(write: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    // Writing into memory does not fail.
    let _ = write(&mut writer);
    let text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n")
}

/// Returns an attribute of an XML element whose text reads back as it is: parsers take plain line breaks and tabs in
/// attributes for spaces (XML 1.0, 3.3.3).
pub fn attribute<'a>(name: &'a str, text: &str) -> Attribute<'a> {
    Attribute { key: QName(name.as_bytes()), value: Cow::Owned(escaped(text).into_bytes()) }
}

/// Returns a text for XML, in which references stand for markup, line breaks and tabs.
pub fn escaped(text: &str) -> String {
    let text = in_xml(text);
    let text = quick_xml::escape::escape(text.as_str());
    text.replace('\t', "&#9;").replace('\n', "&#10;").replace('\r', "&#13;")
}

/// Replaces characters that XML 1.0 cannot hold (2.2) by the replacement character U+FFFD.
fn in_xml(text: &str) -> String {
    let holds = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().map(|letter| if holds(letter) { letter } else { '\u{FFFD}' }).collect()
}
