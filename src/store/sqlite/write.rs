//! The write transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::MutexGuard;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::outbox::Logged;
use super::{backend, read, to_json};
use crate::audit::Due;
use crate::model::{
    Class, ClassId, Event, FormId, FormLink, Judgement, Kind, Label, RecordId, Tie,
};
use crate::store::log::{Basis, Change, LogLimits, Noted, Object};
use crate::store::{FormSize, NewRecord, StoreError, class_of, links};

/// A write transaction on the store's one writing connection.
pub(super) struct SqliteTxn<'a> {
    pub(super) writer: MutexGuard<'a, Connection>,
    pub(super) classes: BTreeMap<Class, ClassId>,
    pub(super) logged: &'a Logged,
    pub(super) due: &'a Due,
    pub(super) limits: LogLimits,
    pub(super) changed: bool,
    /// The objects that the change log will name.
    pub(super) noted: Noted,
    /// The classes of records and forms that the transaction has met, which need not be looked up.
    pub(super) met: Met,
    /// True if objects were removed, of which the write-ahead log must keep nothing.
    pub(super) purged: bool,
    pub(super) committed: bool,
}

/// The classes of records and forms that a transaction has met.
#[derive(Default)]
pub(super) struct Met {
    pub records: HashMap<RecordId, ClassId>,
    pub forms: HashMap<FormId, ClassId>,
}

impl<'a> SqliteTxn<'a> {
    pub(super) fn begin(
        writer: MutexGuard<'a, Connection>,
        logged: &'a Logged,
        due: &'a Due,
        limits: LogLimits,
    ) -> Result<Self, StoreError> {
        writer.execute_batch("BEGIN IMMEDIATE").map_err(backend)?;
        let mut transaction = Self {
            writer,
            classes: BTreeMap::new(),
            logged,
            due,
            limits,
            changed: false,
            noted: Noted::new(&limits),
            met: Met::default(),
            purged: false,
            committed: false,
        };
        transaction.classes = read::classes(&transaction.writer)?
            .into_iter()
            .map(|(id, class)| (class, id))
            .collect();
        Ok(transaction)
    }

    /// The number of the class of a kind and a label.
    fn class(&mut self, kind: Kind, label: &Label) -> Result<ClassId, StoreError> {
        self.number(Class { kind, label: label.clone() })
    }

    /// The number of a class, made when it is new.
    pub(super) fn number(&mut self, class: Class) -> Result<ClassId, StoreError> {
        if let Some(id) = self.classes.get(&class) {
            return Ok(*id);
        }
        let id = ClassId(self.classes.len() as u32);
        let json = to_json(&class)?;
        self.execute("INSERT INTO class (id, class) VALUES (?1, ?2)", params![id.0, json])?;
        self.classes.insert(class, id);
        Ok(id)
    }

    /// Returns the class of a record that must exist; `named_by` is the kind of object that names it, for the error.
    pub(super) fn class_of(
        &self,
        id: RecordId,
        named_by: &'static str,
    ) -> Result<ClassId, StoreError> {
        if let Some(class) = self.met.records.get(&id) {
            return Ok(*class);
        }
        self.writer
            .prepare_cached("SELECT class FROM record WHERE id = ?1")
            .and_then(|mut select| select.query_row([&id.0[..]], |row| row.get(0)).optional())
            .map_err(backend)?
            .map(ClassId)
            .ok_or(StoreError::Dangling { kind: named_by })
    }

    /// The class of a number.
    pub(super) fn named(&self, number: ClassId) -> Result<&Class, StoreError> {
        let found = self.classes.iter().find(|(_, id)| **id == number);
        let (class, _) = found.ok_or_else(|| StoreError::Damaged("no such class".into()))?;
        Ok(class)
    }

    /// The class of the records of a form; `None` if it has none.
    pub(super) fn class_of_form(&self, form: FormId) -> Result<Option<ClassId>, StoreError> {
        if let Some(class) = self.met.forms.get(&form) {
            return Ok(Some(*class));
        }
        self.writer
            .prepare_cached("SELECT class FROM record WHERE form = ?1 LIMIT 1")
            .and_then(|mut select| select.query_row([&form.0[..]], |row| row.get(0)).optional())
            .map(|class| class.map(ClassId))
            .map_err(backend)
    }

    /// Whether a form has one record or several; `None` if it has none.
    pub(super) fn size(&self, form: FormId) -> Result<Option<FormSize>, StoreError> {
        Ok(FormSize::of(read::count(&self.writer, form, 2)?))
    }

