//! An operation's entry in the OpenAPI document, filled by the types of its input and its answer.

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
    /// Creates the empty entry of an operation at a path. `examples` holds an example by parameter name; the example of
    /// the body is named `body`.
    pub fn new(path: &'d str, examples: &'d Value, schemas: &'d mut Schemas) -> Self {
        let variable = path.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
        let answer = ResponseBuilder::new().build();
        let variable = variable.map(|(name, _)| name);
        Self { operation: Operation::new(), variable, examples, answer, schemas }
    }

    /// Returns the filled entry and the response of the successful answer.
    pub fn filled(self) -> (Operation, Response) {
        (self.operation, self.answer)
    }

    /// Returns a reference to the schema of a type; adds the type and the types of its members to the components.
    ///
    /// # Panics
    /// When two types have the same name: a fault of the program, which shows when the document is first made.
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

    /// Returns the schema of any text.
    pub fn text() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).into()
    }

    /// Returns the schema of `true` and `false`.
    pub fn flag() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Boolean).into()
    }

    /// Returns the schema of a number from `least` to `most`.
    pub fn decimal(least: f64, most: f64) -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Double);
        let number = ObjectBuilder::new().schema_type(Type::Number).format(Some(format));
        number.minimum(Some(least)).maximum(Some(most)).into()
    }

    /// Returns the schema of a whole number from `least` to `most`.
    pub fn number(least: u64, most: u64) -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
        let number = ObjectBuilder::new().schema_type(Type::Integer).format(Some(format));
        number.minimum(Some(least)).maximum(Some(most)).into()
    }

    /// Adds the variable part of the path as a parameter.
    pub fn in_path(&mut self, about: &str, schema: RefOr<Schema>) {
        let Some(name) = self.variable else { return };
        let parameter = self.parameter(name, ParameterIn::Path, about, schema);
        self.push(parameter.required(Required::True).build());
    }

    /// Adds an optional query parameter.
    pub fn in_query(&mut self, name: &str, about: &str, schema: RefOr<Schema>) {
        let parameter = self.parameter(name, ParameterIn::Query, about, schema);
        self.push(parameter.required(Required::False).build());
    }

    /// Adds a required query parameter.
    pub fn required_in_query(&mut self, name: &str, about: &str, schema: RefOr<Schema>) {
        let parameter = self.parameter(name, ParameterIn::Query, about, schema);
        self.push(parameter.required(Required::True).build());
    }

    /// Adds a required header.
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

    /// Sets the schema of a JSON body, which is required.
    pub fn body(&mut self, schema: RefOr<Schema>) {
        let mut content = Content::new(Some(schema));
        content.example = self.examples.get("body").cloned();
        let body = RequestBodyBuilder::new().content("application/json", content);
        self.operation.request_body = Some(body.required(Some(Required::True)).build().into());
    }

    /// Adds a media type of the answer.
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
