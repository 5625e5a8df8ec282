//! The detailed figures for people.

use std::fmt::Write;

use accord::resolve::evaluate::{Evaluation, LinkEvaluation, TypeEvaluation};

/// Sizes, sweep and calibration of every type.
pub fn text(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    for (entity_type, figures) in &evaluation.types {
        let _ = write!(text, "\n{}\n", entity_type.as_str());
        sizes(&mut text, figures);
        if let Some(links) = figures.links.as_ref().filter(|links| links.links > 0) {
            sweep(&mut text, links);
            calibration(&mut text, links);
        }
    }
    text
}

// Writing to a string cannot fail.

fn sizes(text: &mut String, figures: &TypeEvaluation) {
    let _ = writeln!(text, "  {:>9} {:>10} {:>10}", "size", "found", "true");
    for row in &figures.sizes {
        let _ = writeln!(text, "  {:>9} {:>10} {:>10}", row.size, row.predicted, row.truth);
    }
}

fn sweep(text: &mut String, links: &LinkEvaluation) {
    let _ =
        writeln!(text, "  {:>9} {:>10} {:>10} {:>7} {:>7}", "bits from", "links", "P", "R", "F1");
    for row in &links.sweep {
        let quality = row.quality;
        let _ = writeln!(
            text,
            "  {:>9} {:>10} {:>10.4} {:>7.4} {:>7.4}",
            row.bits, row.links, quality.precision, quality.recall, quality.f1
        );
    }
}

fn calibration(text: &mut String, links: &LinkEvaluation) {
    let figure = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.4}"));
    let _ = writeln!(
        text,
        "  Brier score {}, expected calibration error {}",
        figure(links.brier),
        figure(links.expected_calibration_error)
    );
    let _ = writeln!(text, "  {:>9} {:>10} {:>10} {:>10}", "p from", "links", "mean p", "true");
    for bin in &links.bins {
        let _ = writeln!(
            text,
            "  {:>9.1} {:>10} {:>10} {:>10}",
            bin.from,
            bin.links,
            figure(bin.mean_predicted),
            figure(bin.share_true)
        );
    }
}
