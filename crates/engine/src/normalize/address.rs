//! Postal addresses: one line or stated parts to house, unit, street and place.

use super::address_line::{Line, parse_line};
use super::regions::{country_code, region_code};
use super::street::canonical_street;
use super::text::{code_option, cut, fold, fold_option, lookup};
use crate::model::Address;

/// The comparable form of an address.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddressForm {
    /// House number, upper case ("12", "12A", "12-14").
    pub house: Option<String>,
    /// Flat, room or unit, upper case ("4", "4B").
    pub unit: Option<String>,
    /// Street with its type spelled out and put last ("main street", "mayor street" for Calle Mayor).
    /// Types of all languages share one vocabulary.
    pub street: Option<String>,
    /// The tokens of `street` without its type, sorted: the order of words does not matter.
    pub street_tokens: Vec<String>,
    /// City, folded; well-known names in English.
    pub city: Option<String>,
    /// State or province, folded; its postal code where known ("tx").
    pub region: Option<String>,
    /// Post code, upper case, without blanks; of a US ZIP+4 the first five digits.
    pub postcode: Option<String>,
    /// Country, ISO 3166-1 alpha-2, upper case.
    pub country: Option<String>,
    /// Number of a post-office box.
    pub po_box: Option<String>,
    /// WGS 84 latitude and longitude in degrees, when both are known, on the globe and not 0, 0.
    pub coordinates: Option<(f64, f64)>,
}

impl AddressForm {
    /// The form of an address. A stated part goes before what the line says.
    pub fn new(address: &Address) -> Self {
        let mut line = address.line.as_deref().map(parse_line).unwrap_or_default();
        let stated = address.street.as_deref().map(parse_line).unwrap_or_default();
        line = Line {
            house: stated.house.or(line.house),
            unit: stated.unit.or(line.unit),
            street: if stated.street.is_empty() { line.street } else { stated.street },
            po_box: stated.po_box.or(line.po_box),
            place: line.place,
        };
        let (house, house_unit) = address.house.as_deref().map(stated_house).unwrap_or_default();
        let unit = address.unit.as_deref().and_then(stated_unit);
        let street = canonical_street(&line.street);
        Self {
            house: house.or(line.house),
            unit: unit.or(house_unit).or(line.unit),
            street: street.as_ref().map(|street| street.text.clone()),
            street_tokens: street.map(|street| street.tokens).unwrap_or_default(),
            city: fold_option(address.city.as_ref())
                .map(city_name)
                .or(line.place.city.map(city_name)),
            region: fold_option(address.region.as_ref()).map(region_code).or(line.place.region),
            postcode: code_option(address.postcode.as_ref()).map(post_code).or(line.place.postcode),
            country: address.country.as_deref().and_then(country_code),
            po_box: line.po_box,
            coordinates: address.latitude.zip(address.longitude).filter(|at| is_on_globe(*at)),
        }
    }

    /// Returns true if the address has no part that could be compared.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn is_on_globe((latitude, longitude): (f64, f64)) -> bool {
    latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (latitude, longitude) != (0.0, 0.0)
}

/// Most stated numbers are nothing but digits and need no parsing.
fn is_plain_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// House number and, after a slash, unit of a stated house number ("12/4").
fn stated_house(text: &str) -> (Option<String>, Option<String>) {
    let text = cut(text);
    if is_plain_number(text) {
        return (Some(text.to_owned()), None);
    }
    let (house, unit) = text.split_once('/').unwrap_or((text, ""));
    let line = parse_line(house);
    let house = line.house.or_else(|| code_option(Some(&house.to_owned())));
    (house, stated_unit(unit).or(line.unit))
}

/// The unit without its designator: "Apt. 4B" is "4B".
fn stated_unit(text: &str) -> Option<String> {
    let text = cut(text);
    if is_plain_number(text) {
        return Some(text.to_owned());
    }
    let line = parse_line(text);
    line.unit.or_else(|| code_option(Some(&text.to_owned())))
}

fn post_code(code: String) -> String {
    const ZIP_DIGITS: usize = 5;
    const ZIP_PLUS_4_DIGITS: usize = 9;
    match code.len() == ZIP_PLUS_4_DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()) {
        true => code[..ZIP_DIGITS].to_owned(),
        false => code,
    }
}

fn city_name(folded: String) -> String {
    let city = match folded.split_once(' ') {
        Some(("st" | "ste" | "sankt" | "sf", rest)) => format!("saint {rest}"),
        Some(("ft", rest)) => format!("fort {rest}"),
        Some(("mt", rest)) => format!("mount {rest}"),
        _ => folded.strip_prefix("city of ").map(str::to_owned).unwrap_or(folded),
    };
    lookup(CITIES, &city).map(fold).unwrap_or(city)
}

