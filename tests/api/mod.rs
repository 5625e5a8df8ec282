//! The HTTP API: a real client against the running server.

mod audit;
mod authentication;
mod bad_input;
mod break_glass;
mod case_forms;
mod documentation;
mod doublets;
mod entities;
mod explanations;
mod governance;
mod grading;
mod grounds;
mod hidden;
mod identity;
mod imports;
mod inbox;
mod indicators;
mod judgements;
mod labels;
mod law;
mod masked;
mod network;
mod officers;
mod onward;
mod queries;
mod records;
mod resolve;
mod reviews;
pub mod server;
mod service;
mod sharing;
mod silent;
mod stores;

pub use server::{AGENCIES, Answer, Client, START, Server};
