//! The property graph of a view, over which stored queries run: the projection of a snapshot.

use std::collections::BTreeMap;

use super::Value;
use crate::graph::{
    Entity, EntityIndex, EventIndex, Figure, RecordIndex, RelationshipKind, Snapshot,
};
use crate::model::{Body, EntityType, Event, EventKind, Place, Role, Timestamp, hex};

/// The property graph of one view, self-contained. The same snapshot gives the same graph.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PropertyGraph {
    /// Nodes; edges name them by position.
    pub nodes: Vec<Node>,
    /// Relationships.
    pub edges: Vec<Edge>,
}

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The labels of the node; the first is its specific type.
    pub labels: &'static [&'static str],
    /// The properties of the node, among them `id` (unique in the view) and `view`.
    pub properties: BTreeMap<&'static str, Value>,
}

/// The type of a relationship in the property graph.
pub type Relation = &'static str;

/// A relationship from one node to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The type of the relationship.
    pub relation: Relation,
    /// Position of the node it goes out from.
    pub source: u32,
    /// Position of the node it goes to.
    pub target: u32,
    /// The properties of the relationship.
    pub properties: BTreeMap<&'static str, Value>,
}

/// Makes the property graph of a snapshot; every node gets `tag` as its `view` property.
pub fn projection(snapshot: &Snapshot, tag: &str) -> PropertyGraph {
    let mut builder = Builder { snapshot, tag, graph: PropertyGraph::default() };
    builder.entities();
    builder.records();
    builder.relationships();
    builder.links();
    builder.events();
    builder.graph
}

struct Builder<'a> {
    snapshot: &'a Snapshot,
    tag: &'a str,
    graph: PropertyGraph,
}

