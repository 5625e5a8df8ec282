//! The descriptor of an operation: the single source of its route, its entry in the OpenAPI document, its permission,
//! its kind of act in the audit log, the queue that its requests wait in, its parameters and its examples.
//!
//! A handler is a plain function of the caller's scope and its [`Input`]; [`operation!`] adds the description for the
//! document and the log, and [`super::router`] assigns its path and its permission. The steps that every operation
//! takes (the check of the permission, the work within the view on a thread for blocking work, the audit log's part of
//! the answer) are written once, here and in [`super::context`].

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::access::Access;
use super::answer::Answer;
use super::context::Context;
use super::description::Description;
use super::entrance::Entrance;
use super::format::Format;
use super::formats::Forms;
use super::input::{Arrived, Input};
use super::problem::Problem;
use super::queues::Work;
use super::says::Says;
use super::scope::CallerScope;
use crate::audit::Act;
use crate::govern::Function;

/// The future answer of an operation.
pub type Answering = Pin<Box<dyn Future<Output = Result<HttpResponse, Problem>>>>;

/// The description of an operation for the document and the log.
#[derive(Debug, Clone)]
pub struct About {
    /// The operation's name in the document (`operationId`).
    pub id: &'static str,
    /// The lines of its documentation: a title, and after an empty line the description.
    pub docs: &'static [&'static str],
    /// The tag of its group in the document.
    pub tag: &'static str,
    /// The kind of act that its entries in the audit log bear.
    pub act: Act,
    /// The kind of its work: the queue that its requests wait in.
    pub work: Work,
    /// The status of a successful answer, and its description; empty if the description of the answer's type is used.
    pub success: (StatusCode, &'static str),
    /// The operation's own refusals, beside those of the frame: status and description.
    pub refusals: &'static [(u16, &'static str)],
    /// Examples by parameter name; the example of the body is named `body`.
    pub examples: Value,
}

/// The call of an operation; the router passes the permission `P` that the caller needs.
type Call<P> = Rc<dyn Fn(HttpRequest, Payload, P) -> Answering>;

/// The kind of permission that the router assigns to an operation.
pub trait Permission: Copy + 'static {
    /// True if operations with this permission answer on the caller's view.
    const ON_VIEW: bool;
}

impl Permission for Function {
    const ON_VIEW: bool = true;
}

impl Permission for Access {
    const ON_VIEW: bool = false;
}

/// An operation. `P` is the kind of its permission: [`Function`] for an operation on the caller's view, [`Access`] for
/// an operation of the server itself.
#[derive(Clone)]
pub struct Operation<P> {
    /// The description for the document and the log.
    pub about: About,
    /// Describes its parameters, its body and its answer in its entry in the document.
    pub describe: fn(&mut Description<'_>),
    /// The media types of its answer, the default first; empty for an operation of the server itself.
    pub formats: Vec<Format>,
    /// Answers a request.
    pub call: Call<P>,
}

/// The handler of an operation that answers on the caller's view.
pub type Handler<I, T> = fn(&CallerScope, I) -> Result<T, Problem>;

impl Operation<Function> {
    /// Creates an operation that answers on the caller's view, with the forms of its answer.
    pub fn on_view<I: Input, T: Says + Send + 'static>(
        about: About,
        forms: Forms<T>,
        handler: Handler<I, T>,
    ) -> Self {
        let (status, queue, formats) = (about.success.0, about.work, forms.formats());
        let call = move |request: HttpRequest, mut payload: Payload, function| -> Answering {
            Box::pin(async move {
                let context = Context::of(&request)?;
                let mut arrived = Arrived::of::<I>(&request, &mut payload).await?;
                let work = move |scope: &CallerScope| {
                    let format = match T::IS_EMPTY {
                        true => T::FORMAT,
                        false => arrived.format(&forms.formats())?,
                    };
                    let input = arrived.input()?;
                    Ok((handler(scope, input)?, format))
                };
                let answer = context.answer(function, (queue, &request), work).await?;
                Ok(answer.with_status(status).in_form(forms).response())
            })
        };
        Self { about, describe: describe::<I, T>, formats, call: Rc::new(call) }
    }
}

