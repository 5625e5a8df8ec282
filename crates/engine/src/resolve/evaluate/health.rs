//! The health of a clustering, told without labels: what plain connected components would make of the
//! links at each threshold, and whether the clusters that were found look like chains.
//!
//! Where links are right, "the same" is transitive: if A and B are linked and B and C, so are A and
//! C. The share of such triples of which the third link is missing (one less the transitivity of
//! Luce and Perry 1949, Newman 2003) rises, and the largest component jumps, at the threshold below
//! which components chain. That threshold moves with the size of the data (Draisbach and Naumann,
//! "On Choosing Thresholds for Duplicate Detection", 2013), so the curve is shown in place of one
//! recommended number. Density and bridges as signs of a wrong cluster: Splink's graph metrics.
//! Where there are too many triples, a fixed number is drawn uniformly by hash (wedge sampling:
//! Seshadhri, Pinar and Kolda 2013): of 100,000, the share is off by half a point at most, 999 times
//! in 1,000 (Hoeffding).
//!
//! Time is linear in the links but for sorting them by level; memory is some 20 bytes a link.

use serde::{Deserialize, Serialize};

/// The thresholds, in whole bits.
const THRESHOLDS: std::ops::RangeInclusive<i8> = -4..=12;
/// A cluster of more records is large.
pub const LARGE: u64 = 20;
/// Triples looked at for one threshold; of more, so many are drawn.
const TRIPLES_MAX: u64 = 100_000;
/// The share of open triples inside clusters, of at least so many, from which they look like chains.
const OPEN_MAX: f64 = 0.5;
const TRIPLES_MIN: u64 = 50;
/// How much larger the largest component is than at the threshold above where it breaks.
const BREAK_FACTOR: u64 = 4;

/// The health of a clustering: the curve of connected components, the figures of the clusters found, and warnings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Records.
    pub records: u64,
    /// The mean bits at or above which groups of records were joined.
    pub stop: f64,
    /// Connected components at each threshold, ascending.
    pub curve: Vec<HealthRow>,
    /// The highest threshold at which the largest component is suddenly large and yet sparsely linked;
    /// absent when none.
    pub breaks_at: Option<i8>,
    /// The clusters that were found.
    pub found: FoundClusters,
    /// Warnings of signs of chaining, in words.
    pub warnings: Vec<String>,
}

/// The connected components of all links at or above one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthRow {
    /// The threshold.
    pub bits: i8,
    /// Links that reach it.
    pub links: u64,
    /// Components, single records included.
    pub clusters: u64,
    /// Records of the largest.
    pub largest_cluster: u64,
    /// Links over pairs of the largest component, the sparsest if several are largest. Absent for a single record.
    pub largest_density: Option<f64>,
    /// Records in components of more than [`LARGE`].
    pub records_in_large: u64,
    /// Triples of records that two links hold together.
    pub triples: Triples,
}

/// Triples of records that two links hold together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triples {
    /// How many there are.
    pub count: u64,
    /// The share whose third pair is not linked; absent when there are none.
    pub open: Option<f64>,
    /// True if the share was estimated on a sample.
    pub sampled: bool,
}

/// The clusters that were found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundClusters {
    /// Clusters, single records included.
    pub clusters: u64,
    /// Records of the largest.
    pub largest_cluster: u64,
    /// Links that reach the stop, over pairs, of the largest; absent for a single record.
    pub largest_density: Option<f64>,
    /// Records in clusters of more than [`LARGE`].
    pub records_in_large: u64,
    /// Links that reach the stop within clusters, and between them.
    pub links_within: u64,
    /// Links that reach the stop between clusters.
    pub links_between: u64,
    /// The triples held together by links that reach the stop and lie within clusters.
    pub triples: Triples,
}

/// A link: smaller position, greater position, bits.
type Link = (u32, u32, f64);

/// Tells the health of clusters, given by a label for each record; equal labels are one cluster.
/// `links` ascend by pair, each pair once.
pub fn health(labels: &[u32], links: &[Link], stop: f64) -> Health {
    let curve = curve(labels.len(), links);
    let found = found(labels, links, stop);
    let breaks_at = breaks_at(&curve, labels.len() as u64);
    let warnings = warnings(&found, labels);
    Health { records: labels.len() as u64, stop, curve, breaks_at, found, warnings }
}

fn curve(count: usize, links: &[Link]) -> Vec<HealthRow> {
    let order = strongest_first(links);
    let neighbours = Neighbours::new(count, links, &order);
    let mut components = Components::new(count);
    let mut degrees = vec![0_u32; count];
    let (mut taken, mut rows) = (0, Vec::new());
    for bits in THRESHOLDS.rev() {
        while let Some(index) = order.get(taken) {
            let (a, b, strength) = links[*index as usize];
            if level(strength) < bits {
                break;
            }
            components.add(a, b);
            degrees[a as usize] += 1;
            degrees[b as usize] += 1;
            taken += 1;
        }
        rows.push(HealthRow {
            bits,
            links: taken as u64,
            clusters: components.count,
            largest_cluster: components.largest,
            largest_density: components.largest_density(),
            records_in_large: components.in_large,
            triples: triples(&degrees, &neighbours, |a, b| has_link(links, a, b, f64::from(bits))),
        });
    }
    rows.reverse();
    rows
}

