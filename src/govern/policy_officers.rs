//! The keys of officers in a policy.

use super::{OfficerKey, Policy, PublicKey, SignatureError, SignedWith};
use crate::model::Timestamp;

impl Policy {
    /// Checks an officer's signature under terms of this hash. Once an agency has registered a key of one officer, none
    /// of its officers signs without: otherwise a thief of one password could sign as another officer.
    ///
    /// # Errors
    /// When the signature is refused.
    pub fn check_signature(
        &self,
        (agency, officer): (&str, &str),
        terms_hash: &str,
        given: Option<SignedWith<'_>>,
    ) -> Result<(), SignatureError> {
        let registered = self.officers.get(agency);
        let Some(SignedWith { key, signature }) = given else {
            return if registered.is_none() { Ok(()) } else { Err(SignatureError::Missing) };
        };
        let own = registered.and_then(|keys| keys.get(officer));
        let own = own.filter(|own| own.key == key).ok_or(SignatureError::OtherKey)?;
        let public = PublicKey::from_base64(&own.key).map_err(|_| SignatureError::OtherKey)?;
        let good = public.has_signed(terms_hash, signature);
        if good { Ok(()) } else { Err(SignatureError::Wrong) }
    }

    /// Registers an officer's key in place of an earlier one, or removes it. Returns true if that changed anything.
    /// Earlier signatures stay valid.
    pub fn register_officer(
        &mut self,
        agency: &str,
        officer: &str,
        key: Option<(&PublicKey, Timestamp)>,
    ) -> bool {
        let keys = self.officers.entry(agency.to_owned()).or_default();
        let changed = match key {
            Some((key, since)) => {
                let new = OfficerKey { key: key.to_string(), since };
                let before = keys.get(officer).map(|before| before.key.clone());
                let changed = before.as_ref() != Some(&new.key);
                if changed {
                    keys.insert(officer.to_owned(), new);
                }
                changed
            }
            None => keys.remove(officer).is_some(),
        };
        self.officers.retain(|_, keys| !keys.is_empty());
        changed
    }
}
