//! E-mail addresses and places of birth, which person records may say as well. Drawn from
//! dice of their own, so that everything else is the same with and without them.

use deunicode::deunicode;

use super::dice::Dice;
use super::names::CULTURES;
use super::noise::misspell;
use super::world::Person;

/// Bit that marks the streams of dice for people's true contacts; above the streams of blocks.
const TRUTH: u64 = 1 << 63;
/// Bit that marks the streams of dice for the contacts that a block's records show.
const SHOWN: u64 = 1 << 62;

/// The true e-mail addresses and place of birth of a person.
#[derive(Debug, Clone)]
struct Truth {
    /// The address mostly given and another one.
    emails: [String; 2],
    /// City and country of birth.
    born: (&'static str, &'static str),
}

/// A record's e-mail address and place of birth; empty where it has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contacts {
    pub email: String,
    pub birth_place: String,
}

/// How often a kind of record shows an e-mail address and a place of birth.
pub(super) type Odds = [f64; 2];

/// Writes the contacts of a block's people.
pub(super) struct ContactDesk {
    seed: u64,
    dice: Dice,
}

impl ContactDesk {
    /// The desk of a block.
    pub fn new(seed: u64, block: u64) -> Self {
        Self { seed, dice: Dice::new(seed, SHOWN | block) }
    }

    /// Draws the contacts that a record of a person shows; `serial` names the person in the whole scenario.
    pub fn contacts(&mut self, person: &Person, serial: u64, [email, born]: Odds) -> Contacts {
        let truth = Truth::of(person, serial, &mut Dice::new(self.seed, TRUTH | serial));
        let mut shown = Contacts::default();
        if self.dice.chance(email) {
            shown.email = self.email(&truth);
        }
        if self.dice.chance(born) {
            shown.birth_place = self.birth_place(truth.born);
        }
        shown
    }

    fn email(&mut self, truth: &Truth) -> String {
        let email = &truth.emails[usize::from(self.dice.chance(0.15))];
        match self.dice.below(100) {
            0..4 => {
                let (local, domain) = email.split_once('@').unwrap_or((email, ""));
                format!("{}@{domain}", misspell(local, &mut self.dice))
            }
            4..12 => email.to_uppercase(),
            _ => email.clone(),
        }
    }

    fn birth_place(&mut self, (city, country): (&str, &str)) -> String {
        match self.dice.below(100) {
            0..4 => misspell(city, &mut self.dice),
            4..18 => format!("{city}, {country}"),
            18..26 => deunicode(city).to_uppercase(),
            26..40 => deunicode(city),
            _ => city.to_owned(),
        }
    }
}

impl Truth {
    fn of(person: &Person, serial: u64, dice: &mut Dice) -> Self {
        let culture = &CULTURES[person.culture];
        let written = |text: &str| deunicode(text).to_lowercase().replace(['_', ' ', '\''], "");
        let given = culture.given_name(person.sex, person.given);
        let family = culture.family_name(person.family);
        let given = written(&given.spellings(person.sex)[0]);
        let family = written(&family.spellings(person.sex)[0]);
        let email = |dice: &mut Dice| {
            let initial = &given[..1.min(given.len())];
            // Namesakes take digits: most addresses are of one person, as in life not all.
            let (year, number) = (person.birth.0 % 100, serial * 7 % 1000);
            let local = match dice.below(6) {
                0 => format!("{given}.{family}{number}"),
                1 => format!("{given}{family}{year:02}"),
                2 => format!("{initial}{family}{number}"),
                3 => format!("{given}{number}"),
                4 => format!("{family}.{given}{year:02}"),
                _ => format!("{given}_{family}"),
            };
            format!("{local}@{}", PROVIDERS[dice.skewed(PROVIDERS.len())])
        };
        let emails = [email(dice), email(dice)];
        // One in seven was born where the papers do not come from.
        let abroad = dice.chance(0.14);
        let at = BIRTH_PLACES.iter().position(|(country, _)| *country == person.nationality);
        let at = at.filter(|_| !abroad).unwrap_or_else(|| dice.below(BIRTH_PLACES.len()));
        let (country, cities) = BIRTH_PLACES[at];
        Self { emails, born: (cities[dice.skewed(cities.len())], country) }
    }
}

/// Domains that are kept for examples (RFC 2606), the most used first.
const PROVIDERS: [&str; 7] = [
    "mail.example",
    "post.example",
    "inbox.example",
    "freemail.example",
    "example.com",
    "example.net",
    "example.org",
];