fn found(labels: &[u32], links: &[Link], stop: f64) -> FoundClusters {
    let reaching = links.iter().filter(|link| link.2 >= stop);
    let is_within = |link: &Link| labels[link.0 as usize] == labels[link.1 as usize];
    let (mut within, mut between) = (Vec::new(), 0);
    for link in reaching {
        if is_within(link) { within.push(*link) } else { between += 1 }
    }
    let sizes = sizes(labels);
    let largest = sizes.iter().copied().max().unwrap_or(0);
    let largest_label = sizes.iter().position(|size| *size == largest).unwrap_or(0);
    let in_largest = within.iter().filter(|link| labels[link.0 as usize] as usize == largest_label);
    let in_largest = in_largest.count() as f64;
    let order: Vec<u32> = (0..within.len() as u32).collect();
    let neighbours = Neighbours::new(labels.len(), &within, &order);
    let mut degrees = vec![0_u32; labels.len()];
    for (a, b, _) in &within {
        degrees[*a as usize] += 1;
        degrees[*b as usize] += 1;
    }
    FoundClusters {
        clusters: sizes.iter().filter(|size| **size > 0).count() as u64,
        largest_cluster: largest,
        largest_density: (largest > 1)
            .then(|| in_largest / (largest as f64 * (largest as f64 - 1.0) / 2.0)),
        records_in_large: sizes.iter().filter(|size| **size > LARGE).sum(),
        links_within: within.len() as u64,
        links_between: between,
        triples: triples(&degrees, &neighbours, |a, b| has_link(&within, a, b, f64::MIN)),
    }
}

/// The size of the cluster of each label.
fn sizes(labels: &[u32]) -> Vec<u64> {
    let greatest = labels.iter().copied().max().map_or(0, |label| label as usize + 1);
    let mut sizes = vec![0_u64; greatest];
    labels.iter().for_each(|label| sizes[*label as usize] += 1);
    sizes
}

fn breaks_at(curve: &[HealthRow], records: u64) -> Option<i8> {
    let least = LARGE.max(records / 1_000);
    let jumps = |pair: &&[HealthRow]| {
        let (below, above) = (pair[0].largest_cluster, pair[1].largest_cluster);
        let is_sparse = pair[0].largest_density.is_some_and(|density| density < OPEN_MAX);
        below > least && below >= BREAK_FACTOR * above.max(1) && is_sparse
    };
    curve.windows(2).rev().find(jumps).map(|pair| pair[0].bits)
}

fn warnings(found: &FoundClusters, labels: &[u32]) -> Vec<String> {
    let mut warnings = Vec::new();
    let open = found.triples.open.filter(|_| found.triples.count >= TRIPLES_MIN);
    if let Some(open) = open.filter(|open| *open > OPEN_MAX) {
        warnings.push(format!(
            "{:.0} % of the triples that two links hold together lack the third: clusters look like \
             chains",
            open * 100.0
        ));
    }
    let mut sizes: Vec<u64> = sizes(labels).into_iter().filter(|size| *size > 1).collect();
    sizes.sort_unstable();
    // The largest is held against the others.
    sizes.pop();
    let usual = sizes.get(sizes.len().saturating_sub(1) * 99 / 100).copied().unwrap_or(1);
    let density = found.largest_density.unwrap_or(1.0);
    if found.largest_cluster > LARGE.max(4 * usual) && density < OPEN_MAX {
        warnings.push(format!(
            "the largest cluster holds {} records, 99 % of the others of several at most {usual}, and only {:.0} % of its pairs are linked: it looks like a chain",
            found.largest_cluster,
            density * 100.0
        ));
    }
    warnings
}

/// Whole bits that a strength reaches: thresholds are whole.
fn level(bits: f64) -> i8 {
    bits.floor().clamp(-100.0, 100.0) as i8
}

/// The positions of the links by level, the strongest first, then in their order.
fn strongest_first(links: &[Link]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..links.len() as u32).collect();
    order.sort_by_key(|index| std::cmp::Reverse(level(links[*index as usize].2)));
    order
}

fn has_link(links: &[Link], a: u32, b: u32, least: f64) -> bool {
    let pair = (a.min(b), a.max(b));
    let found = links.binary_search_by(|link| (link.0, link.1).cmp(&pair));
    found.is_ok_and(|at| links[at].2 >= least)
}

/// The records that each record is linked with, in the order of the links.
struct Neighbours {
    offsets: Vec<u32>,
    records: Vec<u32>,
}

