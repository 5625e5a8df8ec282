//! Rewrites the schemas of the document into a form from which generators of clients can make types: a union names each
//! of its kinds as a component and the member that tells them apart, an object composed of several parts becomes a
//! single object, and a tuple of items of one kind becomes a list.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::grounds::RestsOn;
use utoipa::ToSchema;

const COMPONENTS: &str = "#/components/schemas/";

type Members = Map<String, Value>;

/// Rewrites all schemas of a document into this form.
pub fn shape(document: &mut Value) {
    put_grounds_into_components(document);
    each(document, &mut list_of_so_many);
    let mut schemas = document["components"]["schemas"].take();
    if let Some(schemas) = schemas.as_object_mut() {
        name_kinds(schemas);
        let known = schemas.clone();
        schemas.values_mut().for_each(|schema| each(schema, &mut |it| make_whole(it, &known)));
        each(&mut document["paths"], &mut |it| make_whole(it, &known));
    }
    document["components"]["schemas"] = schemas;
    keep_what_is_used(document);
}

/// Applies a change to every object of a document, to inner objects before outer ones.
fn each(value: &mut Value, change: &mut impl FnMut(&mut Members)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                // Examples are not schemas.
                if name != "example" && name != "examples" {
                    each(member, change);
                }
            }
            change(members);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        _ => {}
    }
}

/// Returns the name of the component that a schema refers to.
fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(COMPONENTS)
}

/// Makes every answer about records a component of its own that has the member `rests_on`.
fn put_grounds_into_components(document: &mut Value) {
    let mut answers = BTreeMap::new();
    each(&mut document["paths"], &mut |it| {
        let Some([of, Value::Object(rests)]) =
            it.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
        else {
            return;
        };
        let Some(name) = referred(of) else { return };
        if rests["properties"].get("rests_on").is_none() {
            return;
        }
        // A view is also used as a part of other answers, where it has no member `rests_on`.
        let answer = match name.strip_suffix("View") {
            Some(thing) => format!("{thing}Answer"),
            None => name.to_owned(),
        };
        answers.insert(answer.clone(), name.to_owned());
        *it = reference(&answer);
    });
    let rests_on = json!({
        "type": "object", "required": ["rests_on"],
        "properties": { "rests_on": reference(&RestsOn::name()) },
    });
    for (answer, name) in answers {
        let schemas = &mut document["components"]["schemas"];
        let own = if answer == name { schemas[&name].take() } else { reference(&name).into() };
        let description = schemas[&name]["description"].as_str().or(own["description"].as_str());
        let description = description.unwrap_or_default().to_owned();
        schemas[&answer] = json!({ "description": description, "allOf": [own, rests_on] });
    }
}

fn reference(name: &str) -> Members {
    Members::from_iter([("$ref".to_owned(), format!("{COMPONENTS}{name}").into())])
}

/// Turns a tuple whose items have the same schema into a list of fixed length.
fn list_of_so_many(schema: &mut Members) {
    let Some(Value::Array(items)) = schema.get("prefixItems") else { return };
    let Some(first) = items.first().filter(|first| items.iter().all(|item| item == *first)) else {
        return;
    };
    let (first, count) = (first.clone(), items.len());
    schema.remove("prefixItems");
    schema.insert("items".to_owned(), first);
    schema.insert("minItems".to_owned(), count.into());
    schema.insert("maxItems".to_owned(), count.into());
}

/// Makes components of the kinds of unions whose kinds are told apart by a member, and adds the discriminator.
fn name_kinds(schemas: &mut Members) {
    let known = schemas.clone();
    for (name, schema) in &known {
        let Some(kinds) = schema["oneOf"].as_array() else { continue };
        let wholes: Option<Vec<Members>> = kinds.iter().map(|kind| whole(kind, &known)).collect();
        let Some((wholes, tag)) = wholes.and_then(|it| tag_of(&it).map(|tag| (it, tag))) else {
            continue;
        };
        let (mut listed, mut mapping) = (Vec::new(), Members::new());
        for (mut kind, closed) in wholes.into_iter().zip(kinds) {
            let value = kind["properties"][&tag]["enum"][0].as_str().unwrap_or_default().to_owned();
            let component = format!("{}{}", capitalized(&value), name.trim_end_matches("Request"));
            if let Some(closed) = closed["allOf"][0]["$ref"].as_str() {
                let about = known.get(closed.trim_start_matches(COMPONENTS));
                let takes = about.and_then(|it| it.get("additionalProperties")).cloned();
                takes.map(|takes| kind.insert("additionalProperties".to_owned(), takes));
            } else {
                kind.insert("additionalProperties".to_owned(), false.into());
            }
            let to = reference(&component);
            mapping.insert(value, to["$ref"].clone());
            listed.push(Value::Object(to));
            schemas.insert(component, Value::Object(kind));
        }
        let Some(Value::Object(schema)) = schemas.get_mut(name) else { continue };
        schema.insert("oneOf".to_owned(), listed.into());
        let discriminator = json!({ "propertyName": tag, "mapping": mapping });
        schema.insert("discriminator".to_owned(), discriminator);
    }
}

