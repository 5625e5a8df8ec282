//! What a request turns out to be while it is answered, for its entry in the audit log: handlers leave it
//! with the request, the guard writes it down.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpMessage, HttpRequest};

use crate::audit::Due;
use crate::govern::Principal;

/// The account that a request without credentials is about.
#[derive(Clone)]
pub struct LoggedAs(pub Principal);

/// The entry that is due for a request: what it writes is committed with it.
#[derive(Clone)]
pub struct LoggedAct(pub Arc<Due>);

impl LoggedAct {
    /// That of a request, which the guard has left there.
    pub fn of(request: &HttpRequest) -> Option<Arc<Due>> {
        request.extensions().get::<Self>().map(|act| Arc::clone(&act.0))
    }
}

/// What a request turned out to be about.
#[derive(Clone)]
pub struct LoggedObject(pub String);

/// The open uses of break-glass that may have widened what a request was answered on.
#[derive(Clone, Default)]
pub struct LoggedBreakGlass(Arc<Mutex<BTreeSet<String>>>);

impl LoggedBreakGlass {
    /// That of a request; an empty one where the guard has left none.
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_default()
    }

    /// Adds some.
    pub fn add(&self, ids: BTreeSet<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(ids);
    }

    /// All of them, ascending.
    pub fn ids(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
