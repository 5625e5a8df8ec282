//! Mutations of a world that the caller must not notice.

use accord::govern::{
    Agency, AgencyKind, Desk, Field, Member, OfficerKey, PlannedOperation, Policy, Purpose,
    Question,
};
use accord::model::{EntityType, Handling, Kind, Label, SubjectCategory};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use serde_json::{Value, json};

use super::drivers::CASE_OF_OTHERS;
use super::drivers::UNLISTED;
use super::guesses::{Renaming, place};
use super::reference::{Access, access};
use super::world::*;
use crate::policy::{self, CASE, agreement_id, signed, terms};

/// Returns the world, changed in objects that the caller may not see: rows, parts of rows and fields, judgements, and
/// agreements and messages of others.
pub fn mutated(world: &World, caller: &Caller, rng: &mut impl Rng) -> World {
    let reach = once_broken(&world.policy, caller);
    let may = |kind: Kind, label: &Label| access(&reach, &caller.question(), kind, label);
    let mut rows = Vec::new();
    for row in &world.rows {
        let hidden = Kind::ALL.into_iter().all(|kind| !may(kind, &row.label(kind)).anything());
        if !hidden {
            rows.push(trimmed(row, |kind| may(kind, &row.label(kind)), rng));
            continue;
        }
        if row.agency == CALLER && shown_for_another_purpose(row, &reach, caller) {
            // A user who hands in a row with the id of an own row that the caller may see for another purpose is told
            // that it exists, so it stays.
            rows.push(row.clone());
            continue;
        }
        match rng.random_range(0..3) {
            0 => {}
            1 => {
                let local_id = row.json["local_id"].as_str().unwrap();
                let mut other = super::world::row(rng, row.agency, local_id, 0.0);
                let label = ["category", "tier", "handling", "intelligence", "review_by"];
                for name in label.into_iter().chain(["audience", "conditions"]) {
                    match row.json.get(name) {
                        Some(value) => other.json[name] = value.clone(),
                        None => drop(other.json.as_object_mut().unwrap().remove(name)),
                    }
                }
                // The mark as public is part of the label of a record.
                let public = |slot: &Value| {
                    let mut records = row.json["records"].as_array().unwrap().iter();
                    records.any(|record| record["slot"] == *slot && record["public"] == true)
                };
                for record in other.json["records"].as_array_mut().unwrap() {
                    record["public"] = public(&record["slot"]).into();
                }
                // The grade is not part of the label.
                graded(rng, &mut other.json);
                rows.push(other);
            }
            _ => rows.push(row.clone()),
        }
    }
    for number in 0..rng.random_range(0..6) {
        // Rows that are not marked as shared are not disclosed, whatever was agreed.
        let agency = pick(rng, &AGENCIES[1..]);
        rows.push(row(rng, agency, &extra(number), 0.0));
        // The caller is not shown all rows of its own agency either.
        let own = row(rng, CALLER, &extra(number), 0.0);
        if !shown_for_another_purpose(&own, &reach, caller) {
            rows.push(own);
        }
    }
    masked(world, caller, &mut rows, rng);
    rows.shuffle(rng);
    let judged = judgements(world, (&reach, caller), &rows, rng);
    let mut policy = world.policy.clone();
    others_agree(&mut policy, rng);
    let some = |rng: &mut _| -> Vec<&'static str> {
        AGENCIES[1..].iter().copied().filter(|_| Rng::next_u32(rng) % 2 == 0).collect()
    };
    let (messages, sessions) = (some(rng), some(rng));
    let mut accounts: Vec<_> =
        world.accounts.iter().copied().filter(|(agency, _)| *agency == CALLER).collect();
    accounts.extend(others_accounts(rng));
    let operations = operations(world, caller, rng);
    World { rows, judged, policy, messages, operations, accounts, sessions }
}

/// Tells if the caller may see something of a row for any purpose.
fn shown_for_another_purpose(row: &Row, policy: &Policy, caller: &Caller) -> bool {
    let shown = |purpose: Purpose, kind: Kind| {
        let question = Question { purpose, ..caller.question() };
        access(policy, &question, kind, &row.label(kind)).anything()
    };
    Purpose::ALL.into_iter().any(|purpose| Kind::ALL.into_iter().any(|kind| shown(purpose, kind)))
}

