//! Vehicles: plates, vehicle identification numbers, makes and colours.

use super::regions::region_code;
use super::text::{alphanumeric_upper, code_option, fold_option, is_blank, lookup};
use crate::model::Vehicle;

/// The comparable form of a vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VehicleForm {
    /// Plate: upper-case letters and digits.
    pub plate: Option<String>,
    /// `plate` with characters that readers confuse folded, see [`fold_plate`].
    pub plate_folded: Option<String>,
    /// State or province of the plate, folded; its postal code where known.
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
    /// Colour: one word of a small English vocabulary where known, else folded.
    pub colour: Option<String>,
}

/// The comparable form of a vehicle identification number (ISO 3779).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VinForm {
    /// The number: upper-case letters and digits, `I`, `O` and `Q` (which a number cannot hold) read as
    /// `1`, `0` and `0`.
    pub text: String,
    /// True if the number has 17 characters and its ninth is the check digit that North America requires
    /// (49 CFR 565.15).
    pub check_digit_valid: bool,
    /// Model year by the tenth character, where the seventh tells which of the two 30-year cycles is
    /// meant (North American rule: a letter there means 2010 to 2039).
    pub model_year: Option<i16>,
}

/// Shorter plates are partial readings of no use, longer ones no plates.
const PLATE_LETTERS: std::ops::RangeInclusive<usize> = 2..=12;

/// The length of a vehicle identification number.
const VIN_LETTERS: usize = 17;

impl VehicleForm {
    /// The form of a vehicle.
    pub fn new(vehicle: &Vehicle) -> Self {
        let plate = code_option(vehicle.plate.as_ref()).filter(|plate| is_plate(plate));
        Self {
            plate_folded: plate.as_deref().map(fold_plate),
            plate,
            plate_region: fold_option(vehicle.plate_region.as_ref()).map(region_code),
            plate_country: code_option(vehicle.plate_country.as_ref()),
            vin: vehicle.vin.as_deref().and_then(VinForm::new),
            make: fold_option(vehicle.make.as_ref()).map(|make| match lookup(MAKES, &make) {
                Some(canonical) => canonical.to_owned(),
                None => make,
            }),
            model: fold_option(vehicle.model.as_ref()),
            year: vehicle.year,
            colour: fold_option(vehicle.colour.as_ref()).map(colour),
        }
    }
}

fn is_plate(plate: &str) -> bool {
    let first = plate.bytes().next();
    PLATE_LETTERS.contains(&plate.len())
        && !is_blank(&plate.to_ascii_lowercase())
        && !matches!(plate, "NOPLATE" | "TEMP" | "NEW")
        && !plate.bytes().all(|byte| Some(byte) == first)
}

impl VinForm {
    /// The form of a number; `None` when it holds too little to tell vehicles apart.
    pub fn new(text: &str) -> Option<Self> {
        const LETTERS_MIN: usize = 6;
        let text: String = alphanumeric_upper(text)
            .chars()
            .map(|character| match character {
                'I' => '1',
                'O' | 'Q' => '0',
                other => other,
            })
            .collect();
        let first = text.bytes().next()?;
        if !(LETTERS_MIN..=VIN_LETTERS + 3).contains(&text.len())
            || text.bytes().all(|byte| byte == first)
        {
            return None;
        }
        Some(Self {
            check_digit_valid: check_digit_valid(&text),
            model_year: model_year(&text),
            text,
        })
    }
}

/// The check digit of 49 CFR 565.15: transliterated values by weight, modulo 11, ten written X.
fn check_digit_valid(vin: &str) -> bool {
    const WEIGHTS: [u32; VIN_LETTERS] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    if vin.len() != VIN_LETTERS {
        return false;
    }
    let sum: u32 =
        vin.bytes().zip(WEIGHTS).map(|(letter, weight)| vin_value(letter) * weight).sum();
    let expected = match sum % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('X'),
    };
    vin.chars().nth(8) == Some(expected)
}

fn vin_value(letter: u8) -> u32 {
    u32::from(match letter {
        b'0'..=b'9' => letter - b'0',
        b'A'..=b'H' => letter - b'A' + 1,
        b'J'..=b'R' => letter - b'J' + 1,
        b'S'..=b'Z' => letter - b'S' + 2,
        _ => 0,
    })
}

