//! The health of clusters: the report of `accord dedupe --report`.

use std::fmt::Write as _;
use std::io::Write as _;

use accord::resolve::evaluate::health::{Health, LARGE, Triples, health};

use super::CommandError;
use super::output::Output;

/// Writes the figures to a file, and gives them.
pub fn report(
    out: Output,
    labels: &[u32],
    links: &[(u32, u32, f64)],
    stop: f64,
) -> Result<Health, CommandError> {
    let health = health(labels, links, stop);
    let figures = serde_json::to_string_pretty(&health)?;
    out.write(|file| Ok(writeln!(file, "{figures}")?))?;
    Ok(health)
}

/// The curve, the clusters that were found, and the warnings. Writing to a string cannot fail.
pub fn text(health: &Health) -> String {
    let mut text = String::new();
    let large = format!("in > {LARGE}");
    let _ = writeln!(
        text,
        "{:>11} {:>10} {:>10} {:>8} {:>10} {:>13}",
        "bits from", "links", "clusters", "largest", large, "open triples"
    );
    for row in &health.curve {
        let _ = writeln!(
            text,
            "{:>11} {:>10} {:>10} {:>8} {:>10} {:>13}",
            row.bits,
            row.links,
            row.clusters,
            row.largest_cluster,
            row.records_in_large,
            share(&row.triples)
        );
    }
    let found = &health.found;
    let _ = writeln!(
        text,
        "{:>11} {:>10} {:>10} {:>8} {:>10} {:>13}",
        "as found",
        found.links_within,
        found.clusters,
        found.largest_cluster,
        found.records_in_large,
        share(&found.triples)
    );
    let _ = writeln!(
        text,
        "rows: connected components of all links from so many bits on; as found: groups joined from \
         {} mean bits on",
        health.stop
    );
    if let Some(bits) = health.breaks_at {
        let _ = writeln!(text, "connected components would chain from {bits} bits down");
    }
    for warning in &health.warnings {
        let _ = writeln!(text, "WARNING: {warning}");
    }
    text
}

/// `~` marks the share of a sample.
fn share(triples: &Triples) -> String {
    let mark = if triples.sampled { "~" } else { "" };
    triples.open.map_or("-".to_owned(), |open| format!("{mark}{:.1} %", open * 100.0))
}
