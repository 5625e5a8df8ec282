//! Cities with their coordinates, streets, and the addresses made of them.

/// A city.
pub(super) struct City {
    pub name: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// State or province.
    pub region: &'static str,
    pub latitude: f64,
    pub longitude: f64,
    /// First digits of its post codes.
    postcode: &'static str,
}

macro_rules! cities {
    ($($name:literal $country:literal $region:literal $lat:literal $lon:literal $post:literal;)*) => {
        &[$(City { name: $name, country: $country, region: $region, latitude: $lat,
                   longitude: $lon, postcode: $post }),*]
    };
}

/// Cities of the United States and Europe (centre coordinates, rounded to about 100 m).
#[rustfmt::skip]
pub(super) const CITIES: &[City] = cities! {
    "Chicago" "US" "IL" 41.878 -87.630 "606"; "Houston" "US" "TX" 29.760 -95.370 "770";
    "London" "GB" "England" 51.507 -0.128 "E1"; "Berlin" "DE" "Berlin" 52.520 13.405 "10";
    "Dallas" "US" "TX" 32.777 -96.797 "752"; "Bucharest" "RO" "Bucharest" 44.427 26.103 "01";
    "Atlanta" "US" "GA" 33.749 -84.388 "303"; "Warsaw" "PL" "Mazowieckie" 52.230 21.012 "00";
    "Los Angeles" "US" "CA" 34.052 -118.244 "900"; "Manchester" "GB" "England" 53.481 -2.242 "M1";
    "Minneapolis" "US" "MN" 44.978 -93.265 "554"; "Madrid" "ES" "Madrid" 40.417 -3.704 "28";
    "St. Louis" "US" "MO" 38.627 -90.199 "631"; "Hamburg" "DE" "Hamburg" 53.551 9.994 "20";
    "Kansas City" "US" "MO" 39.100 -94.579 "641"; "Birmingham" "GB" "England" 52.486 -1.890 "B1";
    "Denver" "US" "CO" 39.739 -104.990 "802"; "Munich" "DE" "Bavaria" 48.137 11.575 "80";
    "Phoenix" "US" "AZ" 33.448 -112.074 "850"; "Barcelona" "ES" "Catalonia" 41.385 2.173 "08";
    "Las Vegas" "US" "NV" 36.170 -115.140 "891"; "Cologne" "DE" "NRW" 50.938 6.960 "50";
    "Memphis" "US" "TN" 35.150 -90.049 "381"; "Cluj-Napoca" "RO" "Cluj" 46.770 23.591 "40";
    "New Orleans" "US" "LA" 29.951 -90.072 "701"; "Leeds" "GB" "England" 53.801 -1.549 "LS1";
    "Miami" "US" "FL" 25.762 -80.192 "331"; "Krakow" "PL" "Malopolskie" 50.065 19.945 "30";
    "Orlando" "US" "FL" 28.538 -81.379 "328"; "Frankfurt" "DE" "Hesse" 50.111 8.682 "60";
    "Detroit" "US" "MI" 42.331 -83.046 "482"; "Valencia" "ES" "Valencia" 39.470 -0.376 "46";
    "Columbus" "US" "OH" 39.961 -82.999 "432"; "Iasi" "RO" "Iasi" 47.158 27.601 "70";
    "New York" "US" "NY" 40.713 -74.006 "100"; "Bristol" "GB" "England" 51.454 -2.588 "BS1";
    "Philadelphia" "US" "PA" 39.953 -75.164 "191"; "Wroclaw" "PL" "Dolnoslaskie" 51.108 17.038 "50";
    "Seattle" "US" "WA" 47.606 -122.332 "981"; "Stuttgart" "DE" "BW" 48.776 9.183 "70";
    "Portland" "US" "OR" 45.505 -122.675 "972"; "Sheffield" "GB" "England" 53.381 -1.470 "S1";
    "San Antonio" "US" "TX" 29.424 -98.494 "782"; "Seville" "ES" "Andalusia" 37.389 -5.984 "41";
    "Milwaukee" "US" "WI" 43.039 -87.906 "532"; "Leipzig" "DE" "Saxony" 51.340 12.375 "04";
    "Nashville" "US" "TN" 36.163 -86.781 "372"; "Gdansk" "PL" "Pomorskie" 54.352 18.647 "80";
};

