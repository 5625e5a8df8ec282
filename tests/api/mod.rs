//! The HTTP API: a real client against the running server.

mod at_once;
mod audit;
mod authentication;
mod bad_input;
mod break_glass;
mod case_forms;
mod connections;
pub mod documentation;
mod doublets;
mod entities;
mod events;
mod explanations;
mod forms;
mod governance;
mod grading;
mod grounds;
mod hidden;
mod identity;
mod ids;
mod imports;
mod inbox;
mod indicators;
mod judgements;
mod labels;
mod law;
mod manners;
mod masked;
mod network;
mod officers;
mod onward;
mod queries;
mod records;
mod referrals;
mod resolve;
mod reviews;
pub mod server;
mod service;
mod sharing;
pub mod shown;
mod silent;
mod stores;
mod unlisted;

pub use server::{AGENCIES, Answer, Client, START, Server};

/// The path of a masked record in a case, by the agency's own id of it.
fn path_in_case(agency: &str, local_id: &str, case: &str) -> String {
    let id_key = accord::model::IdKey::default();
    let stored = id_key.record(agency, local_id);
    format!("/v1/records/{}", accord::graph::record_id_in_case(&id_key, case, stored))
}
