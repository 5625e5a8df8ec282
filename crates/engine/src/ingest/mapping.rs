//! The mapping file (TOML): which column of a source is which field of which record.
//!
//! One source row makes one or more records (each of one type, called a *slot*), ties between
//! them, and at most a few events. The first record's local id is the row's id; every other
//! record's is `<row id>/<slot>`. A slot whose fields are all empty in a row makes no record there,
//! and ties and participations that need it are left out.
//!
//! ```toml
//! agency = "metro-police"
//! source = "persons"
//! format = "csv"                 # or "jsonl" or "parquet"; CSV may set delimiter = ";"
//! time_zone = "America/Chicago"  # for times without an offset
//! region = "US"                  # country to read national phone numbers in
//! id = "report_no"               # column with the row's id
//! columns_ignored = ["clerk"]    # any other column that is not mapped is an error
//!
//! [label]
//! category = { column = "status", values = { S = "suspect", W = "witness" }, default = "unknown" }
//! tier = 1
//! handling = "own"
//!
//! [[record]]
//! slot = "person"
//! type = "person"
//! [record.fields]
//! given = "first_name"
//! family = "last_name"
//! birth_date = { column = "dob", format = "%m/%d/%Y" }
//! sex = { column = "sex", values = { F = "female", M = "male" } }
//! phone = "phone"
//!
//! [[record]]
//! slot = "phone"
//! type = "phone"
//! [record.fields]
//! number = "phone"
//!
//! [[tie]]
//! kind = "USES"
//! from = "person"
//! to = "phone"
//! since = "reported_at"
//!
//! [[event]]
//! kind = "incident"
//! at = { column = "reported_at", format = "%Y-%m-%d %H:%M" }
//! participants = { subject = ["person"], vehicle = ["vehicle"] }
//! [event.place]
//! city = "city"
//! ```
//!
//! A victim's category is the category of all that a row makes: its phone, address, vehicle and organization are
//! masked with the victim. What everybody may know all the same (the lorry of a haulier, the address of a hotel)
//! is marked `public = true`; others than the owner do not learn of what row it is. A person is never public.
//!
//! ```toml
//! [[record]]
//! slot = "hotel"
//! type = "address"
//! public = true
//! ```
//!
//! # Fields by record type
//!
//! A trailing `.2`, `.3`, ... on a repeatable field (marked *) gives a further value.
//!
//! - `person`: `full`*, `given`*, `middle`*, `family`* (parts of one name share a suffix; further
//!   suffixes are aliases), `birth_date`, `birth_place`, `sex`, `nationality`, `phone`*, `email`*,
//!   `document`* (with constants `document_kind`*, `document_country`*), `occupation`, and the
//!   address fields below with prefix `address.` (e.g. `address.line`, `address.city`).
//! - `phone`: `number`, `region`.
//! - `address`: `line`, `house`, `street`, `unit`, `city`, `region`, `postcode`, `country`,
//!   `latitude`, `longitude`.
//! - `vehicle`: `plate`, `plate_region`, `plate_country`, `vin`, `make`, `model`, `year`, `colour`.
//! - `organization`: `name`, `registration`, `kind`, `phone`*, and `address.` as above.
//!
//! A row with a cell that cannot be read is refused and reported; `invalid = "missing"` on a converted
//! column takes the rest of the row instead: for data that is matched as it is, not for a register.
//!
//! In JSON Lines a column is a dotted path into the object (`traveller.name`), array elements by
//! index (`phones.0`). A missing key, `null` and an empty text are all empty. `columns_ignored` may
//! name an object or array to ignore all of it.
//!
//! A Parquet file is read as the CSV of the same table: whole numbers as they are, floats with a point
//! (`3.0`), truths as `true` and `false`, dates as `2026-03-01`, times as `2026-03-01 14:05:09`, with
//! `+00:00` where they are instants; a time that falls on midnight as its date alone; nulls and floats
//! that are no number as missing. Rows are counted from 1. Columns of lists, maps or groups must be in
//! `columns_ignored`. A mapping for CSV reads a file named `.parquet` as Parquet, so that one mapping
//! serves both.
//!
//! # The label
//!
//! `[label]` says who may see what the rows make. A text in it is a word that holds for every row; a column is
//! `{ column = "..." }`, with formats and translations like any other. A mapping that makes person records
//! names their subject category, `unknown` where the source does not say; a row without one is refused. (For
//! `accord dedupe` and `accord link`, which store nothing, no category is needed.) Further terms, checked as
//! those of rows over HTTP are:
//!
//! ```toml
//! [label]
//! category = "victim"
//! # When a row must be reviewed, at most five years ahead. From the beginning of that day (UTC) on nobody
//! # but the owner sees it; 30 days later it is removed, unless a reviewer of the owner keeps it.
//! review_by = { column = "review", format = "%d/%m/%Y" }
//! # The written release by which a victim lets the row go, which a provider of services to victims cites
//! # for each. Both columns may be empty, for rows without one.
//! release = { reference = { column = "release_no" }, until = { column = "release_end" } }
//! # Makes every row criminal intelligence; a row that states no suspicion or no grade is refused. Needs
//! # `review_by` and `grade`.
//! intelligence = { reasonable_suspicion = { column = "grounds" } }
//! # How far a row is to be believed, and whether it states facts: kept as they came, and part of no label.
//! # The codes of one's own columns are translated.
//! grade = { column = "grading", values = { 2B = "3x5x2:2B", A1 = "5x5x5:A1" } }
//! nature = { column = "kind", values = { F = "fact", A = "opinion" }, default = "fact" }
//! ```
//!
//! # Partial dates
//!
//! A date field may list several formats (`formats = ["%d/%m/%Y", "%m/%Y", "%Y"]`); the first that
//! fits the whole text wins. A format without a day (or month) gives a partial date. Formats are
//! those of strptime. Without a format, dates are ISO 8601 (YYYY, YYYY-MM, YYYY-MM-DD) and times
//! RFC 3339 or `YYYY-MM-DD[ HH:MM[:SS[.f]]]` in the mapping's time zone; a time without a time of day is
//! the day's first instant. Years before 1000 are refused, because `%Y` also reads two digits.
//! Constants, defaults and translated values are written as if there were no format; where a date
//! has both formats and `values`, texts that `values` does not list are read by the formats.
//!
//! Only what comes out of cells makes a record: constants and defaults alone do not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Audience, Conditions, EntityType, EventKind, Role, TieKind};

