//! Legs: the way between two consecutive stays, and a check if anybody can have travelled it.

use super::distance::metres;
use super::stays::HOUR;
use super::{MovementOptions, Stay, Stop, Through};

/// The way from one stay to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// Metres along the WGS 84 ellipsoid; `None` when one end has no coordinates.
    pub metres: Option<f64>,
    /// Seconds from the last time at the one place to the first time at the other, 0 or more.
    pub seconds: f64,
    /// The speed needed in km/h, with both radii and the clock error conceded; `None` when the
    /// distance is unknown or no time is left at all.
    pub speed_kmh: Option<f64>,
    /// The fastest that was allowed, in km/h.
    pub speed_max_kmh: f64,
    /// Metres to spare: `speed_max (seconds + clock error) - (metres - 2 radius)`; below 0 when
    /// impossible, `None` when the distance is unknown.
    pub slack_metres: Option<f64>,
    /// The result of the check if anybody can have travelled the leg.
    pub feasible: Feasibility,
    /// The vehicle or phone through which the last stop before is known; `None` if the entity itself took part.
    pub departed_through: Option<Through>,
    /// The vehicle or phone through which the first stop after is known; `None` if the entity itself took part.
    pub arrived_through: Option<Through>,
}

/// The result of the check if anybody can have travelled a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feasibility {
    /// The leg can have been travelled.
    Feasible,
    /// The distance is not known, so that the leg cannot be checked.
    Unknown,
    /// Impossible travel: a question about the data.
    Impossible,
}

/// The legs between consecutive stays.
pub(super) fn legs(
    stops: &[Stop],
    stays: &[Stay],
    is_vehicle: bool,
    options: &MovementOptions,
) -> Vec<Leg> {
    let ends = |pair: &[Stay]| Some((*pair[0].stops.last()?, *pair[1].stops.first()?));
    stays
        .windows(2)
        .filter_map(|pair| {
            let (from, to) = ends(pair)?;
            let (from, to) = (&stops[from], &stops[to]);
            // A stop without coordinates is where its stay is.
            let metres = from
                .coordinates
                .or(pair[0].coordinates)
                .zip(to.coordinates.or(pair[1].coordinates))
                .map(|(from, to)| metres(from, to));
            Some(leg(from, to, metres, is_vehicle, options))
        })
        .collect()
}

fn leg(
    from: &Stop,
    to: &Stop,
    metres: Option<f64>,
    is_vehicle: bool,
    options: &MovementOptions,
) -> Leg {
    let by_vehicle = is_vehicle || same_vehicle(from, to);
    let speed_max_kmh =
        if by_vehicle { options.vehicle_speed_max_kmh } else { options.speed_max_kmh };
    let hours = to.at.as_micros().saturating_sub(from.at.as_micros()) as f64 / HOUR;
    let allowed_hours = hours + options.clock_error_minutes / 60.0;
    let least = metres.map(|metres| (metres - 2.0 * options.radius_metres).max(0.0));
    let slack_metres = least.map(|least| speed_max_kmh * 1000.0 * allowed_hours - least);
    Leg {
        metres,
        seconds: hours * 3600.0,
        speed_kmh: least
            .filter(|_| allowed_hours > 0.0)
            .map(|least| least / 1000.0 / allowed_hours),
        speed_max_kmh,
        slack_metres,
        feasible: match slack_metres {
            None => Feasibility::Unknown,
            Some(slack) if slack >= 0.0 => Feasibility::Feasible,
            Some(_) => Feasibility::Impossible,
        },
        departed_through: from.through,
        arrived_through: to.through,
    }
}

/// Tells if both ends are known through one thing that is driven or owned: a vehicle.
fn same_vehicle(from: &Stop, to: &Stop) -> bool {
    use crate::model::TieKind::Uses;
    match (from.through, to.through) {
        (Some(one), Some(other)) => {
            one.entity == other.entity && one.relationship != Uses && other.relationship != Uses
        }
        _ => false,
    }
}