/// Names of one city in several languages and the name used here. Sorted.
static CITIES: &[(&str, &str)] = &[
    ("athina", "athens"),
    ("beograd", "belgrade"),
    ("brussel", "brussels"),
    ("bruxelles", "brussels"),
    ("bucuresti", "bucharest"),
    ("budapesta", "budapest"),
    ("cdmx", "mexico city"),
    ("chisinau", "chisinau"),
    ("ciudad de mexico", "mexico city"),
    ("den haag", "the hague"),
    ("firenze", "florence"),
    ("frankfurt am main", "frankfurt"),
    ("geneve", "geneva"),
    ("genf", "geneva"),
    ("genova", "genoa"),
    ("gravenhage", "the hague"),
    ("kharkov", "kharkiv"),
    ("kiev", "kyiv"),
    ("kiew", "kyiv"),
    ("kishinev", "chisinau"),
    ("kobenhavn", "copenhagen"),
    ("koeln", "cologne"),
    ("koln", "cologne"),
    ("kopenhagen", "copenhagen"),
    ("krakow", "cracow"),
    ("kyyiv", "kyiv"),
    ("la", "los angeles"),
    ("lisboa", "lisbon"),
    ("lvov", "lviv"),
    ("lwow", "lviv"),
    ("mailand", "milan"),
    ("mexico df", "mexico city"),
    ("milano", "milan"),
    ("moskva", "moscow"),
    ("muenchen", "munich"),
    ("munchen", "munich"),
    ("napoli", "naples"),
    ("new york city", "new york"),
    ("nuernberg", "nuremberg"),
    ("nurnberg", "nuremberg"),
    ("nyc", "new york"),
    ("odessa", "odesa"),
    ("praha", "prague"),
    ("roma", "rome"),
    ("sevilla", "seville"),
    ("sofiya", "sofia"),
    ("thessaloniki", "thessaloniki"),
    ("torino", "turin"),
    ("turino", "turin"),
    ("venezia", "venice"),
    ("warschau", "warsaw"),
    ("warszawa", "warsaw"),
    ("wien", "vienna"),
    ("zuerich", "zurich"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::text::tests::assert_sorted;

    fn line(text: &str) -> AddressForm {
        AddressForm::new(&Address { line: Some(text.to_owned()), ..Address::default() })
    }

    fn key(form: &AddressForm) -> String {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        format!("{}|{}|{}", text(&form.house), text(&form.street), text(&form.unit))
    }

    #[test]
    fn tables_are_sorted() {
        assert_sorted(CITIES);
    }

    #[test]
    fn one_line_is_taken_apart() {
        let cases = [
            ("12 Main St Apt 4", "12|main street|4"),
            ("Apt 4, 12 Main Street", "12|main street|4"),
            ("12 Main St. #4", "12|main street|4"),
            ("4/12 Main St", "12|main street|4"),
            ("719 River Ct Unit 25", "719|river court|25"),
            ("12A N. Main Blvd", "12A|n main boulevard|"),
            ("350 Fifth Ave, Suite 21B", "350|5th avenue|21B"),
            ("1 St. Mary's Rd", "1|saint marys road|"),
            ("Hauptstr. 12", "12|haupt street|"),
            ("Hauptstraße 12 Whg. 4", "12|haupt street|4"),
            ("ul. Marszałkowska 10/4", "10|marszalkowska street|4"),
            ("Marszałkowska ulica 10 m. 4", "10|marszalkowska street|4"),
            ("Calle Mayor 5, piso 2", "5|mayor street|2"),
            ("C/ Mayor, 5", "5|mayor street|"),
            ("Av. de la Constitución 20", "20|de la constitucion avenue|"),
            ("12 bis rue de la Paix", "12BIS|de la paix street|"),
            ("Str. Lungă nr. 8, ap. 3", "8|lunga street|3"),
            ("вул. Хрещатик, буд. 22, кв. 5", "22|khreshchatik street|5"),
            ("ул. Ленина, д. 5, кв. 12", "5|lenina street|12"),
        ];
        for (text, expected) in cases {
            assert_eq!(key(&line(text)), expected, "{text}");
        }
    }

    #[test]
    fn the_place_is_read_from_the_end_of_the_line() {
        let form = line("12 Main St, Austin, TX 78701-1234");
        assert_eq!(form.city.as_deref(), Some("austin"));
        assert_eq!(form.region.as_deref(), Some("tx"));
        assert_eq!(form.postcode.as_deref(), Some("78701"));
        assert_eq!(key(&form), "12|main street|");
    }

    #[test]
    fn stated_parts_give_the_same_form_as_one_line() {
        let parts = Address {
            house: Some("403".into()),
            street: Some("Oak Ave".into()),
            unit: Some("Apt 4b".into()),
            city: Some("St. Louis".into()),
            region: Some("Missouri".into()),
            ..Address::default()
        };
        let form = AddressForm::new(&parts);
        assert_eq!(key(&form), key(&line("403 Oak Avenue #4B")));
        assert_eq!(form.city.as_deref(), Some("saint louis"));
        assert_eq!(form.region.as_deref(), Some("mo"));
    }

    #[test]
    fn boxes_and_impossible_coordinates() {
        let form = line("P.O. Box 1234");
        assert_eq!((form.po_box.as_deref(), form.street), (Some("1234"), None));
        let at = Address { latitude: Some(91.0), longitude: Some(0.0), ..Address::default() };
        assert_eq!(AddressForm::new(&at).coordinates, None);
        assert!(AddressForm::new(&at).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_an_address(line in any::<String>(), part in any::<String>()) {
            AddressForm::new(&Address {
                line: Some(line), house: Some(part.clone()), unit: Some(part.clone()), street: Some(part.clone()),
                city: Some(part.clone()), postcode: Some(part), ..Address::default()
            });
        }

        #[test]
        fn a_canonical_address_is_its_own_form(house in 1u16..9999, street in "(north )?[b-df-z][a-z]{2,8}( [b-df-z][a-z]{2,8})?", kind in prop::sample::select(vec!["St", "Ave", "road", "Blvd", "Ln", "ct"])) {
            let once = line(&format!("{house} {street} {kind}"));
            let again = line(&format!("{} {}", once.house.clone().unwrap(), once.street.clone().unwrap()));
            prop_assert_eq!(key(&again), key(&once));
        }
    }
}
