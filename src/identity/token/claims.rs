//! What a token says, claim by claim: each of the type it should be, or the token is refused. A claim
//! of another type is never taken for an absent one.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::object::Object;
use crate::govern::{Attribute, Principal, Role};
use crate::identity::Refusal;
use crate::identity::{is_name, later};
use crate::model::Timestamp;

/// How far the clocks of an issuer and this server may differ, in seconds. An end is an end: it gets no
/// such grace.
pub(super) const CLOCK_SKEW_SECONDS: i64 = 30;

/// How long ago a user may have shown who they are, in seconds (CJIS IA-11: 12 hours).
const AUTHENTICATION_SECONDS_MAX: i64 = 12 * 3600;

/// The longest subject (OpenID Connect).
const SUBJECT_BYTES_MAX: usize = 255;

/// The names of the claims that speak of rights.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClaimNames {
    pub(crate) agency: String,
    pub(crate) roles: String,
    pub(crate) purposes: String,
    pub(crate) certified: String,
    pub(crate) attributes: BTreeMap<Attribute, String>,
}

/// How what an issuer says becomes rights here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mapping {
    pub(crate) names: ClaimNames,
    /// The agencies that the issuer may speak for, by what it calls them.
    pub(crate) agencies: BTreeMap<String, String>,
    /// Roles by what the issuer calls them; without, our own names.
    pub(crate) roles: Option<BTreeMap<String, BTreeSet<Role>>>,
    /// Roles that count only if the claim named says yes (an indicator of GFIPM).
    pub(crate) indicators: BTreeMap<Role, String>,
}

/// What shows that a user has shown two factors.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Factors {
    /// Values of `acr` that mean so.
    pub(crate) acr: Vec<String>,
    /// Values of `amr` that mean so.
    pub(crate) amr: Vec<String>,
}

/// The claims of a token whose signature may not have been checked yet.
pub(super) struct Claims(Object);

impl Claims {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(bytes)
            .map(Self)
            .map_err(|_| Refusal::Bad("the claims are not a JSON object"))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.0.get(name)
    }

    /// A claim that is a text.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::Bad("a claim that must be a text is not")),
        }
    }

    /// A claim that is a time: a number of seconds since 1970, whole or not, never a text.
    pub(super) fn time(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => {
                let seconds = number.as_f64().filter(|it| (0.0..1e12).contains(it));
                let seconds = seconds.ok_or(Refusal::Bad("a time is out of range"))?;
                Ok(Some(seconds.floor() as i64))
            }
            Some(_) => Err(Refusal::Bad("a time is not a number")),
        }
    }

    /// A claim that is a text or a list of texts.
    fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Refusal> {
        let wrong = || Refusal::Bad("a claim that must be texts is not");
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(vec![text])),
            Some(Value::Array(items)) => {
                let texts = items.iter().map(|item| item.as_str().ok_or_else(wrong));
                texts.collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(wrong()),
        }
    }

    /// Whether the token is for us, and now.
    pub(super) fn check(&self, audience: &str, now: Timestamp) -> Result<(), Refusal> {
        let now = now.as_micros().div_euclid(1_000_000);
        let audiences = self.texts("aud")?.ok_or(Refusal::Bad("aud is missing"))?;
        if !audiences.contains(&audience) {
            return Err(Refusal::Bad("aud is not us"));
        }
        let expires = self.time("exp")?.ok_or(Refusal::Bad("exp is missing"))?;
        if expires <= now {
            return Err(Refusal::Bad("the token has ended"));
        }
        if self.time("nbf")?.is_some_and(|begins| begins > now + CLOCK_SKEW_SECONDS) {
            return Err(Refusal::Bad("the token has not begun"));
        }
        let issued = self.time("iat")?;
        if issued.is_some_and(|issued| issued > now + CLOCK_SKEW_SECONDS) {
            return Err(Refusal::Bad("the token is of the future"));
        }
        if issued.is_some_and(|issued| issued > expires) {
            return Err(Refusal::Bad("the token ends before it was issued"));
        }
        Ok(())
    }

    /// Whom the token stands for. The user is issuer and subject, which no e-mail address is: those
    /// change hands. A fragment is in no issuer, so two users never share a name.
    pub(super) fn principal(&self, issuer: &str, mapping: &Mapping) -> Result<Principal, Refusal> {
        let subject = self.text("sub")?.ok_or(Refusal::Bad("sub is missing"))?;
        if !is_name(subject) || subject.len() > SUBJECT_BYTES_MAX {
            return Err(Refusal::Bad("sub is no name"));
        }
        let agencies = self.texts(&mapping.names.agency)?;
        let [agency] = agencies.as_deref().unwrap_or_default() else {
            return Err(Refusal::Bad("the claim of the agency names none or several"));
        };
        let agency = mapping
            .agencies
            .get(*agency)
            .ok_or(Refusal::Bad("the issuer does not speak for the agency"))?;
        let purposes = self.texts(&mapping.names.purposes)?;
        Ok(Principal {
            agency: agency.clone(),
            user: format!("{issuer}#{subject}"),
            roles: self.roles(mapping)?,
            certified: self.says_yes(&mapping.names.certified),
            attributes: {
                let names = mapping.names.attributes.iter();
                names.filter(|(_, claim)| self.says_yes(claim)).map(|(it, _)| *it).collect()
            },
            // A purpose that is not known here is none: the rest stays as narrow as it was meant.
            purposes: purposes.map(|names| names.into_iter().filter_map(named).collect()),
        })
    }

    fn roles(&self, mapping: &Mapping) -> Result<BTreeSet<Role>, Refusal> {
        let names = self.texts(&mapping.names.roles)?.unwrap_or_default();
        let of_name = |name: &str| match &mapping.roles {
            Some(roles) => roles.get(name).cloned().unwrap_or_default(),
            None => named(name).into_iter().collect(),
        };
        let mut roles: BTreeSet<Role> = names.into_iter().flat_map(of_name).collect();
        roles.retain(|role| mapping.indicators.get(role).is_none_or(|claim| self.says_yes(claim)));
        Ok(roles)
    }

    /// Indicators come as booleans or, from SAML, as texts.
    fn says_yes(&self, claim: &str) -> bool {
        match self.get(claim) {
            Some(Value::Bool(yes)) => *yes,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    /// When the user has shown two factors, if that is lately enough. Comes last: the challenge that
    /// answers is of use only to who holds a token that is good otherwise.
    pub(super) fn check_factors(
        &self,
        factors: &Factors,
        now: Timestamp,
    ) -> Result<Timestamp, Refusal> {
        let time = now;
        let now = now.as_micros().div_euclid(1_000_000);
        let level = self.text("acr")?;
        let methods = self.texts("amr")?.unwrap_or_default();
        let authenticated = self.time("auth_time")?;
        let two = level.is_some_and(|level| factors.acr.iter().any(|known| known == level))
            || methods.iter().any(|method| factors.amr.iter().any(|known| known == method));
        if !two {
            return Err(Refusal::NoSecondFactor { acr: factors.acr.clone() });
        }
        match authenticated {
            Some(at) if at > now + CLOCK_SKEW_SECONDS => {
                Err(Refusal::Bad("the user signed in in the future"))
            }
            Some(at) if now - at <= AUTHENTICATION_SECONDS_MAX => Ok(later(time, at - now)),
            _ => Err(Refusal::TooLongAgo { seconds: AUTHENTICATION_SECONDS_MAX }),
        }
    }
}

/// A word of one of our closed lists.
fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::String(name.to_owned())).ok()
}
