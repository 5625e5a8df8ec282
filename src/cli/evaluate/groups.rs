//! The figures by group for people.

use std::fmt::Write;

use accord::resolve::evaluate::{Evaluation, GroupEvaluation};

/// The table of every type that has groups, the worst served first.
pub fn text(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    for (entity_type, figures) in &evaluation.types {
        if let Some(groups) = &figures.groups {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n{} by group", entity_type.as_str());
            table(&mut text, groups);
        }
    }
    text
}

fn table(text: &mut String, groups: &GroupEvaluation) {
    let width = groups.groups.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(13);
    let _ = writeln!(
        text,
        "{:<width$} {:>8} {:>10} {:>7} {:>7} {:>7}",
        "group", "records", "true pairs", "P", "R", "F1"
    );
    let mut rows: Vec<_> = groups.groups.iter().collect();
    rows.sort_by(|a, b| a.1.pairwise.recall.total_cmp(&b.1.pairwise.recall));
    for (name, row) in rows {
        let quality = row.pairwise;
        let _ = writeln!(
            text,
            "{name:<width$} {:>8} {:>10} {:>7.4} {:>7.4} {:>7.4}",
            row.records, row.true_pairs, quality.precision, quality.recall, quality.f1
        );
    }
    if let Some(gap) = &groups.recall_gap {
        let _ = writeln!(
            text,
            "recall of {} is {:.1} points below that of {}",
            gap.worst, gap.points, gap.best
        );
    }
}
