//! Blocking keys: records that share one are compared. Every key is a function of the record and
//! the frozen model alone, so which pairs are compared never depends on what else is stored. A
//! key that the model marks as generic (two common names) is narrowed by a second field.
//!
//! Words make keys by their skeleton, which is phonetic, so that most misspelt names and all
//! transliterations of one share a key.

use super::compare::address::postcode_area;
use super::lexicon::{Lexicon, Mix, Text, WordEntry, hash};
use super::values::{
    AddressValues, OrganizationValues, PersonValues, PhoneValues, Values, VehicleValues,
};
use crate::model::{BlockKey, EntityType};

/// Words of one name that make keys; pairs of them are squared.
const WORDS_MAX: usize = 5;

/// Two names whose rarities add up to less than this are generic: their key is narrowed by
/// the year of birth. 2^-13 of all people is one in 8,192.
const PAIR_RARITY_MIN: f64 = 13.0;

/// A name that is borne by more than one in 2^6 is no key with a year, a town or a district.
const WORD_RARITY_MIN: f64 = 6.0;

/// A name that is borne by more than one in 2^11 is no key of its own.
const WORD_ALONE_RARITY_MIN: f64 = 11.0;

/// People who may share a key; where the model has counted many people, names must be rarer for it.
const BEARERS_MAX: f64 = 40.0;

/// Years, towns or districts that people spread over, about: with one of them a name is so much rarer.
const PLACES: f64 = 70.0;

/// Digits at the end of a phone number that make its key: the shortest subscriber numbers.
const ENDING_DIGITS: usize = 7;

/// What keys are made of, and where they go.
struct Keys<'a> {
    lexicon: &'a Lexicon,
    /// Begins every key of the rule: keeps types and rules apart.
    seed: Mix,
    out: &'a mut Vec<BlockKey>,
}

/// A rule: one kind of key.
pub(super) struct Rule {
    /// The name in reports: what the records that share its key have in common.
    pub name: &'static str,
    /// Whether the rule goes by name alone (`true`) or by no name at all (`false`).
    pub by_name: Option<bool>,
    seed: Mix,
    make: Make,
}

