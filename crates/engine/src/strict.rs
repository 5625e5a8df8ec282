//! Reading what was sent as strictly as the schemas say: an object is an object, not a list of its members in order,
//! and what is wrong is named by its place, also within an object whose kind one of its members names.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde_json::value::RawValue;
use serde_path_to_error::{Segment, Track};

/// A deserializer, or a part of one, that refuses a list where a struct is wanted.
pub struct Strict<T>(pub T);

/// A visitor that is shown the parts of [`Strict`].
struct Watched<V> {
    visitor: V,
    wants_object: bool,
}

impl<V> Watched<V> {
    fn of(visitor: V) -> Self {
        Self { visitor, wants_object: false }
    }

    fn of_object(visitor: V) -> Self {
        Self { visitor, wants_object: true }
    }
}

macro_rules! hand_on {
    ($($plain:ident)*; $($nested:ident($($argument:ident: $of:ty),*))*) => {
        $(fn $plain<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.0.$plain(visitor)
        })*
        $(fn $nested<V: Visitor<'de>>(
            self, $($argument: $of,)* visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.$nested($($argument,)* Watched::of(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    hand_on! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_identifier deserialize_ignored_any;
        deserialize_any()
        deserialize_option()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_seq()
        deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_map()
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_struct(name, fields, Watched::of_object(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! show {
    ($($visit:ident: $of:ty,)*) => {
        $(fn $visit<E: de::Error>(self, value: $of) -> Result<V::Value, E> {
            self.visitor.$visit(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watched<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    show! {
        visit_bool: bool,
        visit_i8: i8,
        visit_i16: i16,
        visit_i32: i32,
        visit_i64: i64,
        visit_i128: i128,
        visit_u8: u8,
        visit_u16: u16,
        visit_u32: u32,
        visit_u64: u64,
        visit_u128: u128,
        visit_f32: f32,
        visit_f64: f64,
        visit_char: char,
        visit_str: &str,
        visit_borrowed_str: &'de str,
        visit_string: String,
        visit_bytes: &[u8],
        visit_borrowed_bytes: &'de [u8],
        visit_byte_buf: Vec<u8>,
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Strict(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Strict(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        if self.wants_object {
            return Err(de::Error::invalid_type(Unexpected::Seq, &self));
        }
        self.visitor.visit_seq(Strict(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Strict(members))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Strict(variant))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(inner))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(name, variant)| (name, Strict(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Watched::of(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Watched::of_object(visitor))
    }
}

/// Something of several kinds, of which a member of its object names the kind and the others depend on the kind.
pub trait Tagged<'de>: Sized {
    /// The member that names the kind.
    const TAG: &'static str;
    /// The names of the kinds.
    type Kind: Deserialize<'de>;

    /// Reads the other members.
    ///
    /// # Errors
    /// When the members are not those of the kind.
    fn of_kind<D: Deserializer<'de>>(kind: Self::Kind, members: D) -> Result<Self, D::Error>;
}

/// Reads an object that names its kind, anywhere among its members. Unlike the code that serde derives for such,
/// it neither takes a list, nor loses the place of an error.
///
/// # Errors
/// When the text is not an object, names no known kind, names it twice, or has members that do not fit the kind.
pub fn tagged<'de, T: Tagged<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_map(Kinds(std::marker::PhantomData))
}

struct Kinds<T>(std::marker::PhantomData<T>);

impl<'de, T: Tagged<'de>> Visitor<'de> for Kinds<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the member `{}`", T::TAG)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut rest: A) -> Result<T, A::Error> {
        let mut before = Vec::new();
        loop {
            match rest.next_key::<String>()? {
                None => return Err(de::Error::missing_field(T::TAG)),
                Some(name) if name == T::TAG => break,
                Some(name) => before.push((name, rest.next_value::<Box<RawValue>>()?)),
            }
        }
        let kind = rest.next_value()?;
        let members = Members { before: before.into_iter(), value: None, rest, tag: T::TAG };
        T::of_kind(kind, MapAccessDeserializer::new(members))
    }
}

/// The members of an object but the one that names its kind: those before that one, and those after it.
struct Members<A> {
    before: std::vec::IntoIter<(String, Box<RawValue>)>,
    value: Option<(String, Box<RawValue>)>,
    rest: A,
    tag: &'static str,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let Some((name, value)) = self.before.next() else {
            return self.rest.next_key_seed(NotAgain { seed, tag: self.tag });
        };
        let read: StringDeserializer<A::Error> = name.clone().into_deserializer();
        self.value = Some((name, value));
        seed.deserialize(read).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let Some((name, value)) = self.value.take() else {
            return self.rest.next_value_seed(seed);
        };
        let mut track = Track::new();
        let mut reader = serde_json::Deserializer::from_reader(value.get().as_bytes());
        let read = serde_path_to_error::Deserializer::new(&mut reader, &mut track);
        seed.deserialize(Strict(read)).map_err(|error| {
            let message = error.to_string();
            let path = track.path();
            let within = known_path(path.iter(), &message);
            let dot = if within.is_empty() { "" } else { "." };
            de::Error::custom(format_args!("{WITHIN}{name}{dot}{within}`: {message}"))
        })
    }
}

/// The name of a member that is not the tag once more.
struct NotAgain<S> {
    seed: S,
    tag: &'static str,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for NotAgain<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(from)?;
        if name == self.tag {
            return Err(de::Error::duplicate_field(self.tag));
        }
        self.seed.deserialize(name.into_deserializer())
    }
}

/// The beginning of an error message that names the place of the error.
const WITHIN: &str = "within `";

/// The place that a message of [`tagged`] names, and the message itself.
pub fn within(message: &str) -> (Option<&str>, &str) {
    let parts = message.strip_prefix(WITHIN).and_then(|rest| rest.split_once("`: "));
    parts.map_or((None, message), |(place, message)| (Some(place), message))
}

/// A path as far as it is not the sender's own text: without the unknown name at its end.
pub fn known_path<'a>(path: impl Iterator<Item = &'a Segment>, message: &str) -> String {
    let names = |kind| message.strip_prefix(kind).and_then(|rest| rest.rsplit_once("`, expected "));
    let unknown = names("unknown field `").or_else(|| names("unknown variant `"));
    let unknown = unknown.map(|(name, _)| name);
    let known = path.filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()).filter(|key| Some(key.as_str()) != unknown),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    known.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests;
