//! GEXF 1.2 (<https://gexf.net/1.2draft/gexf-12draft-primer.pdf>).

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::graph::{Attributes, Graph, Type, attribute, document, escaped, text_of};

const NAMESPACE: &str = "http://www.gexf.net/1.2draft";

/// Returns a graph as GEXF.
pub fn written(graph: &Graph) -> String {
    document(|writer| write(writer, graph))
}

fn write(writer: &mut Writer<Vec<u8>>, graph: &Graph) -> io::Result<()> {
    let known = [("node", graph.of_nodes()), ("edge", graph.of_edges())];
    let root = writer.create_element("gexf");
    let root = root.with_attributes([("xmlns", NAMESPACE), ("version", "1.2")]);
    root.write_inner_content(|writer| {
        writer.create_element("meta").write_inner_content(|writer| {
            let title = escaped(&graph.title);
            let title = BytesText::from_escaped(title.as_str());
            writer.create_element("description").write_text_content(title).map(drop)
        })?;
        let element =
            writer.create_element("graph").with_attribute(("defaultedgetype", "directed"));
        element.write_inner_content(|writer| {
            for (class, names) in &known {
                declare(writer, class, names)?;
            }
            writer.create_element("nodes").write_inner_content(|writer| {
                for (id, node) in graph.nodes() {
                    let attributes = [("id", id), ("label", &node.label)];
                    let attributes = attributes.map(|(name, text)| attribute(name, text));
                    let element = writer.create_element("node").with_attributes(attributes);
                    values(element, &known[0].1, &node.attributes)?;
                }
                Ok(())
            })?;
            writer.create_element("edges").write_inner_content(|writer| {
                for (number, edge) in graph.edges().iter().enumerate() {
                    let id = format!("e{number}");
                    let attributes = [
                        ("id", &id),
                        ("source", &edge.source),
                        ("target", &edge.target),
                        ("label", &edge.label),
                    ];
                    let attributes = attributes.map(|(name, text)| attribute(name, text));
                    let element = writer.create_element("edge").with_attributes(attributes);
                    values(element, &known[1].1, &edge.attributes)?;
                }
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn declare(
    writer: &mut Writer<Vec<u8>>,
    class: &str,
    names: &BTreeMap<&'static str, Type>,
) -> io::Result<()> {
    let element = writer.create_element("attributes").with_attribute(("class", class));
    element.write_inner_content(|writer| {
        for (name, kind) in names {
            let attributes = [("id", *name), ("title", *name), ("type", kind.name())];
            writer.create_element("attribute").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn values(
    element: quick_xml::writer::ElementWriter<'_, Vec<u8>>,
    known: &BTreeMap<&'static str, Type>,
    attributes: &Attributes,
) -> io::Result<()> {
    element.write_inner_content(|writer| {
        writer.create_element("attvalues").write_inner_content(|writer| {
            let known = attributes.iter().filter(|(name, _)| known.contains_key(*name));
            for (name, text) in known.filter_map(|(name, cell)| Some((*name, text_of(cell)?))) {
                let value = [attribute("for", name), attribute("value", &text)];
                writer.create_element("attvalue").with_attributes(value).write_empty()?;
            }
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}
