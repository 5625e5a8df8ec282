//! Distances on the ground.

use geographiclib_rs::{Geodesic, InverseGeodesic};

/// Metres between two coordinates in degrees along the WGS 84 ellipsoid.
pub fn metres(from: (f64, f64), to: (f64, f64)) -> f64 {
    Geodesic::wgs84().inverse(from.0, from.1, to.0, to.1)
}