fn model_year(vin: &str) -> Option<i16> {
    const CODES: &str = "ABCDEFGHJKLMNPRSTVWXY123456789";
    if vin.len() != VIN_LETTERS {
        return None;
    }
    let code = vin.chars().nth(9)?;
    let offset = i16::try_from(CODES.find(code)?).ok()?;
    let second_cycle = vin.chars().nth(6)?.is_ascii_alphabetic();
    Some(if second_cycle { 2010 } else { 1980 } + offset)
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

/// Abbreviations of makes (US NCIC codes and common short forms). Sorted.
static MAKES: &[(&str, &str)] = &[
    ("acur", "acura"),
    ("alfa", "alfa romeo"),
    ("benz", "mercedes"),
    ("buic", "buick"),
    ("cadi", "cadillac"),
    ("chev", "chevrolet"),
    ("chevy", "chevrolet"),
    ("chry", "chrysler"),
    ("dodg", "dodge"),
    ("hond", "honda"),
    ("hyun", "hyundai"),
    ("infi", "infiniti"),
    ("infinity", "infiniti"),
    ("lexs", "lexus"),
    ("linc", "lincoln"),
    ("mazd", "mazda"),
    ("mb", "mercedes"),
    ("merc benz", "mercedes"),
    ("mercedes benz", "mercedes"),
    ("mercedesbenz", "mercedes"),
    ("merz", "mercedes"),
    ("mits", "mitsubishi"),
    ("niss", "nissan"),
    ("peug", "peugeot"),
    ("pont", "pontiac"),
    ("rena", "renault"),
    ("suba", "subaru"),
    ("subr", "subaru"),
    ("suzi", "suzuki"),
    ("toyo", "toyota"),
    ("toyt", "toyota"),
    ("vauxhall", "opel"),
    ("volk", "volkswagen"),
    ("volks", "volkswagen"),
    ("volv", "volvo"),
    ("vw", "volkswagen"),
];

/// Colour words of several languages. Sorted.
static COLOURS: &[(&str, &str)] = &[
    ("alb", "white"),
    ("albastru", "blue"),
    ("amarillo", "yellow"),
    ("argent", "silver"),
    ("argintiu", "silver"),
    ("azul", "blue"),
    ("bei", "beige"),
    ("beige", "beige"),
    ("bialy", "white"),
    ("black", "black"),
    ("blanc", "white"),
    ("blanco", "white"),
    ("blau", "blue"),
    ("blk", "black"),
    ("blu", "blue"),
    ("blue", "blue"),
    ("braun", "brown"),
    ("brn", "brown"),
    ("bro", "brown"),
    ("brown", "brown"),
    ("burgundy", "red"),
    ("charcoal", "grey"),
    ("cream", "beige"),
    ("czarny", "black"),
    ("czerwony", "red"),
    ("gelb", "yellow"),
    ("gld", "gold"),
    ("gold", "gold"),
    ("golden", "gold"),
    ("grau", "grey"),
    ("gray", "grey"),
    ("green", "green"),
    ("grey", "grey"),
    ("gri", "grey"),
    ("gris", "grey"),
    ("grn", "green"),
    ("grun", "green"),
    ("gry", "grey"),
    ("mar", "red"),
    ("maroon", "red"),
    ("marron", "brown"),
    ("naranja", "orange"),
    ("navy", "blue"),
    ("negro", "black"),
    ("negru", "black"),
    ("niebieski", "blue"),
    ("noir", "black"),
    ("ong", "orange"),
    ("orange", "orange"),
    ("org", "orange"),
    ("plata", "silver"),
    ("purple", "purple"),
    ("red", "red"),
    ("rojo", "red"),
    ("rosu", "red"),
    ("rot", "red"),
    ("rouge", "red"),
    ("schwarz", "black"),
    ("sil", "silver"),
    ("silber", "silver"),
    ("silver", "silver"),
    ("slv", "silver"),
    ("srebrny", "silver"),
    ("szary", "grey"),
    ("tan", "beige"),
    ("verde", "green"),
    ("vert", "green"),
    ("weiss", "white"),
    ("whi", "white"),
    ("white", "white"),
    ("wht", "white"),
    ("yel", "yellow"),
    ("yellow", "yellow"),
    ("zielony", "green"),
    ("zolty", "yellow"),
];

/// The first known colour word of the folded text ("metallic dark blue" is blue), else the text.
fn colour(folded: String) -> String {
    let known = folded.split(' ').find_map(|word| lookup(COLOURS, word));
    known.map(str::to_owned).unwrap_or(folded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::text::tests::assert_sorted;

    #[test]
    fn tables_are_sorted() {
        assert_sorted(MAKES);
        assert_sorted(COLOURS);
    }

    #[test]
    fn vehicles_are_brought_to_one_spelling() {
        let vehicle = Vehicle {
            plate: Some("dk-06 o8s".into()),
            plate_region: Some("Illinois".into()),
            make: Some("Mercedes-Benz".into()),
            colour: Some("Metallic Dark GRY".into()),
            ..Vehicle::default()
        };
        let form = VehicleForm::new(&vehicle);
        assert_eq!(form.plate.as_deref(), Some("DK06O8S"));
        assert_eq!(form.plate_folded.as_deref(), Some("0K06085"));
        assert_eq!(form.plate_region.as_deref(), Some("il"));
        assert_eq!(form.make.as_deref(), Some("mercedes"));
        assert_eq!(form.colour.as_deref(), Some("grey"));
    }

    #[test]
    fn plates_that_say_nothing_are_left_out() {
        for plate in ["", "-", "UNKNOWN", "N/A", "0000000", "NO PLATE"] {
            let vehicle = Vehicle { plate: Some(plate.into()), ..Vehicle::default() };
            assert_eq!(VehicleForm::new(&vehicle).plate, None, "{plate}");
        }
    }

    #[test]
    fn the_check_digit_and_year_of_a_vin_are_read() {
        let vin = VinForm::new("1m8gdm9axkp042788").unwrap();
        assert!(vin.check_digit_valid);
        assert_eq!(vin.model_year, Some(1989));
        assert!(!VinForm::new("1M8GDM9AXKP042789").unwrap().check_digit_valid);
        assert_eq!(VinForm::new("5GZCZ43D13S812715").unwrap().model_year, Some(2003));
        assert_eq!(VinForm::new("IM8GDM9AXKPO42788").unwrap(), vin);
        assert_eq!(VinForm::new("11111111111111111"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_vehicle_and_folding_a_plate_twice_changes_nothing(text in any::<String>()) {
            let vehicle = Vehicle { plate: Some(text.clone()), vin: Some(text.clone()), colour: Some(text), ..Vehicle::default() };
            let form = VehicleForm::new(&vehicle);
            let again = VehicleForm::new(&Vehicle { plate: form.plate.clone(), colour: form.colour.clone(), ..Vehicle::default() });
            prop_assert_eq!(&again.plate, &form.plate);
            prop_assert_eq!(&again.colour, &form.colour);
            if let Some(folded) = form.plate_folded {
                prop_assert_eq!(fold_plate(&folded), folded);
            }
        }
    }
}
