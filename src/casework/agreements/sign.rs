//! Signing an agreement, which an officer of a side does.

use super::draft::{by_law, none_of};
use super::seen::{AgreementSeen, seen};
use crate::casework::documents::change_policy;
use crate::casework::{Casework, CaseworkError, NotNow};
use crate::govern::{AgreementId, Question, Signature, SignatureError, SignedWith};

/// The content of an officer's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// The number of the latest version.
    pub version: usize,
    /// The hash of its terms.
    pub terms_hash: String,
    /// The officer's own public key, base64.
    pub key: Option<String>,
    /// The signature by that key over the hash, base64.
    pub signature: Option<String>,
}

/// Signs the latest version for the asker's agency. Signing twice is signing once.
///
/// # Errors
/// An agreement that the agency is not a side of; a version that is not the latest; a signature that is missing or not
/// valid; terms that the agency's law does not allow.
pub fn sign(
    work: Casework<'_>,
    question: &Question<'_>,
    id: AgreementId,
    signing: &Signing,
) -> Result<AgreementSeen, CaseworkError> {
    let (agency, user) = (&question.principal.agency, &question.principal.user);
    let given = signing.given()?;
    change_policy(work.writing(), |policy| {
        let checked = policy.check_signature((agency, user), &signing.terms_hash, given);
        let own = policy.agencies.get(agency).cloned();
        let agreement = policy.agreements.get_mut(&id).filter(|it| it.has_side(agency));
        let agreement = agreement.ok_or(CaseworkError::NotFound)?;
        if agreement.ended.is_some() {
            return Err(NotNow::AgreementEnded.into());
        }
        let number = agreement.versions.len();
        let latest = agreement.versions.last_mut().filter(|it| it.terms.has_side(agency));
        let latest = latest.ok_or(NotNow::NoSide)?;
        if signing.version != number || signing.terms_hash != latest.terms.hash(number) {
            return Err(NotNow::NotLatest.into());
        }
        none_of(by_law(own.as_ref(), &latest.terms))?;
        checked?;
        let signed = |it: &Signature| it.side == *agency && it.officer == *user;
        if !latest.signatures.iter().any(signed) {
            latest.signatures.push(Signature {
                side: agency.clone(),
                officer: user.clone(),
                at: question.at,
                terms: signing.terms_hash.clone(),
                key: signing.key.clone(),
                signature: signing.signature.clone(),
            });
        }
        seen(policy, question, id)
    })
}

impl Signing {
    /// Returns key and signature if both are given, `None` if neither is.
    fn given(&self) -> Result<Option<SignedWith<'_>>, SignatureError> {
        match (&self.key, &self.signature) {
            (None, None) => Ok(None),
            (Some(key), Some(signature)) => Ok(Some(SignedWith { key, signature })),
            (Some(_), None) => Err(SignatureError::Missing),
            (None, Some(_)) => Err(SignatureError::OtherKey),
        }
    }
}
