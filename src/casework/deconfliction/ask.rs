//! Deconfliction: asking which other agencies hold records with an identifier.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::{Pointer, Random, point};
use crate::analyze::deconflict::{Wanted, holders};
use crate::casework::documents::change_book;
use crate::casework::{Casework, CaseworkError};
use crate::govern::{MessageKind, Question, View};
use crate::model::{Document, PartialDate, Person, PersonName, Phone, Vehicle};
use crate::resolve::Engine;
use crate::strict::{self, Tagged};

/// The most identifiers of one call.
pub const IDENTIFIERS_MAX: usize = 20;

/// An exact strong identifier.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = IdentifierRequest)]
pub enum Identifier {
    /// A telephone number.
    Phone {
        /// In any format.
        number: String,
        /// The country to read a national number in, ISO 3166-1 alpha-2.
        #[serde(default)]
        region: Option<String>,
    },
    /// A licence plate.
    Plate {
        /// As on the plate.
        plate: String,
        /// State or province, where plates have one.
        #[serde(default)]
        region: Option<String>,
        /// Country, ISO 3166-1 alpha-2.
        country: String,
    },
    /// A vehicle identification number.
    Vin {
        /// 17 characters.
        vin: String,
    },
    /// An identity document.
    Document {
        /// `passport`, `driving_licence`, ...
        document: String,
        /// Its number.
        number: String,
        /// The issuing country, ISO 3166-1 alpha-2.
        #[serde(default)]
        country: Option<String>,
    },
    /// A name and a whole date of birth.
    Person {
        /// The name.
        name: String,
        /// The date of birth, YYYY-MM-DD.
        birth_date: PartialDate,
    },
}

/// The kinds of identifiers.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// A telephone number.
    Phone,
    /// A licence plate.
    Plate,
    /// A vehicle identification number.
    Vin,
    /// An identity document.
    Document,
    /// A name and a whole date of birth.
    Person,
}

impl<'de> Deserialize<'de> for Identifier {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        strict::tagged(from)
    }
}

impl<'de> Tagged<'de> for Identifier {
    const TAG: &'static str = "kind";
    type Kind = IdentifierKind;

    fn of_kind<D: Deserializer<'de>>(kind: IdentifierKind, from: D) -> Result<Self, D::Error> {
        /// The members of one kind.
        macro_rules! members {
            ($kind:ident { $($name:ident: $of:ty),* }) => {{
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct $kind { $($name: $of),* }
                let $kind { $($name),* } = $kind::deserialize(from)?;
                Ok(Self::$kind { $($name),* })
            }};
        }
        match kind {
            IdentifierKind::Phone => members!(Phone { number: String, region: Option<String> }),
            IdentifierKind::Plate => {
                members!(Plate { plate: String, region: Option<String>, country: String })
            }
            IdentifierKind::Vin => members!(Vin { vin: String }),
            IdentifierKind::Document => {
                members!(Document { document: String, number: String, country: Option<String> })
            }
            IdentifierKind::Person => members!(Person { name: String, birth_date: PartialDate }),
        }
    }
}

impl Identifier {
    /// Returns the identifier in the form in which it is sought; `None` if it is not exact.
    pub(super) fn wanted(self) -> Option<Wanted> {
        match self {
            Self::Phone { number, region } => Wanted::phone(Phone { number, region }),
            Self::Plate { plate, region, country } => Wanted::vehicle(Vehicle {
                plate: Some(plate),
                plate_region: region,
                plate_country: Some(country),
                ..Vehicle::default()
            }),
            Self::Vin { vin } => Wanted::vehicle(Vehicle { vin: Some(vin), ..Vehicle::default() }),
            Self::Document { document: kind, number, country } => {
                Wanted::document(Document { kind, number, country })
            }
            Self::Person { name, birth_date } => Wanted::person(Person {
                names: vec![PersonName { full: Some(name), ..PersonName::default() }],
                birth_date: Some(birth_date),
                ..Person::default()
            }),
        }
    }
}

/// A deconfliction request: the identifiers, and a mark if the asker wants to stay unknown.
#[derive(Debug, Clone)]
pub struct Enquiry {
    /// The identifiers.
    pub identifiers: Vec<Identifier>,
    /// True if the asker wants to stay unknown: then it learns nothing either.
    pub covert: bool,
}

/// Converts identifiers into the form in which they are sought.
///
/// # Errors
/// No or too many identifiers; an identifier that is not exact.
fn wanted(identifiers: &[Identifier]) -> Result<Vec<Wanted>, CaseworkError> {
    if !(1..=IDENTIFIERS_MAX).contains(&identifiers.len()) {
        let detail = format!("1 to {IDENTIFIERS_MAX} identifiers");
        return Err(CaseworkError::input("identifiers", "out_of_range", detail));
    }
    let exact = |(position, identifier): (usize, &Identifier)| {
        let detail = "a whole number with its country, a plate with its country, a VIN, a document, \
                      or a name with a whole date of birth";
        let not_exact =
            || CaseworkError::input(&format!("identifiers.{position}"), "not_exact", detail);
        identifier.clone().wanted().ok_or_else(not_exact)
    };
    identifiers.iter().enumerate().map(exact).collect()
}

/// Points the asker to the agencies that hold one of the identifiers, within its view, and sends their desks the
/// contact of the asker's own. The identifiers count against the user's share of the day.
///
/// # Errors
/// Identifiers that are not exact; a share that is used up.
pub fn ask(
    work: Casework<'_>,
    question: &Question<'_>,
    (view, engine): (&View, &Engine),
    asked: &Enquiry,
    random: Random<'_>,
) -> Result<Vec<Pointer>, CaseworkError> {
    let wanted = wanted(&asked.identifiers)?;
    let asker = question.principal;
    change_book(work.writing(), &asker.agency, |book| {
        let share = book.count(&asker.user, wanted.len() as u32, question.at);
        if share { Ok(()) } else { Err(CaseworkError::IdentifiersUsedUp) }
    })?;
    if asked.covert {
        return Ok(Vec::new());
    }
    let agencies = holders(work.store, view, engine, &wanted)?;
    let kinds = [MessageKind::AskedByOther, MessageKind::AskedOfOther];
    point(work, question, &agencies, kinds, random)
}