impl Neighbours {
    fn new(count: usize, links: &[Link], order: &[u32]) -> Self {
        let mut offsets = vec![0_u32; count + 1];
        for (a, b, _) in links {
            offsets[*a as usize + 1] += 1;
            offsets[*b as usize + 1] += 1;
        }
        (1..offsets.len()).for_each(|at| offsets[at] += offsets[at - 1]);
        let mut next = offsets.clone();
        let mut records = vec![0; links.len() * 2];
        for index in order {
            let (a, b, _) = links[*index as usize];
            for (record, other) in [(a, b), (b, a)] {
                let place = &mut next[record as usize];
                records[*place as usize] = other;
                *place += 1;
            }
        }
        Self { offsets, records }
    }

    fn of(&self, record: usize, count: u32) -> &[u32] {
        let first = self.offsets[record] as usize;
        &self.records[first..first + count as usize]
    }
}

/// The triples around each record, whose first `degrees` neighbours count.
fn triples(degrees: &[u32], neighbours: &Neighbours, linked: impl Fn(u32, u32) -> bool) -> Triples {
    let around = |degree: &u32| u64::from(*degree) * u64::from(degree.saturating_sub(1)) / 2;
    let count: u64 = degrees.iter().map(around).sum();
    let is_open = |record: usize, at: u64| {
        let (first, second) = pair_at(at);
        let of = neighbours.of(record, degrees[record]);
        !linked(of[first as usize], of[second as usize])
    };
    if count == 0 {
        return Triples { count, open: None, sampled: false };
    }
    if count <= TRIPLES_MAX {
        let all = degrees.iter().enumerate().flat_map(|(record, degree)| {
            (0..around(degree)).filter(move |at| is_open(record, *at))
        });
        return Triples { count, open: Some(all.count() as f64 / count as f64), sampled: false };
    }
    let mut sum = 0;
    let ends: Vec<u64> = degrees
        .iter()
        .map(|degree| {
            sum += around(degree);
            sum
        })
        .collect();
    let drawn = (0..TRIPLES_MAX).filter(|round| {
        let at = hash(*round) % count;
        let record = ends.partition_point(|end| *end <= at);
        let before = if record == 0 { 0 } else { ends[record - 1] };
        is_open(record, at - before)
    });
    Triples { count, open: Some(drawn.count() as f64 / TRIPLES_MAX as f64), sampled: true }
}

/// The pair at a place in the order (1, 0), (2, 0), (2, 1), (3, 0) and so on.
fn pair_at(at: u64) -> (u64, u64) {
    let mut greater = ((1.0 + (8.0 * at as f64 + 1.0).sqrt()) / 2.0) as u64;
    // Rounding may miss by one.
    while greater * (greater - 1) / 2 > at {
        greater -= 1;
    }
    while (greater + 1) * greater / 2 <= at {
        greater += 1;
    }
    (greater, at - greater * (greater - 1) / 2)
}

fn hash(round: u64) -> u64 {
    let mut bytes = [0; 8];
    blake3::Hasher::new().update(&round.to_le_bytes()).finalize_xof().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// Components that grow, and their figures.
struct Components {
    parents: Vec<u32>,
    sizes: Vec<u32>,
    links: Vec<u32>,
    count: u64,
    largest: u64,
    in_large: u64,
}

impl Components {
    fn new(count: usize) -> Self {
        Self {
            parents: (0..count as u32).collect(),
            sizes: vec![1; count],
            links: vec![0; count],
            count: count as u64,
            largest: count.min(1) as u64,
            in_large: 0,
        }
    }

    fn largest_density(&self) -> Option<f64> {
        let of_largest = (0..self.sizes.len()).filter(|at| {
            self.parents[*at] as usize == *at && u64::from(self.sizes[*at]) == self.largest
        });
        let links = of_largest.map(|at| self.links[at]).min()?;
        let size = self.largest as f64;
        (self.largest > 1).then(|| f64::from(links) / (size * (size - 1.0) / 2.0))
    }

    fn root(&mut self, record: u32) -> u32 {
        let mut at = record as usize;
        while self.parents[at] as usize != at {
            self.parents[at] = self.parents[self.parents[at] as usize];
            at = self.parents[at] as usize;
        }
        at as u32
    }

    /// Takes in a link.
    fn add(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.links[a as usize] += 1;
        if a == b {
            return;
        }
        let [one, other] = [a, b].map(|root| u64::from(self.sizes[root as usize]));
        let large = |size: u64| if size > LARGE { size } else { 0 };
        let (less, more) = if one < other { (a, b) } else { (b, a) };
        self.parents[less as usize] = more;
        self.sizes[more as usize] += self.sizes[less as usize];
        self.links[more as usize] += self.links[less as usize];
        self.count -= 1;
        self.largest = self.largest.max(one + other);
        self.in_large = self.in_large - large(one) - large(other) + large(one + other);
    }
}

#[cfg(test)]
mod tests;
