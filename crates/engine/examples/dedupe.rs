//! Prints the clusters of a file: cargo run --release -p accord-engine --example dedupe MAPPING FILE

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [mapping, file] = arguments.as_slice() else { return Err("expected MAPPING FILE".into()) };
    let found = accord_engine::dedupe(accord_engine::Records::read(mapping, &[file])?);
    for cluster in found.clusters() {
        writeln!(std::io::stdout(), "{}", cluster.join(" "))?;
    }
    Ok(())
}