    /// Inserts an object by a statement that does nothing where one has its id: true if it is new, false if it is there
    /// with the same content; one with other content is an error.
    fn insert(
        &mut self,
        kind: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
        (id, json): (&[u8; 16], &str),
    ) -> Result<bool, StoreError> {
        let inserted = self
            .writer
            .prepare_cached(sql)
            .and_then(|mut insert| insert.execute(values))
            .map_err(backend)?;
        if inserted == 1 {
            self.changed = true;
            return Ok(true);
        }
        let stored: String = self
            .writer
            .prepare_cached(&format!("SELECT json FROM {kind} WHERE id = ?1"))
            .and_then(|mut select| select.query_row([&id[..]], |row| row.get(0)))
            .map_err(backend)?;
        if stored == json { Ok(false) } else { Err(StoreError::Conflict { kind }) }
    }

    /// Puts records, ascending by id, whatever order they come in: their index is in the order of ids, so that neighbours
    /// are written together. Then the keys of all, for the same reason.
    pub(super) fn put_records(&mut self, records: &[NewRecord]) -> Result<usize, StoreError> {
        let mut keys: Vec<(i64, ClassId, FormId)> = Vec::new();
        let mut applied = 0;
        for new in ascending(records, |new| new.record.id) {
            if let Some((form, class)) = self.put_record(new)? {
                applied += 1;
                keys.extend(new.keys.iter().map(|key| (key.0 as i64, class, form)));
            }
        }
        keys.sort_unstable();
        let insert = "INSERT OR IGNORE INTO block (key, class, form) VALUES (?1, ?2, ?3)";
        let mut insert = self.writer.prepare_cached(insert).map_err(backend)?;
        for (key, class, form) in keys {
            insert.execute(params![key, class.0, &form.0[..]]).map_err(backend)?;
        }
        Ok(applied)
    }

    /// Puts a record; its form and class, if it is new.
    fn put_record(&mut self, new: &NewRecord) -> Result<Option<(FormId, ClassId)>, StoreError> {
        let record = &new.record;
        let json = to_json(record)?;
        let own = class_of(record);
        let form = FormId::of(&own, new.content);
        let class = self.number(own)?;
        let insert =
            "INSERT INTO record (id, class, json, form, content) VALUES (?1, ?2, ?3, ?4, ?5)
          ON CONFLICT (id) DO NOTHING";
        let values = params![&record.id.0[..], class.0, json, &form.0[..], &new.content.0[..]];
        if !self.insert("record", insert, values, (&record.id.0, &json))? {
            return Ok(None);
        }
        self.met.records.insert(record.id, class);
        self.met.forms.insert(form, class);
        self.noted.note(Object::Record(record.id), Change::put(Basis::one(class)));
        Ok(Some((form, class)))
    }

    pub(super) fn put_ties(&mut self, ties: &[Tie]) -> Result<usize, StoreError> {
        let mut applied = 0;
        for tie in ascending(ties, |tie| tie.id) {
            applied += usize::from(self.put_tie(tie)?);
        }
        Ok(applied)
    }

    fn put_tie(&mut self, tie: &Tie) -> Result<bool, StoreError> {
        let json = to_json(tie)?;
        let class = self.class(Kind::Tie, &tie.label)?;
        let (from, to) = (self.class_of(tie.from, "tie")?, self.class_of(tie.to, "tie")?);
        let insert = "INSERT INTO tie (id, class, class_from, class_to, json)
          VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING";
        let values = params![&tie.id.0[..], class.0, from.0, to.0, json];
        if !self.insert("tie", insert, values, (&tie.id.0, &json))? {
            return Ok(false);
        }
        self.noted.note(Object::Tie(tie.id), Change::put(Basis::three(class, from, to)));
        Ok(true)
    }

    pub(super) fn put_events(&mut self, events: &[Event]) -> Result<usize, StoreError> {
        let mut applied = 0;
        for event in ascending(events, |event| event.id) {
            applied += usize::from(self.put_event(event)?);
        }
        Ok(applied)
    }