impl Builder<'_> {
    fn node(
        &mut self,
        labels: &'static [&'static str],
        properties: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> u32 {
        let mut properties = present(properties);
        properties.insert("view", Value::from(self.tag));
        self.graph.nodes.push(Node { labels, properties });
        self.graph.nodes.len() as u32 - 1
    }

    fn edge(
        &mut self,
        relation: Relation,
        (source, target): (u32, u32),
        properties: impl IntoIterator<Item = (&'static str, Value)>,
    ) {
        let properties = present(properties);
        self.graph.edges.push(Edge { relation, source, target, properties });
    }

    /// The position of the node of an entity: entities come first.
    fn node_of(&self, entity: EntityIndex) -> u32 {
        self.snapshot.entities().rank(entity) as u32
    }

    /// The position of the node of a record: records come after the entities.
    fn node_of_record(&self, record: RecordIndex) -> u32 {
        (self.snapshot.entities().len() + self.snapshot.records().rank(record)) as u32
    }

    fn entities(&mut self) {
        for (index, entity) in self.snapshot.entities().enumerated() {
            let degree = self.snapshot.neighbours_of(index).len() as i64;
            let mut properties = entity_properties(self.snapshot, index, entity);
            properties.push(("degree", Value::Integer(degree)));
            self.node(entity_labels(entity.entity_type), properties);
        }
    }

    fn records(&mut self) {
        for (index, record) in self.snapshot.records().enumerated() {
            let node = self.node(
                &["Record"],
                [
                    ("id", Value::from(self.snapshot.record_id(index).to_string())),
                    ("type", Value::from(record.entity_type().as_str())),
                    ("agency", Value::from(&record.label.agency)),
                    ("local_id", some_text(&record.local_id)),
                    ("source", Value::from(&record.source)),
                ],
            );
            let entity = self.snapshot.entity_of(index);
            self.edge("OF", (node, self.node_of(entity)), []);
        }
    }

    fn relationships(&mut self) {
        for (index, relationship) in self.snapshot.relationships().enumerated() {
            let span = self.snapshot.span_of(index);
            self.edge(
                relation(relationship.kind),
                (self.node_of(relationship.source), self.node_of(relationship.target)),
                [
                    ("since", micros(span.from)),
                    ("until", micros(span.to)),
                    ("ties", Value::Integer(relationship.ties.into())),
                    ("events", Value::Integer(relationship.events.into())),
                ],
            );
        }
    }

    fn links(&mut self) {
        for link in self.snapshot.links().iter() {
            let ends = self.snapshot.stored(link.a).zip(self.snapshot.stored(link.b));
            let Some((a, b)) = ends else { continue };
            let masked =
                |record: RecordIndex| self.snapshot.is_masked(self.snapshot.entity_of(record));
            let bits = match masked(a) || masked(b) {
                true => Value::Null,
                false => Value::Float(link.bits),
            };
            let ends = (self.node_of_record(a), self.node_of_record(b));
            self.edge("LINKED", ends, [("bits", bits)]);
        }
    }

    fn events(&mut self) {
        let mut places: BTreeMap<String, u32> = BTreeMap::new();
        let mut seen: Vec<Sighting> = Vec::new();
        for (index, event) in self.snapshot.events().enumerated() {
            let id = self.snapshot.event_id(index).to_string();
            let time = self.snapshot.time_of(index);
            let node = self.node(&["Event"], event_properties(id, event, time));
            let place = event.place.as_ref().map(|place| {
                let id = self.place_id(place);
                *places
                    .entry(id.clone())
                    .or_insert_with(|| self.node(&["Place"], place_properties(id, place)))
            });
            if let Some(place) = place {
                self.edge("AT", (node, place), []);
            }
            for (entity, role) in self.participants(event) {
                let ends = (node, self.node_of(entity));
                self.edge("MENTIONS", ends, [("role", Value::from(role.as_str()))]);
                let hidden = self.snapshot.is_protected(entity) || self.snapshot.is_masked(entity);
                let shown = is_seen(event.kind, role) && !hidden;
                if let (Some(place), Some((at, _)), true) = (place, time, shown) {
                    seen.push(Sighting { entity, at, event: index, place });
                }
            }
        }
        self.sightings(seen);
    }

    /// The participants of an event, each entity once per role.
    fn participants(&self, event: &Event) -> Vec<(EntityIndex, Role)> {
        let entity = |id| Some(self.snapshot.entity_of(self.snapshot.stored(id)?));
        let mut participants: Vec<(EntityIndex, Role)> = event
            .participants
            .iter()
            .filter_map(|participant| Some((entity(participant.record)?, participant.role)))
            .collect();
        participants.sort_unstable();
        participants.dedup();
        participants
    }

    /// Adds `SEEN_AT` relationships (none for people who may be victims or for masked entities), numbered along the
    /// time of each entity, so that queries can ask for consecutive ones.
    fn sightings(&mut self, mut seen: Vec<Sighting>) {
        seen.sort_unstable();
        seen.dedup();
        let mut before = None;
        let mut sequence = 0;
        for sighting in seen {
            sequence = if before == Some(sighting.entity) { sequence + 1 } else { 1 };
            before = Some(sighting.entity);
            let event = self.snapshot.event_id(sighting.event);
            self.edge(
                "SEEN_AT",
                (self.node_of(sighting.entity), sighting.place),
                [
                    ("at", Value::Integer(sighting.at.as_micros())),
                    ("event", Value::from(event.to_string())),
                    ("sequence", Value::Integer(sequence)),
                ],
            );
        }
    }

    /// Makes the id of a place: places with the same name, city, country and coordinates have the same id.
    fn place_id(&self, place: &Place) -> String {
        let text = |part: &Option<String>| part.clone().unwrap_or_default().into_bytes();
        let degrees = |part: Option<f64>| part.map_or(vec![], |d| d.to_bits().to_le_bytes().into());
        let parts = [
            text(&place.name),
            text(&place.city),
            text(&place.country),
            degrees(place.latitude),
            degrees(place.longitude),
        ];
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        format!("plc_{}", hex(&self.snapshot.id_key().tag("place", &parts)))
    }
}

/// An entity at a place; orders by entity, time and event.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Sighting {
    entity: EntityIndex,
    at: Timestamp,
    event: EventIndex,
    place: u32,
}

/// Tells if taking part in this role means having been at the place of the event. A caller's or payer's own place is
/// not known.
fn is_seen(kind: EventKind, role: Role) -> bool {
    matches!(
        kind,
        EventKind::Sighting | EventKind::Crossing | EventKind::Booking | EventKind::Incident
    ) && matches!(role, Role::Subject | Role::Vehicle | Role::Guest)
}

/// Leaves out properties without a value: engines cannot store null.
fn present(
    properties: impl IntoIterator<Item = (&'static str, Value)>,
) -> BTreeMap<&'static str, Value> {
    properties.into_iter().filter(|(_, value)| *value != Value::Null).collect()
}

fn text(part: &Option<String>) -> Value {
    part.as_ref().map_or(Value::Null, Value::from)
}

/// Makes a text value; null for an empty text.
fn some_text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::from(text) }
}

fn micros(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::Integer(at.as_micros()))
}

fn entity_labels(entity_type: EntityType) -> &'static [&'static str] {
    match entity_type {
        EntityType::Person => &["Person", "Entity"],
        EntityType::Phone => &["Phone", "Entity"],
        EntityType::Address => &["Address", "Entity"],
        EntityType::Vehicle => &["Vehicle", "Entity"],
        EntityType::Organization => &["Organization", "Entity"],
    }
}

