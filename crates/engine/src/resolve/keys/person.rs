//! Keys of people.

use super::{Keys, Make, Rule, WORDS_MAX};
use crate::model::BlockKey;
use crate::resolve::compare::address::postcode_area;
use crate::resolve::lexicon::{Mix, Text, WordEntry, hash};
use crate::resolve::values::PersonValues;

/// Two names whose term frequencies add up to less than this are generic: their key is narrowed by
/// the year of birth. 2^-13 of all people is one in 8,192.
const PAIR_TERM_FREQUENCY_BITS_MIN: f64 = 13.0;

/// A name that is borne by more than one in 2^6 is no key with a year, a town or a district.
const WORD_TERM_FREQUENCY_BITS_MIN: f64 = 6.0;

/// A name that is borne by more than one in 2^11 is no key of its own.
const WORD_ALONE_TERM_FREQUENCY_BITS_MIN: f64 = 11.0;

/// People who may share a key; where the model has counted many people, names must be rarer for it.
const BEARERS_MAX: f64 = 40.0;

/// Years, towns or districts that people spread over, about: with one of them a name is so much rarer.
const PLACES: f64 = 70.0;

const fn person(
    name: &'static str,
    by_name: Option<bool>,
    make: fn(&mut Keys<'_>, &PersonValues),
) -> Rule {
    // The names of people's rules are unique; other types prefix theirs.
    Rule { name, by_name, seed: Mix::new(name), make: Make::Person(make) }
}

pub(super) static RULES: [Rule; 18] = [
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

impl<'a> Keys<'a> {
    /// The term frequency that leaves [`BEARERS_MAX`] of the people of so many places to a key; `least` where the model
    /// has counted few.
    fn term_frequency_bits_min(&self, least: f64, places: f64) -> f64 {
        (self.lexicon.population() / places / BEARERS_MAX).log2().max(least)
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
    fn each_name(&mut self, person: &PersonValues, term_frequency_bits_min: f64, others: &[u64]) {
        for word in person.names.words() {
            let word = self.lexicon.word(word);
            if word.term_frequency_bits >= term_frequency_bits_min {
                let mixed = others.iter().fold(self.seed.with(word.key), |mix, it| mix.with(*it));
                self.out.push(BlockKey(mixed.end()));
            }
        }
    }

    fn two_names(&mut self, person: &PersonValues) {
        let least = self.term_frequency_bits_min(PAIR_TERM_FREQUENCY_BITS_MIN, 1.0);
        for words in self.names(person) {
            for (index, a) in words.iter().enumerate() {
                for b in &words[index + 1..] {
                    if a.term_frequency_bits + b.term_frequency_bits >= least {
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
        let least = self.term_frequency_bits_min(WORD_TERM_FREQUENCY_BITS_MIN, PLACES);
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
        let least = self.term_frequency_bits_min(WORD_TERM_FREQUENCY_BITS_MIN, PLACES);
        self.each_name(person, least, &[area]);
    }

    fn name_and_birth_place(&mut self, person: &PersonValues) {
        let Some(place) = person.birth_place.map(|place| self.hash(place)) else { return };
        let least = self.term_frequency_bits_min(WORD_TERM_FREQUENCY_BITS_MIN, PLACES);
        self.each_name(person, least, &[place]);
    }

    fn rare_name(&mut self, person: &PersonValues) {
        let least = self.term_frequency_bits_min(WORD_ALONE_TERM_FREQUENCY_BITS_MIN, 1.0);
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
}
