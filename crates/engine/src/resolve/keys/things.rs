//! Keys of phones, addresses, vehicles and organizations.

use super::{Keys, Make, Rule, WORDS_MAX};
use crate::resolve::lexicon::{Mix, hash};
use crate::resolve::values::{AddressValues, OrganizationValues, PhoneValues, VehicleValues};

/// Digits at the end of a phone number that make its key: the shortest subscriber numbers.
const ENDING_DIGITS: usize = 7;

const fn rule(name: &'static str, seed: &str, make: Make) -> Rule {
    Rule { name, by_name: None, seed: Mix::new(seed), make }
}

pub(super) static PHONE: [Rule; 1] =
    [rule("number", "phone number", Make::Phone(|keys, it| keys.phone(it)))];

pub(super) static ADDRESS: [Rule; 4] = [
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

pub(super) static VEHICLE: [Rule; 3] = [
    rule("plate, one character aside", "vehicle plate", Make::Vehicle(|keys, it| keys.plate(it))),
    rule("first half of the VIN", "vehicle vin start", Make::Vehicle(|keys, it| keys.vin(it, 0))),
    rule("last half of the VIN", "vehicle vin end", Make::Vehicle(|keys, it| keys.vin(it, 1))),
];

pub(super) static ORGANIZATION: [Rule; 6] = [
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

impl Keys<'_> {
    /// The end of a number, which all ways of writing it share.
    pub(super) fn phone(&mut self, phone: &PhoneValues) {
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

    /// Adds keys of house, town and a street word's initial: for streets misspelt in a consonant, whose skeleton
    /// differs.
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

    /// Adds one half of the VIN, the first (0) or the second (1).
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