/// Changes the operations of other agencies, except of agencies whose operations the caller may be pointed to.
fn operations(
    world: &World,
    caller: &Caller,
    rng: &mut impl Rng,
) -> Vec<(&'static str, PlannedOperation)> {
    let told = |agency: &str| {
        let label = Label {
            agency: agency.into(),
            category: SubjectCategory::Unknown,
            tier: 0,
            handling: Handling::Shared,
            ..Label::default()
        };
        access(&world.policy, &caller.question(), Kind::Operation, &label).pointer
    };
    let all = world.operations.iter().cloned();
    all.filter_map(|(agency, planned)| match told(agency) {
        true => Some((agency, planned)),
        false => rng.random_bool(0.7).then(|| (agency, operation(rng))),
    })
    .collect()
}

/// Changes all content of other agencies' rows about victims who are masked to the caller, but keeps equal values
/// equal: joins between their masked records are not masked, and all else is.
fn masked(world: &World, caller: &Caller, rows: &mut [Row], rng: &mut impl Rng) {
    let sighted = caller.unmasked(&world.policy);
    let in_case = |row: &Row| row.records().iter().any(|(id, _)| sighted.contains(id));
    let kept = rows.iter().filter(|row| row.is_about_others_victim() && in_case(row));
    let said = |row: &Row| {
        let records = row.json["records"].as_array().unwrap().iter();
        records.map(|record| (row.agency, record["body"].clone())).collect::<Vec<_>>()
    };
    let kept: Vec<_> = kept.flat_map(said).collect();
    let renaming = Renaming::new(rng, &AGENCIES[1..], &kept);
    for row in rows.iter_mut().filter(|row| row.is_about_others_victim() && !in_case(row)) {
        let (agency, mut has_public) = (row.agency, false);
        for record in row.json["records"].as_array_mut().unwrap() {
            match record["public"] == true {
                true => has_public = true,
                false => renaming.rename(rng, agency, &mut record["body"]),
            }
        }
        for event in row.json["events"].as_array_mut().unwrap() {
            event["place"] = place(rng);
            timed(rng, event);
        }
        row.json["ties"].as_array_mut().unwrap().iter_mut().for_each(|tie| dated(rng, tie));
        // Public records show the grade of their row.
        if !has_public {
            graded(rng, &mut row.json);
        }
    }
}

fn judgements(
    world: &World,
    (reach, caller): (&Policy, &Caller),
    rows: &[Row],
    rng: &mut impl Rng,
) -> Vec<Judged> {
    let ids = records(rows);
    let stays = |judged: &&Judged| {
        ids.iter().any(|(id, _)| *id == judged.a) && ids.iter().any(|(id, _)| *id == judged.b)
    };
    let visible = |judged: &Judged| {
        let label = label_of(judged);
        access(reach, &caller.question(), Kind::Judgement, &label).full
    };
    let mut kept: Vec<Judged> = world.judged.iter().filter(stays).cloned().collect();
    kept.retain(|judged| visible(judged) || rng.random());
    for _ in 0..rng.random_range(0..4) {
        if let Some(new) = judged(rng, &ids, 0.0)
            && !kept.iter().any(|it| it.is_as(&new))
        {
            kept.push(new);
        }
    }
    kept
}

