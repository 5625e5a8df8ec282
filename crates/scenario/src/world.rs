//! The true people and things of one block, before any agency writes them down. Everything is made
//! from the block's dice and number, so that no block needs another.

use super::dice::Dice;
use super::identifiers::{Phone, Vehicle, document};
use super::names::{CULTURES, Pattern, culture_at, total_weight};
use super::places::{Address, CITIES};
use super::rare_names::Spread;

/// Most things of one type in a block; serials of block `b` are `b * SERIALS ..`.
pub(super) const SERIALS: u64 = 1024;

/// A person.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub culture: usize,
    /// 0 male, 1 female.
    pub sex: usize,
    pub given: usize,
    pub second_given: Option<usize>,
    pub family: usize,
    pub second_family: Option<usize>,
    /// The numbers of the spellings in the person's papers: of the given name and of the family name.
    pub papers: [usize; 2],
    /// Year, month, day.
    pub birth: (i32, u8, u8),
    pub nationality: &'static str,
    pub document: String,
    /// Index of the main phone.
    pub phone: Option<usize>,
    /// Index of the home address.
    pub address: usize,
    /// Index of the vehicle the person drives.
    pub vehicle: Option<usize>,
    /// "Jr." or "Sr." where father and son share a name.
    pub suffix: Option<&'static str>,
    /// Only records with a full birth date tell this person from a namesake in the family.
    pub namesake: bool,
}

/// An organization.
#[derive(Debug, Clone)]
pub(super) struct Organization {
    pub name: String,
    pub legal_form: &'static str,
    pub registration: String,
    pub kind: &'static str,
    pub phone: usize,
    pub address: usize,
}

/// The things of one block.
#[derive(Debug)]
pub(super) struct World {
    number: u64,
    /// True if people also bear the many rare names of a population, not only the names of the lists.
    pub rare_names: bool,
    /// Home city, index into [`CITIES`].
    pub city: usize,
    pub people: Vec<Person>,
    pub phones: Vec<Phone>,
    pub addresses: Vec<Address>,
    pub vehicles: Vec<Vehicle>,
    pub organizations: Vec<Organization>,
}

const ADJECTIVES: &[&str] = &[
    "Golden",
    "Silver",
    "Green",
    "Blue",
    "Royal",
    "Sunny",
    "Northern",
    "Western",
    "Grand",
    "Lucky",
    "Crystal",
    "Harbour",
    "Prime",
    "Rapid",
    "United",
    "Atlas",
    "Orchid",
    "Jade",
    "Maple",
    "Evergreen",
    "Summit",
    "Coastal",
    "Central",
    "Liberty",
    "Phoenix",
    "Delta",
    "Lotus",
    "Amber",
    "Falcon",
    "Pioneer",
];
const NOUNS: &[&str] = &[
    "River", "Valley", "Bridge", "Garden", "Star", "Gate", "Field", "Crown", "Lake", "Hill",
    "Rose", "Oak", "Pearl", "Wind", "Stone", "Bay", "Dragon", "Moon", "Tower", "Park", "Spring",
    "Forest", "Coast", "Eagle", "Lion", "Anchor",
];

impl World {
    /// An empty block with its home city.
    pub fn new(number: u64) -> Self {
        Self {
            number,
            rare_names: false,
            city: (number % CITIES.len() as u64) as usize,
            people: Vec::new(),
            phones: Vec::new(),
            addresses: Vec::new(),
            vehicles: Vec::new(),
            organizations: Vec::new(),
        }
    }

    /// The number that names the block's `local`-th thing of a type in the whole scenario.
    pub fn serial(&self, local: usize) -> u64 {
        self.number * SERIALS + local as u64
    }

    /// A new phone of a country.
    pub fn phone(&mut self, country: &str) -> usize {
        self.phones.push(Phone::new(country, self.serial(self.phones.len())));
        self.phones.len() - 1
    }

    /// A new building in a city; the unit is 0 when it is one household.
    pub fn address(&mut self, city: usize, unit: u32) -> usize {
        let mut address = Address::building(city, self.serial(self.addresses.len()));
        address.unit = unit;
        self.addresses.push(address);
        self.addresses.len() - 1
    }

    /// Another unit in the building of an address.
    pub fn neighbour(&mut self, address: usize) -> usize {
        let mut other = self.addresses[address].clone();
        other.unit += 1 + self.addresses.len() as u32 % 7;
        let taken = |w: &Self, a: &Address| {
            w.addresses.iter().any(|b| {
                (b.city, b.house, b.street(false), b.unit)
                    == (a.city, a.house, a.street(false), a.unit)
            })
        };
        while taken(self, &other) {
            other.unit += 1;
        }
        self.addresses.push(other);
        self.addresses.len() - 1
    }

    /// A new vehicle registered in a city's state or country.
    pub fn vehicle(&mut self, city: usize, dice: &mut Dice) -> usize {
        let serial = self.serial(self.vehicles.len());
        let city = &CITIES[city];
        self.vehicles.push(Vehicle::new(city.country, city.region, serial, dice));
        self.vehicles.len() - 1
    }

