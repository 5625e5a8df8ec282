//! Vehicles: plates and vehicle identification numbers.

use super::text::{alphanumeric_upper, fold_option};
use crate::model::Vehicle;

/// The comparable form of a vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VehicleForm {
    /// Plate: upper-case letters and digits.
    pub plate: Option<String>,
    /// `plate` with characters that readers confuse folded, see [`fold_plate`].
    pub plate_folded: Option<String>,
    /// State or province of the plate, folded.
    pub plate_region: Option<String>,
    /// Country of the plate, ISO 3166-1 alpha-2.
    pub plate_country: Option<String>,
    /// Vehicle identification number.
    pub vin: Option<VinForm>,
    /// Make, folded, abbreviations expanded.
    pub make: Option<String>,
    /// Model, folded.
    pub model: Option<String>,
    /// Model year.
    pub year: Option<i16>,
    /// Colour, one word of a small English vocabulary where known.
    pub colour: Option<String>,
}

/// The comparable form of a vehicle identification number (ISO 3779).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VinForm {
    /// The number: upper-case letters and digits.
    pub text: String,
    /// Whether its ninth character is the check digit that North America requires.
    pub check_digit_valid: bool,
    /// Model year by the tenth character, where that has one meaning.
    pub model_year: Option<i16>,
}

impl VehicleForm {
    /// The form of a vehicle.
    pub fn new(vehicle: &Vehicle) -> Self {
        let code = |text: &Option<String>| {
            text.as_deref().map(alphanumeric_upper).filter(|code| !code.is_empty())
        };
        let plate = code(&vehicle.plate);
        Self {
            plate_folded: plate.as_deref().map(fold_plate),
            plate,
            plate_region: fold_option(vehicle.plate_region.as_ref()),
            plate_country: code(&vehicle.plate_country),
            vin: code(&vehicle.vin).map(|text| VinForm {
                text,
                check_digit_valid: false,
                model_year: None,
            }),
            make: fold_option(vehicle.make.as_ref()),
            model: fold_option(vehicle.model.as_ref()),
            year: vehicle.year,
            colour: fold_option(vehicle.colour.as_ref()),
        }
    }
}

/// A plate with the characters folded together that plate readers confuse:
/// 0 O D Q, 1 I L, 2 Z, 5 S, 6 G, 8 B.
pub fn fold_plate(plate: &str) -> String {
    plate
        .chars()
        .map(|character| match character {
            'O' | 'D' | 'Q' => '0',
            'I' | 'L' => '1',
            'Z' => '2',
            'S' => '5',
            'G' => '6',
            'B' => '8',
            other => other,
        })
        .collect()
}
