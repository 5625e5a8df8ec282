//! `POST /v1/deconflict`: does another agency hold this?

use std::sync::Arc;

use actix_web::{HttpRequest, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Pointers, point, silent};
use crate::analyze::deconflict::{Wanted, holders};
use crate::api::policies::change_book;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Function, IDENTIFIERS_A_DAY, MessageKind};
use crate::model::{Document, PartialDate, Person, PersonName, Phone, Vehicle};

/// Identifiers of a call.
const IDENTIFIERS_MAX: usize = 20;

/// An exact strong identifier.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum IdentifierRequest {
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

impl IdentifierRequest {
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

/// What to ask the other agencies for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeconflictRequest {
    /// 1 to 20 identifiers; a user has 50 a day.
    pub identifiers: Vec<IdentifierRequest>,
    /// Whether the asker wants to stay unknown: then it learns nothing either.
    #[serde(default)]
    pub covert: bool,
}

/// Ask for deconfliction
///
/// Whether another agency holds one of these exact identifiers: the answer names at most one desk for
/// each agency, and that agency's desk is told of the caller's. Nothing else is told to anyone. What an
/// agency keeps black is never pointed to. Other operations never show or count pointers.
#[utoipa::path(
    tag = "deconfliction",
    operation_id = "deconflict",
    request_body = DeconflictRequest,
    responses(
        (status = 200, body = Pointers),
        (status = 422, body = ProblemBody, description = "Not an exact strong identifier"),
        (status = 429, body = ProblemBody, description = "The user's share of the day is used up"),
    ),
)]
#[post("/v1/deconflict")]
pub async fn deconflict(
    context: Context,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<web::Json<Pointers>, Problem> {
    let answer =
        context.answer_to(Function::Deconflict, Body::of(&request, bytes), |scope, asked| {
            let pointers = ask(scope, DeconflictRequest::clone(&asked))?;
            Ok((pointers, silent::keep(scope, &asked)?, Arc::clone(&scope.state)))
        });
    let (pointers, kept, state) = answer.await?.into_inner();
    if let Some(kept) = kept {
        silent::alert_later(state, kept);
    }
    Ok(web::Json(pointers))
}

fn ask(scope: &Scope, asked: DeconflictRequest) -> Result<Pointers, Problem> {
    let count = asked.identifiers.len();
    if !(1..=IDENTIFIERS_MAX).contains(&count) {
        let detail = format!("1 to {IDENTIFIERS_MAX} identifiers");
        return Err(Problem::member("identifiers", "out_of_range", detail));
    }
    let mut wanted = Vec::new();
    for (position, identifier) in asked.identifiers.into_iter().enumerate() {
        let member = format!("identifiers.{position}");
        let detail = "a whole number with its country, a plate with its country, a VIN, a document, \
                      or a name with a whole date of birth";
        let found = identifier.wanted();
        wanted.push(found.ok_or_else(|| Problem::member(&member, "not_exact", detail))?);
    }
    let store = scope.state.store.as_ref();
    change_book(store, &scope.caller.agency, &scope.due, |book| {
        if book.count(&scope.caller.user, count as u32, scope.at) {
            Ok(())
        } else {
            let detail = format!("{IDENTIFIERS_A_DAY} identifiers a day");
            Err(Problem::new(Code::TooManyToday).detail(detail))
        }
    })?;
    if asked.covert {
        return Ok(Pointers { pointers: Vec::new() });
    }
    let agencies = holders(store, &scope.view, &scope.state.engine, &wanted)?;
    let kinds = [MessageKind::AskedByOther, MessageKind::AskedOfOther];
    point(scope, (&*scope.policy()?, &scope.caller.agency), &agencies, kinds)
}
