//! The OpenAPI document: what the handlers say of themselves, and what holds for all of them.

use std::collections::BTreeMap;

use actix_web::App;
use actix_web::http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    AllOfBuilder, Content, Info, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder,
    Schema, info::LicenseBuilder, server::ServerBuilder, tag::TagBuilder,
};
use utoipa::{PartialSchema, ToSchema};
use utoipa_actix_web::AppExt;

use super::bounds;
use super::examples;
use super::grounds::RestsOn;
use super::problem::{Code, MEDIA_TYPE, ProblemBody};
use super::purpose_and_case::{CASE_HEADER, PURPOSE_HEADER};
use super::router::operations;
use super::schemas;
use crate::govern::{Purpose, Reference};

/// What the document says of the whole API.
const ABOUT: &str = "\
Who is this, who is around them, is this a ring, how do they move: asked of the records of several \
agencies, and answered on what the caller's agency may see, on nothing else. \
Press *Authorize* and give a key (`accord key create`; the demo prints some), a session's token or an \
access token; every example runs \
as it stands on the demo's store. Errors are `application/problem+json` with a stable `code`. \
What may not be seen answers exactly as what does not exist. Every operation but the server's own and \
those of sessions says what for (`x-purpose`) and about which case (`x-case`). Nothing here says that somebody is a \
trafficker.";

/// Groups of operations, in order.
const TAGS: [(&str, &str); 18] = [
    ("resolve", "Who is this?"),
    (
        "entities",
        "Entities: finding them, what they are made of, what is around them, how they move",
    ),
    ("events", "What happened: when, where, and who had a part in it"),
    ("explanations", "Why two records are one, why not, and how an entity holds together"),
    ("network", "Paths, centrality and communities"),
    ("indicators", "Ring indicators, with evidence"),
    ("queries", "Stored Cypher queries"),
    ("records", "Source records"),
    ("imports", "Importing files"),
    ("jobs", "Long work"),
    ("judgements", "What humans say of pairs of records"),
    ("deconfliction", "Whom to call about what another agency holds"),
    ("break-glass", "In imminent danger: a pointer turned into the object, for an hour"),
    ("cases", "Who works together, across agencies, and until when"),
    ("agreements", "What agencies disclose to each other"),
    ("agencies", "Who takes part"),
    ("sessions", "Logging on and off, with a local account"),
    ("service", "The server itself"),
];

/// What a request shows.
const SCHEME: &str = "An API key, a session's token, or an identity provider's access token. One that is bound to a \
    key (`cnf.jkt`) goes with `Authorization: DPoP` and a proof in the header `DPoP` (RFC 9449).";

/// The OpenAPI document of the API, as committed under `openapi/` and served at `/openapi.json`.
pub fn document() -> Value {
    let mut document = json!(operations_and_components());
    schemas::shape(&mut document);
    bounds::put(&mut document);
    document
}

/// The document as the handlers say it of themselves.
fn operations_and_components() -> OpenApi {
    let (_, mut document) = App::new().into_utoipa_app().configure(operations).split_for_parts();
    let mut info = Info::new("accord", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    info.license =
        Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build());
    document.info = info;
    document.security = Some(vec![bearer()]);
    document.tags = Some(
        TAGS.iter()
            .map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build())
            .collect(),
    );
    let components = document.components.get_or_insert_default();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(SCHEME));
    let scheme = scheme.build();
    components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(scheme).into());
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    let mut nested = Vec::new();
    ProblemBody::schemas(&mut nested);
    components.schemas.insert(RestsOn::name().into_owned(), RestsOn::schema());
    RestsOn::schemas(&mut nested);
    components.schemas.extend(nested);
    let schemas = components.schemas.clone();
    for item in document.paths.paths.values_mut() {
        for operation in operations_of(item) {
            finish(operation);
            describe_responses(operation, &schemas);
        }
    }
    // Relative to the address that the document was read from.
    let here = ServerBuilder::new().url("/").description(Some("This server")).build();
    document.servers = Some(vec![here]);
    document
}

/// Every response has a description (OpenAPI 3.1, 4.8.17): that of what it holds, or the phrase of its status.
fn describe_responses(operation: &mut Operation, schemas: &Schemas) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if !response.description.is_empty() {
            continue;
        }
        let held = response.content.values().find_map(|content| match content {
            RefOr::T(content) => content.schema.as_ref().and_then(|it| described(it, schemas)),
            RefOr::Ref(_) => None,
        });
        let status = status.parse().ok().and_then(|code| StatusCode::from_u16(code).ok());
        let phrase = status.and_then(|status| status.canonical_reason()).unwrap_or_default();
        let is_answer = status.is_some_and(|status| status.is_success());
        response.description = held.filter(|_| is_answer).unwrap_or_else(|| phrase.to_owned());
    }
}

/// The description of the component that a schema names, alone or first of several.
fn described(schema: &RefOr<Schema>, schemas: &Schemas) -> Option<String> {
    match schema {
        RefOr::Ref(to) => match schemas.get(to.ref_location.rsplit('/').next()?)? {
            RefOr::T(Schema::Object(object)) => object.description.clone(),
            RefOr::T(Schema::OneOf(kinds)) => kinds.description.clone(),
            RefOr::T(Schema::AllOf(parts)) => parts.description.clone(),
            RefOr::T(Schema::Array(array)) => array.description.clone(),
            _ => None,
        },
        RefOr::T(Schema::AllOf(parts)) => described(parts.items.first()?, schemas),
        RefOr::T(_) => None,
    }
}

