//! The HTTP API: handlers by resource, errors as problem+json, the OpenAPI document and its page.
//!
//! [`router`] is the table of contents. Around every request stands [`guard`]: authentication, and
//! the audit log before the answer leaves. A handler reads its input, asks a domain function with the
//! caller's view, and gives a wire type. This room knows neither SQL nor Cypher; nothing knows it.

mod access;
mod agencies;
mod agreements;
mod answer;
mod application;
mod background;
mod basis;
mod body;
mod bounds;
mod break_glass;
mod budget;
mod cases;
mod centrality;
mod communities;
mod context;
mod deconfliction;
mod description;
mod entities;
mod entrance;
mod events;
mod evidence;
mod examples;
mod explanations;
mod failures;
mod format;
mod formats;
mod grounds;
mod guard;
mod imports;
mod inbox;
mod indicators;
mod input;
mod jobs;
mod judgements;
mod later;
mod limits;
mod meta;
mod methods;
mod metrics;
mod notice;
mod objects;
mod onward;
mod openapi;
mod operation;
mod page;
mod parameters;
mod paths;
mod problem;
mod protection;
mod public;
mod purging;
mod purpose_and_case;
mod queries;
mod query;
mod receive;
mod records;
mod referrals;
mod reporting;
mod resolve;
mod router;
mod says;
mod schemas;
mod scope;
mod service;
mod sessions;
mod shapes;
mod state;
mod tls;
mod unchanged;
mod wire;

pub use application::{Application, BuildError, Config};
pub use limits::{FAILURES_A_MINUTE, PURGE_EVERY};
pub use notice::Notice;
pub use openapi::document;
pub use problem::{Code, Fault, ProblemBody};
pub use public::PublicOperation;
pub use router::public_operations;
pub use state::Random;
pub use tls::{Tls, TlsError};

use scope::seen;
