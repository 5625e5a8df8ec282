//! The compact form of a record: the parts of its normalized form that comparison needs, as numbers of a lexicon.

use super::lexicon::{Lexicon, LexiconBuilder, Renumbering, Text, tally};
use super::word::Word;
use crate::model::Sex;
use crate::normalize::{
    AddressForm, BirthForm, DocumentForm, EmailForm, Form, NameForm, OrganizationForm, PersonForm,
    PhoneForm, VehicleForm,
};

/// Words of one name that take part in comparison; more add nothing but time.
pub(super) const NAME_WORDS_MAX: usize = 8;
/// Words of a street or of an organization's name that take part.
pub(super) const LINE_WORDS_MAX: usize = 16;

/// The mark between two names in [`Names`].
const BREAK: Word = Word::MAX;

/// The compact form of a record's body, by type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Values {
    Person(PersonValues),
    Phone(Option<PhoneValues>),
    Address(AddressValues),
    Vehicle(Box<VehicleValues>),
    Organization(Box<OrganizationValues>),
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct PersonValues {
    pub names: Names,
    pub birth: Option<BirthForm>,
    pub birth_place: Option<Text>,
    pub sex: Option<Sex>,
    pub phones: Box<[PhoneValues]>,
    pub emails: Box<[EmailValues]>,
    pub documents: Box<[DocumentValues]>,
    pub address: Option<Box<AddressValues>>,
    pub occupation: Option<Text>,
}