/// A mapping file. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The agency that owns the rows. Required in a file; over HTTP it is the caller's, and may be
    /// left out.
    #[serde(default)]
    pub agency: String,
    /// The agency's name for the file or system.
    pub source: String,
    /// How the file is written.
    pub format: Format,
    /// CSV delimiter, one ASCII character; a comma when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// IANA time zone of times that carry no offset; UTC when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Country (ISO 3166-1 alpha-2) in which national phone numbers and plates are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The column with the row's id, unique within the agency together with the slot.
    pub id: String,
    /// Text put before the row's id to make it unique within the agency, e.g. `"CDR-"`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id_prefix: String,
    /// Columns that are deliberately not used. A column neither mapped nor listed here is an error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns_ignored: Vec<String>,
    /// The label of everything the row makes.
    pub label: LabelMapping,
    /// The records a row makes.
    #[serde(rename = "record", default)]
    pub records: Vec<RecordMapping>,
    /// The ties a row states.
    #[serde(rename = "tie", default, skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<TieMapping>,
    /// The events a row reports.
    #[serde(rename = "event", default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventMapping>,
}

/// File formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RFC 4180 with a header row, UTF-8.
    Csv,
    /// One JSON object a line, UTF-8.
    Jsonl,
    /// Apache Parquet, without nested columns.
    Parquet,
}

/// The origin of a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// The text of a column.
    Column(String),
    /// The same text for every row.
    Constant(Constant),
    /// A column with a date format, a translation of its values, or both.
    Converted(Converted),
}

/// A constant value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// The text.
    pub constant: String,
}

/// A converted column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Converted {
    /// The column.
    pub column: String,
    /// The only date or time format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Date or time formats, tried in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    /// Translation of the source's codes. A code that is not listed becomes `default`; without a
    /// default the row is refused.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// The value for codes that are not listed and for empty cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The treatment of a cell that cannot be read as the field's kind of value (a date that does not
    /// exist, a code that is not listed): the row is refused, or the value counts as missing and the
    /// rest of the row is taken.
    #[serde(default, skip_serializing_if = "Invalid::is_refused")]
    pub invalid: Invalid,
    /// Texts that mean "missing", besides the empty text, e.g. `["N/A", "-"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// The treatment of a cell that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Invalid {
    /// Its row is refused and reported. The default.
    #[default]
    Refused,
    /// It counts as missing.
    Missing,
}

