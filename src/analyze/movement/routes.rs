//! Routes: cities in order of time, and the sequences that recur in them.

use std::collections::BTreeMap;

use super::{Feasibility, Leg, MovementOptions, Stay};
use crate::model::Timestamp;
use crate::normalize::fold;

/// Microseconds of a day.
const DAY: f64 = 86_400_000_000.0;

/// Cities in order of time. Times strictly advance, and no leg of the route is impossible.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The cities, at least two, no two neighbours the same.
    pub visits: Vec<Visit>,
}

/// A time in one city.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The city, folded (lower case, no accents); the country is not looked at.
    pub city: String,
    /// The first time seen there.
    pub from: Timestamp,
    /// The last time seen there.
    pub to: Timestamp,
    /// Indexes of the stays, ascending.
    pub stays: Vec<usize>,
}

/// A sequence of cities that recurs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The cities in order, folded.
    pub cities: Vec<String>,
    /// The occurrences of the sequence; no two of them share a leg.
    pub occurrences: Vec<Occurrence>,
}

/// The place of a pattern in the routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// Index of the route.
    pub route: usize,
    /// Index of the first visit.
    pub visit: usize,
}

/// Returns the routes of two cities or more. A stay without a known city is on the way: it is no visit, but its legs
/// count.
pub(super) fn routes(stays: &[Stay], legs: &[Leg], options: &MovementOptions) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    let mut visits: Vec<Visit> = Vec::new();
    for (index, stay) in stays.iter().enumerate() {
        if index > 0 && breaks(&stays[index - 1], stay, &legs[index - 1], options) {
            finish(&mut visits, &mut routes);
        }
        let Some(city) = stay.city.as_deref().map(fold).filter(|city| !city.is_empty()) else {
            continue;
        };
        match visits.last_mut() {
            Some(visit) if visit.city == city => {
                visit.to = stay.to;
                visit.stays.push(index);
            }
            _ => visits.push(Visit { city, from: stay.from, to: stay.to, stays: vec![index] }),
        }
    }
    finish(&mut visits, &mut routes);
    routes
}

fn finish(visits: &mut Vec<Visit>, routes: &mut Vec<Route>) {
    let visits = std::mem::take(visits);
    if visits.len() > 1 {
        routes.push(Route { visits });
    }
}

/// Tells if a route ends between one stay and the next.
fn breaks(from: &Stay, to: &Stay, leg: &Leg, options: &MovementOptions) -> bool {
    let gap = to.from.as_micros().saturating_sub(from.to.as_micros());
    leg.feasible == Feasibility::Impossible || gap <= 0 || gap as f64 > options.gap_days * DAY
}

/// Returns the sequences seen often enough, without sequences that are only seen as part of a longer one.
pub(super) fn patterns(routes: &[Route], options: &MovementOptions) -> Vec<Pattern> {
    let shortest = options.pattern_cities_min.max(2);
    let mut found: BTreeMap<Vec<&str>, Vec<Occurrence>> = BTreeMap::new();
    for (route, cities) in routes.iter().enumerate() {
        let cities: Vec<&str> = cities.visits.iter().map(|visit| visit.city.as_str()).collect();
        for length in shortest..=options.pattern_cities_max {
            for (visit, window) in cities.windows(length).enumerate() {
                let seen = found.entry(window.to_vec()).or_default();
                let apart =
                    |last: &Occurrence| last.route != route || visit >= last.visit + length - 1;
                if seen.last().is_none_or(apart) {
                    seen.push(Occurrence { route, visit });
                }
            }
        }
    }
    found.retain(|_, seen| seen.len() >= options.pattern_times_min.max(1));
    let mut patterns: Vec<Pattern> = found
        .iter()
        .filter(|(cities, seen)| {
            !found.iter().any(|(longer, often)| {
                longer.len() > cities.len()
                    && often.len() >= seen.len()
                    && longer.windows(cities.len()).any(|part| part == cities.as_slice())
            })
        })
        .map(|(cities, seen)| Pattern {
            cities: cities.iter().map(|city| (*city).to_owned()).collect(),
            occurrences: seen.clone(),
        })
        .collect();
    patterns.sort_by(|a, b| b.cities.len().cmp(&a.cities.len()).then(a.cities.cmp(&b.cities)));
    patterns
}