#[derive(Clone, Copy)]
enum Make {
    Person(fn(&mut Keys<'_>, &PersonValues)),
    Phone(fn(&mut Keys<'_>, &PhoneValues)),
    Address(fn(&mut Keys<'_>, &AddressValues)),
    Vehicle(fn(&mut Keys<'_>, &VehicleValues)),
    Organization(fn(&mut Keys<'_>, &OrganizationValues)),
}

const fn rule(name: &'static str, seed: &str, make: Make) -> Rule {
    Rule { name, by_name: None, seed: Mix::new(seed), make }
}

const fn person(
    name: &'static str,
    by_name: Option<bool>,
    make: fn(&mut Keys<'_>, &PersonValues),
) -> Rule {
    // The names of people's rules are unique; other types prefix theirs.
    Rule { name, by_name, seed: Mix::new(name), make: Make::Person(make) }
}

static PERSON: [Rule; 18] = [
    person("phone", Some(false), |keys, it| it.phones.iter().for_each(|phone| keys.phone(phone))),
    person("e-mail", Some(false), |keys, it| it.emails.iter().for_each(|it| keys.text(it.address))),
    person("document", Some(false), |keys, it| {
        it.documents.iter().for_each(|it| keys.text(it.number))
    }),
    person("two names, rare together", Some(true), |keys, it| keys.two_names(it)),
    person("two names, year of birth", None, |keys, it| keys.two_names_and_year(it)),
    person("name, date of birth", None, |keys, it| {
        keys.name_and_birth(it, |year, day| [year, day.0, day.1])
    }),
    person("name, month of birth", None, |keys, it| keys.name_and_month(it)),
    person("name, day of the year", None, |keys, it| {
        keys.name_and_birth(it, |_, day| [0, day.0, day.1])
    }),
    person("name, year of birth", None, |keys, it| keys.name_and_year(it)),
    person("name, house and street", None, |keys, it| keys.name_and_house(it)),
    person("name, post code", None, |keys, it| keys.name_and_postcode(it)),
    person("name, post code's area", None, |keys, it| keys.name_and_area(it)),
    person("name, place of birth", None, |keys, it| keys.name_and_birth_place(it)),
    person("name, rare alone", Some(true), |keys, it| keys.rare_name(it)),
    person("date of birth, place of birth", Some(false), |keys, it| keys.date_and_birth_place(it)),
    person("date of birth, post code", Some(false), |keys, it| keys.date_and_postcode(it)),
    person("date of birth, post code's area", Some(false), |keys, it| keys.date_and_area(it)),
    person("date of birth, initial", None, |keys, it| keys.date_and_initial(it)),
];

static PHONE: [Rule; 1] = [rule("number", "phone number", Make::Phone(|keys, it| keys.phone(it)))];

static ADDRESS: [Rule; 4] = [
    rule(
        "house, word of the street",
        "address street",
        Make::Address(|keys, it| keys.house_and_street(it)),
    ),
    rule(
        "house, post code",
        "address postcode",
        Make::Address(|keys, it| keys.house_and_postcode(it)),
    ),
    rule(
        "house, town, initial of the street",
        "address initial",
        Make::Address(|keys, it| keys.house_and_initial(it)),
    ),
    rule("post-office box", "address box", Make::Address(|keys, it| keys.po_box(it))),
];

static VEHICLE: [Rule; 3] = [
    rule("plate, one character aside", "vehicle plate", Make::Vehicle(|keys, it| keys.plate(it))),
    rule("first half of the VIN", "vehicle vin start", Make::Vehicle(|keys, it| keys.vin(it, 0))),
    rule("last half of the VIN", "vehicle vin end", Make::Vehicle(|keys, it| keys.vin(it, 1))),
];

static ORGANIZATION: [Rule; 6] = [
    rule(
        "registration",
        "organization registration",
        Make::Organization(|keys, it| {
            it.registration.iter().for_each(|text| keys.text(*text));
        }),
    ),
    rule(
        "phone",
        "organization phone",
        Make::Organization(|keys, it| {
            it.phones.iter().for_each(|phone| keys.phone(phone));
        }),
    ),
    rule(
        "two words of the name",
        "organization two words",
        Make::Organization(|keys, it| keys.two_words(it)),
    ),
    rule(
        "the name's only word",
        "organization word",
        Make::Organization(|keys, it| keys.only_word(it)),
    ),
    rule(
        "house, word of the street",
        "organization street",
        Make::Organization(|keys, it| {
            it.address.iter().for_each(|address| keys.house_and_street(address));
        }),
    ),
    rule(
        "house, post code",
        "organization postcode",
        Make::Organization(|keys, it| {
            it.address.iter().for_each(|address| keys.house_and_postcode(address));
        }),
    ),
];

/// The rules of a type.
pub(super) fn rules(entity_type: EntityType) -> &'static [Rule] {
    match entity_type {
        EntityType::Person => &PERSON,
        EntityType::Phone => &PHONE,
        EntityType::Address => &ADDRESS,
        EntityType::Vehicle => &VEHICLE,
        EntityType::Organization => &ORGANIZATION,
    }
}

impl Rule {
    /// Adds the rule's keys of a record to `out`, distinct, ascending.
    pub fn keys(&self, values: &Values, lexicon: &Lexicon, out: &mut Vec<BlockKey>) {
        out.clear();
        let keys = &mut Keys { lexicon, seed: self.seed, out };
        match (self.make, values) {
            (Make::Person(make), Values::Person(person)) => make(keys, person),
            (Make::Phone(make), Values::Phone(Some(phone))) => make(keys, phone),
            (Make::Address(make), Values::Address(address)) => make(keys, address),
            (Make::Vehicle(make), Values::Vehicle(vehicle)) => make(keys, vehicle),
            (Make::Organization(make), Values::Organization(it)) => make(keys, it),
            _ => {}
        }
        out.sort_unstable();
        out.dedup();
    }
}

/// The distinct keys of a record by all rules of its type, ascending.
pub(super) fn keys(entity_type: EntityType, values: &Values, lexicon: &Lexicon) -> Vec<BlockKey> {
    let (mut all, mut of_rule) = (Vec::new(), Vec::new());
    for rule in rules(entity_type) {
        rule.keys(values, lexicon, &mut of_rule);
        all.append(&mut of_rule);
    }
    all.sort_unstable();
    all.dedup();
    all
}

impl<'a> Keys<'a> {
    fn add(&mut self, values: &[u64]) {
        let mixed = values.iter().fold(self.seed, |mix, value| mix.with(*value));
        self.out.push(BlockKey(mixed.end()));
    }

    /// The rarity that leaves [`BEARERS_MAX`] of the people of so many places to a key; `least` where the model
    /// has counted few.
    fn rarity_min(&self, least: f64, places: f64) -> f64 {
        (self.lexicon.population() / places / BEARERS_MAX).log2().max(least)
    }

    fn hash(&self, text: Text) -> u64 {
        hash(self.lexicon.text(text))
    }

    fn text(&mut self, text: Text) {
        self.add(&[self.hash(text)]);
    }

    /// The words of each name of a person that make keys.
    fn names<'p>(
        &self,
        person: &'p PersonValues,
    ) -> impl Iterator<Item = Vec<&'a WordEntry>> + use<'a, 'p> {
        let lexicon = self.lexicon;
        let words =
            move |name: &[u32]| name.iter().take(WORDS_MAX).map(|it| lexicon.word(*it)).collect();
        person.names.iter().map(words)
    }

    /// Keys of each word of a person's names together with `others`, where the word is rare enough.
    fn each_name(&mut self, person: &PersonValues, rarity_min: f64, others: &[u64]) {
        for word in person.names.words() {
            let word = self.lexicon.word(word);
            if word.rarity >= rarity_min {
                let mixed = others.iter().fold(self.seed.with(word.key), |mix, it| mix.with(*it));
                self.out.push(BlockKey(mixed.end()));
            }
        }
    }

    fn two_names(&mut self, person: &PersonValues) {
        let least = self.rarity_min(PAIR_RARITY_MIN, 1.0);
        for words in self.names(person) {
            for (index, a) in words.iter().enumerate() {
                for b in &words[index + 1..] {
                    if a.rarity + b.rarity >= least {
                        self.add(&[a.key.min(b.key), a.key.max(b.key)]);
                    }
                }
            }
        }
    }

    fn two_names_and_year(&mut self, person: &PersonValues) {
        let Some(birth) = person.birth else { return };
        let year = birth.date.year() as u64;
        for words in self.names(person) {
            for (index, a) in words.iter().enumerate() {
                for b in &words[index + 1..] {
                    self.add(&[a.key.min(b.key), a.key.max(b.key), year]);
                }
            }
        }
    }

    /// Keys of each name with what `of` makes of the year and of day and month, which are sorted, so that
    /// exchanging them gives the same key.
    fn name_and_birth(&mut self, person: &PersonValues, of: fn(u64, (u64, u64)) -> [u64; 3]) {
        let Some(date) = person.birth.map(|birth| birth.date) else { return };
        let Some((month, day)) = date.month().zip(date.day()) else { return };
        let day = (u64::from(month.min(day)), u64::from(month.max(day)));
        self.each_name(person, 0.0, &of(date.year() as u64, day));
    }

    fn name_and_month(&mut self, person: &PersonValues) {
        let Some(date) = person.birth.map(|birth| birth.date) else { return };
        let Some(month) = date.month() else { return };
        self.each_name(person, 0.0, &[date.year() as u64, u64::from(month)]);
    }

    fn name_and_year(&mut self, person: &PersonValues) {
        let Some(birth) = person.birth else { return };
        let least = self.rarity_min(WORD_RARITY_MIN, PLACES);
        self.each_name(person, least, &[birth.date.year() as u64]);
    }

    fn name_and_house(&mut self, person: &PersonValues) {
        let Some(address) = &person.address else { return };
        let Some(house) = address.house.map(|house| self.hash(house)) else { return };
        for word in &address.street {
            let street = self.lexicon.word(*word).key;
            self.each_name(person, 0.0, &[house, street]);
        }
    }

    fn postcode(person: &PersonValues) -> Option<Text> {
        person.address.as_ref().and_then(|address| address.postcode)
    }

    fn area(&self, person: &PersonValues) -> Option<u64> {
        Self::postcode(person).map(|text| hash(postcode_area(self.lexicon.text(text))))
    }

    fn name_and_postcode(&mut self, person: &PersonValues) {
        let Some(postcode) = Self::postcode(person).map(|text| self.hash(text)) else { return };
        self.each_name(person, 0.0, &[postcode]);
    }

    fn name_and_area(&mut self, person: &PersonValues) {
        let Some(area) = self.area(person) else { return };
        let least = self.rarity_min(WORD_RARITY_MIN, PLACES);
        self.each_name(person, least, &[area]);
    }

    fn name_and_birth_place(&mut self, person: &PersonValues) {
        let Some(place) = person.birth_place.map(|place| self.hash(place)) else { return };
        let least = self.rarity_min(WORD_RARITY_MIN, PLACES);
        self.each_name(person, least, &[place]);
    }

    fn rare_name(&mut self, person: &PersonValues) {
        let least = self.rarity_min(WORD_ALONE_RARITY_MIN, 1.0);
        self.each_name(person, least, &[]);
    }

    /// The whole date of birth as a number.
    fn date(person: &PersonValues) -> Option<u64> {
        let date = person.birth?.date;
        let (month, day) = date.month().zip(date.day())?;
        Some((date.year() as u64) << 16 | u64::from(month) << 8 | u64::from(day))
    }

    fn date_and_birth_place(&mut self, person: &PersonValues) {
        let place = person.birth_place.map(|place| self.hash(place));
        if let Some((date, place)) = Self::date(person).zip(place) {
            self.add(&[date, place]);
        }
    }

    fn date_and_postcode(&mut self, person: &PersonValues) {
        let postcode = Self::postcode(person).map(|text| self.hash(text));
        if let Some((date, postcode)) = Self::date(person).zip(postcode) {
            self.add(&[date, postcode]);
        }
    }

    fn date_and_area(&mut self, person: &PersonValues) {
        if let Some((date, area)) = Self::date(person).zip(self.area(person)) {
            self.add(&[date, area]);
        }
    }

    fn date_and_initial(&mut self, person: &PersonValues) {
        let Some(date) = Self::date(person) else { return };
        for word in person.names.words() {
            let initial = self.lexicon.word(word).text.bytes().next().unwrap_or(0);
            self.add(&[date, u64::from(initial)]);
        }
    }

    fn phone(&mut self, phone: &PhoneValues) {
        let digits = self.lexicon.text(phone.national);
        let ending = digits.get(digits.len().saturating_sub(ENDING_DIGITS)..).unwrap_or(digits);
        self.add(&[hash(ending)]);
    }

    fn house_and_street(&mut self, address: &AddressValues) {
        let house = address.house.map_or(0, |house| self.hash(house));
        for word in &address.street {
            self.add(&[house, self.lexicon.word(*word).key]);
        }
    }

    /// For streets misspelt in a consonant, which have another skeleton.
    fn house_and_initial(&mut self, address: &AddressValues) {
        let Some((house, town)) = address.house.zip(address.city) else { return };
        let (house, town) = (self.hash(house), self.hash(town));
        for word in &address.street {
            let initial = self.lexicon.word(*word).text.bytes().next().unwrap_or(0);
            self.add(&[house, town, u64::from(initial)]);
        }
    }

    fn house_and_postcode(&mut self, address: &AddressValues) {
        if let Some((house, postcode)) = address.house.zip(address.postcode) {
            self.add(&[self.hash(house), self.hash(postcode)]);
        }
    }

    fn po_box(&mut self, address: &AddressValues) {
        address.po_box.iter().for_each(|text| self.text(*text));
    }

    /// The plate, and the plate with each one character left out: two plates one edit apart share one of
    /// them.
    fn plate(&mut self, vehicle: &VehicleValues) {
        let Some(plate) = vehicle.plate_folded.map(|text| self.lexicon.text(text)) else { return };
        self.add(&[hash(plate)]);
        for (at, _) in plate.char_indices() {
            let shorter: String =
                plate.char_indices().filter(|(i, _)| *i != at).map(|(_, c)| c).collect();
            self.add(&[hash(&shorter)]);
        }
    }

    /// One half of the VIN.
    fn vin(&mut self, vehicle: &VehicleValues, half: usize) {
        let Some(vin) = vehicle.vin.map(|text| self.lexicon.text(text)) else { return };
        let (first, last) = vin.split_at_checked(vin.len() / 2).unwrap_or((vin, vin));
        self.add(&[hash([first, last][half])]);
    }

    fn two_words(&mut self, organization: &OrganizationValues) {
        let lexicon = self.lexicon;
        let words: Vec<u64> = organization
            .words
            .iter()
            .take(WORDS_MAX)
            .map(|word| hash(&lexicon.word(*word).text))
            .collect();
        for (index, a) in words.iter().enumerate() {
            for b in &words[index + 1..] {
                self.add(&[*a.min(b), *a.max(b)]);
            }
        }
    }

    fn only_word(&mut self, organization: &OrganizationValues) {
        if let [only] = *organization.words {
            self.add(&[hash(&self.lexicon.word(only).text)]);
        }
    }
}
