//! The configuration of identity providers: a TOML file, read once and checked whole before the server
//! starts.
//!
//! ```toml
//! address = "https://accord.example"              # what clients call this server; for DPoP (RFC 9449) only
//!
//! [[issuer]]
//! issuer = "https://login.metro.example"          # `iss`, to the letter
//! audience = "https://accord.example"             # what `aud` must hold
//! keys = "https://login.metro.example/jwks.json"  # https address or file of the JWK set
//! algorithms = ["ES256"]                          # ES256 ES384 EdDSA PS256.. RS256..; never HMAC
//! agencies = { "DC0010000" = "metro-police" }     # whom the issuer may speak for
//! roles = { "accord-users" = ["analyst"] }        # without: our own names of roles
//! indicators = { investigator = "gfipm:2.0:user:SwornLawEnforcementOfficerIndicator" }
//! acr = ["https://refeds.org/profile/mfa"]        # means that two factors were shown ...
//! amr = ["mfa"]                                   # ... or so does this (the default)
//! authorities = "ca.pem"                          # who signs the address's certificate
//! claims = { agency = "gfipm:2.0:user:EmployerORI", roles = "roles", purposes = "purposes" }
//! # claims.certified: who sees criminal intelligence; gfipm:2.0:user:28CFRCertificationIndicator when absent
//! # claims.sworn, claims.ndex: what agreements may ask of a user; gfipm:2.0:user:SwornLawEnforcementOfficerIndicator
//! # and gfipm:2.0:user:NDExPrivilegeIndicator when absent
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jsonwebtoken::Algorithm;
use serde::Deserialize;
use thiserror::Error;

use super::is_name;
use super::issuer::Issuer;
use super::token::{ALGORITHMS, ClaimNames, Factors, Fetch, IssuerKeys, Mapping, Proofs, Source};
use crate::govern::{Attribute, Role};

/// The reason for which a configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the configuration of identity providers: {0}")]
pub struct SettingsError(String);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    address: Option<String>,
    #[serde(default)]
    issuer: Vec<RawIssuer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIssuer {
    issuer: String,
    audience: String,
    keys: String,
    algorithms: Vec<String>,
    agencies: BTreeMap<String, String>,
    roles: Option<BTreeMap<String, BTreeSet<Role>>>,
    #[serde(default)]
    indicators: BTreeMap<Role, String>,
    #[serde(default)]
    acr: Vec<String>,
    amr: Option<Vec<String>>,
    authorities: Option<String>,
    #[serde(default)]
    claims: RawClaims,
}

/// Names of claims; the defaults are GFIPM's for the agency and RFC 9068's for roles.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawClaims {
    agency: String,
    roles: String,
    purposes: String,
    /// The claim that the user is certified under 28 CFR 23.
    certified: String,
    /// The claim that the user is a sworn law-enforcement officer.
    sworn: String,
    /// The claim that the user may use N-DEx.
    ndex: String,
}

impl Default for RawClaims {
    fn default() -> Self {
        Self {
            agency: "gfipm:2.0:user:EmployerORI".into(),
            roles: "roles".into(),
            purposes: "purposes".into(),
            certified: "gfipm:2.0:user:28CFRCertificationIndicator".into(),
            sworn: "gfipm:2.0:user:SwornLawEnforcementOfficerIndicator".into(),
            ndex: "gfipm:2.0:user:NDExPrivilegeIndicator".into(),
        }
    }
}

/// The identity providers of a server; none by default.
#[derive(Default)]
pub struct Settings {
    pub(super) issuers: Vec<Issuer>,
    pub(super) proofs: Proofs,
}

impl Settings {
    /// Reads a configuration; paths in it are relative to `folder`.
    ///
    /// # Errors
    /// When it is incomplete or invalid; with the reason.
    pub fn from_toml(text: &str, folder: &Path) -> Result<Self, SettingsError> {
        let raw: RawSettings =
            toml::from_str(text).map_err(|error| SettingsError(error.to_string()))?;
        let mut names = BTreeSet::new();
        let mut issuers = Vec::new();
        for issuer in raw.issuer {
            let name = issuer.issuer.clone();
            let fault = |what: String| SettingsError(format!("issuer `{name}`: {what}"));
            if !names.insert(name.clone()) {
                return Err(fault("is there twice".into()));
            }
            issuers.push(checked(issuer, folder).map_err(fault)?);
        }
        let address = raw.address.as_deref().map(address).transpose().map_err(SettingsError)?;
        Ok(Self { issuers, proofs: Proofs::at(address) })
    }
}

/// The address by which clients call this server: proofs contain it, followed by the path of the request.
fn address(text: &str) -> Result<String, String> {
    let text = text.strip_suffix('/').unwrap_or(text);
    if is_https(text) && !text.contains(['#', '?', ' ']) {
        return Ok(text.to_owned());
    }
    Err("address is an https address, as clients call this server".into())
}

/// Tells if an address is of https, or of this machine.
fn is_https(address: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    address.starts_with("https://") || local.iter().any(|it| address.starts_with(it))
}

