//! Blocking keys: records that share one are compared. Every key is a function of the record and
//! the frozen model alone, so which pairs are compared never depends on what else is stored. A
//! key that the model marks as generic (two common names) is narrowed by a second field.

use crate::model::{BlockKey, PartialDate};
use crate::normalize::skeleton::skeleton;
use crate::normalize::{
    AddressForm, Form, NameForm, OrganizationForm, PersonForm, PhoneForm, VehicleForm,
};

use super::model::Model;

/// Name tokens that make keys; pairs of them are squared.
const TOKENS_MAX: usize = 5;

/// Two name tokens whose rarities add up to less than this are generic: their key is narrowed by
/// the year of birth. 2^-13 of all people is one in 8,192.
const PAIR_RARITY_MIN: f64 = 13.0;

/// A name token that is borne by more than one in 2^6 is no key with a year or a town.
const TOKEN_RARITY_MIN: f64 = 6.0;

/// A name token that is borne by fewer than one in 2^11 is a key of its own.
const TOKEN_ALONE_RARITY_MIN: f64 = 11.0;

/// Digits at the end of a phone number that make its key: the shortest subscriber numbers.
const ENDING_DIGITS: usize = 7;

/// The distinct keys of a record, ascending.
pub(super) fn keys(form: &Form, model: &Model) -> Vec<BlockKey> {
    let mut keys = Keys(Vec::new());
    match form {
        Form::Person(person) => keys.person(person, model),
        Form::Phone(phone) => keys.phone("phone", phone),
        Form::Address(address) => keys.address("address", address),
        Form::Vehicle(vehicle) => keys.vehicle(vehicle),
        Form::Organization(organization) => keys.organization(organization),
    }
    keys.0.sort_unstable();
    keys.0.dedup();
    keys.0
}

struct Keys(Vec<BlockKey>);

impl Keys {
    /// Adds the key of a rule and its values; the rule's name keeps types and rules apart.
    fn add(&mut self, rule: &str, values: &[&str]) {
        let mut hasher = blake3::Hasher::new();
        for part in std::iter::once(&rule).chain(values) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        self.0.push(BlockKey(u64::from_le_bytes(bytes)));
    }

    fn person(&mut self, person: &PersonForm, model: &Model) {
        let birth = person.birth.map(|birth| birth.date);
        for name in &person.names {
            self.name(name, birth, model);
            self.name_and_contact(name, person);
            self.name_and_place(name, person, model);
        }
        self.birth_and_place(person);
        for phone in &person.phones {
            self.phone("person phone", phone);
        }
        for email in &person.emails {
            self.add("person email", &[&email.address]);
        }
        for document in &person.documents {
            self.add("person document", &[&document.number]);
        }
    }

    fn name(&mut self, name: &NameForm, birth: Option<PartialDate>, model: &Model) {
        let tokens: Vec<(&str, &str)> = name
            .tokens
            .iter()
            .zip(&name.skeletons)
            .map(|(token, skeleton)| (token.as_str(), skeleton.as_str()))
            .take(TOKENS_MAX)
            .collect();
        for (index, (token, skeleton)) in tokens.iter().enumerate() {
            for (other, other_skeleton) in &tokens[index + 1..] {
                let pair = [*skeleton.min(other_skeleton), *skeleton.max(other_skeleton)];
                if model.rarity(token) + model.rarity(other) >= PAIR_RARITY_MIN {
                    self.add("person two names", &pair);
                }
                if let Some(birth) = birth {
                    self.add(
                        "person two names, year",
                        &[pair[0], pair[1], &birth.year().to_string()],
                    );
                }
            }
            if let Some((month, day)) = birth.and_then(|date| date.month().zip(date.day())) {
                let year = birth.map_or(0, PartialDate::year).to_string();
                // Day and month sorted, so that swapping them gives the same key.
                let (low, high) = (month.min(day).to_string(), month.max(day).to_string());
                self.add("person name, day", &[skeleton, &year, &low, &high]);
                self.add("person name, month", &[skeleton, &year, &month.to_string()]);
                self.add("person name, day of year", &[skeleton, &low, &high]);
            }
        }
    }