impl Operation<Access> {
    /// Creates an operation of the server itself, which shows nothing of any view.
    pub fn of_server<I: Input, T: Says + 'static, F>(
        about: About,
        handler: fn(Entrance, I) -> F,
    ) -> Self
    where
        F: Future<Output = Result<Answer<T>, Problem>> + 'static,
    {
        let (status, queue) = (about.success.0, about.work);
        let call = move |request: HttpRequest, mut payload: Payload, access| -> Answering {
            Box::pin(async move {
                let entrance = Entrance::of(&request, access)?;
                let input = Arrived::of::<I>(&request, &mut payload).await?.input()?;
                let entrance = entrance.in_turn(queue, &request).await?;
                Ok(handler(entrance, input).await?.with_status(status).response())
            })
        };
        Self { about, describe: describe::<I, T>, formats: Vec::new(), call: Rc::new(call) }
    }
}

fn describe<I: Input, T: Says>(description: &mut Description<'_>) {
    I::describe(description);
    T::describe(description);
}

/// Declares an operation on the caller's view: its documentation, its name, its handler, and its description for the
/// document and the audit log. It becomes a function that returns the [`Operation`], to be named in [`super::router`].
macro_rules! operation {
    ($(#[doc = $doc:literal])+ $name:ident = $handler:expr; $($about:tt)+) => {
        $(#[doc = $doc])+
        pub(in crate::api) fn $name() -> $crate::api::operation::Operation<$crate::govern::Function> {
            let (about, forms) =
                $crate::api::operation::about!(stringify!($name), [$($doc),+]; $($about)+);
            $crate::api::operation::Operation::on_view(about, forms, $handler)
        }
    };
}

/// Declares an operation of the server itself, as [`operation!`] declares an operation on a view.
macro_rules! server_operation {
    ($(#[doc = $doc:literal])+ $name:ident = $handler:expr; $($about:tt)+) => {
        $(#[doc = $doc])+
        pub(in crate::api) fn $name()
        -> $crate::api::operation::Operation<$crate::api::access::Access> {
            let (about, _): (_, $crate::api::formats::Forms<()>) =
                $crate::api::operation::about!(stringify!($name), [$($doc),+]; $($about)+);
            $crate::api::operation::Operation::of_server(about, $handler)
        }
    };
}

/// The part that both kinds of declarations share: `tag`, `act`, `work`, and optionally `status`, `forms`, `examples` and
/// refusals.
macro_rules! about {
    (
        $id:expr, [$($doc:literal),+];
        $tag:literal, $act:ident, $work:ident;
        $(status $status:ident $meaning:literal;)?
        $(forms $forms:expr;)?
        $(examples $examples:tt;)?
        $($code:literal $refusal:literal;)*
    ) => {{
        #[allow(unused_mut, unused_assignments)]
        let mut success = (actix_web::http::StatusCode::OK, "");
        $(success = (actix_web::http::StatusCode::$status, $meaning);)?
        #[allow(unused_mut, unused_assignments)]
        let mut examples = serde_json::Value::Null;
        $(examples = serde_json::json!($examples);)?
        let about = $crate::api::operation::About {
            id: $id,
            docs: &[$($doc),+],
            tag: $tag,
            act: $crate::audit::Act::$act,
            work: $crate::api::queues::Work::$work,
            success,
            refusals: &[$(($code, $refusal)),*],
            examples,
        };
        #[allow(unused_mut, unused_assignments)]
        let mut forms = $crate::api::formats::Forms::json();
        $(forms = $forms;)?
        (about, forms)
    }};
}

pub(in crate::api) use {about, operation, server_operation};
