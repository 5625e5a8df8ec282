//! The frame around referrals: a question is kept before its answer leaves, and looked at after.

use crate::api::background::Background;
use crate::api::problem::Problem;
use crate::api::scope::Scope;
use crate::audit::{Due, Entry, Housekeeping};
use crate::casework::deferred::Deferred;
use crate::casework::referrals;
use crate::govern::Function;

/// Referrals are looked for some time after the question, whose entry is in the log.
static CHECKS: Due = Due::unlogged(Housekeeping::Referrals);

/// Keeps a question for shared hubs until it has been looked at; of those who may ask for pointers only.
///
/// # Errors
/// When it could not be made durable; the answer must then not leave.
pub fn keep(scope: &Scope, window_days: u32) -> Result<Option<Deferred>, Problem> {
    if !scope.principal.may(Function::Deconflict) {
        return Ok(None);
    }
    let (work, question) = (scope.casework(), scope.question());
    Ok(Some(referrals::keep(work, &question, scope.sealing(), window_days)?))
}

/// Looks at a question, some time after its answer.
pub fn check_later(background: Background, kept: Deferred) {
    background.spawn(move |background| finish(background, &kept));
}

/// Looks at all questions that an earlier stop has left, some time after.
pub fn resume(background: Background) {
    background.spawn(|background| match background.left(referrals::QUESTIONS, &CHECKS) {
        Ok(left) => left.iter().for_each(|kept| finish(background, kept)),
        Err(error) => tracing::error!(%error, "questions of referrals that were left wait"),
    });
}

/// Refers what a question leads to. What fails is tried again at the next start.
fn finish(background: &Background, kept: &Deferred) {
    let entry = |(id, referral): &referrals::Named| {
        let entry = Entry::apart(background.act(), &referral.owner, None, "referral".to_owned());
        Entry { object: Some(id.to_string()), ..entry }
    };
    if let Err(error) = background.refer(kept, &CHECKS, entry) {
        tracing::error!(%error, "a question of a referral waits for the next start");
    }
    if let Err(error) = background.settle_log() {
        tracing::error!(%error, "the entry of a referral waits in the store");
    }
}