/// Cities by country, the most frequent first.
#[rustfmt::skip]
const BIRTH_PLACES: &[(&str, &[&str])] = &[
    ("US", &["New York", "Los Angeles", "Chicago", "Houston", "Philadelphia", "Phoenix", "San Antonio", "Detroit", "Dallas", "Memphis", "Baltimore", "Boston", "Tulsa", "Fresno", "Toledo", "Newark"]),
    ("GB", &["London", "Birmingham", "Manchester", "Glasgow", "Leeds", "Liverpool", "Cardiff", "Bradford"]),
    ("MX", &["Ciudad de México", "Guadalajara", "Monterrey", "Puebla", "Tijuana", "León", "Juárez", "Mérida", "Tlaxcala", "Oaxaca"]),
    ("CO", &["Bogotá", "Medellín", "Cali", "Barranquilla", "Pereira"]),
    ("PE", &["Lima", "Arequipa", "Trujillo", "Cusco", "Piura"]),
    ("ES", &["Madrid", "Barcelona", "Valencia", "Sevilla", "Zaragoza", "Málaga"]),
    ("HN", &["Tegucigalpa", "San Pedro Sula", "La Ceiba", "Choloma"]),
    ("GT", &["Guatemala", "Mixco", "Quetzaltenango", "Escuintla"]),
    ("BR", &["São Paulo", "Rio de Janeiro", "Salvador", "Fortaleza", "Belo Horizonte", "Recife"]),
    ("PT", &["Lisboa", "Porto", "Braga", "Coimbra"]),
    ("RO", &["București", "Iași", "Cluj-Napoca", "Timișoara", "Craiova", "Galați", "Bacău", "Botoșani"]),
    ("MD", &["Chișinău", "Bălți", "Tiraspol", "Cahul", "Soroca"]),
    ("PL", &["Warszawa", "Kraków", "Łódź", "Wrocław", "Poznań", "Lublin", "Rzeszów"]),
    ("RU", &["Moscow", "Saint Petersburg", "Novosibirsk", "Kazan", "Samara", "Omsk"]),
    ("BY", &["Minsk", "Gomel", "Vitebsk", "Brest"]),
    ("UA", &["Kyiv", "Kharkiv", "Odesa", "Dnipro", "Lviv", "Zaporizhzhia", "Vinnytsia", "Chernivtsi"]),
    ("RS", &["Beograd", "Novi Sad", "Niš", "Kragujevac"]),
    ("BA", &["Sarajevo", "Banja Luka", "Tuzla", "Mostar"]),
    ("AL", &["Tiranë", "Durrës", "Vlorë", "Shkodër", "Elbasan"]),
    ("XK", &["Prishtinë", "Prizren", "Pejë", "Gjakovë"]),
    ("TR", &["İstanbul", "Ankara", "İzmir", "Bursa", "Diyarbakır", "Gaziantep"]),
    ("SY", &["Damascus", "Aleppo", "Homs", "Latakia", "Hama"]),
    ("EG", &["Cairo", "Alexandria", "Giza", "Tanta", "Asyut"]),
    ("MA", &["Casablanca", "Fès", "Rabat", "Tanger", "Oujda"]),
    ("IQ", &["Baghdad", "Mosul", "Basra", "Erbil", "Kirkuk"]),
    ("LB", &["Beirut", "Tripoli", "Sidon", "Zahle"]),
    ("IR", &["Tehran", "Mashhad", "Isfahan", "Shiraz", "Tabriz"]),
    ("AF", &["Kabul", "Herat", "Kandahar", "Mazar-i-Sharif"]),
    ("IN", &["Mumbai", "Delhi", "Kolkata", "Chennai", "Amritsar", "Ludhiana", "Jalandhar", "Lucknow"]),
    ("PK", &["Lahore", "Karachi", "Faisalabad", "Rawalpindi", "Multan"]),
    ("BD", &["Dhaka", "Chittagong", "Khulna", "Sylhet", "Rajshahi"]),
    ("NP", &["Kathmandu", "Pokhara", "Biratnagar", "Nepalgunj", "Hetauda"]),
    ("CN", &["Shanghai", "Beijing", "Guangzhou", "Fuzhou", "Wenzhou", "Chengdu", "Shenyang", "Changle"]),
    ("VN", &["Hà Nội", "Hồ Chí Minh", "Hải Phòng", "Vinh", "Nghệ An", "Quảng Bình", "Hà Tĩnh"]),
    ("TH", &["Bangkok", "Chiang Mai", "Udon Thani", "Khon Kaen", "Chiang Rai"]),
    ("PH", &["Manila", "Quezon City", "Davao", "Cebu", "Zamboanga", "Iloilo"]),
    ("KR", &["Seoul", "Busan", "Incheon", "Daegu", "Gwangju"]),
    ("NG", &["Lagos", "Kano", "Benin City", "Ibadan", "Port Harcourt", "Enugu"]),
    ("GH", &["Accra", "Kumasi", "Tamale", "Takoradi"]),
    ("ET", &["Addis Ababa", "Dire Dawa", "Mekelle", "Gondar"]),
    ("ER", &["Asmara", "Keren", "Massawa"]),
    ("HU", &["Budapest", "Debrecen", "Szeged", "Miskolc", "Pécs", "Nyíregyháza"]),
    ("GR", &["Athens", "Thessaloniki", "Patras", "Heraklion"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_nationality_has_places_of_birth() {
        for country in CULTURES.iter().flat_map(|culture| culture.countries) {
            assert!(BIRTH_PLACES.iter().any(|(known, _)| known == country), "{country}");
        }
    }
}
