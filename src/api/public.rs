//! The guard's knowledge of every operation before it is called: whether it is public (CJIS AC-14 requires a list of
//! the operations that need no credentials, each with its reason), and its kind of act.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::queues::Work;
use crate::audit::Act;

/// An operation that needs no credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicOperation {
    /// The HTTP method.
    pub method: &'static str,
    /// The route template.
    pub path: &'static str,
    /// The reason for which it needs no credentials.
    pub reason: &'static str,
}

const fn public(path: &'static str, reason: &'static str) -> PublicOperation {
    PublicOperation { method: "GET", path, reason }
}

/// The page about the API and the OpenAPI document, which are not operations.
const PAGES: [PublicOperation; 4] = [
    public("/", "Leads to the page about the API"),
    public("/docs", "The page about the API; leads to /docs/"),
    public("/docs/{_:.*}", "The page about the API and its parts"),
    public("/openapi.json", "The document about the API"),
];

/// All operations, by method and route template.
#[derive(Debug, Clone)]
pub struct Operations {
    public: Vec<PublicOperation>,
    kinds: BTreeMap<(&'static str, &'static str), (Act, Work)>,
}

impl Operations {
    /// Creates the list from the operations that need no credentials, to which the pages are added, and the kinds of
    /// act and of work of each operation.
    pub fn new(
        mut public: Vec<PublicOperation>,
        kinds: BTreeMap<(&'static str, &'static str), (Act, Work)>,
    ) -> Self {
        public.extend(PAGES);
        Self { public, kinds }
    }

    /// Returns the operations that need no credentials. None of them shows data of agencies.
    pub fn public(&self) -> &[PublicOperation] {
        &self.public
    }

    /// Tells if a method of a route needs no credentials. OPTIONS needs none where GET needs none.
    pub fn is_public(&self, method: &Method, route: &str) -> bool {
        let method = if method == Method::OPTIONS { &Method::GET } else { method };
        self.public.iter().any(|it| it.method == method.as_str() && it.path == route)
    }

    /// Returns the kind of act of a request; `None` if the request is not of an operation.
    pub fn act(&self, method: &Method, route: &str) -> Option<Act> {
        self.kinds.get(&(method.as_str(), route)).map(|(act, _)| *act)
    }

    /// Returns the kind of work of a request; `None` if the request is not of an operation.
    pub fn work(&self, method: &Method, route: &str) -> Option<Work> {
        self.kinds.get(&(method.as_str(), route)).map(|(_, work)| *work)
    }
}