type Schemas = BTreeMap<String, RefOr<Schema>>;

fn bearer() -> SecurityRequirement {
    SecurityRequirement::new::<&str, [&str; 0], &str>("bearer", [])
}

/// The operations of a path.
fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten()
}

/// Every operation but the server's own and those of sessions is asked for a purpose and about a case.
fn name_purpose_and_case(operation: &mut Operation) {
    if operation.tags.iter().flatten().any(|tag| ["service", "sessions"].contains(&tag.as_str())) {
        return;
    }
    let header = |name: &str, about: &str, schema: RefOr<Schema>| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(about))
            .schema(Some(schema))
            .build()
    };
    let purpose =
        "What for: one of the closed list. One that the caller may not ask for shows nothing";
    let case = "About which case: the id of a case that the caller works on, or a reference of the form that the own \
                agency registered. Stands in the audit log";
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(
        header(PURPOSE_HEADER, purpose, Ref::from_schema_name(Purpose::name()).into()).into(),
    );
    parameters
        .push(header(CASE_HEADER, case, Ref::from_schema_name(Reference::name()).into()).into());
}

/// The tags of operations that answer about records ([`crate::govern::Function::Ask`]); of others one does.
const ABOUT_RECORDS: [&str; 7] =
    ["resolve", "entities", "explanations", "network", "indicators", "queries", "jobs"];

/// Every answer about records says on what it rests; [`super::answer`] adds it.
fn say_on_what_it_rests(operation: &mut Operation) {
    let mut tags = operation.tags.iter().flatten();
    let of_records = operation.operation_id.as_deref() == Some("get_record");
    if !of_records && !tags.any(|tag| ABOUT_RECORDS.contains(&tag.as_str())) {
        return;
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if status.starts_with('2')
            && let Some(RefOr::T(content)) = response.content.get_mut("application/json")
            && let Some(schema) = content.schema.take()
        {
            let rests_on = ObjectBuilder::new()
                .property("rests_on", Ref::from_schema_name(RestsOn::name()))
                .required("rests_on");
            let both = AllOfBuilder::new().item(schema).item(rests_on);
            content.schema = Some(RefOr::T(Schema::AllOf(both.build())));
        }
    }
}

/// What the frame itself may answer to an operation, beside what the operation says of itself.
fn frame_answers(operation: &Operation) -> Vec<Code> {
    let has_body = operation.request_body.is_some();
    let is_public = operation.security.is_some();
    let is_asked = operation
        .parameters
        .iter()
        .flatten()
        .any(|it| matches!(it, RefOr::T(parameter) if parameter.name == PURPOSE_HEADER));
    let is_read_by_all = is_public && !has_body;
    let mut codes = vec![Code::BadParameter];
    if !is_read_by_all {
        codes.extend([Code::Unauthenticated, Code::TooManyFailures, Code::Unavailable]);
    }
    if is_asked || operation.operation_id.as_deref() == Some("metrics") {
        codes.push(Code::Forbidden);
    }
    if has_body {
        codes.extend([
            Code::Timeout,
            Code::TooLarge,
            Code::UnsupportedMediaType,
            Code::InvalidInput,
        ]);
    }
    codes
}

/// What the answers of the frame mean: their status says more than one code.
fn meaning(code: Code) -> &'static str {
    match code {
        Code::BadParameter => {
            "The request, a parameter or a header is not what the operation takes"
        }
        Code::Unavailable => {
            "The store or the audit log does not answer, or too much is being sent at once"
        }
        code => code.title(),
    }
}

/// Every operation may answer with a problem; every input has an example.
fn finish(operation: &mut Operation) {
    let schema: RefOr<Schema> = Ref::from_schema_name(ProblemBody::name()).into();
    let problem = || Content::new(Some(schema.clone()));
    name_purpose_and_case(operation);
    let responses = &mut operation.responses.responses;
    for response in responses.values_mut() {
        if let RefOr::T(response) = response
            && let Some(content) = response.content.swap_remove("application/json")
        {
            let is_problem = matches!(&content, RefOr::T(Content { schema: Some(RefOr::Ref(to)), .. })
                if to.ref_location.ends_with("/Problem"));
            let media_type = if is_problem { MEDIA_TYPE } else { "application/json" };
            response.content.insert(media_type.to_owned(), content);
        }
    }
    for code in frame_answers(operation) {
        let said = ResponseBuilder::new().description(meaning(code)).content(MEDIA_TYPE, problem());
        let responses = &mut operation.responses.responses;
        responses.entry(code.status().to_string()).or_insert_with(|| said.build().into());
    }
    say_on_what_it_rests(operation);
    let responses = &mut operation.responses.responses;
    let default = ResponseBuilder::new()
        .description("Refused or failed")
        .content(MEDIA_TYPE, problem())
        .build();
    responses.insert("default".to_owned(), default.into());
    let Some(id) = operation.operation_id.clone() else { return };
    if let Some(RefOr::T(body)) = operation.request_body.as_mut()
        && let Some(RefOr::T(content)) = body.content.get_mut("application/json")
    {
        content.example = examples::body(&id);
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            let example = examples::parameter(&id, &parameter.name);
            *parameter = ParameterBuilder::from(parameter.clone()).example(example).build();
        }
    }
}