/// The names of a person: words, with a mark between two names.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Names(Box<[Word]>);

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PhoneValues {
    pub e164: Option<Text>,
    /// The national number, else all digits as written.
    pub national: Text,
    pub extension: Option<Text>,
    /// [`tally`] of `e164`, else of `national`.
    pub tally: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EmailValues {
    pub address: Text,
    pub user: Text,
    /// [`tally`] of `address`.
    pub tally: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DocumentValues {
    /// `None` where the source does not say or says "other".
    pub kind: Option<Text>,
    pub number: Text,
    pub country: Option<Text>,
    /// [`tally`] of `number`.
    pub tally: u64,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct AddressValues {
    pub house: Option<Text>,
    pub unit: Option<Text>,
    pub street: Box<[Word]>,
    pub city: Option<Text>,
    pub postcode: Option<Text>,
    pub po_box: Option<Text>,
    /// WGS 84 latitude and longitude, degrees.
    pub coordinates: Option<(f64, f64)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct VehicleValues {
    pub plate: Option<Text>,
    pub plate_folded: Option<Text>,
    pub plate_region: Option<Text>,
    pub plate_country: Option<Text>,
    pub vin: Option<Text>,
    pub vin_check_digit_valid: bool,
    pub make: Option<Text>,
    pub model: Option<Text>,
    pub colour: Option<Text>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct OrganizationValues {
    pub words: Box<[Word]>,
    pub registration: Option<Text>,
    pub phones: Box<[PhoneValues]>,
    pub address: Option<AddressValues>,
}

impl Names {
    /// The words of each name.
    pub fn iter(&self) -> impl Iterator<Item = &[Word]> {
        // Splitting nothing would give one empty name.
        self.0.split(|word| *word == BREAK).filter(|words| !words.is_empty())
    }

    /// The words of all names.
    pub fn words(&self) -> impl Iterator<Item = Word> + '_ {
        self.0.iter().copied().filter(|word| *word != BREAK)
    }
}

/// The compact form of a normalized record.
pub(super) fn values(form: &Form, lexicon: &mut LexiconBuilder) -> Values {
    match form {
        Form::Person(form) => Values::Person(person(form, lexicon)),
        Form::Phone(form) => Values::Phone((!form.is_empty()).then(|| phone(form, lexicon))),
        Form::Address(form) => Values::Address(address(form, lexicon)),
        Form::Vehicle(form) => Values::Vehicle(Box::new(vehicle(form, lexicon))),
        Form::Organization(form) => Values::Organization(Box::new(organization(form, lexicon))),
    }
}

fn text(text: Option<&String>, lexicon: &mut LexiconBuilder) -> Option<Text> {
    text.map(|text| lexicon.text(text))
}

fn words(words: &[String], most: usize, lexicon: &mut LexiconBuilder) -> Box<[Word]> {
    words.iter().take(most).map(|word| lexicon.word(word)).collect()
}

fn person(form: &PersonForm, lexicon: &mut LexiconBuilder) -> PersonValues {
    PersonValues {
        names: names(&form.names, lexicon),
        birth: form.birth,
        birth_place: text(form.birth_place.as_ref(), lexicon),
        sex: form.sex,
        phones: form.phones.iter().map(|it| phone(it, lexicon)).collect(),
        emails: form.emails.iter().map(|it| email(it, lexicon)).collect(),
        documents: form.documents.iter().map(|it| document(it, lexicon)).collect(),
        address: form.address.as_ref().map(|it| Box::new(address(it, lexicon))),
        occupation: text(form.occupation.as_ref(), lexicon),
    }
}

/// Names of the same words, in whatever order, are one: comparison does not look at the order.
fn names(forms: &[NameForm], lexicon: &mut LexiconBuilder) -> Names {
    let mut all: Vec<Word> = Vec::with_capacity(4 * forms.len());
    let mut seen: Vec<Box<[Word]>> = Vec::new();
    for form in forms {
        let words = words(&form.tokens, NAME_WORDS_MAX, lexicon);
        let mut sorted = words.clone();
        sorted.sort_unstable();
        if seen.contains(&sorted) {
            continue;
        }
        seen.push(sorted);
        if !all.is_empty() {
            all.push(BREAK);
        }
        all.extend(words);
    }
    Names(all.into())
}

fn phone(form: &PhoneForm, lexicon: &mut LexiconBuilder) -> PhoneValues {
    let national = form.national.as_ref().unwrap_or(&form.digits);
    PhoneValues {
        e164: text(form.e164.as_ref(), lexicon),
        national: lexicon.text(national),
        extension: text(form.extension.as_ref(), lexicon),
        tally: tally(form.e164.as_ref().unwrap_or(national)),
    }
}

fn email(form: &EmailForm, lexicon: &mut LexiconBuilder) -> EmailValues {
    EmailValues {
        address: lexicon.text(&form.address),
        user: lexicon.text(&form.user),
        tally: tally(&form.address),
    }
}

fn document(form: &DocumentForm, lexicon: &mut LexiconBuilder) -> DocumentValues {
    let vague = form.kind.is_empty() || form.kind == "other";
    DocumentValues {
        kind: (!vague).then(|| lexicon.text(&form.kind)),
        number: lexicon.text(&form.number),
        country: text(form.country.as_ref(), lexicon),
        tally: tally(&form.number),
    }
}

fn address(form: &AddressForm, lexicon: &mut LexiconBuilder) -> AddressValues {
    AddressValues {
        house: text(form.house.as_ref(), lexicon),
        unit: text(form.unit.as_ref(), lexicon),
        street: words(&form.street_tokens, LINE_WORDS_MAX, lexicon),
        city: text(form.city.as_ref(), lexicon),
        postcode: text(form.postcode.as_ref(), lexicon),
        po_box: text(form.po_box.as_ref(), lexicon),
        coordinates: form.coordinates,
    }
}

fn vehicle(form: &VehicleForm, lexicon: &mut LexiconBuilder) -> VehicleValues {
    VehicleValues {
        plate: text(form.plate.as_ref(), lexicon),
        plate_folded: text(form.plate_folded.as_ref(), lexicon),
        plate_region: text(form.plate_region.as_ref(), lexicon),
        plate_country: text(form.plate_country.as_ref(), lexicon),
        vin: form.vin.as_ref().map(|vin| lexicon.text(&vin.text)),
        vin_check_digit_valid: form.vin.as_ref().is_some_and(|vin| vin.check_digit_valid),
        make: text(form.make.as_ref(), lexicon),
        model: text(form.model.as_ref(), lexicon),
        colour: text(form.colour.as_ref(), lexicon),
    }
}

fn organization(form: &OrganizationForm, lexicon: &mut LexiconBuilder) -> OrganizationValues {
    OrganizationValues {
        words: words(&form.tokens, LINE_WORDS_MAX, lexicon),
        registration: text(form.registration.as_ref(), lexicon),
        phones: form.phones.iter().map(|it| phone(it, lexicon)).collect(),
        address: form.address.as_ref().map(|it| address(it, lexicon)),
    }
}

impl Values {
    /// A number made of what lies at the beginning of each part: reads it and means nothing.
    pub fn first_words(&self, lexicon: &Lexicon) -> u64 {
        let Self::Person(person) = self else { return 0 };
        let address = person.address.as_deref();
        let parts = [
            person.phones.first().map(|it| it.tally),
            person.emails.first().map(|it| it.tally),
            person.documents.first().map(|it| it.tally),
            address.and_then(|it| it.street.first()).map(|it| u64::from(*it)),
        ];
        let names = person.names.words().map(|word| lexicon.word(word).key);
        parts.into_iter().flatten().chain(names).fold(0, u64::wrapping_add)
    }

    /// Changes all numbers to those of another lexicon.
    pub fn renumber(&mut self, to: &Renumbering) {
        match self {
            Self::Person(person) => person.renumber(to),
            Self::Phone(phone) => phone.iter_mut().for_each(|it| it.renumber(to)),
            Self::Address(address) => address.renumber(to),
            Self::Vehicle(vehicle) => {
                let VehicleValues {
                    plate,
                    plate_folded,
                    plate_region,
                    plate_country,
                    vin,
                    vin_check_digit_valid: _,
                    make,
                    model,
                    colour,
                } = vehicle.as_mut();
                for text in
                    [plate, plate_folded, plate_region, plate_country, vin, make, model, colour]
                {
                    renumber(text, to);
                }
            }
            Self::Organization(organization) => {
                renumber_words(&mut organization.words, to);
                renumber(&mut organization.registration, to);
                organization.phones.iter_mut().for_each(|it| it.renumber(to));
                organization.address.iter_mut().for_each(|it| it.renumber(to));
            }
        }
    }
}

fn renumber(text: &mut Option<Text>, to: &Renumbering) {
    *text = text.map(|text| to.text(text));
}

fn renumber_words(words: &mut [Word], to: &Renumbering) {
    for word in words.iter_mut().filter(|word| **word != BREAK) {
        *word = to.word(*word);
    }
}

impl PersonValues {
    fn renumber(&mut self, to: &Renumbering) {
        renumber_words(&mut self.names.0, to);
        renumber(&mut self.birth_place, to);
        renumber(&mut self.occupation, to);
        self.phones.iter_mut().for_each(|it| it.renumber(to));
        for email in &mut self.emails {
            email.address = to.text(email.address);
            email.user = to.text(email.user);
        }
        for document in &mut self.documents {
            renumber(&mut document.kind, to);
            document.number = to.text(document.number);
            renumber(&mut document.country, to);
        }
        self.address.iter_mut().for_each(|it| it.renumber(to));
    }
}

impl PhoneValues {
    fn renumber(&mut self, to: &Renumbering) {
        renumber(&mut self.e164, to);
        self.national = to.text(self.national);
        renumber(&mut self.extension, to);
    }
}

impl AddressValues {
    fn renumber(&mut self, to: &Renumbering) {
        renumber_words(&mut self.street, to);
        for text in
            [&mut self.house, &mut self.unit, &mut self.city, &mut self.postcode, &mut self.po_box]
        {
            renumber(text, to);
        }
    }
}
