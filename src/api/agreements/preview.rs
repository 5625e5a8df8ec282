//! `GET /v1/agreements/{id}/preview`: counts of the agency's own objects that would become visible.

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

/// The agency's own objects that an agreement would disclose, counted by class.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Preview {
    /// The agreement.
    pub agreement: AgreementId,
    /// The number of the version that is previewed: the latest.
    pub version: usize,
    /// The classes that hold at least one object, by kind, subject, tier, purpose and level.
    pub classes: Vec<PreviewClass>,
    /// Contradictions with agreements in force with the same recipients. The stricter agreement would hold.
    pub overruled: Vec<ContradictionView>,
}

/// A class of objects that an agreement would disclose.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PreviewClass {
    /// The kind of the objects.
    pub kind: Kind,
    /// The category that the objects' rows allege of their subject.
    pub subject: SubjectCategory,
    /// The sensitivity of the objects, 0 to 4.
    pub tier: u8,
    /// The purpose for which they would be disclosed.
    pub purpose: Purpose,
    /// The level of disclosure: `gray` gives a pointer, `white` the object.
    pub level: Level,
    /// Number of objects in the class now.
    pub objects: usize,
}

operation! {
    /// Preview an agreement
    ///
    /// For the discloser, before signing: which classes of its own objects, and how many, the latest version would
    /// disclose. Objects marked `own` are never disclosed, and objects marked `pointer` are disclosed as a pointer at
    /// most; recipients outside an object's audience get nothing of it. Of victims, recipients get a pseudonym, and
    /// only within a case that both sides work on. A grant that `requires` something discloses only to users for whom
    /// that is vouched.
    preview_agreement = preview;
    "agreements", Administration, Heavy;
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
