//! Referrals: if a finding needs the asker's own records and another agency's masked ones, the owner of the masked ones
//! and the victim specialists of the case are told, and one of them may release it. Until then the asker learns
//! nothing, not even that there is a referral.
//!
//! Referrals are sought after the answer has left ([`crate::casework::deferred`]), on the view of the question, and
//! once for each state of the store.

mod checked;

use std::collections::BTreeSet;

pub use checked::Checked;

use checked::Key;

use super::deferred::{Deferred, KeptQuestion, Sealing};
use super::desks::{message_about, tell_once};
use super::documents::{change_book, named, parse, swap, text_of};
use super::reason::reason;
use super::{Casework, CaseworkError, Granted, NotNow, act};
use crate::analyze::shared_hub::SharedHubOptions;
use crate::analyze::{Referred, referred};
use crate::audit::{Due, Entry};
use crate::govern::{
    Case, Message, MessageKind, Question, Referral, ReferralDecision, ReferralId, Role, Rules,
};
use crate::graph::Cache;
use crate::model::Timestamp;

/// The prefix of the names of documents that keep questions.
pub const QUESTIONS: &str = "referral-question/";

/// The name of a referral in error messages.
const REFERRAL: &str = "a referral";

/// A referral with its id.
pub type Named = (ReferralId, Referral);

/// Keeps a question for shared hubs until referrals have been sought for it, whether there are any or not.
///
/// # Errors
/// When it could not be made durable; the answer must then not leave.
pub fn keep(
    work: Casework<'_>,
    question: &Question<'_>,
    sealing: Sealing<'_>,
    window_days: u32,
) -> Result<Deferred, CaseworkError> {
    Deferred::keep(work, sealing, QUESTIONS, (question, window_days))
}

/// Makes the referrals of a question and tells the owners, then forgets the question. `entry` makes the audit entry of
/// a referral, which is committed together with it.
///
/// # Errors
/// When the store does not answer; the question is then kept.
pub fn finish(
    work: Casework<'_>,
    (cache, checked): (&Cache, &Checked),
    sealing: Sealing<'_>,
    kept: &Deferred,
    entry: impl Fn(&Named) -> Entry,
) -> Result<(), CaseworkError> {
    let asked: KeptQuestion<u32> = kept.open(sealing)?;
    let (question, window_days) = (asked.question(), asked.about);
    let Granted { view, pseudonyms, .. } = work.policies.grant(work.store, &question)?;
    let (policy, _) = work.policies.policy(work.store)?;
    // The view with everything masked: records that the asker may see unmasked are referred, too.
    let (shown, revision) = cache.masked(work.store, &view, &pseudonyms)?;
    let key = Key { revision, policy, view, window_days };
    checked.once(key, |key| {
        let joined = cache.joined(work.store, &key.view)?;
        let defaults = SharedHubOptions::default();
        let options = SharedHubOptions { window_days, ..defaults };
        let found = referred(&shown, &joined, &question.principal.agency, &options);
        refer_all(work, &question, found, &entry)
    })?;
    kept.forget(work)
}

/// Makes the referrals of some findings. Returns false if any was left out because the user's share of the day is used
/// up.
fn refer_all(
    work: Casework<'_>,
    asked: &Question<'_>,
    found: Vec<Referred>,
    entry: &impl Fn(&Named) -> Entry,
) -> Result<bool, CaseworkError> {
    let mut all = true;
    for Referred { own, masked } in found {
        for (owner, masked) in masked {
            let (by, own, purpose) = (act(asked), own.clone(), asked.purpose);
            let made = Referral { by, purpose, own, owner, masked, decision: None };
            all &= refer(work, made, entry)?;
        }
    }
    Ok(all)
}

/// Makes a referral, unless it exists, and tells the users who may decide it. Returns false, with nothing done, if the
/// user's share of the day is used up.
fn refer(
    work: Casework<'_>,
    made: Referral,
    entry: &impl Fn(&Named) -> Entry,
) -> Result<bool, CaseworkError> {
    if made.owner == made.by.agency {
        return Ok(true);
    }
    let id = made.id(work.id_key);
    let name = Referral::document(id);
    let known = work.store.document(&name)?;
    let named = match known {
        // The server may have stopped before all desks were told: tell them now, each desk once.
        Some(text) => (id, parse::<Referral>(&text, REFERRAL)?),
        None => {
            let share = change_book(work.writing(), &made.by.agency, |book| {
                Ok(book.count_referral(&made.by.user, made.by.at))
            })?;
            if !share {
                return Ok(false);
            }
            let text = text_of(&made, REFERRAL)?;
            let named = (id, made);
            let due = Due::of(entry(&named));
            swap((work.store, &due), &name, None, Some(&text))?;
            named
        }
    };
    if named.1.decision.is_none() {
        tell_deciders(work, &named)?;
    }
    Ok(true)
}

