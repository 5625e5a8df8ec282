//! What becomes of what recipients hold when an agreement holds no more: each removes it and says so.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Agreement, OnEnd, PurgeReceipt, Version};
use crate::model::Timestamp;

const DAY_MICROS: i64 = 86_400_000_000;

/// Why an agreement holds no more for a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Its time is over.
    Expired,
    /// The discloser suspended it.
    Suspended,
    /// A side ended it.
    Ended,
    /// A later version leaves the recipient out, or awaits its signature.
    Replaced,
}

/// What a recipient has to remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PurgeTask {
    /// Who has to.
    pub recipient: String,
    /// The version that it held things by.
    pub version: usize,
    /// Why.
    pub why: Over,
    /// Since when.
    pub since: Timestamp,
    /// By when: at once, or at the end of the retention where the agreement lets copies live so long.
    pub due: Timestamp,
    /// The confirmation, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<PurgeReceipt>,
}

impl Agreement {
    /// What recipients have to remove at a time, of all versions that held for them and hold no more.
    pub fn purge_tasks(&self, at: Timestamp) -> Vec<PurgeTask> {
        let now: Vec<&str> = self.in_force(at).map(|(_, signed)| signed).unwrap_or_default();
        let mut tasks: Vec<PurgeTask> = Vec::new();
        // The latest version that held for a recipient is the one it answers for.
        for (index, version) in self.versions.iter().enumerate().rev() {
            let number = index + 1;
            if !version.is_signed_by(number, &version.terms.discloser) {
                continue;
            }
            let parties = version.terms.recipients.iter().map(String::as_str);
            let reciprocal =
                Some(version.terms.discloser.as_str()).filter(|_| version.terms.reciprocal);
            for recipient in parties.chain(reciprocal) {
                let signed = version.is_signed_by(number, recipient);
                let holds =
                    now.contains(&recipient) || (!now.is_empty() && reciprocal == Some(recipient));
                let known = tasks.iter().any(|task| task.recipient == recipient);
                if !signed || holds || known {
                    continue;
                }
                let Some((why, since)) = self.over(number, version, at) else { continue };
                // What ended before it began was never held.
                if since <= version.terms.valid[0] {
                    continue;
                }
                let receipt = self.receipts.iter().rev();
                let receipt = receipt
                    .filter(|it| it.by.agency == recipient && it.version >= number)
                    .find(|it| it.by.at >= since);
                tasks.push(PurgeTask {
                    recipient: recipient.to_owned(),
                    version: number,
                    why,
                    since,
                    due: due(version, since),
                    receipt: receipt.cloned(),
                });
            }
        }
        tasks.sort_by(|a, b| a.recipient.cmp(&b.recipient));
        tasks
    }

    /// Why and since when a version holds no more, if it does not.
    fn over(&self, number: usize, version: &Version, at: Timestamp) -> Option<(Over, Timestamp)> {
        let ended = self.ended.as_ref().map(|act| (Over::Ended, act.at));
        let suspended = self.suspended.as_ref().filter(|(until, _)| number <= *until);
        let suspended = suspended.map(|(_, act)| (Over::Suspended, act.at));
        let expired = Some((Over::Expired, version.terms.valid[1]));
        let later = self.versions.iter().enumerate().skip(number);
        let later = later.filter(|(index, it)| it.is_signed_by(index + 1, &it.terms.discloser));
        let replaced = later.filter_map(|(_, it)| {
            let own = it.signatures.iter().filter(|signature| signature.side == it.terms.discloser);
            own.map(|signature| signature.at).max()
        });
        let replaced = replaced.min().map(|at| (Over::Replaced, at));
        let reasons = [ended, suspended, expired, replaced].into_iter().flatten();
        reasons.filter(|(_, since)| *since <= at).min_by_key(|(_, since)| *since)
    }
}

fn due(version: &Version, since: Timestamp) -> Timestamp {
    let days = match version.terms.on_end {
        OnEnd::RecipientPurgesCopies => 0,
        OnEnd::RecipientKeepsUntilRetention => i64::from(version.terms.retention_days),
    };
    Timestamp::from_micros(since.as_micros().saturating_add(days * DAY_MICROS)).unwrap_or(since)
}
