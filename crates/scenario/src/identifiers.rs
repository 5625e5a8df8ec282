//! Phone numbers, licence plates, VINs and document numbers: distinct by construction, valid in
//! form, and taken by preference from ranges that are kept for fiction (exchange 555).

use super::dice::Dice;

/// A numbering plan: country, calling code, prefixes and the digits of the subscriber part.
struct Plan {
    country: &'static str,
    calling_code: &'static str,
    prefixes: &'static [&'static str],
    digits: u32,
}

/// Numbering plans. Subscriber parts begin at 555 and count up when 555 is used up.
#[rustfmt::skip]
const PLANS: &[Plan] = &[
    Plan { country: "US", calling_code: "1", digits: 7, prefixes: &["312", "713", "214", "404", "213", "612", "314", "816", "303", "602", "702", "901", "504", "305", "407", "313", "614", "212", "215", "206", "503", "210", "414", "615"] },
    Plan { country: "GB", calling_code: "44", digits: 6, prefixes: &["7310", "7311", "7312", "7411", "7412", "7413", "7510", "7511", "7512", "7710", "7712", "7810", "7811", "7910", "7912"] },
    Plan { country: "DE", calling_code: "49", digits: 7, prefixes: &["1511", "1512", "1514", "1515", "1516", "1517", "1520", "1522", "1523", "1525"] },
    Plan { country: "RO", calling_code: "40", digits: 6, prefixes: &["721", "722", "723", "724", "730", "740", "741", "742", "744", "745"] },
    Plan { country: "PL", calling_code: "48", digits: 6, prefixes: &["501", "502", "503", "600", "601", "602", "603", "604", "605", "606"] },
    Plan { country: "ES", calling_code: "34", digits: 6, prefixes: &["610", "611", "620", "626", "630", "636", "640", "650", "655", "660"] },
    Plan { country: "UA", calling_code: "380", digits: 7, prefixes: &["50", "63", "66", "67", "68", "93", "95", "96", "97", "98"] },
    Plan { country: "MX", calling_code: "52", digits: 7, prefixes: &["222", "442", "444", "477", "614", "656", "664", "667", "686", "722", "833", "871"] },
    Plan { country: "NG", calling_code: "234", digits: 7, prefixes: &["803", "805", "806", "807", "808", "810", "813", "814", "815", "816"] },
    Plan { country: "PH", calling_code: "63", digits: 7, prefixes: &["905", "906", "915", "916", "917", "918", "919", "920", "921", "926"] },
    Plan { country: "VN", calling_code: "84", digits: 6, prefixes: &["901", "902", "903", "904", "905", "906", "907", "908", "912", "913"] },
    Plan { country: "IN", calling_code: "91", digits: 6, prefixes: &["9810", "9811", "9812", "9820", "9821", "9830", "9840", "9880", "9890", "9910"] },
];

/// A telephone number.
#[derive(Debug, Clone)]
pub(super) struct Phone {
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    calling_code: &'static str,
    prefix: &'static str,
    subscriber: String,
}

impl Phone {
    /// The `serial`-th number of a country; countries without a plan here get a US number.
    pub fn new(country: &str, serial: u64) -> Self {
        let plan = PLANS.iter().find(|plan| plan.country == country).unwrap_or(&PLANS[0]);
        let prefixes = plan.prefixes.len() as u64;
        let space = 10u64.pow(plan.digits);
        let line = 10u64.pow(plan.digits - 3);
        let (round, place) = (serial / (prefixes * line), serial % (prefixes * line));
        let place = place * 7_919 % (prefixes * line);
        let number = (555 * line + round * line + place / prefixes) % space;
        Self {
            country: plan.country,
            calling_code: plan.calling_code,
            prefix: plan.prefixes[(place % prefixes) as usize],
            subscriber: format!("{number:0width$}", width = plan.digits as usize),
        }
    }

    /// The number as some clerk writes it. National form only where the file's region is the
    /// number's country.
    pub fn written(&self, region: &str, dice: &mut Dice) -> String {
        let (code, prefix, rest) = (self.calling_code, self.prefix, self.subscriber.as_str());
        let (first, second) = rest.split_at(3);
        let national = region == self.country;
        if national && self.country == "US" {
            return match dice.below(6) {
                0 => format!("({prefix}) {first}-{second}"),
                1 => format!("{prefix}-{first}-{second}"),
                2 => format!("{prefix}{rest}"),
                3 => format!("+1 {prefix} {first} {second}"),
                4 => format!("1-{prefix}-{first}-{second}"),
                _ => format!("{prefix}.{first}.{second}"),
            };
        }
        let trunk = match self.country {
            "PL" | "ES" | "MX" => "",
            _ => "0",
        };
        match dice.below(if national { 6 } else { 4 }) {
            0 => format!("+{code}{prefix}{rest}"),
            1 => format!("+{code} {prefix} {first} {second}"),
            2 => format!("+{code} {prefix}-{rest}"),
            3 => format!("+{code}-{prefix}-{first}{second}"),
            4 => format!("{trunk}{prefix} {rest}"),
            _ => format!("{trunk}{prefix}/{first}{second}"),
        }
    }

    /// E.164.
    #[cfg(test)]
    pub fn e164(&self) -> String {
        format!("+{}{}{}", self.calling_code, self.prefix, self.subscriber)
    }
}

/// A vehicle.
#[derive(Debug, Clone)]
pub(super) struct Vehicle {
    pub plate: String,
    /// US state of the plate; empty elsewhere.
    pub state: &'static str,
    pub country: &'static str,
    pub vin: String,
    pub make: &'static str,
    pub model: &'static str,
    pub year: u16,
    pub colour: &'static str,
}