fn entity_properties(
    snapshot: &Snapshot,
    index: EntityIndex,
    entity: &Entity,
) -> Vec<(&'static str, Value)> {
    let mut properties = vec![
        ("id", Value::from(snapshot.entity_id(index).to_string())),
        ("type", Value::from(entity.entity_type.as_str())),
        // For a masked entity this is the pseudonym.
        ("name", Value::from(snapshot.name(index))),
        ("records", Value::Integer(entity.records.len() as i64)),
        ("protected", Value::Bool(snapshot.is_protected(index))),
    ];
    if entity.entity_type == EntityType::Person {
        let Families(families) =
            snapshot.figure(|original| Families::of(snapshot, original, index));
        properties.push(("families", Value::strings(families)));
    }
    properties
}

/// Keyed hashes of the words of all family names of a person, folded to plain lower-case letters, distinct and
/// ascending: two people who share one may be a family. Queries use them to leave families out, never to point at
/// anyone. They are hashed because masked people have families too. The hashes of a masked person are made from one
/// agency's records about victims and differ between agencies and cases, so that nobody can find the name by asking who
/// shares it, or the same person in another case.
struct Families(Vec<String>);

/// A figure, since it has keyed hashes only.
impl Figure for Families {}

impl Families {
    fn of(snapshot: &Snapshot, original: &Snapshot, entity: EntityIndex) -> Self {
        let masked = snapshot.is_masked(entity);
        let mut words: Vec<String> = Vec::new();
        for index in snapshot.entities()[entity].records.iter() {
            let record = &original.records()[*index];
            let Body::Person(person) = &record.body else { continue };
            // Records of a masked person that are not about a victim must tell nothing of others who are masked.
            if masked && !record.label.category.is_victim() {
                continue;
            }
            // In another case a masked person has another pseudonym, and so other hashes.
            let [agency, case] = match masked {
                true => [record.label.agency.as_str(), snapshot.case_name()],
                false => ["", ""],
            };
            let names = person.names.iter();
            let named = names.filter_map(|name| {
                name.family.clone().or_else(|| last_word(name.full.as_deref()?))
            });
            words.extend(named.flat_map(|family| folded_words(&family)).map(|word| {
                let parts = [agency, case, &word].map(str::as_bytes);
                hex(&snapshot.id_key().tag("family", &parts))
            }));
        }
        words.sort_unstable();
        words.dedup();
        Self(words)
    }
}

fn folded_words(family: &str) -> Vec<String> {
    let folded = deunicode::deunicode(family).to_lowercase();
    let words = folded.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
    words.filter(|word| !word.is_empty()).collect()
}

fn last_word(full: &str) -> Option<String> {
    match full.split_once(',') {
        Some((family, _)) => Some(family.to_owned()),
        None => full.split_whitespace().next_back().map(str::to_owned),
    }
}

fn event_properties(
    id: String,
    event: &Event,
    time: Option<(Timestamp, Option<Timestamp>)>,
) -> Vec<(&'static str, Value)> {
    let place = event.place.as_ref();
    vec![
        ("id", Value::from(id)),
        ("kind", Value::from(event.kind.as_str())),
        ("at", micros(time.map(|(at, _)| at))),
        ("until", micros(time.and_then(|(_, until)| until))),
        ("agency", Value::from(&event.label.agency)),
        ("city", place.map_or(Value::Null, |place| text(&place.city))),
        ("cents", event.amount.as_ref().map_or(Value::Null, |money| Value::Integer(money.cents))),
        ("currency", event.amount.as_ref().map_or(Value::Null, |m| Value::from(&m.currency))),
    ]
}

fn place_properties(id: String, place: &Place) -> Vec<(&'static str, Value)> {
    vec![
        ("id", Value::from(id)),
        ("name", text(&place.name)),
        ("city", text(&place.city)),
        ("country", text(&place.country)),
        ("latitude", place.latitude.map_or(Value::Null, Value::Float)),
        ("longitude", place.longitude.map_or(Value::Null, Value::Float)),
    ]
}

fn relation(kind: RelationshipKind) -> Relation {
    match kind {
        RelationshipKind::Tie(kind) => kind.as_str(),
        RelationshipKind::Called => "CALLED",
        RelationshipKind::Messaged => "MESSAGED",
        RelationshipKind::Paid => "PAID",
        RelationshipKind::BookedAt => "BOOKED_AT",
        RelationshipKind::SameEvent => "SAME_EVENT",
    }
}
