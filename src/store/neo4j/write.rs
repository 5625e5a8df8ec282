//! The write transaction: batches by UNWIND, under a lock on the one `StoredMeta` node.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::connection::{Connection, Transaction};
use super::outbox::Logged;
use super::read::{Cells, integer, object, parsed, record_id, text};
use super::to_json;
use crate::audit::Due;
use crate::model::{BlockKey, Class, ClassId, FormId, FormLink, Kind, Label, RecordId, hex};
use crate::store::log::{Basis, Change, LogLimits, Noted, Object};
use crate::store::{Batch, NewRecord, StoreError, class_of, links};

/// Rows sent in one statement.
const ROWS_PER_STATEMENT: usize = 5_000;

/// Takes the lock of writers: setting a property takes the node's write lock, held until the end of
/// the transaction.
pub(super) const LOCK: &str = "MATCH (m:StoredMeta {id: 1}) SET m.locked = timestamp()";

/// A write transaction.
pub(super) struct Neo4jTxn<'a> {
    pub(super) transaction: Transaction<'a>,
    pub(super) classes: BTreeMap<Class, ClassId>,
    pub(super) logged: &'a Logged,
    pub(super) due: &'a Due,
    pub(super) limits: LogLimits,
    pub(super) changed: bool,
    /// The objects that the change log will name.
    pub(super) noted: Noted,
}

impl<'a> Neo4jTxn<'a> {
    pub(super) fn begin(
        connection: &'a Connection,
        logged: &'a Logged,
        due: &'a Due,
        limits: LogLimits,
    ) -> Result<Self, StoreError> {
        let mut transaction = connection.begin()?;
        transaction.run(LOCK, json!({}))?;
        let rows = transaction
            .run("MATCH (c:StoredClass) RETURN c.id AS id, c.class AS class", json!({}))?;
        let classes = rows
            .iter()
            .map(|row| Ok((object(row, "class")?, ClassId(integer(row, "id")? as u32))))
            .collect::<Result<_, StoreError>>()?;
        let noted = Noted::new(&limits);
        Ok(Self { transaction, classes, logged, due, limits, changed: false, noted })
    }

    /// The number of the class of a kind and a label.
    fn class(&mut self, kind: Kind, label: &Label) -> Result<u32, StoreError> {
        self.number(Class { kind, label: label.clone() })
    }

    /// The number of a class, made when it is new.
    pub(super) fn number(&mut self, class: Class) -> Result<u32, StoreError> {
        if let Some(id) = self.classes.get(&class) {
            return Ok(id.0);
        }
        let id = ClassId(self.classes.len() as u32);
        self.transaction.run(
            "CREATE (:StoredClass {id: $id, class: $class})",
            json!({ "id": id.0, "class": to_json(&class)? }),
        )?;
        self.changed = true;
        self.classes.insert(class, id);
        Ok(id.0)
    }

    /// Runs a statement that reads.
    pub(super) fn run(&mut self, cypher: &str, given: Value) -> Result<Vec<Cells>, StoreError> {
        self.transaction.run(cypher, given)
    }

    /// Runs a statement that changes something.
    pub(super) fn change(&mut self, cypher: &str, given: Value) -> Result<(), StoreError> {
        self.changed = true;
        self.run(cypher, given).map(|_| ())
    }

