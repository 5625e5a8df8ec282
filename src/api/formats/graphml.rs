//! GraphML 1.0 (<http://graphml.graphdrawing.org/primer/graphml-primer.html>).

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::graph::{Attributes, Graph, Type, attribute, document, escaped, text_of};

const NAMESPACE: &str = "http://graphml.graphdrawing.org/xmlns";

/// Returns a graph as GraphML.
pub fn written(graph: &Graph) -> String {
    document(|writer| write(writer, graph))
}

fn write(writer: &mut Writer<Vec<u8>>, graph: &Graph) -> io::Result<()> {
    let keys = [("node", graph.of_nodes()), ("edge", graph.of_edges())];
    let root = writer.create_element("graphml").with_attribute(("xmlns", NAMESPACE));
    root.write_inner_content(|writer| {
        for (of, names) in &keys {
            key(writer, of, "label", Type::Text)?;
            for (name, kind) in names {
                key(writer, of, name, *kind)?;
            }
        }
        let element = writer.create_element("graph");
        let element = element.with_attributes([("id", "G"), ("edgedefault", "directed")]);
        element.write_inner_content(|writer| {
            let title = escaped(&graph.title);
            let title = BytesText::from_escaped(title.as_str());
            writer.create_element("desc").write_text_content(title)?;
            for (id, node) in graph.nodes() {
                let element = writer.create_element("node").with_attribute(attribute("id", id));
                element.write_inner_content(|writer| {
                    data(writer, ("node", &keys[0].1), &node.label, &node.attributes)
                })?;
            }
            for (number, edge) in graph.edges().iter().enumerate() {
                let id = format!("e{number}");
                let ends = [("source", &edge.source), ("target", &edge.target)];
                let ends = ends.map(|(end, node)| attribute(end, node));
                let element = writer.create_element("edge").with_attribute(("id", id.as_str()));
                element.with_attributes(ends).write_inner_content(|writer| {
                    data(writer, ("edge", &keys[1].1), &edge.label, &edge.attributes)
                })?;
            }
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn key(writer: &mut Writer<Vec<u8>>, of: &str, name: &str, kind: Type) -> io::Result<()> {
    let id = format!("{of}_{name}");
    let attributes =
        [("id", id.as_str()), ("for", of), ("attr.name", name), ("attr.type", kind.name())];
    writer.create_element("key").with_attributes(attributes).write_empty().map(drop)
}

fn data(
    writer: &mut Writer<Vec<u8>>,
    (of, known): (&str, &BTreeMap<&'static str, Type>),
    label: &str,
    attributes: &Attributes,
) -> io::Result<()> {
    let label = ("label", label.to_owned());
    let known = attributes.iter().filter(|(name, _)| known.contains_key(*name));
    let told = known.filter_map(|(name, cell)| Some((*name, text_of(cell)?)));
    for (name, text) in [label].into_iter().chain(told) {
        let key = format!("{of}_{name}");
        let element = writer.create_element("data").with_attribute(("key", key.as_str()));
        let text = escaped(&text);
        element.write_text_content(BytesText::from_escaped(text.as_str()))?;
    }
    Ok(())
}
