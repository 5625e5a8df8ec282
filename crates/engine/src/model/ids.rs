//! Identifiers. Every id is a keyed hash (BLAKE3, 128 bits) of what it names, never a sequence, so
//! that an id says nothing about how many objects there are, in what order they came, or whether
//! an object outside the caller's view exists.

use std::fmt;

use thiserror::Error;

use super::{Class, EntityType, EventKind, TieKind};

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a valid {kind} id: expected `{prefix}` and 32 hexadecimal digits")]
pub struct ParseIdError {
    kind: &'static str,
    prefix: &'static str,
}

/// Declares what [`id_type`](crate::id_type) makes a type for ids of, with its schema. A macro's `cfg` is that of the
/// crate that calls it, so there are two.
#[cfg(feature = "openapi")]
#[doc(hidden)]
#[macro_export]
macro_rules! id_struct {
    ($(#[$doc:meta])* $name:ident($bytes:vis), $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, utoipa::ToSchema)]
        #[schema(value_type = String, pattern = $pattern)]
        pub struct $name($bytes [u8; 16]);
    };
}

/// Declares the type of an id without a schema, for builds without the feature `openapi`.
#[cfg(not(feature = "openapi"))]
#[doc(hidden)]
#[macro_export]
macro_rules! id_struct {
    ($(#[$doc:meta])* $name:ident($bytes:vis), $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($bytes [u8; 16]);
    };
}

/// Makes a type for ids of one kind: its prefix and 32 hexadecimal digits. An id of one kind is none of another. The
/// visibility is that of its bytes: who may make one other than from its text. With the feature `openapi` its callers
/// need the crate `utoipa`, and `serde` always.
#[macro_export]
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident($bytes:vis), $kind:literal, $prefix:literal, $pattern:literal) => {
        $crate::id_struct!($(#[$doc])* $name($bytes), $pattern);

        impl $name {
            /// The beginning of every id of this kind.
            pub const PREFIX: &'static str = $prefix;
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($prefix)?;
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::model::ParseIdError::unless_id(text, $kind, $prefix).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

impl ParseIdError {
    /// The bytes of an id of a kind.
    ///
    /// # Errors
    /// When the text is not an id of this kind.
    pub fn unless_id(
        text: &str,
        kind: &'static str,
        prefix: &'static str,
    ) -> Result<[u8; 16], Self> {
        text.strip_prefix(prefix).and_then(parse_hex).ok_or(Self { kind, prefix })
    }
}

id_type!(
    /// Names one source record: a keyed hash of its agency and the agency's own record id.
    RecordId(pub), "record", "rec_", "^rec_[0-9a-f]{32}$"
);
id_type!(
    /// Names an entity *in one view*: a keyed hash of its type and its smallest visible record.
    EntityId(pub), "entity", "ent_", "^ent_[0-9a-f]{32}$"
);
id_type!(
    /// Names an event reported by a source.
    EventId(pub), "event", "evt_", "^evt_[0-9a-f]{32}$"
);
id_type!(
    /// Names a relationship between two records, as stated by one source row.
    TieId(pub), "tie", "tie_", "^tie_[0-9a-f]{32}$"
);
id_type!(
    /// Names a form: the records of one class whose comparable content is equal. Links, blocking keys and clusters are
    /// between forms. It never leaves the store and the views that are made of it.
    FormId(pub), "form", "frm_", "^frm_[0-9a-f]{32}$"
);

/// The hash (BLAKE3, 128 bits) of a record's comparable content: records of one type with equal hashes are scored alike
/// against any other record, and have the same blocking keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content(pub [u8; 16]);

impl FormId {
    /// The form of the records of a class with this content. Whoever sees one record of a class sees all of them, so
    /// that a form is seen as a whole or not at all.
    ///
    /// ```
    /// use accord_engine::model::{Class, Content, FormId, Kind, Label};
    ///
    /// let class = |agency: &str| Class { kind: Kind::Phone, label: Label { agency: agency.into(), ..Label::default() } };
    /// let content = Content([7; 16]);
    /// assert_eq!(FormId::of(&class("a"), content), FormId::of(&class("a"), content));
    /// assert_ne!(FormId::of(&class("a"), content), FormId::of(&class("b"), content));
    /// ```
    pub fn of(class: &Class, content: Content) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("accord 2026 form");
        hasher.update(&content.0);
        // A class is told apart by its canonical text: sets within labels are ordered.
        if let Ok(class) = serde_json::to_vec(class) {
            hasher.update(&class);
        }
        let mut id = [0u8; 16];
        hasher.finalize_xof().fill(&mut id);
        Self(id)
    }
}

/// Bytes as lower-case hexadecimal digits, two a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The 16 bytes that [`hex`] wrote; `None` for any other text. Lower-case hexadecimal only, so that an id has exactly
/// one spelling.
pub fn parse_hex(digits: &str) -> Option<[u8; 16]> {
    let digits = digits.as_bytes();
    if digits.len() != 32 {
        return None;
    }
    let mut bytes = [0u8; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// The rows of an agency among which its own ids are unique. Criminal intelligence has a series of its own: not all
/// colleagues may see it, and whoever hands in a row of one of its ids must not hear that there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    /// All rows but those of criminal intelligence.
    Ordinary,
    /// Criminal intelligence.
    Intelligence,
}

impl Series {
    /// Both series.
    pub const ALL: [Self; 2] = [Self::Ordinary, Self::Intelligence];

    /// Returns the series of a row, by whether it is criminal intelligence.
    pub fn of(intelligence: bool) -> Self {
        if intelligence { Self::Intelligence } else { Self::Ordinary }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        Self::of(self == Self::Ordinary)
    }

    fn records(self) -> &'static str {
        match self {
            Self::Ordinary => "record",
            Self::Intelligence => "intelligence record",
        }
    }

    fn events(self) -> &'static str {
        match self {
            Self::Ordinary => "event",
            Self::Intelligence => "intelligence event",
        }
    }
}

/// The key under which ids are hashed.
///
/// Two stores with the same key give the same record the same id. The default key is public: ids
/// are then reproducible anywhere, yet still cannot be guessed back into names. Set a secret one
/// (`ACCORD_ID_KEY`) where ids leave the house.
#[derive(Clone)]
pub struct IdKey {
    key: [u8; 32],
    /// The user whose rows are hashed, if there are series that this user may not see; `None` for other users.
    author: Option<Author>,
}

/// A user who hands in rows, and the series of ids that this user never sees.
#[derive(Clone)]
struct Author {
    user: String,
    unseen: Vec<Series>,
}

impl Default for IdKey {
    fn default() -> Self {
        Self::from_secret("accord: the public default id key")
    }
}

impl fmt::Debug for IdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdKey(..)")
    }
}

impl IdKey {
    /// Derives the key from a secret text of any length.
    pub fn from_secret(secret: &str) -> Self {
        Self { key: blake3::derive_key("accord 2026 id key", secret.as_bytes()), author: None }
    }

    /// Returns this key for the rows of a user who may see none of the series `unseen`, whatever the purpose: the
    /// user's own name is hashed into the ids of rows of these series. So they never equal an id that the user must
    /// not hear of, and a row that the user hands in again keeps its id and changes nothing.
    #[must_use]
    pub fn of_author(&self, user: &str, unseen: &[Series]) -> Self {
        let author = Author { user: user.to_owned(), unseen: unseen.to_vec() };
        Self { author: Some(author), ..self.clone() }
    }

    /// Returns the user name that is hashed into an id of this series, beside the agency and the agency's own id;
    /// `None` where the author, if there is one, may see the series.
    fn author_in(&self, series: Series) -> Option<&[u8]> {
        let author = self.author.as_ref().filter(|author| author.unseen.contains(&series));
        author.map(|author| author.user.as_bytes())
    }

    /// The id of the record that `agency` calls `local_id`.
    pub fn record(&self, agency: &str, local_id: &str) -> RecordId {
        self.record_of(Series::Ordinary, agency, local_id)
    }

    /// The id of the record of a series that `agency` calls `local_id`.
    pub fn record_of(&self, series: Series, agency: &str, local_id: &str) -> RecordId {
        let mut parts = vec![agency.as_bytes(), local_id.as_bytes()];
        parts.extend(self.author_in(series));
        RecordId(self.hash(series.records(), &parts))
    }

    /// The id of an entity of type `entity_type` whose smallest visible record is `first`.
    pub fn entity(&self, entity_type: EntityType, first: RecordId) -> EntityId {
        EntityId(self.hash("entity", &[entity_type.as_str().as_bytes(), &first.0]))
    }

    /// The id of the event of this kind that `agency` reported in its row `local_id`.
    pub fn event(&self, agency: &str, local_id: &str, kind: EventKind) -> EventId {
        self.event_of(Series::Ordinary, agency, local_id, kind)
    }

    /// The id of the event of this kind that `agency` reported in its row `local_id` of a series.
    pub fn event_of(
        &self,
        series: Series,
        agency: &str,
        local_id: &str,
        kind: EventKind,
    ) -> EventId {
        let mut parts = vec![agency.as_bytes(), local_id.as_bytes(), kind.as_str().as_bytes()];
        parts.extend(self.author_in(series));
        EventId(self.hash(series.events(), &parts))
    }

    /// The id of the tie of this kind between two records, as stated by one agency's row.
    pub fn tie(
        &self,
        agency: &str,
        local_id: &str,
        kind: TieKind,
        from: RecordId,
        to: RecordId,
    ) -> TieId {
        TieId(self.hash(
            "tie",
            &[agency.as_bytes(), local_id.as_bytes(), kind.as_str().as_bytes(), &from.0, &to.0],
        ))
    }

    /// A keyed 128-bit tag of arbitrary parts, for opaque cursors and cache keys.
    pub fn tag(&self, domain: &str, parts: &[&[u8]]) -> [u8; 16] {
        self.hash(domain, parts)
    }

    /// Length-prefixed, so that no two different lists of parts hash the same bytes.
    fn hash(&self, domain: &str, parts: &[&[u8]]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        for part in std::iter::once(domain.as_bytes()).chain(parts.iter().copied()) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut id = [0u8; 16];
        hasher.finalize_xof().fill(&mut id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_own_text_and_from_no_other() {
        let id = IdKey::default().record("metro-police", "P-1");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().to_uppercase().parse::<RecordId>().is_err());
        assert!(id.to_string().parse::<EntityId>().is_err());
        assert!("rec_".parse::<RecordId>().is_err());
        assert!("rec_é000000000000000000000000000000".parse::<RecordId>().is_err());
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = IdKey::default();
        assert_ne!(key.record("ab", "c"), key.record("a", "bc"));
        assert_ne!(key.record("a", "b"), IdKey::from_secret("other").record("a", "b"));
    }

    #[test]
    fn an_author_has_ids_of_its_own_in_the_series_that_it_does_not_see() {
        let key = IdKey::default();
        let of = |key: &IdKey, series| {
            (key.record_of(series, "a", "1"), key.event_of(series, "a", "1", EventKind::Sighting))
        };
        for unseen in [vec![], vec![Series::Intelligence], Series::ALL.to_vec()] {
            let author = key.of_author("u", &unseen);
            for series in Series::ALL {
                assert_eq!(of(&author, series) == of(&key, series), !unseen.contains(&series));
                let another = of(&key.of_author("v", &unseen), series);
                assert_eq!(of(&author, series) == another, !unseen.contains(&series));
            }
        }
    }
}