/// Returns the name of the member that has one distinct fixed value in each kind.
fn tag_of(kinds: &[Members]) -> Option<String> {
    let fixed = |kind: &Members, name: &String| -> Option<String> {
        let values = kind["properties"][name]["enum"].as_array()?;
        let [value] = values.as_slice() else { return None };
        value.as_str().map(str::to_owned)
    };
    let names = kinds.first()?["properties"].as_object()?.keys();
    let tells = |name: &&String| {
        let values: Option<BTreeSet<String>> = kinds.iter().map(|it| fixed(it, name)).collect();
        values.is_some_and(|values| values.len() == kinds.len())
    };
    names.into_iter().find(tells).cloned()
}

fn capitalized(word: &str) -> String {
    let parts = word.split('_').map(|part| {
        let (first, rest) = part.split_at(part.len().min(1));
        format!("{}{rest}", first.to_ascii_uppercase())
    });
    parts.collect()
}

/// Merges the parts of an `allOf` into a single object. Turns a `oneOf` into an `anyOf` if one kind requires only
/// members that another kind requires too, so that a value may match both.
fn make_whole(schema: &mut Members, known: &Members) {
    if schema.contains_key("allOf")
        && let Some(mut one) = whole(&Value::Object(schema.clone()), known)
    {
        for name in ["description", "title"] {
            schema.get(name).map(|text| one.insert(name.to_owned(), text.clone()));
        }
        *schema = one;
    }
    let overlap = schema.get("oneOf").and_then(Value::as_array).is_some_and(|sorts| {
        let required = |sort: &Value| -> Option<BTreeSet<String>> {
            let names = sort["properties"].as_object()?.keys();
            let required = sort["required"].as_array();
            let is = |name: &&String| required.is_some_and(|all| all.contains(&json!(name)));
            Some(names.filter(is).cloned().collect())
        };
        let all: Option<Vec<_>> = sorts.iter().map(required).collect();
        all.is_some_and(|all| {
            all.iter().enumerate().any(|(at, one)| {
                all.iter().enumerate().any(|(other, it)| at != other && one.is_subset(it))
            })
        })
    });
    if overlap && let Some(sorts) = schema.remove("oneOf") {
        schema.insert("anyOf".to_owned(), sorts);
    }
}

/// Returns the object that a schema describes, with the members of all its parts. A part that is a union contributes
/// the members of all its kinds; required are the members that all kinds require.
fn whole(schema: &Value, known: &Members) -> Option<Members> {
    if let Some(name) = referred(schema) {
        return whole(known.get(name)?, known);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().map(|part| whole(part, known)).reduce(|a, b| Some(both(a?, b?)))?;
    }
    if let Some(sorts) = schema["oneOf"].as_array() {
        let absent = json!({ "type": "null" });
        let of = |sort: &Value| match *sort == absent {
            true => Some(Members::from_iter([("properties".to_owned(), json!({}))])),
            false => whole(sort, known),
        };
        return sorts.iter().map(of).reduce(|a, b| Some(either(a?, b?)))?;
    }
    let object = schema.as_object().filter(|it| it.get("type") == Some(&json!("object")))?;
    let mut object = object.clone();
    object.entry("properties").or_insert_with(|| json!({}));
    object.remove("additionalProperties");
    Some(object)
}

fn both(mut a: Members, b: Members) -> Members {
    let required = names(&a).union(&names(&b)).cloned().collect();
    joined(&mut a, b, required)
}

fn either(mut a: Members, b: Members) -> Members {
    let required = names(&a).intersection(&names(&b)).cloned().collect();
    joined(&mut a, b, required)
}

fn names(object: &Members) -> BTreeSet<String> {
    let required = object.get("required").and_then(Value::as_array);
    required.into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

fn joined(a: &mut Members, b: Members, required: BTreeSet<String>) -> Members {
    let mut a = std::mem::take(a);
    if let (Some(Value::Object(all)), Some(Value::Object(more))) =
        (a.get_mut("properties"), b.get("properties"))
    {
        all.extend(more.clone());
    }
    a.insert("type".to_owned(), json!("object"));
    a.remove("required");
    if !required.is_empty() {
        a.insert("required".to_owned(), json!(required));
    }
    a
}

/// Removes components that nothing refers to.
fn keep_what_is_used(document: &mut Value) {
    let mut used = BTreeSet::new();
    let mut open: Vec<Value> = vec![document["paths"].clone()];
    while let Some(mut next) = open.pop() {
        let mut found = BTreeSet::new();
        each(&mut next, &mut |it| {
            let values = it.get("$ref").into_iter();
            let name = |to: &Value| to.as_str()?.strip_prefix(COMPONENTS).map(str::to_owned);
            found.extend(values.filter_map(name));
        });
        for name in found {
            if used.insert(name.clone()) {
                open.push(document["components"]["schemas"][&name].clone());
            }
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
}