impl Invalid {
    fn is_refused(&self) -> bool {
        *self == Self::Refused
    }
}

/// The label of everything a row makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelMapping {
    /// Subject category: a word of [`crate::model::SubjectCategory`] or a converted column. Where a
    /// record is about a person it must be there, unless the rows are for the engine alone. Applies to
    /// person records, ties and events, and where it is a victim's to all records that are not public; other
    /// records are `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<WordOrColumn>,
    /// Sensitivity tier, 0 to 4.
    #[serde(default)]
    pub tier: u8,
    /// `own`, `pointer` or `shared`, or a converted column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling: Option<WordOrColumn>,
    /// Markings of other standards, such as `tlp:amber`, `europol:h2` or `3x5x2:c` (see
    /// [`crate::model::Marking`]), or columns converted to such: they cut what `handling` lets go. A row with
    /// one that is not known is its owner's alone, and the report of the import warns of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markings: Vec<WordOrColumn>,
    /// The uses for which a recipient needs the owner's leave.
    #[serde(default, skip_serializing_if = "Conditions::is_empty")]
    pub conditions: Conditions,
    /// The only recipients that may see the rows at all; absent, all whom agreements let.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Box<Audience>>,
    /// Marks the rows as criminal intelligence (28 CFR 23.20); absent, they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intelligence: Option<IntelligenceMapping>,
    /// How far a row is to be believed, as its source graded it (see [`crate::model::Grade`]); criminal intelligence
    /// must say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<WordOrColumn>,
    /// `fact` or `opinion`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<WordOrColumn>,
    /// When a row must be reviewed; criminal intelligence must say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<WordOrColumn>,
    /// The written release by which a victim lets a row go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseMapping>,
}

/// The statement that makes rows criminal intelligence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntelligenceMapping {
    /// The reasonable suspicion, which every row states.
    pub reasonable_suspicion: WordOrColumn,
}

/// A victim's release. A row in which both are empty cites none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseMapping {
    /// The agency's own reference of it.
    pub reference: WordOrColumn,
    /// When it ends.
    pub until: WordOrColumn,
}

/// A word that holds for every row, or a column translated to such words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WordOrColumn {
    /// The word itself.
    Word(String),
    /// A column whose values are translated.
    Column(Converted),
}

/// One record that a row makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordMapping {
    /// The slot's name within this mapping; part of the local id of all but the first record.
    pub slot: String,
    /// The type of the record.
    #[serde(rename = "type")]
    pub entity_type: EntityType,
    /// True if everybody may know of the record, whatever the row is about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
    /// The fields and where they come from; see the module's list.
    pub fields: BTreeMap<String, Value>,
}

/// One tie that a row states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieMapping {
    /// The kind of relationship.
    pub kind: TieKind,
    /// The slot it goes out from.
    pub from: String,
    /// The slot it goes to.
    pub to: String,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Value>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Value>,
    /// How sure the source is, 0 to 1; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// One event that a row reports. A row whose `at` is empty makes no such event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventMapping {
    /// The kind of event.
    pub kind: EventKind,
    /// When it began.
    pub at: Value,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Value>,
    /// The slots whose records took part, by role.
    pub participants: BTreeMap<Role, Vec<String>>,
    /// Where: `name`, `city`, `country`, `latitude`, `longitude`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub place: BTreeMap<String, Value>,
    /// Text of an advertisement or message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Value>,
    /// Amount of a payment, a decimal number with a point and at most two decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Value>,
    /// Currency of the amount, ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Value>,
}

/// The manifest of a set of files: `manifest.toml`. Paths are relative to the manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The title of the set of files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The answer key (`agency,record_id,type,entity`), when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The planted rings and decoys (`id,kind,member,decoy or ring`), when there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rings: Option<String>,
    /// The files.
    #[serde(rename = "file")]
    pub files: Vec<ManifestFile>,
}

/// One file of a manifest with its mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// The data file.
    pub path: String,
    /// Its mapping file.
    pub mapping: String,
}
