//! The hash of a record's comparable content. Two records with equal hashes have the same scores against any third record
//! and the same blocking keys.

use super::lexicon::{Lexicon, Text};
use super::values::{
    AddressValues, DocumentValues, EmailValues, OrganizationValues, PersonValues, PhoneValues,
    Values, VehicleValues,
};
use super::word::Word;
use crate::model::{Content, EntityType};
use crate::normalize::BirthForm;

/// The content of a record in compact form.
pub(super) fn content(entity_type: EntityType, values: &Values, lexicon: &Lexicon) -> Content {
    let mut hasher = blake3::Hasher::new_derive_key("accord 2026 content");
    hasher.update(&[entity_type as u8]);
    Hashed { lexicon, hasher: &mut hasher }.values(values);
    let mut content = [0u8; 16];
    hasher.finalize_xof().fill(&mut content);
    Content(content)
}

/// Hashes values by what their numbers stand for. Whatever may be missing or of any length begins with a mark or a
/// length, so that no two values hash the same bytes.
struct Hashed<'a> {
    lexicon: &'a Lexicon,
    hasher: &'a mut blake3::Hasher,
}

impl Hashed<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.hasher.update(&(bytes.len() as u32).to_le_bytes());
        self.hasher.update(bytes);
    }

    fn text(&mut self, text: Text) {
        let lexicon = self.lexicon;
        self.bytes(lexicon.text(text).as_bytes());
    }

    fn texts<const N: usize>(&mut self, texts: [Option<Text>; N]) {
        texts.into_iter().for_each(|text| self.optional(text, Self::text));
    }

    fn words(&mut self, words: impl Iterator<Item = Word>) {
        let lexicon = self.lexicon;
        for word in words {
            self.bytes(lexicon.word(word).text.as_bytes());
        }
        // No word is that long.
        self.hasher.update(&u32::MAX.to_le_bytes());
    }

    fn optional<T>(&mut self, value: Option<T>, hash: impl FnOnce(&mut Self, T)) {
        self.hasher.update(&[u8::from(value.is_some())]);
        if let Some(value) = value {
            hash(self, value);
        }
    }

    fn each<'v, T: 'v>(&mut self, values: &'v [T], mut hash: impl FnMut(&mut Self, &'v T)) {
        self.hasher.update(&(values.len() as u32).to_le_bytes());
        values.iter().for_each(|value| hash(self, value));
    }

    fn values(&mut self, values: &Values) {
        match values {
            Values::Person(person) => self.person(person),
            Values::Phone(phone) => self.optional(phone.as_ref(), Self::phone),
            Values::Address(address) => self.address(address),
            Values::Vehicle(vehicle) => self.vehicle(vehicle),
            Values::Organization(organization) => self.organization(organization),
        }
    }

    fn person(&mut self, person: &PersonValues) {
        let PersonValues {
            names,
            birth,
            birth_place,
            sex,
            phones,
            emails,
            documents,
            address,
            occupation,
        } = person;
        for name in names.iter() {
            self.words(name.iter().copied());
        }
        self.words(std::iter::empty());
        self.optional(*birth, |hashed, BirthForm { date, swapped }| {
            hashed.bytes(date.to_string().as_bytes());
            hashed.optional(swapped, |hashed, it| hashed.bytes(it.to_string().as_bytes()));
        });
        self.optional(*sex, |hashed, sex| hashed.bytes(&[sex as u8]));
        self.texts([*birth_place, *occupation]);
        self.each(phones, Self::phone);
        self.each(emails, |hashed, EmailValues { address, user, tally: _ }| {
            hashed.text(*address);
            hashed.text(*user);
        });
        self.each(documents, |hashed, DocumentValues { kind, number, country, tally: _ }| {
            hashed.text(*number);
            hashed.texts([*kind, *country]);
        });
        self.optional(address.as_deref(), Self::address);
    }

    fn phone(&mut self, phone: &PhoneValues) {
        let PhoneValues { e164, national, extension, tally: _ } = phone;
        self.text(*national);
        self.texts([*e164, *extension]);
    }

    fn address(&mut self, address: &AddressValues) {
        let AddressValues { house, unit, street, city, postcode, po_box, coordinates } = address;
        self.texts([*house, *unit, *city, *postcode, *po_box]);
        self.words(street.iter().copied());
        self.optional(*coordinates, |hashed, (latitude, longitude)| {
            for degrees in [latitude, longitude] {
                hashed.bytes(&degrees.to_bits().to_le_bytes());
            }
        });
    }

    fn vehicle(&mut self, vehicle: &VehicleValues) {
        let VehicleValues {
            plate,
            plate_folded,
            plate_region,
            plate_country,
            vin,
            vin_check_digit_valid,
            make,
            model,
            colour,
        } = vehicle;
        let plates = [*plate, *plate_folded, *plate_region, *plate_country];
        self.texts(plates);
        self.texts([*vin, *make, *model, *colour]);
        self.bytes(&[u8::from(*vin_check_digit_valid)]);
    }

    fn organization(&mut self, organization: &OrganizationValues) {
        let OrganizationValues { words, registration, phones, address } = organization;
        self.words(words.iter().copied());
        self.texts([*registration]);
        self.each(phones, Self::phone);
        self.optional(address.as_ref(), Self::address);
    }
}