fn checked(raw: RawIssuer, folder: &Path) -> Result<Issuer, String> {
    if !is_https(&raw.issuer) {
        return Err("an issuer is an https address".into());
    }
    // RFC 8414: an issuer has neither query nor fragment. A user's name is the issuer and the subject as its fragment.
    if raw.issuer.contains(['#', '?', ' ']) || !is_name(&raw.issuer) {
        return Err("an issuer has neither query nor fragment".into());
    }
    if raw.audience.is_empty() {
        return Err("audience is empty".into());
    }
    if raw.agencies.is_empty() || !raw.agencies.values().all(|agency| is_name(agency)) {
        return Err("agencies must name those that the issuer speaks for".into());
    }
    let amr = raw.amr.unwrap_or_else(|| vec!["mfa".to_owned()]);
    if raw.acr.is_empty() && amr.is_empty() {
        return Err("acr and amr are empty: no token could show a second factor".into());
    }
    let RawClaims { agency, roles, purposes, certified, sworn, ndex } = &raw.claims;
    let named = [agency, roles, purposes, certified, sworn, ndex];
    if named.iter().any(|name| name.is_empty()) {
        return Err("a claim has an empty name".into());
    }
    Ok(Issuer {
        algorithms: algorithms(&raw.algorithms)?,
        keys: keys(&raw.keys, raw.authorities.as_deref(), folder)?,
        name: raw.issuer,
        audience: raw.audience,
        mapping: Mapping {
            names: ClaimNames {
                agency: raw.claims.agency,
                roles: raw.claims.roles,
                purposes: raw.claims.purposes,
                certified: raw.claims.certified,
                attributes: [
                    (Attribute::Sworn, raw.claims.sworn),
                    (Attribute::Ndex, raw.claims.ndex),
                ]
                .into(),
            },
            agencies: raw.agencies,
            roles: raw.roles,
            indicators: raw.indicators,
        },
        factors: Factors { acr: raw.acr, amr },
    })
}

fn algorithms(names: &[String]) -> Result<Vec<Algorithm>, String> {
    let find = |name: &String| {
        let known = ALGORITHMS.iter().find(|(known, _)| known == name);
        known.map(|(_, algorithm)| *algorithm).ok_or_else(|| {
            let known: Vec<&str> = ALGORITHMS.iter().map(|(known, _)| *known).collect();
            format!("algorithm `{name}` is none of {}", known.join(", "))
        })
    };
    let found: Vec<Algorithm> = names.iter().map(find).collect::<Result<_, _>>()?;
    if found.is_empty() { Err("algorithms is empty".into()) } else { Ok(found) }
}

/// A file is read now as well, so that an invalid one is found at the start; an address may be down.
fn keys(text: &str, authorities: Option<&str>, folder: &Path) -> Result<IssuerKeys, String> {
    let read = |path: &str| {
        let path = folder.join(path);
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let authorities = authorities.map(read).transpose()?;
    let is_file = !text.contains("://");
    let place = if is_file { folder.join(text).display().to_string() } else { text.to_owned() };
    let source =
        Source::new(&place, authorities.as_deref()).map_err(|error| format!("keys: {error}"))?;
    if is_file {
        let found = source.fetch()?;
        IssuerKeys::check(&found).map_err(|error| format!("{place}: {error}"))?;
    }
    Ok(IssuerKeys::new(Box::new(source)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[issuer]]
issuer = "https://login.example"
audience = "accord"
keys = "https://login.example/jwks.json"
algorithms = ["ES256", "EdDSA"]
agencies = { "DC1" = "metro-police" }
"#;

    fn refused(text: &str) -> String {
        match Settings::from_toml(text, Path::new("/nonexistent")) {
            Ok(_) => panic!("accepted: {text}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_sound_configuration_is_accepted() {
        assert_eq!(Settings::from_toml(GOOD, Path::new(".")).unwrap().issuers.len(), 1);
        assert!(Settings::from_toml("", Path::new(".")).unwrap().issuers.is_empty());
    }

    #[test]
    fn a_bad_configuration_is_refused_with_its_reason() {
        for (old, new, reason) in [
            ("audience = \"accord\"", "", "audience"),
            ("audience = \"accord\"", "audience = \"\"", "audience is empty"),
            ("\"ES256\"", "\"HS256\"", "`HS256` is none of"),
            ("\"ES256\"", "\"none\"", "`none` is none of"),
            ("[\"ES256\", \"EdDSA\"]", "[]", "algorithms is empty"),
            ("https://login.example\"", "http://login.example\"", "https address"),
            ("https://login.example\"", "https://login.example#a\"", "fragment"),
            ("https://login.example/jwks.json", "http://login.example/jwks.json", "over https"),
            ("https://login.example/jwks.json", "jwks.json", "/nonexistent/jwks.json"),
            ("{ \"DC1\" = \"metro-police\" }", "{}", "agencies must name"),
            ("audience =", "audiance = 1\naudience =", "audiance"),
            ("audience =", "amr = []\naudience =", "second factor"),
            ("audience =", "roles = { \"x\" = [\"king\"] }\naudience =", "king"),
            ("[[issuer]]", "address = \"http://accord.example\"\n[[issuer]]", "address"),
            ("[[issuer]]", "address = \"https://a.example?x\"\n[[issuer]]", "address"),
            ("audience =", "claims = { sworn = \"\" }\naudience =", "empty name"),
            ("audience =", "claims = { swan = \"x\" }\naudience =", "swan"),
            ("audience =", "authorities = \"ca.pem\"\naudience =", "/nonexistent/ca.pem"),
        ] {
            assert!(GOOD.contains(old), "{old}");
            let message = refused(&GOOD.replacen(old, new, 1));
            assert!(message.contains(reason), "{new}: {message}");
        }
        assert!(refused(&format!("{GOOD}{GOOD}")).contains("twice"));
    }
}
