//! The OpenAPI document, built from the descriptions of the operations and the parts that all of them share.

use actix_web::http::header::RETRY_AFTER;
use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::extensions::{Extensions, ExtensionsBuilder};
use utoipa::openapi::path::{HttpMethod, Operation, Paths};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    AllOfBuilder, Content, Header, Info, ObjectBuilder, OpenApi, Ref, RefOr, Response,
    ResponseBuilder, Schema, info::LicenseBuilder, server::ServerBuilder, tag::TagBuilder,
};

use super::access::Access;
use super::bounds;
use super::description::{Description, Schemas};
use super::format::Format;
use super::formats;
use super::grounds::RestsOn;
use super::operation::About;
use super::problem::{Code, MEDIA_TYPE, ProblemBody};
use super::purpose_and_case::{CASE_HEADER, PURPOSE_HEADER};
use super::queues::Work;
use super::router::{Row, rows};
use super::schemas;
use crate::govern::{Function, Purpose, Reference};

/// The description of the whole API.
const ABOUT: &str = "\
Who is this, who is around them, is this a ring, how do they move: asked of the records of several \
agencies, and answered on what the caller's agency may see, on nothing else. \
Press *Authorize* and give a key (`accord key create`; the demo prints some), a session's token or an \
access token; every example runs \
as it stands on the demo's store. Errors are `application/problem+json` with a stable `code`. \
What may not be seen answers exactly as what does not exist. Every operation but the server's own and \
those of sessions says what for (`x-purpose`) and about which case (`x-case`). Nothing here says that somebody is a \
trafficker.";

/// The groups of operations, in order of the document.
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

/// The description of the credentials of a request.
const SCHEME: &str = "An API key, a session's token, or an identity provider's access token. One that is bound to a \
    key (`cnf.jkt`) goes with `Authorization: DPoP` and a proof in the header `DPoP` (RFC 9449).";

/// Returns the OpenAPI document of the API, as committed under `openapi/` and served at `/openapi.json`.
pub fn document() -> Value {
    let mut document = json!(operations_and_components());
    schemas::shape(&mut document);
    bounds::put(&mut document);
    document
}

/// Returns the document with the operations and their schemas, before shapes and bounds are added to the schemas.
fn operations_and_components() -> OpenApi {
    let mut info = Info::new("accord", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    info.license =
        Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build());
    let mut schemas = Schemas::new();
    component::<ProblemBody>(&mut schemas);
    component::<RestsOn>(&mut schemas);
    let mut operations = Vec::new();
    for row in rows() {
        let method = method_of(&row.method);
        operations.push((row.path, method, entry(&row, &mut schemas)));
    }
    let mut paths = Paths::new();
    for (path, method, mut operation) in operations {
        describe_responses(&mut operation, &schemas);
        paths.add_path_operation(path, vec![method], operation);
    }
    let mut document = OpenApi::new(info, paths);
    document.security = Some(vec![bearer()]);
    let tag = |(name, about): &(&str, &str)| {
        TagBuilder::new().name(*name).description(Some(*about)).build()
    };
    document.tags = Some(TAGS.iter().map(tag).collect());
    let components = document.components.get_or_insert_default();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(SCHEME));
    let scheme = scheme.build();
    components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(scheme).into());
    components.schemas = schemas;
    // The server's address is relative to the address that the document was read from.
    let here = ServerBuilder::new().url("/").description(Some("This server")).build();
    document.servers = Some(vec![here]);
    document
}

/// Adds a type and the types of its members to the components.
fn component<T: ToSchema>(schemas: &mut Schemas) {
    Description::new("", &Value::Null, schemas).component::<T>();
}

