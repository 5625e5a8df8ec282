//! `GET /v1/indicators/{name}`: what an indicator finds in the caller's view.

use actix_web::{HttpRequest, get, web};

use super::{IndicatorAnswer, answering};
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::Parameters;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::govern::Function;

/// Findings of an indicator
///
/// `shared-hub`: phones, addresses and vehicles that, within a window of time, unusually many unrelated
/// people share. Counts blocks of people, not heads: a family is one. Each finding tells what it rests on,
/// what it was tested against and what it hangs on; shelters, hospitals, hotels and the like are
/// exempted, with the reason. `GET /v1/indicators` tells of all of them what they look for and cannot tell.
#[utoipa::path(
    tag = "indicators",
    operation_id = "run_indicator",
    params(
        ("name" = String, Path, description = "The indicator's name"),
        ("window_days" = Option<u64>, Query, minimum = 1, maximum = 3650, description = "Length of the window in days; 180 when absent"),
        ("unmask" = Option<bool>, Query, description = "Join and show what is masked: to a victim specialist in whose case the victim is; logged"),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "Findings on a page"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, body = IndicatorAnswer),
        (status = 404, body = ProblemBody, description = "No such indicator"),
    ),
)]
#[get("/v1/indicators/{name}")]
pub async fn run_indicator(
    context: Context,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<Answer<IndicatorAnswer>, Problem> {
    let work = match answering(&name) {
        None => None,
        Some(read) => {
            let mut parameters = Parameters::of(&request)?;
            let work = read(&mut parameters)?;
            parameters.finish()?;
            Some(work)
        }
    };
    // Who may not ask hears no more of what there is.
    context
        .answer(Function::Ask, move |scope| match work {
            Some(work) => work(scope),
            None => Err(Problem::new(Code::NotFound)
                .detail("there is no such indicator; GET /v1/indicators lists them")),
        })
        .await
}
