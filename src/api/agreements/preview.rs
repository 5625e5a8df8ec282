//! `GET /v1/agreements/{id}/preview`: what of the agency's own would become visible.

use serde::Serialize;
use utoipa::ToSchema;

use super::get::ContradictionView;
use crate::api::examples;
use crate::api::input::Id;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::agreements;
use crate::govern::{AgreementId, Level, Purpose};
use crate::model::{Kind, SubjectCategory};

/// What of the agency's own an agreement would disclose.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Preview {
    /// The agreement.
    pub agreement: AgreementId,
    /// The version, the latest.
    pub version: usize,
    /// By kind, subject, tier and purpose, where there is anything.
    pub classes: Vec<PreviewClass>,
    /// Where an agreement in force with the same recipients says something else. The stricter one would hold.
    pub overruled: Vec<ContradictionView>,
}

/// Objects that an agreement speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PreviewClass {
    /// What they are.
    pub kind: Kind,
    /// What they say the subject to be.
    pub subject: SubjectCategory,
    /// Their sensitivity.
    pub tier: u8,
    /// What for.
    pub purpose: Purpose,
    /// How much the recipients would get of them.
    pub level: Level,
    /// How many there are now.
    pub objects: usize,
}

operation! {
    /// Preview an agreement
    ///
    /// For the discloser, before signing: which classes of its own objects, and how many, the latest version
    /// would disclose. Objects that are marked `own` never go, and those that are marked `pointer` as a
    /// pointer at most; whom their audience leaves out gets nothing of them. Of victims recipients get a pseudonym, and
    /// that only within a case that both work on; of a grant that `requires` something, only those of whom that is
    /// vouched for get anything.
    preview_agreement = preview;
    "agreements", Administration;
    examples {
        "id": examples::AGREEMENT,
    };
    404 "No such agreement that the caller's agency discloses by";
}

fn preview(scope: &CallerScope, Id(id): Id<AgreementId>) -> Result<Preview, Problem> {
    let found = agreements::preview(scope.casework(), &scope.question(), id)?;
    Ok(Preview::of(id, found))
}

impl Preview {
    fn of(id: AgreementId, found: agreements::Preview) -> Self {
        let class = |it: agreements::PreviewClass| PreviewClass {
            kind: it.kind,
            subject: it.subject,
            tier: it.tier,
            purpose: it.purpose,
            level: it.level,
            objects: it.objects,
        };
        Self {
            agreement: id,
            version: found.version,
            classes: found.classes.into_iter().map(class).collect(),
            overruled: found.overruled.into_iter().map(ContradictionView::from).collect(),
        }
    }
}
