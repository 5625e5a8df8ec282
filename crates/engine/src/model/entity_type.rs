//! The kinds of things that records speak of.

use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

/// The five kinds of things that records speak of and that are resolved into entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntityType {
    /// A human being.
    Person,
    /// A telephone number.
    Phone,
    /// A postal address.
    Address,
    /// A motor vehicle.
    Vehicle,
    /// A company, shelter, hotel, school or other organization.
    Organization,
}

impl EntityType {
    /// All types, in their canonical order.
    pub const ALL: [Self; 5] =
        [Self::Person, Self::Phone, Self::Address, Self::Vehicle, Self::Organization];

    /// The name used in files, the API and stored data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Vehicle => "vehicle",
            Self::Organization => "organization",
        }
    }

    /// The type with this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|entity_type| entity_type.as_str() == name)
    }
}