fn method_of(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// Returns the entry of an operation, from its descriptor, the types of its input and answer, and the parts that all
/// operations share.
fn entry(row: &Row, schemas: &mut Schemas) -> Operation {
    let About { id, docs, tag, success, refusals, examples, .. } = &row.about;
    let mut description = Description::new(row.path, examples, schemas);
    (row.describe)(&mut description);
    let is_on_view = row.is_on_view();
    if row.formats.len() > 1 {
        describe_formats(&mut description, &row.formats);
    }
    if is_on_view {
        name_purpose_and_case(&mut description);
    }
    let (mut operation, mut answer) = description.filled();
    let (title, about) = documentation(docs);
    operation.operation_id = Some((*id).to_owned());
    operation.tags = Some(vec![(*tag).to_owned()]);
    operation.summary = Some(title);
    operation.description = Some(about).filter(|about| !about.is_empty());
    if let Access::Public(_) = row.access {
        operation.security = Some(vec![SecurityRequirement::default()]);
    }
    operation.extensions = Some(permission(row.access));
    answer.description = success.1.to_owned();
    if row.formats.len() > 1 {
        answer.headers.extend(headers_of_forms());
    }
    let answers = &mut operation.responses.responses;
    answers.insert(success.0.as_str().to_owned(), answer.into());
    for (status, meaning) in *refusals {
        answers.insert(status.to_string(), problem(meaning));
    }
    for code in frame_answers(row, operation.request_body.is_some()) {
        let answers = &mut operation.responses.responses;
        answers.entry(code.status().to_string()).or_insert_with(|| problem(meaning(code)));
    }
    for status in ["429", "503", "507"] {
        if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut(status) {
            answer.headers.insert(RETRY_AFTER.to_string(), retry_after());
        }
    }
    if row.access == Access::May(Function::Ask) && is_on_view {
        say_on_what_it_rests(&mut operation);
    }
    operation.responses.responses.insert("default".to_owned(), problem("Refused or failed"));
    operation
}

/// Splits the documentation of an operation into its title and the rest.
fn documentation(lines: &[&str]) -> (String, String) {
    let mut lines = lines.iter().map(|line| line.trim());
    let title = lines.next().unwrap_or_default().to_owned();
    let rest: Vec<&str> = lines.collect();
    (title, rest.join("\n").trim().to_owned())
}

/// Returns the roles that may call an operation, or the reason for which it is public.
fn permission(access: Access) -> Extensions {
    let said = ExtensionsBuilder::new();
    match access {
        Access::Public(reason) => said.add("x-public", json!(reason)).build(),
        Access::Known => said.build(),
        Access::May(function) => {
            let roles: Vec<&str> = function.roles().iter().map(|role| role.as_str()).collect();
            said.add("x-roles", json!(roles)).build()
        }
    }
}

/// Describes the parameter that names a form, and the forms of the answer beside JSON.
fn describe_formats(description: &mut Description<'_>, formats: &[Format]) {
    let names: Vec<&str> = formats.iter().map(|format| format.name()).collect();
    let about = "The form of the answer; what `Accept` wants when absent";
    let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
    description.in_query("format", about, schema.into());
    for format in formats.iter().filter(|format| **format != Format::Json) {
        let schema = match format {
            Format::GeoJson => ObjectBuilder::new().into(),
            _ => Description::text(),
        };
        description.answer(format.media_type(), schema);
    }
}

/// Returns the headers for the values that forms other than JSON have no room for.
fn headers_of_forms() -> Vec<(String, RefOr<Header>)> {
    let header = |about: &str| {
        let mut header = Header::new(Description::text());
        header.description = Some(about.to_owned());
        RefOr::T(header)
    };
    vec![
        (
            formats::NEXT.to_string(),
            header("`next` of the page, where the form has no room for it"),
        ),
        (
            formats::TOTAL.to_string(),
            header("`total` of the page, where the form has no room for it"),
        ),
        (formats::SNAPSHOT.to_string(), header("`snapshot`, where the form has no room for it")),
        (
            formats::RESTS_ON.to_string(),
            header("`rests_on` as JSON, where the form has no room for it"),
        ),
    ]
}

/// Returns the header that says when to try again.
fn retry_after() -> RefOr<Header> {
    let mut header = Header::new(Description::number(0, u64::from(u16::MAX)));
    header.description = Some("Seconds after which to try again, where that helps".to_owned());
    RefOr::T(header)
}

/// Returns a response that is a problem.
fn problem(meaning: &str) -> RefOr<Response> {
    let schema: RefOr<Schema> = Ref::from_schema_name(ProblemBody::name()).into();
    ResponseBuilder::new()
        .description(meaning)
        .content(MEDIA_TYPE, Content::new(Some(schema)))
        .build()
        .into()
}

/// Gives every response the description that OpenAPI requires (3.1, 4.8.17): the description of the answer's schema, or
/// the phrase of its status.
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

/// Returns the description of the component that a schema refers to, alone or as the first of several.
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

fn bearer() -> SecurityRequirement {
    SecurityRequirement::new::<&str, [&str; 0], &str>("bearer", [])
}

/// Describes the headers of purpose and case, which every operation on a view requires.
fn name_purpose_and_case(description: &mut Description<'_>) {
    let purpose =
        "What for: one of the closed list. One that the caller may not ask for shows nothing";
    let schema = Ref::from_schema_name(Purpose::name()).into();
    description.header(PURPOSE_HEADER, purpose, schema, Some(json!("trafficking_investigation")));
    let case = "About which case: the id of a case that the caller works on, or a reference of the form that the own \
                agency registered. Stands in the audit log";
    let schema = Ref::from_schema_name(Reference::name()).into();
    description.header(CASE_HEADER, case, schema, Some(json!("DEMO-2026-1")));
    description.component::<Purpose>();
    description.component::<Reference>();
}

/// Adds `rests_on` to the schema of the answers about records; [`super::answer`] adds it to the answers themselves.
fn say_on_what_it_rests(operation: &mut Operation) {
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

/// Returns the codes of the problems that the frame may answer to any operation of this kind, beside the operation's
/// own.
fn frame_answers(row: &Row, has_body: bool) -> Vec<Code> {
    let is_public = matches!(row.access, Access::Public(_));
    let mut codes = vec![Code::BadParameter];
    if !is_public || has_body {
        codes.extend([Code::Unauthenticated, Code::TooManyFailures, Code::Unavailable]);
    }
    if row.about.work != Work::Instant {
        codes.push(Code::Overloaded);
    }
    if matches!(row.about.work, Work::Write | Work::SigningIn) {
        codes.push(Code::StoreFull);
    }
    if let Access::May(_) = row.access {
        codes.push(Code::Forbidden);
    }
    if row.is_on_view() {
        codes.push(Code::NotAcceptable);
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

/// Returns the description of the frame's problems: one status may stand for several codes.
fn meaning(code: Code) -> &'static str {
    match code {
        Code::BadParameter => {
            "The request, a parameter or a header is not what the operation takes"
        }
        Code::Unavailable => {
            "The store or the audit log does not answer, or more is sent or asked at once than is answered in time"
        }
        code => code.title(),
    }
}
