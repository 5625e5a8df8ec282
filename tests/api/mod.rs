//! The HTTP API: a real client against the running server.

mod audit;
mod authentication;
mod bad_input;
mod break_glass;
pub mod documentation;
mod entities;
mod explanations;
mod governance;
mod grading;
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
