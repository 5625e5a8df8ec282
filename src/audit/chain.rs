//! The lines of the log and the hash chain through them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::govern::{BreakGlassId, Purpose};
use crate::model::Timestamp;

/// Outcome of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The operation was carried out.
    Done,
    /// The caller was not authenticated.
    Unauthenticated,
    /// The operation was refused: bad input, no such object in the view, or not allowed.
    Refused,
    /// The operation failed on the server's side.
    Failed,
}

/// A kind of act, after what the law asks to be logged: Directive (EU) 2016/680 (LED), Article 25(1), names the first
/// six.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Personal data is taken in.
    Collection,
    /// Personal data, or who may see it, is changed.
    Alteration,
    /// Personal data is looked at.
    Consultation,
    /// Personal data goes to somebody who did not have it.
    Disclosure,
    /// Personal data is compared with other data, or joined to it.
    Combination,
    /// Personal data is removed.
    Erasure,
    /// Nothing is done with personal data: the server, its accounts and its agreements are looked at or used.
    Administration,
}

/// The log entry of one operation (after CJIS Security Policy AU-3: what, when, where, source, outcome, identity),
/// without any personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The time, UTC.
    pub at: Timestamp,
    /// The request's id, as in the answer's header.
    pub request: String,
    /// The caller's agency; absent when the caller is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The caller's user name within the agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The operation: method and route template, e.g. `GET /v1/entities/{id}`.
    pub operation: String,
    /// The kind of act that it is; absent for what is no operation of the API, and in entries of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// The id of the object asked for, where the path names one; a keyed hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The purpose that the caller named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The case that the caller named; a reference too poor to hold a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The ids of the open uses of break-glass that may have widened the operation's view, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub break_glass: Vec<BreakGlassId>,
    /// The ids of the objects that the answer showed, by the agency that owns them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shown: BTreeMap<String, BTreeSet<String>>,
    /// True if the answer showed content that is masked by default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unmasked: bool,
    /// The id that a store gave the entry when it committed it together with its write; absent for entries that went
    /// straight to the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<String>,
    /// Origin of an unknown caller's connection: an IPv4 address or the /64 of an IPv6 address (CJIS Security Policy
    /// AU-3 asks for the source). Absent where the caller is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Number of occurrences, where one entry stands for many; absent for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The outcome of the operation.
    pub outcome: Outcome,
    /// HTTP status, or 0 for operations outside HTTP.
    pub status: u16,
}

impl Entry {
    /// The entry of an operation that has begun: its time, the id of the request or act, and the operation. Caller and
    /// outcome are filled in when they are known.
    pub fn begun((at, id): (Timestamp, String), operation: String) -> Self {
        Self {
            at,
            request: id,
            agency: None,
            user: None,
            operation,
            act: None,
            object: None,
            purpose: None,
            case: None,
            break_glass: Vec::new(),
            shown: BTreeMap::new(),
            unmasked: false,
            write: None,
            source: None,
            count: None,
            outcome: Outcome::Done,
            status: 0,
        }
    }

    /// The entry of an act outside of any request: by a command or by the server itself, about a user or an agency.
    pub fn apart(
        made: (Timestamp, String),
        agency: &str,
        user: Option<&str>,
        operation: String,
    ) -> Self {
        let (agency, user) = (Some(agency.to_owned()), user.map(str::to_owned));
        Self { agency, user, ..Self::begun(made, operation) }
    }
}

impl Entry {
    /// Tells if the entry differs from the entry of the same request that was stored with its write: in outcome,
    /// object, break-glass, unmasking or shown objects.
    pub fn says_more_than(&self, stored: &Self) -> bool {
        let said = |entry: &Self| {
            (entry.outcome, entry.object.clone(), entry.break_glass.clone(), entry.unmasked)
        };
        said(self) != said(stored) || self.shown != stored.shown
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Position in the log, from 0.
    pub index: u64,
    /// Hash of the line before, 64 hexadecimal digits; all zero for the first.
    pub previous: String,
    /// The logged entry.
    pub entry: Entry,
}

/// The end of a log: its number of lines and the hash of its last one. Two copies of one log that show different hashes
/// at the same length have been tampered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of lines.
    pub length: u64,
    /// Hash of the last line; all zero for an empty log.
    pub hash: String,
}

impl Head {
    /// The head of a log without lines.
    pub fn empty() -> Self {
        Self { length: 0, hash: "0".repeat(64) }
    }

    /// The next line, with the given entry.
    pub(super) fn line(&self, entry: Entry) -> Line {
        Line { index: self.length, previous: self.hash.clone(), entry }
    }

    /// The head after a line with this text (without its newline).
    pub(super) fn after(&self, text: &str) -> Self {
        Self { length: self.length + 1, hash: blake3::hash(text.as_bytes()).to_hex().to_string() }
    }

    /// Tells if a line follows this head in the chain.
    pub(super) fn accepts(&self, line: &Line) -> bool {
        line.index == self.length && line.previous == self.hash
    }
}
