//! What is done after an answer has left: questions of which others may have to hear.
//!
//! Before an answer leaves, what was asked is kept in the store, whatever there is to be found: so what is to
//! be done outlives the server, and keeping it is the same work for every question. It is sealed, since it
//! says who looked for what; once done it is removed. What a stop has left is done at the next start.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::documents::{parse, swap, text_of};
use super::{Casework, CaseworkError};
use crate::govern::{CaseRef, Principal, Purpose, Question};
use crate::identity::Identity;
use crate::model::{Timestamp, hex};

/// The name of a question in error messages.
const QUESTION: &str = "a question that is kept";

/// What questions are sealed with.
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    /// The sealing key.
    pub identity: &'a Identity,
    /// Gives random bytes.
    pub random: &'a dyn Fn() -> [u8; 32],
}

/// A question as it was asked, and what it was about.
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
    /// The question, as policy decides it.
    pub fn question(&self) -> Question<'_> {
        let Self { principal, purpose, case, at, .. } = self;
        Question { principal, purpose: *purpose, case, at: *at }
    }
}

/// A question as it is kept: the name of its document, and what that says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferred {
    name: String,
    sealed: String,
}

impl Deferred {
    /// Keeps a question about something under a name that begins so.
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
        // Two questions that say the same are two, by chance.
        let request = (sealing.random)();
        let tag = work.id_key.tag("silent question", &[&request, text.as_bytes()]);
        let name = format!("{documents}{}", hex(&tag));
        let sealed = sealing.identity.seal(&text, &name, (sealing.random)())?;
        swap(work.writing(), &name, None, Some(&sealed))?;
        Ok(Self { name, sealed })
    }

    /// The questions that are left, of names that begin so.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn left(work: Casework<'_>, documents: &str) -> Result<Vec<Self>, CaseworkError> {
        let left = work.store.documents(documents)?;
        Ok(left.into_iter().map(|(name, sealed)| Self { name, sealed }).collect())
    }

    /// The name of its document.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What was asked.
    ///
    /// # Errors
    /// When it was sealed with another key, or is damaged.
    pub(super) fn open<T: DeserializeOwned>(
        &self,
        sealing: Sealing<'_>,
    ) -> Result<KeptQuestion<T>, CaseworkError> {
        parse(&sealing.identity.unseal(&self.sealed, &self.name)?, QUESTION)
    }

    /// Forgets the question, which is done with.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(super) fn forget(&self, work: Casework<'_>) -> Result<(), CaseworkError> {
        swap(work.writing(), &self.name, Some(&self.sealed), None)?;
        Ok(())
    }
}
