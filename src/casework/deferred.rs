//! Deferred work: questions that other agencies may have to be told of, after the answer has left.
//!
//! Before an answer leaves, the question is kept in the store, whether anybody has to be told of it or not: so the work
//! survives a stop of the server, and keeping takes the same time for every question. The question is sealed, since it
//! tells what a user looked for, and removed once the work is done. Work left by a stop is done at the next start.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::documents::{parse, swap, text_of};
use super::{Casework, CaseworkError};
use crate::govern::{CaseRef, Principal, Purpose, Question};
use crate::identity::Identity;
use crate::model::{Timestamp, hex};

/// The name of a question in error messages.
const QUESTION: &str = "a question that is kept";

/// The key and the source of randomness that questions are sealed with.
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    /// The sealing key.
    pub identity: &'a Identity,
    /// Returns random bytes.
    pub random: &'a dyn Fn() -> [u8; 32],
}

/// A question as it was asked, and its content.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptQuestion<T> {
    pub principal: Principal,
    pub purpose: Purpose,
    pub case: CaseRef,
    pub at: Timestamp,
    pub about: T,
}

impl<T> KeptQuestion<T> {
    /// The question in the form in which the policy decides about it.
    pub fn question(&self) -> Question<'_> {
        let Self { principal, purpose, case, at, .. } = self;
        Question { principal, purpose: *purpose, case, at: *at }
    }
}

/// A kept question: the name of its document, and the sealed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferred {
    name: String,
    sealed: String,
}

impl Deferred {
    /// Seals a question and its content, and keeps them in a document with a name that begins with `documents`.
    ///
    /// # Errors
    /// When it could not be made durable; the answer must then not leave.
    pub(super) fn keep<T: Serialize>(
        work: Casework<'_>,
        sealing: Sealing<'_>,
        documents: &str,
        (question, about): (&Question<'_>, T),
    ) -> Result<Self, CaseworkError> {
        let kept = KeptQuestion {
            principal: question.principal.clone(),
            purpose: question.purpose,
            case: question.case.clone(),
            at: question.at,
            about,
        };
        let text = text_of(&kept, QUESTION)?;
        // The random part makes two equal questions two documents.
        let request = (sealing.random)();
        let tag = work.id_key.tag("silent question", &[&request, text.as_bytes()]);
        let name = format!("{documents}{}", hex(&tag));
        let sealed = sealing.identity.seal(&text, &name, (sealing.random)())?;
        swap(work.writing(), &name, None, Some(&sealed))?;
        Ok(Self { name, sealed })
    }

    /// Lists the kept questions in documents with names that begin with `documents`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn left(work: Casework<'_>, documents: &str) -> Result<Vec<Self>, CaseworkError> {
        let left = work.store.documents(documents)?;
        Ok(left.into_iter().map(|(name, sealed)| Self { name, sealed }).collect())
    }

    /// The name of the question's document.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Unseals the question.
    ///
    /// # Errors
    /// If it was sealed with another key, or is damaged.
    pub(super) fn open<T: DeserializeOwned>(
        &self,
        sealing: Sealing<'_>,
    ) -> Result<KeptQuestion<T>, CaseworkError> {
        parse(&sealing.identity.unseal(&self.sealed, &self.name)?, QUESTION)
    }

    /// Removes the question's document, once the work is done.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(super) fn forget(&self, work: Casework<'_>) -> Result<(), CaseworkError> {
        swap(work.writing(), &self.name, Some(&self.sealed), None)?;
        Ok(())
    }
}