    /// A new organization with its own phone and address in a city.
    pub fn organization(&mut self, kind: &'static str, city: usize, dice: &mut Dice) -> usize {
        let phone = self.phone(CITIES[city].country);
        let address = self.address(city, 0);
        let serial = self.serial(self.organizations.len());
        let (title, legal_form) = match kind {
            "hotel" => (*dice.pick(&["Hotel", "Inn", "Motel", "Lodge", "Suites"]), ""),
            "shelter" => ("House", ""),
            "farm" => (*dice.pick(&["Farms", "Produce", "Growers"]), "LLC"),
            "massage" => (*dice.pick(&["Spa", "Massage", "Wellness"]), "LLC"),
            "construction" => (*dice.pick(&["Construction", "Builders"]), "Inc."),
            "transport" => (*dice.pick(&["Rentals", "Transport", "Coaches"]), "Inc."),
            "hospital" => ("Hospital", ""),
            "agency" => (*dice.pick(&["Staffing", "Recruitment"]), "Ltd."),
            _ => (*dice.pick(&["Services", "Trading", "Foods", "Cleaning", "Market"]), "LLC"),
        };
        let name = format!("{} {} {title}", dice.pick(ADJECTIVES), dice.pick(NOUNS));
        let registration = format!("{:08}", 10_000_000 + serial * 37 % 89_999_999);
        self.organizations.push(Organization {
            name,
            legal_form,
            registration,
            kind,
            phone,
            address,
        });
        self.organizations.len() - 1
    }

    /// A new person at an address, of a random culture, between two ages in 2025.
    pub fn person(&mut self, address: usize, ages: (i32, i32), dice: &mut Dice) -> usize {
        let culture = culture_at(dice.below(total_weight() as usize) as u32);
        self.person_of(culture, address, ages, dice)
    }

    /// A new person of a culture.
    pub fn person_of(
        &mut self,
        culture: usize,
        address: usize,
        ages: (i32, i32),
        dice: &mut Dice,
    ) -> usize {
        let names = &CULTURES[culture];
        let sex = dice.below(2);
        let nationality = match dice.below(4) {
            0 => *dice.pick(names.countries),
            _ => names.countries[0],
        };
        let rare = self.rare_names;
        let draw = |count: usize, spread: Spread, dice: &mut Dice| {
            if rare { spread.rank(dice) } else { dice.skewed(count) }
        };
        let draw_given = |dice: &mut Dice| draw(names.given[sex].len(), names.given_spread(), dice);
        let draw_family = |dice: &mut Dice| draw(names.family.len(), names.family_spread(), dice);
        let (given, family) = (draw_given(dice), draw_family(dice));
        let middle_odds = if names.pattern == Pattern::Western { 0.25 } else { 0.05 };
        let second_given = dice.chance(middle_odds).then(|| draw_given(dice));
        let two = names.pattern == Pattern::TwoFamilyNames;
        let second_family = dice.chance(if two { 0.9 } else { 0.0 }).then(|| draw_family(dice));
        let spelling =
            |dice: &mut Dice, count: usize| if dice.chance(0.6) { 0 } else { dice.below(count) };
        let papers = [
            spelling(dice, names.given_name(sex, given).spellings(sex).len()),
            spelling(dice, names.family_name(family).spellings(sex).len()),
        ];
        let year = 2025 - dice.between(i64::from(ages.0), i64::from(ages.1)) as i32;
        let local = CITIES[self.addresses[address].city].country;
        let country = if dice.chance(0.75) { local } else { nationality };
        let phone = dice.chance(0.93).then(|| self.phone(country));
        self.people.push(Person {
            culture,
            sex,
            given,
            second_given: second_given.filter(|&second| second != given),
            family,
            second_family,
            papers,
            birth: (year, 1 + dice.below(12) as u8, 1 + dice.below(28) as u8),
            nationality,
            document: document(nationality, self.serial(self.people.len())),
            phone,
            address,
            vehicle: None,
            suffix: None,
            namesake: false,
        });
        self.people.len() - 1
    }

    /// A relative: same culture, family name and home; own given name and birth date.
    pub fn relative(&mut self, of: usize, ages: (i32, i32), dice: &mut Dice) -> usize {
        let (culture, address) = (self.people[of].culture, self.people[of].address);
        let index = self.person_of(culture, address, ages, dice);
        let kin = self.people[of].clone();
        let person = &mut self.people[index];
        person.family = kin.family;
        person.second_family = kin.second_family;
        let spellings = CULTURES[culture].family_name(kin.family).spellings(person.sex).len();
        person.papers[1] = kin.papers[1].min(spellings - 1);
        if person.given == kin.given && person.sex == kin.sex {
            person.given = (person.given + 1) % CULTURES[culture].given[person.sex].len();
            person.papers[0] = 0;
        }
        index
    }
}