const STREETS_US: &[&str] = &[
    "Main",
    "Oak",
    "Maple",
    "Cedar",
    "Elm",
    "Washington",
    "Lake",
    "Hill",
    "Walnut",
    "Spring",
    "Park",
    "Chestnut",
    "Lincoln",
    "Jackson",
    "Church",
    "Highland",
    "Franklin",
    "Jefferson",
    "River",
    "Meadow",
    "Sunset",
    "Forest",
    "Willow",
    "Madison",
    "Cherry",
    "Dogwood",
    "Hickory",
    "Ridge",
    "Valley",
    "Prairie",
    "Magnolia",
    "Sycamore",
    "Birch",
    "Juniper",
    "Cottonwood",
    "Railroad",
    "Mill",
    "Monroe",
    "Adams",
    "Harrison",
];
const TYPES_US: &[(&str, &str)] = &[
    ("Street", "St"),
    ("Avenue", "Ave"),
    ("Road", "Rd"),
    ("Drive", "Dr"),
    ("Lane", "Ln"),
    ("Boulevard", "Blvd"),
    ("Court", "Ct"),
    ("Place", "Pl"),
];
const STREETS_GB: &[&str] = &[
    "High",
    "Station",
    "Victoria",
    "Church",
    "Green",
    "Manor",
    "Kings",
    "Queens",
    "Grange",
    "Albert",
    "Windsor",
    "Mill",
    "School",
    "Springfield",
    "George",
    "Park",
    "York",
    "Alexandra",
    "Chester",
    "Stanley",
    "Richmond",
    "Clarence",
    "Harcourt",
    "Beaufort",
    "Cavendish",
    "Devonshire",
    "Gladstone",
    "Hawthorn",
    "Kensington",
    "Lansdowne",
];
const TYPES_GB: &[(&str, &str)] = &[
    ("Street", "St"),
    ("Road", "Rd"),
    ("Avenue", "Ave"),
    ("Lane", "Ln"),
    ("Close", "Cl"),
    ("Terrace", "Terr"),
    ("Gardens", "Gdns"),
    ("Crescent", "Cres"),
];
const STREETS_DE: &[&str] = &[
    "Haupt",
    "Schiller",
    "Goethe",
    "Garten",
    "Bahnhof",
    "Mozart",
    "Linden",
    "Berg",
    "Wald",
    "Ring",
    "Kirch",
    "Schul",
    "Beethoven",
    "Birken",
    "Wiesen",
    "Rosen",
    "Eichen",
    "Blumen",
    "Lessing",
    "Bismarck",
    "Friedrich",
    "Wilhelm",
    "Hafen",
    "Mühlen",
    "Sonnen",
    "Kastanien",
    "Tannen",
    "Ahorn",
    "Buchen",
    "Uhland",
];
const TYPES_DE: &[(&str, &str)] =
    &[("straße", "str."), ("weg", "weg"), ("allee", "allee"), ("platz", "pl.")];
const STREETS_RO: &[&str] = &[
    "Mihai Eminescu",
    "Unirii",
    "Republicii",
    "Libertății",
    "Independenței",
    "Tudor Vladimirescu",
    "Ștefan cel Mare",
    "Nicolae Bălcescu",
    "Traian",
    "Decebal",
    "Avram Iancu",
    "Horea",
    "Primăverii",
    "Florilor",
    "Trandafirilor",
    "Păcii",
    "Victoriei",
    "Cuza Vodă",
    "George Enescu",
    "Ion Creangă",
    "Plopilor",
    "Teiului",
    "Morii",
    "Gării",
];
const TYPES_RO: &[(&str, &str)] =
    &[("Strada", "Str."), ("Bulevardul", "Bd."), ("Aleea", "Al."), ("Calea", "Cal.")];
const STREETS_PL: &[&str] = &[
    "Polna",
    "Leśna",
    "Słoneczna",
    "Krótka",
    "Szkolna",
    "Ogrodowa",
    "Lipowa",
    "Brzozowa",
    "Łąkowa",
    "Kwiatowa",
    "Kościelna",
    "Sosnowa",
    "Zielona",
    "Parkowa",
    "Akacjowa",
    "Kolejowa",
    "Mickiewicza",
    "Kościuszki",
    "Sienkiewicza",
    "Słowackiego",
    "Żeromskiego",
    "Kopernika",
    "Piłsudskiego",
    "Reymonta",
];
const TYPES_PL: &[(&str, &str)] = &[("ulica", "ul."), ("aleja", "al."), ("plac", "pl.")];
const STREETS_ES: &[&str] = &[
    "Mayor",
    "Real",
    "Nueva",
    "del Sol",
    "de la Iglesia",
    "San José",
    "Cervantes",
    "de la Constitución",
    "San Antonio",
    "de la Fuente",
    "Goya",
    "Velázquez",
    "Colón",
    "de Alcalá",
    "Serrano",
    "Toledo",
    "Sevilla",
    "del Carmen",
    "Santa María",
    "de la Paz",
    "Doctor Fleming",
    "Rosalía de Castro",
    "Lope de Vega",
    "Quevedo",
];
const TYPES_ES: &[(&str, &str)] =
    &[("Calle", "C/"), ("Avenida", "Av."), ("Plaza", "Pza."), ("Paseo", "Pº")];

