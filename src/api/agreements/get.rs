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
    /// Its id.
    pub agreement: AgreementId,
    /// Where it stands.
    pub state: AgreementState,
    /// The number of the version that counts for those who have signed it; absent when none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<usize>,
    /// The versions that the caller's agency is a side of, the first first.
    pub versions: Vec<VersionView>,
    /// Who suspended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Act>,
    /// Who ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Act>,
    /// What recipients have to remove since it holds no more for them, and what they confirmed: to the
    /// discloser all, to a recipient its own.
    pub purge: Vec<PurgeTask>,
    /// Where another agreement in force between the same two sides says something else. The stricter one
    /// holds.
    pub overruled: Vec<ContradictionView>,
}

/// One version of an agreement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VersionView {
    /// Its number, from 1.
    pub version: usize,
    /// What is agreed.
    pub terms: Terms,
    /// What a signature under it names: the hash of the terms and the number.
    pub terms_hash: String,
    /// Who drafted it.
    pub drafted: Act,
    /// The signatures so far; two officers of each side make it count.
    pub signatures: Vec<Signature>,
}

/// A contradiction between two agreements.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContradictionView {
    /// The other agreement.
    pub agreement: AgreementId,
    /// The recipient.
    pub recipient: String,
    /// Kinds that both speak of.
    pub kinds: BTreeSet<Kind>,
    /// Subjects that both speak of.
    pub subject: BTreeSet<SubjectCategory>,
    /// Purposes that both speak of.
    pub purposes: BTreeSet<Purpose>,
    /// Whether one of them says `black`, which holds.
    pub black: bool,
    /// Fields that only one of them keeps back, which are kept back.
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
    /// All versions that the caller's agency is a side of, who signed them, where the agreement stands, and
    /// where another one contradicts it.
    get_agreement = get;
    "agreements", Administration;
    examples {
        "id": examples::AGREEMENT,
    };
    404 "No such agreement of the caller's agency";
}

fn get(scope: &CallerScope, Id(id): Id<AgreementId>) -> Result<AgreementView, Problem> {
    Ok(agreements::get(scope.casework(), &scope.question(), id)?.into())
}
