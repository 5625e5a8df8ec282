//! The claims of a token: each must be of the type it should be, or the token is refused. A claim of another type is
//! never taken for an absent one.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::object::Object;
use crate::govern::{Attribute, Principal, Role};
use crate::identity::Refusal;
use crate::identity::{is_name, later};
use crate::model::Timestamp;

/// Largest difference between the clocks of an issuer and this server, in seconds. It does not extend the expiry of a
/// token.
pub(super) const CLOCK_SKEW_SECONDS: i64 = 30;

/// Longest time since a user's sign-in, in seconds (CJIS IA-11: 12 hours).
const AUTHENTICATION_SECONDS_MAX: i64 = 12 * 3600;

/// The longest subject, in bytes (OpenID Connect).
const SUBJECT_BYTES_MAX: usize = 255;

/// The names of the claims about a user's rights.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClaimNames {
    pub(crate) agency: String,
    pub(crate) roles: String,
    pub(crate) purposes: String,
    pub(crate) certified: String,
    pub(crate) attributes: BTreeMap<Attribute, String>,
}

/// The mapping from an issuer's claims to agencies and roles.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mapping {
    pub(crate) names: ClaimNames,
    /// The agencies that the issuer may speak for, by the issuer's names for them.
    pub(crate) agencies: BTreeMap<String, String>,
    /// Roles by the issuer's names for them; `None` if the issuer uses accord's names.
    pub(crate) roles: Option<BTreeMap<String, BTreeSet<Role>>>,
    /// Roles that count only if the named claim is true (an indicator of GFIPM).
    pub(crate) indicators: BTreeMap<Role, String>,
}

/// The values of claims that prove two factors.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Factors {
    /// Values of `acr` that prove two factors.
    pub(crate) acr: Vec<String>,
    /// Values of `amr` that prove two factors.
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

    /// Returns a claim that must be a text; `None` if it is absent.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::Bad("a claim that must be a text is not")),
        }
    }

    /// Returns a claim that must be a time: seconds since 1970, rounded down from a number, never a text; `None` if it
    /// is absent.
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

    /// Returns a claim that must be a text or a list of texts; `None` if it is absent.
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

    /// Checks that the token is for this server and valid now.
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

    /// Returns the principal of the token. The user is issuer and subject, never an e-mail address: those change hands.
    /// No issuer contains a fragment, so two users never share a name.
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
            // An unknown purpose is dropped: the list stays at least as narrow as it was meant.
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

    /// Reads an indicator: a boolean or, from SAML, a text.
    fn says_yes(&self, claim: &str) -> bool {
        match self.get(claim) {
            Some(Value::Bool(yes)) => *yes,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    /// Returns the time of the user's sign-in with two factors, if it is recent enough. Checked last: the challenge in
    /// its refusal is of use only to holders of a token that is valid otherwise.
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

/// Parses a name of one of accord's closed lists; `None` if it is unknown.
fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::String(name.to_owned())).ok()
}