    fn name_and_contact(&mut self, name: &NameForm, person: &PersonForm) {
        let Some(address) = &person.address else { return };
        let Some(house) = &address.house else { return };
        for skeleton in name.skeletons.iter().take(TOKENS_MAX) {
            for token in &address.street_tokens {
                self.add("person name, house", &[skeleton, house, token]);
            }
        }
    }

    /// A token with the post code, the town of birth or the year; a rare token alone. A token that too
    /// many bear is left to the narrower keys.
    fn name_and_place(&mut self, name: &NameForm, person: &PersonForm, model: &Model) {
        let postcode = person.address.as_ref().and_then(|address| address.postcode.as_ref());
        let year = person.birth.map(|birth| birth.date.year().to_string());
        for (token, skeleton) in name.tokens.iter().zip(&name.skeletons).take(TOKENS_MAX) {
            if let Some(postcode) = postcode {
                self.add("person name, postcode", &[skeleton, postcode]);
            }
            let rarity = model.rarity(token);
            if rarity >= TOKEN_RARITY_MIN {
                if let Some(place) = &person.birth_place {
                    self.add("person name, birth place", &[skeleton, place]);
                }
                if let Some(year) = &year {
                    self.add("person name, year", &[skeleton, year]);
                }
            }
            if rarity >= TOKEN_ALONE_RARITY_MIN {
                self.add("person rare name", &[skeleton]);
            }
        }
    }

    /// The day of birth with the post code, the town of birth or an initial.
    fn birth_and_place(&mut self, person: &PersonForm) {
        let Some(birth) = person.birth.filter(|birth| birth.date.day().is_some()) else { return };
        let day = birth.date.to_string();
        if let Some(place) = &person.birth_place {
            self.add("person day, birth place", &[&day, place]);
        }
        if let Some(postcode) = person.address.as_ref().and_then(|it| it.postcode.as_ref()) {
            self.add("person day, postcode", &[&day, postcode]);
        }
        for initial in person.names.iter().flat_map(|name| name.initials.chars()).take(TOKENS_MAX) {
            self.add("person day, initial", &[&day, initial.encode_utf8(&mut [0; 4])]);
        }
    }

    fn phone(&mut self, rule: &str, phone: &PhoneForm) {
        let digits = phone.national.as_deref().unwrap_or(&phone.digits);
        if digits.is_empty() {
            return;
        }
        let start = digits.len().saturating_sub(ENDING_DIGITS);
        self.add(rule, &[&digits[start..]]);
    }

    fn address(&mut self, rule: &str, address: &AddressForm) {
        let house = address.house.as_deref().unwrap_or("");
        for token in &address.street_tokens {
            self.add(rule, &[house, &skeleton(token)]);
        }
        if let (Some(postcode), Some(house)) = (&address.postcode, &address.house) {
            self.add(rule, &["postcode", postcode, house]);
        }
        if let Some(po_box) = &address.po_box {
            self.add(rule, &["box", po_box]);
        }
    }

    fn vehicle(&mut self, vehicle: &VehicleForm) {
        if let Some(plate) = &vehicle.plate_folded {
            self.add("plate", &[plate]);
            // All plates with one character left out: two plates one edit apart share one of them.
            for (at, _) in plate.char_indices() {
                let shorter: String =
                    plate.char_indices().filter(|(i, _)| *i != at).map(|(_, c)| c).collect();
                self.add("plate", &[&shorter]);
            }
        }
        if let Some(vin) = &vehicle.vin {
            let half = vin.text.len() / 2;
            if vin.text.is_char_boundary(half) {
                self.add("vin start", &[&vin.text[..half]]);
                self.add("vin end", &[&vin.text[half..]]);
            }
        }
    }

    fn organization(&mut self, organization: &OrganizationForm) {
        if let Some(registration) = &organization.registration {
            self.add("registration", &[registration]);
        }
        for phone in &organization.phones {
            self.phone("organization phone", phone);
        }
        let tokens: Vec<&String> = organization.tokens.iter().take(TOKENS_MAX).collect();
        for (index, token) in tokens.iter().enumerate() {
            for other in &tokens[index + 1..] {
                self.add("organization two words", &[token.min(other), token.max(other)]);
            }
        }
        if let [only] = tokens.as_slice() {
            self.add("organization word", &[only]);
        }
        if let Some(address) = &organization.address {
            self.address("organization address", address);
        }
    }
}