    fn put_event(&mut self, event: &Event) -> Result<bool, StoreError> {
        let json = to_json(event)?;
        let class = self.class(Kind::Event, &event.label)?;
        let insert = "INSERT INTO event (id, class, json) VALUES (?1, ?2, ?3)
          ON CONFLICT (id) DO NOTHING";
        let values = params![&event.id.0[..], class.0, json];
        if !self.insert("event", insert, values, (&event.id.0, &json))? {
            return Ok(false);
        }
        self.noted.note(Object::Event(event.id), Change::put(Basis::one(class)));
        let records: BTreeSet<RecordId> = event.participants.iter().map(|p| p.record).collect();
        for record in records {
            let class = self.class_of(record, "event")?;
            self.execute(
                "INSERT INTO participant (event, record, class) VALUES (?1, ?2, ?3)",
                params![&event.id.0[..], &record.0[..], class.0],
            )?;
        }
        Ok(true)
    }

    pub(super) fn put_link(&mut self, link: &FormLink) -> Result<bool, StoreError> {
        let Some((a, b)) = self.store_link(link)? else { return Ok(false) };
        self.changed = true;
        self.noted.note(Object::Link(link.a, link.b), Change::put(Basis::two(a, b)));
        Ok(true)
    }

    /// Stores a link and returns the classes of its forms, if it was not there, or there with other content. The
    /// revision stays.
    pub(super) fn store_link(
        &mut self,
        link: &FormLink,
    ) -> Result<Option<(ClassId, ClassId)>, StoreError> {
        let json = links::to_text(link)?;
        let class = |form| self.class_of_form(form)?.ok_or(StoreError::Dangling { kind: "link" });
        let (a, b) = (class(link.a)?, class(link.b)?);
        let put = "INSERT INTO link (a, b, class_a, class_b, json) VALUES (?1, ?2, ?3, ?4, ?5)
          ON CONFLICT (a, b) DO UPDATE SET json = excluded.json WHERE json <> excluded.json";
        let put = self
            .writer
            .prepare_cached(put)
            .and_then(|mut put| put.execute(params![&link.a.0[..], &link.b.0[..], a.0, b.0, json]));
        Ok((put.map_err(backend)? == 1).then_some((a, b)))
    }

    pub(super) fn put_judgement(&mut self, judgement: &Judgement) -> Result<bool, StoreError> {
        let json = to_json(judgement)?;
        let (a, b) = (&judgement.a.0[..], &judgement.b.0[..]);
        let owner = &judgement.label.agency;
        let stored: Option<(u32, String)> = self
            .writer
            .prepare_cached(
                "SELECT class, json FROM judgement
                 WHERE a = ?1 AND b = ?2 AND owner = ?3 AND user = ?4",
            )
            .and_then(|mut select| {
                let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
                select.query_row(params![a, b, owner, judgement.user], columns).optional()
            })
            .map_err(backend)?;
        if stored.as_ref().is_some_and(|(_, stored)| *stored == json) {
            return Ok(false);
        }
        let class = self.class(Kind::Judgement, &judgement.label)?;
        let class_a = self.class_of(judgement.a, "judgement")?;
        let class_b = self.class_of(judgement.b, "judgement")?;
        self.execute(
            "INSERT OR REPLACE INTO judgement (a, b, owner, user, class, class_a, class_b, json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![a, b, owner, judgement.user, class.0, class_a.0, class_b.0, json],
        )?;
        let basis = |own| Basis::three(own, class_a, class_b);
        let change = match stored {
            Some((before, _)) => Change::moved(basis(ClassId(before)), basis(class)),
            None => Change::put(basis(class)),
        };
        self.noted.note(Object::Judgement(judgement.a, judgement.b), change);
        Ok(true)
    }

    pub(super) fn execute(
        &mut self,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<(), StoreError> {
        self.changed = true;
        self.execute_quietly(sql, values)
    }

    /// Executes a statement on rows that no view shows: the revision stays.
    pub(super) fn execute_quietly(
        &mut self,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<(), StoreError> {
        self.writer
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map(|_| ())
            .map_err(backend)
    }
}

/// Objects in the order of their ids.
fn ascending<T, K: Ord>(objects: &[T], id: impl Fn(&T) -> K) -> Vec<&T> {
    let mut ascending: Vec<&T> = objects.iter().collect();
    ascending.sort_by_key(|object| id(object));
    ascending
}

impl Drop for SqliteTxn<'_> {
    fn drop(&mut self) {
        if !self.committed
            && let Err(error) = self.writer.execute_batch("ROLLBACK")
        {
            // Nothing was promised: an open transaction is rolled back when the file is next opened.
            tracing::warn!(%error, "rolling back a write failed");
        }
    }
}