const MODELS: &[(&str, &str)] = &[
    ("Ford", "Transit"),
    ("Toyota", "Corolla"),
    ("Volkswagen", "Golf"),
    ("Honda", "Civic"),
    ("Mercedes-Benz", "Sprinter"),
    ("Dacia", "Logan"),
    ("Chevrolet", "Malibu"),
    ("Nissan", "Altima"),
    ("Opel", "Vivaro"),
    ("Toyota", "Sienna"),
    ("Hyundai", "Elantra"),
    ("Ford", "Focus"),
    ("Skoda", "Octavia"),
    ("Kia", "Sportage"),
    ("BMW", "320i"),
    ("Renault", "Trafic"),
];
const COLOURS: &[&str] = &["white", "black", "silver", "grey", "blue", "red", "green", "beige"];
/// Letters on generated plates: I, O and Q are left out, as most registries do, so that a misread
/// can always be told from a true letter by its place.
const PLATE_LETTERS: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ";
/// Prime factor that spreads consecutive serials over a plate space.
const SPREAD: u64 = 2_654_435_761;

impl Vehicle {
    /// The `serial`-th vehicle, registered in this country and state.
    pub fn new(country: &'static str, state: &'static str, serial: u64, dice: &mut Dice) -> Self {
        let pattern = match country {
            "GB" => "LLDD LLL",
            "DE" => "L-LL DDDD",
            "RO" => "L DD LLL",
            "PL" => "LL DDDDD",
            "ES" => "DDDD LLL",
            _ => "LLL-DDDD",
        };
        let &(make, model) = dice.pick(MODELS);
        let year = 2005 + dice.below(19) as u16;
        let colour = *dice.pick(COLOURS);
        Self {
            plate: plate(pattern, serial),
            state: if country == "US" { state } else { "" },
            country,
            vin: vin(serial, year),
            make,
            model,
            year,
            colour,
        }
    }
}

/// Fills the pattern's letters and digits from a permutation of its space.
fn plate(pattern: &str, serial: u64) -> String {
    let radix = |symbol| match symbol {
        'L' => PLATE_LETTERS.len() as u64,
        'D' => 10,
        _ => 1,
    };
    let space: u64 = pattern.chars().map(radix).product();
    let mut place = (serial % space) as u128 * (SPREAD % space) as u128 % space as u128;
    pattern
        .chars()
        .map(|symbol| {
            let digit = (place % radix(symbol) as u128) as usize;
            place /= radix(symbol) as u128;
            match symbol {
                'L' => PLATE_LETTERS[digit] as char,
                'D' => (b'0' + digit as u8) as char,
                other => other,
            }
        })
        .collect()
}

/// A VIN of 17 characters with a valid check digit (ISO 3779; 49 CFR 565.15 for the digit).
fn vin(serial: u64, year: u16) -> String {
    const YEARS: &[u8] = b"123456789ABCDEFGHJKLMNPRSTVWXY";
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let mut text: Vec<u8> =
        format!("1AC{:05}00A{:06}", serial * 31 % 99_991, serial % 1_000_000).into_bytes();
    text[9] = YEARS[(year as usize - 2001) % YEARS.len()];
    let value = |letter: u8| match letter {
        b'0'..=b'9' => u32::from(letter - b'0'),
        b'A'..=b'H' => u32::from(letter - b'A') + 1,
        b'J'..=b'N' => u32::from(letter - b'J') + 1,
        b'P' => 7,
        b'R' => 9,
        _ => u32::from(letter.saturating_sub(b'S')) + 2,
    };
    let sum: u32 = text.iter().zip(WEIGHTS).map(|(&letter, weight)| value(letter) * weight).sum();
    text[8] = if sum % 11 == 10 { b'X' } else { b'0' + (sum % 11) as u8 };
    text.into_iter().map(char::from).collect()
}

/// The number of an identity document: distinct per serial, shaped by country.
pub(super) fn document(country: &str, serial: u64) -> String {
    let letters = country.as_bytes();
    let mixed = serial * 48_271 % 100_000_007;
    match country {
        "US" | "GB" | "MX" => format!("{:09}", 200_000_000 + mixed),
        _ => format!("{}{}{:08}", letters[0] as char, letters[1] as char, mixed % 100_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_valid_and_distinct_in_every_plan() {
        let mut seen = std::collections::BTreeSet::new();
        for plan in PLANS {
            for serial in (0..400).map(|n| n * 997) {
                let phone = Phone::new(plan.country, serial);
                let parsed = phonenumber::parse(None, phone.e164()).unwrap();
                assert!(phonenumber::is_valid(&parsed), "{} {}", plan.country, phone.e164());
                assert!(seen.insert(phone.e164()));
            }
        }
    }

    #[test]
    fn every_way_of_writing_a_number_reads_back_as_the_number() {
        let mut dice = Dice::new(1, 1);
        for plan in PLANS {
            let phone = Phone::new(plan.country, 77);
            let region = plan.country.parse().unwrap();
            for _ in 0..30 {
                let text = phone.written(plan.country, &mut dice);
                let parsed = phonenumber::parse(Some(region), &text).unwrap();
                assert_eq!(parsed.format().mode(phonenumber::Mode::E164).to_string(), phone.e164());
            }
        }
    }

    #[test]
    fn plates_are_distinct() {
        let plates: std::collections::BTreeSet<_> =
            (0..50_000).map(|serial| plate("LLL-DDDD", serial)).collect();
        assert_eq!(plates.len(), 50_000);
    }
}
