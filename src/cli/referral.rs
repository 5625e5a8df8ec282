//! The demo's referral: rows of two agencies that use one number, added to the scenario, and the text about their
//! referral.

use std::collections::BTreeMap;

use accord::govern::{Principal, Role};
use accord::ingest::{RowError, RowOutput, SubmittedRow};
use accord::jobs::submit;
use accord::model::{IdKey, RecordId, Timestamp};
use accord::resolve::Engine;
use accord::store::Store;
use serde_json::{Value, json};

use super::CommandError;
use super::holder::Log;

/// The name that the demo's own rows bear as their source.
const SOURCE: &str = "demo";
/// The number that all of these people use: too few of one agency to stand out.
const NUMBER: &str = "+44 20 2555 0143";
/// The end of the victims' written releases; that of the demo's agreements.
const RELEASED_UNTIL: &str = "2028-01-01T00:00:00Z";

/// A person who uses the number: given and family name, day of birth, home, and the start of use.
type User = (&'static str, &'static str, &'static str, &'static str, &'static str);

const OF_THE_ASKER: [User; 3] = [
    ("Agnieszka", "Wojtowicz", "1979-03-14", "12 Quarry Lane, Leeds", "2025-06-02T09:00:00Z"),
    ("Desmond", "Achterberg", "1986-11-27", "205 Tannery Row, Hull", "2025-06-09T09:00:00Z"),
    ("Yoshiko", "Lindqvist", "1991-08-05", "7 Saltmarsh Walk, York", "2025-06-20T09:00:00Z"),
];
const VICTIMS: [User; 2] = [
    ("Ibukunoluwa", "Farquhar", "1998-01-19", "31 Cooper Yard, Derby", "2025-06-11T09:00:00Z"),
    ("Marisol", "Tkachenko", "2001-05-30", "88 Orchard Hill, Bath", "2025-06-17T09:00:00Z"),
];

/// The store, engine and settings for the rows.
pub struct Intake<'a> {
    pub store: &'a dyn Store,
    pub engine: &'a Engine,
    pub id_key: &'a IdKey,
    pub at: Timestamp,
}

/// Submits rows on the same number for an agency that will ask and for one that owns victims, as the API does. Returns
/// the victims' records. Repeating it changes nothing.
pub fn hand_in(
    intake: &Intake<'_>,
    asker: &str,
    owner: &str,
) -> Result<Vec<RecordId>, CommandError> {
    submit_rows(intake, asker, &OF_THE_ASKER, |row| {
        row["category"] = "contact".into();
        row["tier"] = 1.into();
    })?;
    submit_rows(intake, owner, &VICTIMS, |row| {
        row["category"] = "victim".into();
        row["tier"] = 2.into();
        let reference = format!("release of {}", row["local_id"].as_str().unwrap_or_default());
        row["release"] = json!({ "reference": reference, "until": RELEASED_UNTIL });
    })
}

/// Submits a row for each user of the number; returns the people's records.
fn submit_rows(
    intake: &Intake<'_>,
    agency: &str,
    users: &[User],
    label: impl Fn(&mut Value),
) -> Result<Vec<RecordId>, CommandError> {
    let mut outputs: Vec<RowOutput> = Vec::new();
    for (number, user) in (1..).zip(users) {
        let mut row = row(number, user);
        label(&mut row);
        let row: SubmittedRow = serde_json::from_value(row)?;
        let refused = |error: RowError| format!("the demo's row {number} of {agency}: {error:?}");
        outputs.push(row.into_output(agency, intake.id_key).map_err(refused)?);
    }
    let people = outputs.iter().filter_map(|row| row.records.first());
    let people = people.map(|record| record.id).collect();
    let due = Log::due("demo: rows of a referral", agency, None);
    submit(intake.store, intake.engine, outputs, intake.at, &due)?;
    Ok(people)
}

fn row(number: usize, (given, family, born, home, since): &User) -> Value {
    let span = json!({ "from": since });
    json!({
        "local_id": format!("DEMO-{number}"),
        "source": SOURCE,
        "handling": "shared",
        "records": [
            { "slot": "person", "body": {
                "type": "person",
                "names": [{ "given": given, "family": family }],
                "birth_date": born,
            } },
            { "slot": "phone", "body": { "type": "phone", "number": NUMBER } },
            { "slot": "home", "body": { "type": "address", "line": home } },
        ],
        "ties": [
            { "kind": "USES", "from": "person", "to": "phone", "span": span },
            { "kind": "LIVES_AT", "from": "person", "to": "home", "span": span },
        ],
    })
}

/// The facts that the demo tells of a referral.
pub struct Told<'a> {
    /// The member of the case who asks.
    pub asker: &'a Principal,
    /// Number of the asker's own records that are evidence.
    pub own: usize,
    /// Number of masked records that are evidence, by their owner.
    pub masked: BTreeMap<String, usize>,
    /// The members of the case.
    pub members: &'a [Principal],
}

impl Told<'_> {
    /// Describes the answer to the asker, the recipients of the message and the effect of a release. `desk` returns the
    /// name and channel of an agency's desk.
    pub fn text(&self, desk: impl Fn(&str) -> String) -> String {
        let asker = &self.asker.agency;
        let masked: Vec<String> =
            self.masked.iter().map(|(owner, count)| format!("{count} of {owner}")).collect();
        let desks: Vec<String> = self.masked.keys().map(|owner| desk(owner)).collect();
        let specialists = self.members.iter().filter(|member| {
            member.agency != *asker && member.roles.contains(&Role::VictimSpecialist)
        });
        let specialists: Vec<String> =
            specialists.map(|it| format!("{}, {}", it.agency, it.user)).collect();
        let desks = desks.join("; ");
        format!(
            "  a referral: a number of the demo's own rows (source \"{SOURCE}\") would stand out only if {} records \
             of {asker} met masked ones ({})\n    \
             {asker} asks GET /v1/indicators/shared-hub and is shown nothing of it, also not that there is \
             anything\n    \
             told (GET /v1/inbox) are the desk of the owner: {desks}; and the victim specialists of the case: {}\n    \
             one of them, or an approver of the owner (x-case: a reference of its own, e.g. REF-1), reads it (GET \
             /v1/referrals) and releases or refuses it (POST /v1/referrals/{{id}}/decision)\n    \
             released, {asker} is told in its inbox to call {desks}, and about which {} records of its own; \
             refused, nothing\n    \
             (x-purpose: trafficking_investigation for all of it)\n",
            self.own,
            masked.join(", "),
            specialists.join("; "),
            self.own,
        )
    }
}
