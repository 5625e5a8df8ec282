//! The input of a handler: the id in the request's path, its query parameters, its body. Each part is a type that both
//! reads itself and describes itself in the OpenAPI document, so that the two cannot differ.

use std::str::FromStr;

use actix_web::{FromRequest, HttpRequest, dev, web};
use futures_util::FutureExt;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::description::Description;
use super::format::Format;
use super::formats::Wanted;
use super::parameters::Parameters;
use super::problem::{Code, Problem};
use super::receive::Body;

/// A request as it arrived, from which a handler's input is read.
pub struct Arrived {
    path: Option<String>,
    parameters: Parameters,
    body: Option<Body>,
    wanted: Wanted,
}

impl Arrived {
    /// Takes the parts that an input may be read from out of a request.
    ///
    /// # Errors
    /// When the query string cannot be read, or has a parameter twice.
    pub async fn of<I: Input>(
        request: &HttpRequest,
        payload: &mut dev::Payload,
    ) -> Result<Self, Problem> {
        let body = match I::HAS_BODY {
            true => Some(Body::from_request(request, payload).await?),
            false => None,
        };
        let path = web::Path::<String>::from_request(request, &mut dev::Payload::None);
        let path = path.now_or_never().and_then(Result::ok).map(web::Path::into_inner);
        let wanted = Wanted::of(request.headers());
        Ok(Self { path, parameters: Parameters::of(request)?, body, wanted })
    }

    /// Negotiates the format of the answer among the operation's formats.
    ///
    /// # Errors
    /// When none of them is wanted.
    pub fn format(&mut self, formats: &[Format]) -> Result<Format, Problem> {
        // An operation with a single format has no parameter for it.
        let named = if formats.len() > 1 { self.parameters.text("format")? } else { None };
        self.wanted.among(formats, named.as_deref())
    }

    /// Reads the input of a handler.
    ///
    /// # Errors
    /// When a part of the input is invalid, or the request has a parameter that the operation does not know.
    pub fn input<I: Input>(mut self) -> Result<I, Problem> {
        let input = I::read(&mut self)?;
        self.parameters.finish()?;
        Ok(input)
    }

    /// Returns the text of the path's variable part.
    ///
    /// # Errors
    /// When the path has no such part or it is not text.
    pub fn path(&mut self) -> Result<String, Problem> {
        self.path.take().ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// Returns the query parameters that have not been read yet.
    pub fn parameters(&mut self) -> &mut Parameters {
        &mut self.parameters
    }
}

/// A handler's input, or a part of it.
pub trait Input: Sized + 'static {
    /// True if the input is read from the request's body.
    const HAS_BODY: bool = false;

    /// Reads the input.
    ///
    /// # Errors
    /// When the input is invalid.
    fn read(arrived: &mut Arrived) -> Result<Self, Problem>;

    /// Describes the input in the operation's entry in the OpenAPI document.
    fn describe(description: &mut Description<'_>);
}

impl Input for () {
    fn read(_: &mut Arrived) -> Result<Self, Problem> {
        Ok(())
    }

    fn describe(_: &mut Description<'_>) {}
}

impl<A: Input, B: Input> Input for (A, B) {
    const HAS_BODY: bool = A::HAS_BODY || B::HAS_BODY;

    fn read(arrived: &mut Arrived) -> Result<Self, Problem> {
        Ok((A::read(arrived)?, B::read(arrived)?))
    }

    fn describe(description: &mut Description<'_>) {
        A::describe(description);
        B::describe(description);
    }
}

impl<A: Input, B: Input, C: Input> Input for (A, B, C) {
    const HAS_BODY: bool = A::HAS_BODY || B::HAS_BODY || C::HAS_BODY;

    fn read(arrived: &mut Arrived) -> Result<Self, Problem> {
        Ok((A::read(arrived)?, B::read(arrived)?, C::read(arrived)?))
    }

    fn describe(description: &mut Description<'_>) {
        A::describe(description);
        B::describe(description);
        C::describe(description);
    }
}

/// The id of an object, in the path. A text that is not an id of the kind is answered 404.
pub struct Id<I>(pub I);

impl<I: FromStr + ToSchema + 'static> Input for Id<I> {
    fn read(arrived: &mut Arrived) -> Result<Self, Problem> {
        arrived.path()?.parse().map(Self).map_err(|_| Problem::new(Code::NotFound))
    }

    fn describe(description: &mut Description<'_>) {
        let schema = description.component::<I>();
        let kind = I::name();
        let kind = kind.strip_suffix("Id").unwrap_or(&kind);
        let mut words = String::new();
        for letter in kind.chars() {
            if letter.is_uppercase() {
                words.push(' ');
            }
            words.extend(letter.to_lowercase());
        }
        description.in_path(&format!("The id of the{words}"), schema);
    }
}

/// A name, in the path: any text.
pub struct Name(pub String);

impl Input for Name {
    fn read(arrived: &mut Arrived) -> Result<Self, Problem> {
        arrived.path().map(Self)
    }

    fn describe(description: &mut Description<'_>) {
        description.in_path("The name", Description::text());
    }
}

/// The body of a request: JSON, an object.
pub struct Json<B>(pub B);

impl<B: DeserializeOwned + ToSchema + 'static> Input for Json<B> {
    const HAS_BODY: bool = true;

    fn read(arrived: &mut Arrived) -> Result<Self, Problem> {
        let body = arrived.body.take().ok_or_else(|| Problem::new(Code::Internal))?;
        body.json()?.object().map(Self)
    }

    fn describe(description: &mut Description<'_>) {
        let schema = description.component::<B>();
        description.body(schema);
    }
}
