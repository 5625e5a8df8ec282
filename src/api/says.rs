//! The bodies of answers.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::description::Description;
use super::format::Format;
use super::grounds::RestsOn;
use super::protection::OF_PICTURE;

/// The body of an answer: JSON, a picture, text, or nothing.
pub trait Says {
    /// The body's own format.
    const FORMAT: Format;
    /// True for a body that is none, in which every caller's wish is met.
    const IS_EMPTY: bool = false;

    /// Makes the response, with this status unless the body has its own, and with its grounds if it is about records.
    fn response(self, status: StatusCode, rests_on: Option<&RestsOn>) -> HttpResponse;

    /// Describes the body in the operation's entry in the document.
    fn describe(description: &mut Description<'_>);
}

impl<T: Serialize + ToSchema> Says for T {
    const FORMAT: Format = Format::Json;

    fn describe(description: &mut Description<'_>) {
        let schema = description.component::<T>();
        description.answer(Self::FORMAT.media_type(), schema);
    }

    fn response(self, status: StatusCode, rests_on: Option<&RestsOn>) -> HttpResponse {
        match rests_on {
            None => HttpResponse::build(status).json(self),
            Some(rests_on) => HttpResponse::build(status).json(Resting { body: self, rests_on }),
        }
    }
}

/// An answer's body together with its grounds.
#[derive(Serialize)]
struct Resting<'a, T> {
    #[serde(flatten)]
    body: T,
    rests_on: &'a RestsOn,
}

/// The empty body of an answer: 204.
pub struct NoContent;

impl Says for NoContent {
    const FORMAT: Format = Format::Json;
    const IS_EMPTY: bool = true;

    fn describe(_: &mut Description<'_>) {}

    fn response(self, _: StatusCode, _: Option<&RestsOn>) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

/// A self-contained SVG picture; its content security policy lets a browser load and run nothing.
pub struct Svg(pub String);

impl Says for Svg {
    const FORMAT: Format = Format::Svg;

    fn describe(description: &mut Description<'_>) {
        description.answer(Self::FORMAT.media_type(), Description::text());
    }

    /// Adds the grounds of the answer to the picture's metadata.
    fn response(mut self, status: StatusCode, rests_on: Option<&RestsOn>) -> HttpResponse {
        if let (Some(rests_on), Some(end)) = (rests_on, self.0.rfind("</svg>")) {
            let text = serde_json::json!({ "rests_on": rests_on }).to_string();
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            self.0.insert_str(end, &format!("<metadata>{text}</metadata>"));
        }
        HttpResponse::build(status)
            .content_type("image/svg+xml; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, OF_PICTURE))
            .body(self.0)
    }
}

/// Text in Prometheus' format.
pub struct Metrics(pub String);

impl Says for Metrics {
    const FORMAT: Format = Format::Metrics;

    fn describe(description: &mut Description<'_>) {
        description.answer(Self::FORMAT.media_type(), Description::text());
    }

    fn response(self, status: StatusCode, _: Option<&RestsOn>) -> HttpResponse {
        let media_type = "text/plain; version=0.0.4; charset=utf-8";
        HttpResponse::build(status).content_type(media_type).body(self.0)
    }
}
