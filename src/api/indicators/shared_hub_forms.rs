//! The findings of the shared hub as a table, a graph and places on a map.

use super::shared_hub::{FindingView, SharedHubAnswer};
use crate::api::evidence::StatementView;
use crate::api::formats::{Attributes, Cell, Edge, Feature, Graph, Table};
use crate::api::shapes::{entity_columns, row};

/// The columns of a finding beside its hub.
const COLUMNS: [&str; 14] = [
    "score",
    "strength",
    "unrelated",
    "fires_at",
    "window_from",
    "window_to",
    "p",
    "p_rank",
    "q",
    "people",
    "records",
    "ties",
    "events",
    "agencies",
];

impl SharedHubAnswer {
    /// Returns a table with a row for each finding, without the exempted hubs.
    pub fn table(&self) -> Table {
        let rows = self.findings.items.iter().map(|it| row([it.hub.cells(), cells(it)]));
        let columns = entity_columns("hub").into_iter().chain(COLUMNS.map(str::to_owned));
        Table::new(columns, rows)
    }

    /// Returns a graph of the hubs and the people of their blocks. The block is an attribute of the edge between a
    /// person and the hub, since people of one block need not be related.
    pub fn graph(&self) -> Graph {
        let mut graph = Graph::of("Findings of the shared hub");
        for finding in &self.findings.items {
            let own = [
                ("score", finding.score.into()),
                ("strength", Cell::of(finding.strength)),
                ("unrelated", finding.unrelated.into()),
            ];
            finding.hub.put_into(&mut graph, own.into());
            for (block, subject) in (0usize..).zip(&finding.subjects) {
                for person in &subject.people {
                    person.put_into(&mut graph, Attributes::new());
                    let attributes =
                        [("block", block.into()), ("records", Cell::texts(&subject.records))];
                    graph.relate(Edge {
                        source: person.id.to_string(),
                        target: finding.hub.id.to_string(),
                        label: "SHARES".to_owned(),
                        attributes: attributes.into(),
                    });
                }
            }
        }
        graph
    }

    /// Returns the places of the events of the findings' evidence.
    pub fn features(&self) -> Vec<Feature> {
        StatementView::features(self.findings.items.iter().flat_map(|it| &it.evidence.statements))
    }
}

fn cells(finding: &FindingView) -> Vec<Cell> {
    let people = finding.subjects.iter().flat_map(|subject| &subject.people);
    vec![
        finding.score.into(),
        Cell::of(finding.strength),
        finding.unrelated.into(),
        finding.fires_at.into(),
        Cell::maybe(finding.window.from),
        Cell::maybe(finding.window.to),
        finding.null.p.into(),
        finding.null.p_rank.into(),
        finding.null.q.into(),
        Cell::texts(people.map(|person| person.id)),
        Cell::texts(&finding.evidence.records),
        Cell::texts(&finding.evidence.ties),
        Cell::texts(&finding.evidence.events),
        Cell::texts(&finding.evidence.agencies),
    ]
}
