//! `GET /v1/agreements/{id}/preview`: what of the agency's own would become visible.

use actix_web::{HttpRequest, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::get::ContradictionView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::{Parameters, named};
use crate::api::problem::{Problem, ProblemBody};
use crate::casework::agreements;
use crate::govern::{AgreementId, Function, Level, Purpose};
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

/// Preview an agreement
///
/// For the discloser, before signing: which classes of its own objects, and how many, the latest version
/// would disclose. Objects that are marked `own` never go, and those that are marked `pointer` as a
/// pointer at most; whom their audience leaves out gets nothing of them. Of victims recipients get a pseudonym, and
/// that only within a case that both work on; of a grant that `requires` something, only those of whom that is
/// vouched for get anything.
#[utoipa::path(
    tag = "agreements",
    operation_id = "preview_agreement",
    params(("id" = String, Path, description = "The agreement's id")),
    responses(
        (status = 200, body = Preview),
        (status = 404, body = ProblemBody, description = "No such agreement that the caller's agency discloses by"),
    ),
)]
#[get("/v1/agreements/{id}/preview")]
pub async fn preview_agreement(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<Preview>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::ReadAgreements, move |scope| {
            let id = named(&id)?;
            let found = agreements::preview(scope.casework(), &scope.question(), id)?;
            Ok(Preview::of(id, found))
        })
        .await
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
