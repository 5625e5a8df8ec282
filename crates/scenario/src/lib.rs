//! Synthetic multi-agency scenarios with their answer keys: files as agencies would deliver them,
//! about people, phones, addresses, vehicles and organizations that do not exist, with the errors
//! that real records have, planted rings and innocent decoys. Must not know how records are read,
//! matched or analysed: it writes files, mappings and keys and nothing else.
//!
//! # What comes out
//!
//! `<agency>.<source>.csv|jsonl` with `<file>.map.toml`, `key.csv` (`agency,record_id,type,entity`),
//! `rings.csv` (`id,kind,member,truth`) and `manifest.toml`; on request `groups.csv`
//! (`agency,record_id,group`: the culture that a person's name comes from; never for matching).
//!
//! A table ([`generate_table`]) is one register of people: `people.csv`, its mapping, and `key.csv`
//! with all columns of a key and of groups.
//!
//! # How many records
//!
//! About 9 to 11 records a person (2.5 person records, and the phones, addresses, vehicles and
//! organizations in their rows and events), so 1,000,000 records need about 100,000 people. One
//! set of planted cases (11 rings, 11 decoys, about 165 people) comes for every 2,000 people, and at least
//! one: below [`MIN_PEOPLE`] people the scenario is the cases alone.

mod baselines;
mod contacts;
mod decoys;
mod desk;
mod dice;
mod event_rows;
mod generate;
mod identifiers;
mod name;
mod names;
mod noise;
mod person_rows;
mod places;
mod population;
mod rare_names;
mod rings;
mod sources;
mod table;
#[cfg(test)]
mod tests;
mod world;

pub use baselines::{Baseline, Baselines, baselines};
pub use generate::{
    MAX_AGENCIES, MAX_PEOPLE, MIN_PEOPLE, Options, ScenarioError, Summary, generate,
};
pub use table::{MAX_RECORDS, TableOptions, TableSummary, generate_table};
