//! Bearer tokens: who an agency's users are, as long as the deployment has no identity provider.
//! Only hashes are kept; a token is shown once, when it is made.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Principal, Role};
use crate::model::{Timestamp, hex};

/// The name of the store's document that keeps the tokens.
pub const TOKENS_DOCUMENT: &str = "tokens";

/// The start of every token, so that one that strays is recognized.
const PREFIX: &str = "accord_";

/// The longest name of an agency or user, in bytes.
const NAME_BYTES_MAX: usize = 200;

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenRole {
    /// Asks and submits on behalf of its agency.
    Analyst,
    /// Reads the server's metrics; sees no content.
    Operator,
}

/// Who holds a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenHolder {
    /// The agency.
    pub agency: String,
    /// The user within the agency.
    pub user: String,
    /// What the token may be used for.
    pub role: TokenRole,
    /// What the user does. A token for asking that names no role is an investigator's, as all were
    /// before there were roles.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<Role>,
    /// When it was made.
    pub created: Timestamp,
}

impl TokenHolder {
    /// The principal that the token vouches for.
    pub fn principal(&self) -> Principal {
        let roles = match self.role {
            TokenRole::Operator => BTreeSet::from([Role::SystemAdministrator]),
            TokenRole::Analyst if self.roles.is_empty() => {
                BTreeSet::from([Role::Analyst, Role::Investigator])
            }
            TokenRole::Analyst => self.roles.clone(),
        };
        Principal { agency: self.agency.clone(), user: self.user.clone(), roles, purposes: None }
    }
}

/// Why a token was not made, or the tokens could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// An agency or user without a name, or with one that is too long or has control characters.
    #[error("names of agencies and users are 1 to 200 bytes of text")]
    Name,
    /// The store's document is not one of tokens.
    #[error("the store's list of tokens cannot be read")]
    Damaged,
}

/// The tokens of a deployment, by the hash of each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    holders: BTreeMap<String, TokenHolder>,
}

impl Tokens {
    /// Reads the store's document; none is no tokens.
    ///
    /// # Errors
    /// When it is not a document of tokens.
    pub fn from_document(text: Option<&str>) -> Result<Self, TokenError> {
        text.map_or(Ok(Self::default()), |text| {
            serde_json::from_str(text).map_err(|_| TokenError::Damaged)
        })
    }

    /// The document to keep.
    pub fn to_document(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Makes a token from 32 random bytes and returns its text, which is kept nowhere.
    ///
    /// # Errors
    /// When a name is empty, too long or holds control characters.
    pub fn create(&mut self, random: [u8; 32], holder: TokenHolder) -> Result<String, TokenError> {
        let good = |name: &str| {
            !name.trim().is_empty()
                && name.len() <= NAME_BYTES_MAX
                && !name.chars().any(char::is_control)
        };
        if !good(&holder.agency) || !good(&holder.user) {
            return Err(TokenError::Name);
        }
        let text = format!("{PREFIX}{}", hex(&random));
        self.holders.insert(hash(&text), holder);
        Ok(text)
    }

    /// Who holds the token, if it is one. The look-up is by hash, so its time says nothing about
    /// the tokens there are.
    pub fn holder(&self, token: &str) -> Option<&TokenHolder> {
        self.holders.get(&hash(token))
    }

    /// Removes the tokens of a user; returns how many there were.
    pub fn revoke(&mut self, agency: &str, user: &str) -> usize {
        let before = self.holders.len();
        self.holders.retain(|_, holder| holder.agency != agency || holder.user != user);
        before - self.holders.len()
    }

    /// The holders, in order of agency and user.
    pub fn holders(&self) -> Vec<&TokenHolder> {
        let mut holders: Vec<&TokenHolder> = self.holders.values().collect();
        holders
            .sort_by(|a, b| (&a.agency, &a.user, a.created).cmp(&(&b.agency, &b.user, b.created)));
        holders
    }
}

/// A token has 256 random bits, so a fast hash without salt is as good as a slow one.
fn hash(token: &str) -> String {
    hex(&blake3::derive_key("accord 2026 bearer token", token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(agency: &str, user: &str) -> TokenHolder {
        let created = Timestamp::from_micros(0).unwrap();
        let role = TokenRole::Analyst;
        TokenHolder { agency: agency.into(), user: user.into(), role, roles: [].into(), created }
    }

    #[test]
    fn a_token_names_its_holder_and_only_its_hash_is_kept() {
        let mut tokens = Tokens::default();
        let text = tokens.create([7; 32], holder("a", "u")).unwrap();
        let kept = tokens.to_document();
        assert!(!kept.contains(&text[PREFIX.len()..]));
        let read = Tokens::from_document(Some(&kept)).unwrap();
        assert_eq!(read.holder(&text), Some(&holder("a", "u")));
        assert_eq!(read.holder(&text[..text.len() - 1]), None);
        assert_eq!(read.holder(""), None);
    }

    #[test]
    fn a_revoked_token_is_none() {
        let mut tokens = Tokens::default();
        let text = tokens.create([7; 32], holder("a", "u")).unwrap();
        let other = tokens.create([8; 32], holder("a", "v")).unwrap();
        assert_eq!(tokens.revoke("a", "u"), 1);
        assert!(tokens.holder(&text).is_none() && tokens.holder(&other).is_some());
    }

    #[test]
    fn holders_need_names() {
        let mut tokens = Tokens::default();
        for (agency, user) in [("", "u"), ("a", " "), ("a\n", "u")] {
            assert_eq!(tokens.create([0; 32], holder(agency, user)), Err(TokenError::Name));
        }
        assert_eq!(Tokens::from_document(Some("{}x")), Err(TokenError::Damaged));
    }
}
