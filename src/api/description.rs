//! An operation's entry in the OpenAPI document, as the types of its input and its answer fill it.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
use utoipa::openapi::{
    Content, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};

/// The schemas of a document by name.
pub type Schemas = BTreeMap<String, RefOr<Schema>>;

/// An operation's entry in the document while it is filled.
pub struct Description<'d> {
    operation: Operation,
    /// The name of the variable part of its path.
    variable: Option<&'d str>,
    examples: &'d Value,
    answer: Response,
    schemas: &'d mut Schemas,
}

impl<'d> Description<'d> {
    /// The empty entry of an operation at a path. `examples` are by parameter name; that of the body is `body`.
    pub fn new(path: &'d str, examples: &'d Value, schemas: &'d mut Schemas) -> Self {
        let variable = path.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
        let answer = ResponseBuilder::new().build();
        let variable = variable.map(|(name, _)| name);
        Self { operation: Operation::new(), variable, examples, answer, schemas }
    }

    /// The entry, and what it says of the answer.
    pub fn filled(self) -> (Operation, Response) {
        (self.operation, self.answer)
    }

    /// Refers to the schema of a type, which becomes a component with all that it consists of.
    ///
    /// # Panics
    /// Two types have one name: a fault of the program that the first document made finds.
    pub fn component<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut components = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut components);
        for (name, schema) in components {
            let other = self.schemas.get(&name).is_some_and(|known| *known != schema);
            assert!(!other, "two types are one component: {name}");
            self.schemas.insert(name, schema);
        }
        Ref::from_schema_name(T::name()).into()
    }

    /// The schema of any text.
    pub fn text() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).into()
    }

    /// The schema of `true` and `false`.
    pub fn flag() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Boolean).into()
    }

    /// The schema of a number from `least` to `most`.
    pub fn decimal(least: f64, most: f64) -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Double);
        let number = ObjectBuilder::new().schema_type(Type::Number).format(Some(format));
        number.minimum(Some(least)).maximum(Some(most)).into()
    }

    /// The schema of a whole number from `least` to `most`.
    pub fn number(least: u64, most: u64) -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
        let number = ObjectBuilder::new().schema_type(Type::Integer).format(Some(format));
        number.minimum(Some(least)).maximum(Some(most)).into()
    }

    /// The variable part of the path.
    pub fn in_path(&mut self, about: &str, schema: RefOr<Schema>) {
        let Some(name) = self.variable else { return };
        let parameter = self.parameter(name, ParameterIn::Path, about, schema);
        self.push(parameter.required(Required::True).build());
    }

    /// A query parameter that may be absent.
    pub fn in_query(&mut self, name: &str, about: &str, schema: RefOr<Schema>) {
        let parameter = self.parameter(name, ParameterIn::Query, about, schema);
        self.push(parameter.required(Required::False).build());
    }

    /// A query parameter that must be given.
    pub fn required_in_query(&mut self, name: &str, about: &str, schema: RefOr<Schema>) {
        let parameter = self.parameter(name, ParameterIn::Query, about, schema);
        self.push(parameter.required(Required::True).build());
    }

    /// A header that must be given.
    pub fn header(
        &mut self,
        name: &str,
        about: &str,
        schema: RefOr<Schema>,
        example: Option<Value>,
    ) {
        let parameter = self.parameter(name, ParameterIn::Header, about, schema);
        self.push(parameter.required(Required::True).example(example).build());
    }

    /// A body of JSON.
    pub fn body(&mut self, schema: RefOr<Schema>) {
        let mut content = Content::new(Some(schema));
        content.example = self.examples.get("body").cloned();
        let body = RequestBodyBuilder::new().content("application/json", content);
        self.operation.request_body = Some(body.required(Some(Required::True)).build().into());
    }

    /// A media type of the answer.
    pub fn answer(&mut self, media_type: &str, schema: RefOr<Schema>) {
        self.answer.content.insert(media_type.to_owned(), Content::new(Some(schema)).into());
    }

    fn parameter(
        &self,
        name: &str,
        place: ParameterIn,
        about: &str,
        schema: RefOr<Schema>,
    ) -> ParameterBuilder {
        let parameter = ParameterBuilder::new().name(name).parameter_in(place);
        let parameter = parameter.description(Some(about)).schema(Some(schema));
        parameter.example(self.examples.get(name).cloned())
    }

    fn push(&mut self, parameter: Parameter) {
        self.operation.parameters.get_or_insert_default().push(parameter.into());
    }
}
