//! The parameters of movement.

/// Parameters of [`super::itinerary`].
#[derive(Debug, Clone, PartialEq)]
pub struct MovementOptions {
    /// True if a person's itinerary also has the stops of the vehicles that the person drives or owns and of the phones
    /// that the person uses. Default true. A vehicle has other drivers: each stop says through which vehicle or phone
    /// it is known.
    pub through: bool,
    /// The smallest confidence of a tie that counts for `through`, 0 to 1. Default 0.8.
    pub confidence_min: f64,
    /// Sightings at most this far apart are at one place, in metres. Default 500.
    pub stay_metres: f64,
    /// Sightings at one place at most this far apart in time are one stay, in hours. Default 12.
    pub stay_hours: f64,
    /// How far the subject may be from stated coordinates, in metres, taken off both ends of a
    /// leg. Default 500.
    pub radius_metres: f64,
    /// The fastest a person gets from place to place, in km/h; air travel. Default 1,000.
    pub speed_max_kmh: f64,
    /// The fastest a vehicle gets from place to place, in km/h. Default 180.
    pub vehicle_speed_max_kmh: f64,
    /// How far two sources' clocks may be apart, in minutes. Default 5.
    pub clock_error_minutes: f64,
    /// A route ends where nothing is known for more than this many days. Default 14.
    pub gap_days: f64,
    /// Cities of the shortest ordered pattern that counts as recurring, at least 2. Default 3.
    pub pattern_cities_min: usize,
    /// Cities of the longest pattern that is looked for. Default 6.
    pub pattern_cities_max: usize,
    /// The smallest number of times that a pattern must be seen. Default 2.
    pub pattern_times_min: usize,
}

impl Default for MovementOptions {
    fn default() -> Self {
        Self {
            through: true,
            confidence_min: 0.8,
            stay_metres: 500.0,
            stay_hours: 12.0,
            radius_metres: 500.0,
            speed_max_kmh: 1_000.0,
            vehicle_speed_max_kmh: 180.0,
            clock_error_minutes: 5.0,
            gap_days: 14.0,
            pattern_cities_min: 3,
            pattern_cities_max: 6,
            pattern_times_min: 2,
        }
    }
}
