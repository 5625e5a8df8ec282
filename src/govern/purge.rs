//! Removal of recipients' copies after an agreement has ceased to hold: each recipient removes them and confirms it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Agreement, OnEnd, PurgeReceipt, Version};
use crate::model::Timestamp;

const DAY_MICROS: i64 = 86_400_000_000;

/// Reason for which an agreement no longer holds for a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// The period of validity is over.
    Expired,
    /// The discloser suspended the agreement.
    Suspended,
    /// A side ended the agreement.
    Ended,
    /// A later version leaves the recipient out, or awaits its signature.
    Replaced,
}

/// The duty of one recipient to remove its copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PurgeTask {
    /// The agency that must remove its copies.
    pub recipient: String,
    /// Number of the version under which it held copies.
    pub version: usize,
    /// The reason for which the version no longer holds.
    pub why: Over,
    /// The time since which it no longer holds.
    pub since: Timestamp,
    /// The latest time of removal: at once, or the end of the retention where the agreement lets copies live so long.
    pub due: Timestamp,
    /// The recipient's confirmation; absent while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<PurgeReceipt>,
}

impl Agreement {
    /// Returns the recipients' duties of removal at a time, at most one per recipient, sorted by recipient. A
    /// reciprocal discloser counts as a recipient.
    pub fn purge_tasks(&self, at: Timestamp) -> Vec<PurgeTask> {
        let now: Vec<&str> = self.in_force(at).map(|(_, signed)| signed).unwrap_or_default();
        let mut tasks: Vec<PurgeTask> = Vec::new();
        // A recipient answers for the latest version that held for it.
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
                // Under a version that ended before its validity began, no copies were held.
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

    /// Returns the earliest reason for which a version no longer holds, and its time; `None` while the version holds.
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