/// Tells the owner's desk, and the members of the cases that the masked records are in, except members of the asker's
/// agency: the victim specialists among them can read the message ([`Message::is_for`]).
fn tell_deciders(work: Casework<'_>, (id, referral): &Named) -> Result<(), CaseworkError> {
    let policy = work.policy()?;
    let Referral { by, purpose, owner, masked, .. } = referral;
    let about = (by.agency.as_str(), *purpose, by.at);
    let message = message_about(&policy, about, MessageKind::ReferralToDecide, (*id).into());
    let of_owner = Message { records: masked.clone(), ..message.clone() };
    tell_once(work, owner, &of_owner)?;
    let cases = policy.cases.values().filter(|case| is_about(case, referral, by.at));
    let members: BTreeSet<_> = cases.flat_map(|case| &case.members).collect();
    for member in members {
        if member.agency != *owner && member.agency != by.agency {
            let to_member = Message { user: Some(member.user.clone()), ..message.clone() };
            tell_once(work, &member.agency, &to_member)?;
        }
    }
    Ok(())
}

/// Tells if a case is open and one of the masked records is in it.
fn is_about(case: &Case, referral: &Referral, at: Timestamp) -> bool {
    case.is_open(at) && referral.masked.iter().any(|record| case.subjects.contains(record))
}

/// Tells if the asker may decide about a referral: an approver or privacy officer of the owner, or a victim specialist
/// of any agency but the asking one who works on an open case that one of the masked records is in.
fn decides(policy: &Rules, question: &Question<'_>, referral: &Referral) -> bool {
    let principal = question.principal;
    let has = |role| principal.roles.contains(&role);
    let owns = principal.agency == referral.owner;
    if owns && (has(Role::Approver) || has(Role::PrivacyOfficer)) {
        return true;
    }
    let is_in = |case: &Case| case.has_member(principal) && is_about(case, referral, question.at);
    has(Role::VictimSpecialist)
        && principal.agency != referral.by.agency
        && policy.cases.values().any(is_in)
}

/// Lists the referrals that the asker may decide about, by id.
///
/// # Errors
/// When the store does not answer or keeps something else.
pub fn list(work: Casework<'_>, question: &Question<'_>) -> Result<Vec<Named>, CaseworkError> {
    let policy = work.policy()?;
    let mut found = Vec::new();
    for (name, text) in work.store.documents(Referral::DOCUMENTS)? {
        let referral: Referral = parse(&text, REFERRAL)?;
        if decides(&policy, question, &referral) {
            found.push((named(&name, Referral::DOCUMENTS)?, referral));
        }
    }
    Ok(found)
}

/// Releases or refuses a referral. If it is released, the asker's desk is told the owner's contact and the ids of its
/// own records; if it is refused, it is told nothing. A decision cannot be taken back.
///
/// # Errors
/// No note; a referral that the asker does not decide about, or that is decided.
pub fn decide(
    work: Casework<'_>,
    question: &Question<'_>,
    id: ReferralId,
    (released, note): (bool, &str),
) -> Result<Named, CaseworkError> {
    let note = reason(note, "note")?;
    let policy = work.policy()?;
    let name = Referral::document(id);
    let before = work.store.document(&name)?.ok_or(CaseworkError::NotFound)?;
    let mut referral: Referral = parse(&before, REFERRAL)?;
    if !decides(&policy, question, &referral) {
        return Err(CaseworkError::NotFound);
    }
    let open = referral.decision.is_none();
    referral.decision = Some(ReferralDecision { by: act(question), released, note });
    let after = text_of(&referral, REFERRAL)?;
    if !open || !swap(work.writing(), &name, Some(&before), Some(&after))? {
        return Err(NotNow::Decided.into());
    }
    if released {
        let about = (referral.owner.as_str(), referral.purpose, question.at);
        let message = message_about(&policy, about, MessageKind::ReferralReleased, id.into());
        let message = Message { records: referral.own.clone(), ..message };
        tell_once(work, &referral.by.agency, &message)?;
    }
    Ok((id, referral))
}
