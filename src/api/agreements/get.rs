//! `GET /v1/agreements/{id}`: one agreement.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::examples;
use crate::api::input::Id;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::agreements::{self, AgreementSeen, Overruled};
use crate::govern::{
    Act, AgreementId, AgreementState, Field, PurgeTask, Purpose, Signature, Terms, Version,
};
use crate::model::{Kind, SubjectCategory};

/// An agreement with all its versions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgreementView {
    /// The id of the agreement.
    pub agreement: AgreementId,
    /// The state of the agreement.
    pub state: AgreementState,
    /// The number of the version that holds for the recipients that have signed it; absent when no version holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<usize>,
    /// The versions that the caller's agency is a side of, ascending by number.
    pub versions: Vec<VersionView>,
    /// The act that suspended the agreement: its agency, user and time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Act>,
    /// The act that ended the agreement: its agency, user and time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Act>,
    /// The duties of recipients to remove their copies since the agreement no longer holds for them, with their
    /// confirmations: the discloser sees all of them, a recipient its own.
    pub purge: Vec<PurgeTask>,
    /// Contradictions with other agreements in force between the same two sides. The stricter agreement holds.
    pub overruled: Vec<ContradictionView>,
}

/// One version of an agreement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VersionView {
    /// The number of the version, from 1.
    pub version: usize,
    /// The terms of the version.
    pub terms: Terms,
    /// The hash of the terms and the version's number, which every signature names.
    pub terms_hash: String,
    /// The act that drafted the version: its agency, user and time.
    pub drafted: Act,
    /// The signatures so far; the version counts when two officers of each side have signed it.
    pub signatures: Vec<Signature>,
}

/// A contradiction between two agreements.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContradictionView {
    /// The other agreement.
    pub agreement: AgreementId,
    /// The recipient.
    pub recipient: String,
    /// Kinds of objects that both agreements name.
    pub kinds: BTreeSet<Kind>,
    /// Categories of subjects that both agreements name.
    pub subject: BTreeSet<SubjectCategory>,
    /// Purposes that both agreements name.
    pub purposes: BTreeSet<Purpose>,
    /// True if exactly one of the two agreements says `black`, which holds.
    pub black: bool,
    /// Fields that only one of the two agreements withholds: they are withheld.
    pub fields_never: BTreeSet<Field>,
}

impl From<AgreementSeen> for AgreementView {
    fn from(seen: AgreementSeen) -> Self {
        let version = |(number, version): (usize, Version)| VersionView {
            version: number,
            terms_hash: version.terms.hash(number),
            terms: version.terms,
            drafted: version.drafted,
            signatures: version.signatures,
        };
        Self {
            agreement: seen.id,
            state: seen.state,
            standing: seen.standing,
            versions: seen.versions.into_iter().map(version).collect(),
            suspended: seen.suspended,
            ended: seen.ended,
            purge: seen.purge,
            overruled: seen.overruled.into_iter().map(ContradictionView::from).collect(),
        }
    }
}

impl From<Overruled> for ContradictionView {
    fn from((agreement, found): Overruled) -> Self {
        Self {
            agreement,
            recipient: found.recipient,
            kinds: found.kinds,
            subject: found.subject,
            purposes: found.purposes,
            black: found.black,
            fields_never: found.fields_never,
        }
    }
}

operation! {
    /// Get an agreement
    ///
    /// All versions that the caller's agency is a side of, their signatures, the state of the agreement, and its
    /// contradictions with other agreements.
    get_agreement = get;
    "agreements", Administration, Light;
    examples {
        "id": examples::AGREEMENT,
    };
    404 "No such agreement of the caller's agency";
}

fn get(scope: &CallerScope, Id(id): Id<AgreementId>) -> Result<AgreementView, Problem> {
    Ok(agreements::get(scope.casework(), &scope.question(), id)?.into())
}
