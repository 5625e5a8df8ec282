//! The query parameters of operations, each of a type that both reads itself and describes itself in the document.

use utoipa::ToSchema;

use super::description::Description;
use super::input::{Arrived, Input};
use super::parameters::Parameters;
use super::problem::Problem;
use super::seen::Unmask;
use crate::model::{EntityId, EntityType, RecordId, Timestamp};

/// A query parameter that both reads itself and describes itself in the document.
pub trait Parameter: Sized {
    /// Reads the parameter.
    ///
    /// # Errors
    /// When the parameter is invalid, or required and missing.
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, Problem>;

    /// Describes the parameter in the operation's entry in the document. `about` is the documentation of the member
    /// that holds it.
    fn describe(description: &mut Description<'_>, name: &str, about: &str);
}

/// A whole number from `MIN` to `MAX`; `DEFAULT` when absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<const MIN: u64, const MAX: u64, const DEFAULT: u64>(pub u64);

impl<const MIN: u64, const MAX: u64, const DEFAULT: u64> Parameter for Number<MIN, MAX, DEFAULT> {
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, Problem> {
        parameters.number(name, MIN..=MAX, DEFAULT).map(Self)
    }

    fn describe(description: &mut Description<'_>, name: &str, about: &str) {
        let about = format!("{about}; {DEFAULT} when absent");
        description.in_query(name, &about, Description::number(MIN, MAX));
    }
}

/// `true` or `false`; `DEFAULT` when absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag<const DEFAULT: bool>(pub bool);

impl<const DEFAULT: bool> Parameter for Flag<DEFAULT> {
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, Problem> {
        parameters.flag(name, DEFAULT).map(Self)
    }

    fn describe(description: &mut Description<'_>, name: &str, about: &str) {
        let about = format!("{about}; {DEFAULT} when absent");
        description.in_query(name, &about, Description::flag());
    }
}

impl Parameter for Unmask {
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, Problem> {
        parameters.flag(name, false).map(Self::wished)
    }

    fn describe(description: &mut Description<'_>, name: &str, _: &str) {
        let about = "Join, find and show what is masked: to a victim specialist in whose case the victim is; logged";
        description.in_query(name, about, Description::flag());
    }
}

/// The parameter `unmask` as the only query parameter of an operation.
impl Input for Unmask {
    fn read(arrived: &mut Arrived) -> Result<Self, Problem> {
        Parameter::read(arrived.parameters(), "unmask")
    }

    fn describe(description: &mut Description<'_>) {
        <Self as Parameter>::describe(description, "unmask", "");
    }
}

/// An optional type of entity.
impl Parameter for Option<EntityType> {
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, Problem> {
        let Some(text) = parameters.given(name) else { return Ok(None) };
        let one_of = "person, phone, address, vehicle or organization";
        EntityType::from_name(&text).map(Some).ok_or_else(|| Problem::parameter(name, one_of))
    }

    fn describe(description: &mut Description<'_>, name: &str, about: &str) {
        let schema = description.component::<EntityType>();
        description.in_query(name, about, schema);
    }
}

/// An optional time.
impl Parameter for Option<Timestamp> {
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, Problem> {
        let Some(text) = parameters.text(name)? else { return Ok(None) };
        let parsed = text.parse::<Timestamp>().map(Some);
        parsed.map_err(|error| Problem::parameter(name, error.to_string()))
    }

    fn describe(description: &mut Description<'_>, name: &str, about: &str) {
        let schema = description.component::<Timestamp>();
        description.in_query(name, about, schema);
    }
}

fn describe_id<I: ToSchema>(description: &mut Description<'_>, name: &str, about: &str) {
    let schema = description.component::<I>();
    description.required_in_query(name, about, schema);
}

/// The required id of an entity.
impl Parameter for EntityId {
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, Problem> {
        parameters.required(name, "an entity id: `ent_` and 32 hexadecimal digits")
    }

    fn describe(description: &mut Description<'_>, name: &str, about: &str) {
        describe_id::<Self>(description, name, about);
    }
}

/// The required id of a record.
impl Parameter for RecordId {
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, Problem> {
        parameters.required(name, "a record id: `rec_` and 32 hexadecimal digits")
    }

    fn describe(description: &mut Description<'_>, name: &str, about: &str) {
        describe_id::<Self>(description, name, about);
    }
}

/// Declares the query parameters of an operation: a struct whose members are [`Parameter`]s, each with its name in the
/// query string.
macro_rules! query {
    (
        $(#[doc = $about:literal])+
        $name:ident { $($(#[doc = $doc:literal])+ $member:ident $as:literal: $type:ty,)+ }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $member: $type,)+
        }

        impl $crate::api::input::Input for $name {
            fn read(
                arrived: &mut $crate::api::input::Arrived,
            ) -> Result<Self, $crate::api::problem::Problem> {
                let parameters = arrived.parameters();
                Ok(Self {
                    $($member: $crate::api::query::Parameter::read(parameters, $as)?,)+
                })
            }

            fn describe(description: &mut $crate::api::description::Description<'_>) {
                $(<$type as $crate::api::query::Parameter>::describe(
                    description,
                    $as,
                    concat!($($doc),+).trim(),
                );)+
            }
        }
    };
}

pub(in crate::api) use query;
