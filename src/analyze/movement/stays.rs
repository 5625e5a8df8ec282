//! Consecutive stops at one place.

use super::distance::metres;
use super::{MovementOptions, Stop};
use crate::model::Timestamp;
use crate::normalize::fold;

/// Microseconds of an hour.
pub(super) const HOUR: f64 = 3_600_000_000.0;

/// A time at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Stay {
    /// Indexes of its stops, ascending.
    pub stops: Vec<usize>,
    /// The first time it was seen there.
    pub from: Timestamp,
    /// The last time it was seen there: the begin of the last stop, never before `from`.
    pub to: Timestamp,
    /// Name of the place, of the first stop that has one.
    pub name: Option<String>,
    /// City, of the first stop that has one.
    pub city: Option<String>,
    /// Country, of the first stop that has one.
    pub country: Option<String>,
    /// Coordinates in degrees, of the first stop that has them.
    pub coordinates: Option<(f64, f64)>,
}

/// Joins consecutive stops with presence into stays.
pub(super) fn stays(stops: &[Stop], options: &MovementOptions) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    // Until when the last stay is known to last: a booking lasts to its stated end.
    let mut lasts = i64::MIN;
    for (index, stop) in stops.iter().enumerate().filter(|(_, stop)| stop.present) {
        let end = stop.until.map_or(stop.at, |until| until.max(stop.at)).as_micros();
        let gap = stop.at.as_micros().saturating_sub(lasts) as f64;
        match stays.last_mut() {
            Some(stay) if gap <= options.stay_hours * HOUR && same_place(stay, stop, options) => {
                stay.add(index, stop);
                lasts = lasts.max(end);
            }
            _ => {
                stays.push(Stay::new(index, stop));
                lasts = end;
            }
        }
    }
    stays
}

impl Stay {
    fn new(index: usize, stop: &Stop) -> Self {
        Self {
            stops: vec![index],
            from: stop.at,
            to: stop.at,
            name: stop.name.clone(),
            city: stop.city.clone(),
            country: stop.country.clone(),
            coordinates: stop.coordinates,
        }
    }

    fn add(&mut self, index: usize, stop: &Stop) {
        self.stops.push(index);
        self.to = stop.at;
        self.name = self.name.take().or_else(|| stop.name.clone());
        self.city = self.city.take().or_else(|| stop.city.clone());
        self.country = self.country.take().or_else(|| stop.country.clone());
        self.coordinates = self.coordinates.or(stop.coordinates);
    }
}

/// Tells if two stops are near each other or, if one has no coordinates, of one city and name.
fn same_place(stay: &Stay, stop: &Stop, options: &MovementOptions) -> bool {
    match (stay.coordinates, stop.coordinates) {
        (Some(from), Some(to)) => metres(from, to) <= options.stay_metres,
        _ => {
            let folded = |text: &Option<String>| text.as_deref().map(fold);
            stay.city.is_some()
                && folded(&stay.city) == folded(&stop.city)
                && folded(&stay.name) == folded(&stop.name)
        }
    }
}