    /// Runs a statement over many rows, some at a time, and returns all rows it gives.
    pub(super) fn unwind(
        &mut self,
        cypher: &str,
        rows: Vec<Value>,
    ) -> Result<Vec<Cells>, StoreError> {
        let mut found = Vec::new();
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            found.extend(self.transaction.run(cypher, json!({ "rows": chunk }))?);
        }
        Ok(found)
    }

    /// Runs a statement that writes rows; returns the number of rows.
    pub(super) fn write(&mut self, cypher: &str, rows: Vec<Value>) -> Result<usize, StoreError> {
        let count = rows.len();
        if count > 0 {
            self.changed = true;
            self.unwind(cypher, rows)?;
        }
        Ok(count)
    }

    /// Returns the new ones among objects, each with its JSON, ascending by id. One that is there with other content is
    /// an error.
    fn new_ones<'o, T>(
        &mut self,
        kind: &'static str,
        stored_label: &str,
        objects: impl Iterator<Item = (String, &'o T)>,
    ) -> Result<Vec<(&'o T, String)>, StoreError>
    where
        T: serde::Serialize + 'o,
    {
        let mut wanted: BTreeMap<String, (&T, String)> = BTreeMap::new();
        for (id, object) in objects {
            let text = to_json(object)?;
            if wanted.get(&id).is_some_and(|(_, other)| *other != text) {
                return Err(StoreError::Conflict { kind });
            }
            wanted.insert(id, (object, text));
        }
        let stored = self.unwind(
            &format!(
                "UNWIND $rows AS id MATCH (n:{stored_label} {{id: id}}) RETURN n.id AS id, n.json AS json"
            ),
            wanted.keys().map(|id| json!(id)).collect(),
        )?;
        for row in &stored {
            match wanted.remove(text(row, "id")?) {
                Some((_, wanted)) if wanted == text(row, "json")? => {}
                _ => return Err(StoreError::Conflict { kind }),
            }
        }
        Ok(wanted.into_values().collect())
    }

    /// The classes of records that must exist.
    pub(super) fn classes_of(
        &mut self,
        kind: &'static str,
        ids: BTreeSet<RecordId>,
    ) -> Result<BTreeMap<RecordId, u32>, StoreError> {
        let rows = self.unwind(
            "UNWIND $rows AS id MATCH (r:StoredRecord {id: id}) RETURN r.id AS id, r.class AS class",
            ids.iter().map(|id| json!(id.to_string())).collect(),
        )?;
        let found = rows
            .iter()
            .map(|row| Ok((record_id(row)?, integer(row, "class")? as u32)))
            .collect::<Result<BTreeMap<_, _>, StoreError>>()?;
        if found.len() == ids.len() { Ok(found) } else { Err(StoreError::Dangling { kind }) }
    }

    /// The class of a number.
    pub(super) fn named(&self, number: ClassId) -> Result<&Class, StoreError> {
        let found = self.classes.iter().find(|(_, id)| **id == number);
        let (class, _) = found.ok_or_else(|| StoreError::Damaged("no such class".into()))?;
        Ok(class)
    }

    /// The classes of those of these forms that are there.
    pub(super) fn classes_of_forms(
        &mut self,
        forms: &[FormId],
    ) -> Result<BTreeMap<FormId, ClassId>, StoreError> {
        let forms: BTreeSet<&FormId> = forms.iter().collect();
        let rows = self.unwind(
            "UNWIND $rows AS id MATCH (f:StoredForm {id: id}) RETURN f.id AS id, f.class AS class",
            forms.into_iter().map(|form| json!(form)).collect(),
        )?;
        rows.iter()
            .map(|row| Ok((parsed(row, "id")?, ClassId(integer(row, "class")? as u32))))
            .collect()
    }

    pub(super) fn put_records(&mut self, batch: &Batch) -> Result<usize, StoreError> {
        let said: BTreeMap<RecordId, &NewRecord> =
            batch.records.iter().map(|new| (new.record.id, new)).collect();
        let records = batch.records.iter().map(|new| (new.record.id.to_string(), &new.record));
        let mut nodes = Vec::new();
        let mut forms: BTreeMap<FormId, (u32, &[BlockKey])> = BTreeMap::new();
        for (record, json) in self.new_ones("record", "StoredRecord", records)? {
            let Some(new) = said.get(&record.id) else { continue };
            let own = class_of(record);
            let form = FormId::of(&own, new.content);
            let class = self.number(own)?;
            let (_, keys) = forms.entry(form).or_insert((class, &[]));
            if keys.is_empty() {
                *keys = &new.keys;
            }
            let change = Change::put(Basis::one(ClassId(class)));
            self.noted.note(Object::Record(record.id), change);
            nodes.push(json!({
                "id": record.id, "class": class, "json": json,
                "type": record.entity_type().as_str(), "agency": record.label.agency,
                "form": form, "content": hex(&new.content.0),
            }));
        }
        let ids: Vec<FormId> = forms.keys().copied().collect();
        let held = self.classes_of_forms(&ids)?;
        forms.retain(|form, _| !held.contains_key(form));
        let new = forms.iter().map(|(form, (class, _))| json!({ "id": form, "class": class }));
        let new: Vec<Value> = new.collect();
        self.write("UNWIND $rows AS row CREATE (f:StoredForm) SET f = row", new)?;
        let count = self.write(
            "UNWIND $rows AS row MATCH (f:StoredForm {id: row.form})
             CREATE (r:StoredRecord)-[:HAS_FORM]->(f) SET r = row",
            nodes,
        )?;
        let block = |(form, (class, keys)): (&FormId, &(u32, &[BlockKey]))| {
            let (form, class) = (*form, *class);
            let row =
                move |key: &BlockKey| json!({ "id": form, "key": key.0 as i64, "class": class });
            keys.iter().map(row).collect::<Vec<_>>()
        };
        self.write(
            "UNWIND $rows AS row MATCH (f:StoredForm {id: row.id})
             MERGE (b:StoredBlock {key: row.key, class: row.class}) MERGE (f)-[:IN_BLOCK]->(b)",
            forms.iter().flat_map(block).collect(),
        )?;
        Ok(count)
    }

    pub(super) fn put_ties(&mut self, batch: &Batch) -> Result<usize, StoreError> {
        let ties = batch.ties.iter().map(|tie| (tie.id.to_string(), tie));
        let new = self.new_ones("tie", "StoredTie", ties)?;
        let ends = new.iter().flat_map(|(tie, _)| [tie.from, tie.to]).collect();
        let classes = self.classes_of("tie", ends)?;
        let mut rows = Vec::new();
        for (tie, json) in new {
            let class = self.class(Kind::Tie, &tie.label)?;
            let (from, to) = (classes[&tie.from], classes[&tie.to]);
            let basis = Basis::three(ClassId(class), ClassId(from), ClassId(to));
            self.noted.note(Object::Tie(tie.id), Change::put(basis));
            rows.push(json!({
                "id": tie.id.to_string(), "class": class, "json": json,
                "class_from": from, "class_to": to,
            }));
        }
        self.write("UNWIND $rows AS row CREATE (t:StoredTie) SET t = row", rows)
    }

    pub(super) fn put_events(&mut self, batch: &Batch) -> Result<usize, StoreError> {
        let events = batch.events.iter().map(|event| (event.id.to_string(), event));
        let new = self.new_ones("event", "StoredEvent", events)?;
        let taking_part = new.iter().flat_map(|(event, _)| &event.participants);
        let classes = self.classes_of("event", taking_part.map(|part| part.record).collect())?;
        let mut rows = Vec::new();
        for (event, json) in new {
            let participants: Vec<u32> =
                event.participants.iter().map(|part| classes[&part.record]).collect();
            let class = self.class(Kind::Event, &event.label)?;
            let change = Change::put(Basis::one(ClassId(class)));
            self.noted.note(Object::Event(event.id), change);
            rows.push(json!({
                "id": event.id.to_string(), "class": class, "json": json,
                "participants": participants,
            }));
        }
        self.write("UNWIND $rows AS row CREATE (e:StoredEvent) SET e = row", rows)
    }

    pub(super) fn put_form_links(&mut self, links: &[FormLink]) -> Result<usize, StoreError> {
        let ends: Vec<FormId> = links.iter().flat_map(|link| [link.a, link.b]).collect();
        let classes = self.classes_of_forms(&ends)?;
        if ends.iter().any(|end| !classes.contains_key(end)) {
            return Err(StoreError::Dangling { kind: "link" });
        }
        let stored = self.store_links(links)?;
        self.changed |= !stored.is_empty();
        for (a, b) in &stored {
            let basis = Basis::two(classes[a], classes[b]);
            self.noted.note(Object::Link(*a, *b), Change::put(basis));
        }
        Ok(stored.len())
    }

    /// Stores links; the pairs of those that were not there before. The revision stays.
    pub(super) fn store_links(
        &mut self,
        links: &[FormLink],
    ) -> Result<Vec<(FormId, FormId)>, StoreError> {
        let (mut wanted, mut pairs) = (BTreeMap::new(), BTreeMap::new());
        for link in links {
            let pair = (link.a.to_string(), link.b.to_string());
            wanted.insert(pair.clone(), links::to_text(link)?);
            pairs.insert(pair, (link.a, link.b));
        }
        let stored = self.unwind(
            "UNWIND $rows AS row MATCH (a:StoredForm {id: row[0]})-[l:LINKED]->(b:StoredForm {id: row[1]})
             RETURN a.id AS a, b.id AS b, l.json AS json",
            wanted.keys().map(|(a, b)| json!([a, b])).collect(),
        )?;
        for row in &stored {
            let pair = (text(row, "a")?.to_owned(), text(row, "b")?.to_owned());
            if wanted.get(&pair).map(String::as_str) == Some(text(row, "json")?) {
                wanted.remove(&pair);
            }
        }
        let rows = wanted.iter().map(|((a, b), json)| json!({ "a": a, "b": b, "json": json }));
        self.unwind(
            "UNWIND $rows AS row MATCH (a:StoredForm {id: row.a}), (b:StoredForm {id: row.b})
             MERGE (a)-[l:LINKED]->(b) SET l.json = row.json",
            rows.collect(),
        )?;
        Ok(wanted.keys().filter_map(|pair| pairs.get(pair)).copied().collect())
    }

    pub(super) fn put_judgements(&mut self, batch: &Batch) -> Result<usize, StoreError> {
        let ends =
            batch.judgements.iter().flat_map(|judgement| [judgement.a, judgement.b]).collect();
        let classes = self.classes_of("judgement", ends)?;
        let (mut wanted, mut changes) = (BTreeMap::new(), BTreeMap::new());
        for judgement in &batch.judgements {
            let (a, b) = (judgement.a.to_string(), judgement.b.to_string());
            let (owner, user) = (&judgement.label.agency, &judgement.user);
            // A JSON array as id: unambiguous whatever the names hold.
            let id = to_json(&(&a, &b, owner, user))?;
            let class = self.class(Kind::Judgement, &judgement.label)?;
            let (class_a, class_b) = (classes[&judgement.a], classes[&judgement.b]);
            let row = json!({
                "id": id, "a": a, "b": b, "owner": owner, "user": user,
                "class": class, "json": to_json(judgement)?,
                "class_a": class_a, "class_b": class_b,
            });
            let basis = move |own| Basis::three(ClassId(own), ClassId(class_a), ClassId(class_b));
            let object = Object::Judgement(judgement.a, judgement.b);
            changes.insert(id.clone(), (object, basis, class, None));
            wanted.insert(id, row);
        }
        let stored = self.unwind(
            "UNWIND $rows AS id MATCH (j:StoredJudgement {id: id}) RETURN j.id AS id, j.class AS class, j.json AS json",
            wanted.keys().map(|id| json!(id)).collect(),
        )?;
        for row in &stored {
            let id = text(row, "id")?;
            if wanted.get(id).and_then(|row| row["json"].as_str()) == Some(text(row, "json")?) {
                wanted.remove(id);
                changes.remove(id);
            } else if let Some((_, _, _, before)) = changes.get_mut(id) {
                *before = Some(integer(row, "class")? as u32);
            }
        }
        for (object, basis, class, before) in changes.into_values() {
            let change = match before {
                Some(before) => Change::moved(basis(before), basis(class)),
                None => Change::put(basis(class)),
            };
            self.noted.note(object, change);
        }
        self.write(
            "UNWIND $rows AS row MERGE (j:StoredJudgement {id: row.id}) SET j = row",
            wanted.into_values().collect(),
        )
    }
}
