//! What the guard must know of every operation before it is called: whether it needs credentials (CJIS AC-14 wants
//! those that do not listed, each with its reason), and what kind of act it is.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use crate::audit::Act;

/// An operation that needs no credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicOperation {
    /// The HTTP method.
    pub method: &'static str,
    /// The route template.
    pub path: &'static str,
    /// Why it needs none.
    pub reason: &'static str,
}

const fn public(path: &'static str, reason: &'static str) -> PublicOperation {
    PublicOperation { method: "GET", path, reason }
}

/// The page about the API and its document, which are no operations.
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
    acts: BTreeMap<(&'static str, &'static str), Act>,
}

impl Operations {
    /// Those that need no credentials, to which the pages are added, and what kind of act each operation is.
    pub fn new(
        mut public: Vec<PublicOperation>,
        acts: BTreeMap<(&'static str, &'static str), Act>,
    ) -> Self {
        public.extend(PAGES);
        Self { public, acts }
    }

    /// Those that need no credentials. None holds content.
    pub fn public(&self) -> &[PublicOperation] {
        &self.public
    }

    /// Whether a route needs no credentials with this method. What a path takes is told of what anyone may read.
    pub fn is_public(&self, method: &Method, route: &str) -> bool {
        let method = if method == Method::OPTIONS { &Method::GET } else { method };
        self.public.iter().any(|it| it.method == method.as_str() && it.path == route)
    }

    /// What kind of act a request is; `None` for what is no operation.
    pub fn act(&self, method: &Method, route: &str) -> Option<Act> {
        let known = self.acts.iter();
        let mut found = known.filter(|((of, path), _)| *of == method.as_str() && *path == route);
        found.next().map(|(_, act)| *act)
    }
}
