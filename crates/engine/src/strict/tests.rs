use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::model::Body;

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    a: u8,
}

#[derive(Debug, PartialEq, Deserialize)]
struct New(Inner);

#[derive(Debug, PartialEq, Deserialize)]
enum Kind {
    None,
    Of(Inner),
    With { a: u8 },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Outer {
    plain: Inner,
    #[serde(default)]
    maybe: Option<Inner>,
    #[serde(default)]
    boxed: Option<Box<Inner>>,
    #[serde(default)]
    list: Vec<Inner>,
    #[serde(default)]
    map: BTreeMap<String, Inner>,
    #[serde(default)]
    pair: Option<(u8, Inner)>,
    #[serde(default)]
    new: Option<New>,
    #[serde(default)]
    kind: Option<Kind>,
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    T::deserialize(Strict(&mut reader)).map_err(|error| error.to_string())
}

#[test]
fn a_list_is_taken_where_one_is_wanted_and_nowhere_else() {
    let plain = r#""plain":{"a":1}"#;
    for more in [
        r#""maybe":{"a":1}"#,
        r#""list":[{"a":1},{"a":2}]"#,
        r#""map":{"x":{"a":1}}"#,
        r#""pair":[1,{"a":1}]"#,
        r#""new":{"a":1}"#,
        r#""kind":"None""#,
        r#""kind":{"Of":{"a":1}}"#,
        r#""kind":{"With":{"a":1}}"#,
    ] {
        assert!(read::<Outer>(&format!("{{{plain},{more}}}")).is_ok(), "{more}");
    }
    assert!(read::<Outer>(r#"{"plain":[1]}"#).is_err());
    for more in [
        r#""maybe":[1]"#,
        r#""boxed":[1]"#,
        r#""list":[[1]]"#,
        r#""map":{"x":[1]}"#,
        r#""pair":[1,[1]]"#,
        r#""new":[1]"#,
        r#""kind":{"Of":[1]}"#,
        r#""kind":{"With":[1]}"#,
    ] {
        let error = read::<Outer>(&format!("{{{plain},{more}}}")).unwrap_err();
        assert!(error.starts_with("invalid type: sequence, expected struct"), "{more}: {error}");
    }
}

#[test]
fn the_kind_may_be_named_anywhere_and_in_other_formats() {
    let first: Body = read(r#"{"type":"phone","number":"1","region":"GB"}"#).unwrap();
    for text in [
        r#"{"number":"1","type":"phone","region":"GB"}"#,
        r#"{"number":"1","region":"GB","type":"phone"}"#,
    ] {
        assert_eq!(read::<Body>(text).unwrap(), first);
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::from_value::<Body>(value).unwrap(), first);
    }
    assert_eq!(
        serde_json::from_str::<Body>(&serde_json::to_string(&first).unwrap()).unwrap(),
        first
    );
}