/// An address: unique within its city by construction.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// Index into [`CITIES`].
    pub city: usize,
    pub house: u32,
    street: usize,
    /// Number of the flat, room or unit; 0 when the building is one household.
    pub unit: u32,
    postcode: u32,
}

fn streets(country: &str) -> (&'static [&'static str], &'static [(&'static str, &'static str)]) {
    match country {
        "GB" => (STREETS_GB, TYPES_GB),
        "DE" => (STREETS_DE, TYPES_DE),
        "RO" => (STREETS_RO, TYPES_RO),
        "PL" => (STREETS_PL, TYPES_PL),
        "ES" => (STREETS_ES, TYPES_ES),
        _ => (STREETS_US, TYPES_US),
    }
}

/// House numbers go up to this; with the streets it bounds the addresses of a city.
const HOUSES: u64 = 997;

impl Address {
    /// The `serial`-th building of a city. Different serials below streets × [`HOUSES`] give
    /// different buildings (multiplication by a unit modulo their number permutes them).
    pub fn building(city: usize, serial: u64) -> Self {
        let (names, types) = streets(CITIES[city].country);
        let named = (names.len() * types.len()) as u64;
        let place = serial.wrapping_mul(1_000_003) % (named * HOUSES);
        let street = (place % named) as usize;
        Self {
            city,
            street,
            house: (place / named) as u32 + 1,
            unit: 0,
            postcode: (street * 7 % 89 + 10) as u32,
        }
    }

    /// Street with its type, in full or abbreviated.
    pub fn street(&self, abbreviated: bool) -> String {
        let country = CITIES[self.city].country;
        let (names, types) = streets(country);
        let (full, short) = types[self.street % types.len()];
        let name = names[self.street / types.len()];
        let kind = if abbreviated { short } else { full };
        match country {
            "DE" => format!("{name}{kind}"),
            "RO" | "PL" | "ES" => format!("{kind} {name}"),
            _ => format!("{name} {kind}"),
        }
    }

    /// Post code.
    pub fn postcode(&self) -> String {
        let city = &CITIES[self.city];
        match city.country {
            "GB" => {
                let letters = b"ABDEFGHJLN";
                let (one, two) = (letters[self.street % 10], letters[self.street / 10 % 10]);
                format!("{} {}{}{}", city.postcode, self.postcode % 9 + 1, one as char, two as char)
            }
            "US" => format!("{}{:02}", city.postcode, self.postcode),
            "PL" => format!("{}-{:03}", city.postcode, self.postcode * 3),
            "RO" => format!("{}{:04}", city.postcode, self.postcode * 11),
            _ => format!("{}{:03}", city.postcode, self.postcode * 3),
        }
    }
}

/// Great-circle distance in kilometres (haversine, mean radius 6371 km): good to 0.5 %, which is
/// enough to keep generated journeys possible.
pub(super) fn distance_km(from: &City, to: &City) -> f64 {
    let (lat1, lat2) = (from.latitude.to_radians(), to.latitude.to_radians());
    let half_lat = ((lat2 - lat1) / 2.0).sin();
    let half_lon = ((to.longitude - from.longitude).to_radians() / 2.0).sin();
    let a = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
    2.0 * 6371.0 * a.sqrt().min(1.0).asin()
}

/// Cities of the same road network (the United States; Europe with the Channel crossing) nearest
/// first, without the city itself.
pub(super) fn nearest(city: usize) -> Vec<usize> {
    let here = &CITIES[city];
    let mut others: Vec<usize> = (0..CITIES.len())
        .filter(|&other| other != city)
        .filter(|&other| (CITIES[other].country == "US") == (here.country == "US"))
        .collect();
    others.sort_by(|&a, &b| {
        distance_km(here, &CITIES[a]).total_cmp(&distance_km(here, &CITIES[b])).then(a.cmp(&b))
    });
    others
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buildings_of_a_city_are_distinct() {
        for city in [0, 2, 3, 5, 7, 11] {
            let all: std::collections::BTreeSet<_> = (0..20_000)
                .map(|serial| Address::building(city, serial))
                .map(|address| (address.street, address.house))
                .collect();
            assert_eq!(all.len(), 20_000);
        }
    }

    #[test]
    fn distances_agree_with_published_ones() {
        let find = |name| CITIES.iter().find(|city| city.name == name).unwrap();
        let km = distance_km(find("London"), find("Berlin"));
        assert!((925.0..940.0).contains(&km), "{km}");
    }
}