/// Changes agreements, cases and memberships of other agencies, which the caller may not know of.
fn others_agree(policy: &mut Policy, rng: &mut impl Rng) {
    let (beta, gamma) = (AGENCIES[1], AGENCIES[2]);
    for (discloser, recipient) in [(beta, gamma), (gamma, beta), (gamma, "omega")] {
        if rng.random() {
            let agreement = signed(terms(discloser, &[recipient], vec![policy::everything()]));
            let id = agreement_id(&format!("{discloser}_{recipient}"));
            policy.agreements.insert(id, agreement);
        }
    }
    // Agencies that are not listed may be registered or not: guessing their names tells nothing.
    for name in UNLISTED {
        if rng.random() {
            let desk = Desk { name: format!("{name}, duty desk"), channel: "1".into() };
            let (kind, watched_by) = (AgencyKind::Police, Some(beta.to_owned()));
            let agency = Agency {
                name: name.into(),
                kind,
                desk,
                law: None,
                watched_by,
                listed: false,
                case_form: None,
            };
            policy.agencies.insert(name.into(), agency);
            let agreement = signed(terms(name, &[gamma], vec![policy::everything()]));
            policy.agreements.insert(agreement_id(&format!("{name}_{gamma}")), agreement);
        }
    }
    if rng.random() {
        let mut case = policy.cases[&CASE.parse().unwrap()].clone();
        case.members =
            [beta, gamma].map(|agency| Member { agency: agency.into(), user: "u".into() }).into();
        policy.cases.insert(CASE_OF_OTHERS.parse().unwrap(), case);
    }
    if rng.random() {
        let key = OfficerKey { key: "k".into(), since: policy::time("2026-01-01T00:00:00Z") };
        policy.officers.insert(beta.into(), [("u".to_owned(), key)].into());
    }
    if rng.random() {
        broken(policy, (gamma, "u"), beta, PURPOSES[0], CASE);
    }
}

/// Changes the hidden parts of a row that is visible in part.
fn trimmed(row: &Row, may: impl Fn(Kind) -> Access, rng: &mut impl Rng) -> Row {
    let mut row = row.clone();
    let local = row.json.clone();
    let mut gone: Vec<String> = Vec::new();
    let mut records = Vec::new();
    for (position, record) in local["records"].as_array().unwrap().iter().enumerate() {
        let mut record = record.clone();
        let name = record["body"]["type"].as_str().unwrap().to_owned();
        let access = may(EntityType::from_name(&name).unwrap().into());
        if access.anything() {
            change_withheld(&mut record["body"], &access, rng);
        } else if position > 0 && rng.random() {
            gone.push(record["slot"].as_str().unwrap().to_owned());
            continue;
        } else if rng.random() {
            record["body"] = body(rng, &name);
        }
        records.push(record);
    }
    let is_gone = |slot: &Value| gone.iter().any(|gone| slot == gone.as_str());
    let tie_access = may(Kind::Tie);
    let mut ties = local["ties"].as_array().unwrap().clone();
    ties.retain(|tie| {
        let withheld = match tie["kind"].as_str().unwrap() {
            "USES" => tie_access.withholds(Field::Phones),
            "LIVES_AT" => tie_access.withholds(Field::HomeAddress),
            _ => false,
        };
        let hidden = !tie_access.full || withheld;
        !(is_gone(&tie["from"]) || is_gone(&tie["to"]) || hidden && rng.random())
    });
    let event_access = may(Kind::Event);
    let mut events = local["events"].as_array().unwrap().clone();
    events.retain(|_| event_access.full || rng.random());
    for event in &mut events {
        let roles = event["participants"].as_object_mut().unwrap();
        roles.retain(|_, slots| !slots.as_array().unwrap().iter().any(is_gone));
        if !event_access.full || event_access.withholds(Field::EventPlace) {
            let (city, latitude, longitude) = pick(rng, &CITIES);
            let place = json!({ "city": city, "latitude": latitude, "longitude": longitude });
            event["place"] = place;
        }
    }
    // A pointer tells no grade.
    if Kind::ALL.into_iter().all(|kind| !may(kind).full) {
        graded(rng, &mut row.json);
    }
    row.json["records"] = records.into();
    row.json["ties"] = ties.into();
    row.json["events"] = events.into();
    row
}

fn change_withheld(body: &mut Value, access: &Access, rng: &mut impl Rng) {
    if body["type"] != "person" {
        return;
    }
    let other = person(rng);
    let fields = [
        (Field::Phones, "phones"),
        (Field::HomeAddress, "address"),
        (Field::BirthDate, "birth_date"),
    ];
    for (field, member) in fields {
        if access.withholds(field) {
            let body = body.as_object_mut().unwrap();
            match other.get(member) {
                Some(value) => drop(body.insert(member.to_owned(), value.clone())),
                None => drop(body.remove(member)),
            }
        }
    }
}
