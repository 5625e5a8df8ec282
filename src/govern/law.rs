//! The law that an agency works under: its requirements on rows and agreements. A row and an agreement meet the law of
//! both sides, and so the stricter: the owner's when the row is handed in and the terms are drafted, the recipient's
//! when it signs. Each side is told of its own law only.
//!
//! accord meets the requirements of all these laws on logs (user, act, time, reason and recipient; LED art. 25, 28 CFR
//! 23.20(d) and (g)) for every agency.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Section, Terms, TermsError};

/// A profile of law.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LawProfile {
    /// Criminal intelligence systems in the United States (28 CFR part 23).
    #[serde(rename = "us_28cfr23")]
    Us28Cfr23,
    /// Providers of services to victims in the United States (34 USC 12291(b)(2)).
    UsServiceProvider,
    /// Police and justice in the European Union (Directive (EU) 2016/680).
    EuLed,
    /// Others in the European Union: aid organizations, labour inspectorates (Regulation (EU) 2016/679).
    EuGdpr,
    /// Law enforcement in the United Kingdom (Data Protection Act 2018, part 3).
    UkPart3,
}

/// The longest that an agreement lets copies be kept under 28 CFR 23.20(h), in days.
const RETENTION_DAYS_28_CFR: u32 = 5 * 365 + 1;

impl LawProfile {
    /// Tells if every row about a person must name the date by which the need to keep it is reviewed (LED art. 5; GDPR
    /// art. 5(1)(e); DPA 2018 s. 39(2)). Under 28 CFR 23 criminal intelligence must, whichever agency hands it in.
    pub fn reviews_every_row(self) -> bool {
        matches!(self, Self::EuLed | Self::EuGdpr | Self::UkPart3)
    }

    /// Tells if rows about victims require a written, time-limited release.
    pub fn releases_victims(self) -> bool {
        self == Self::UsServiceProvider
    }

    /// Tells if an agreement must address transfers to a country under other law (LED ch. V; GDPR ch. V; DPA 2018 part
    /// 3 ch. 5).
    fn states_transfers(self) -> bool {
        matches!(self, Self::EuLed | Self::EuGdpr | Self::UkPart3)
    }

    /// The longest retention of recipients' copies, in days; `None` where the law sets no limit.
    fn retention_days_max(self) -> Option<u32> {
        matches!(self, Self::Us28Cfr23).then_some(RETENTION_DAYS_28_CFR)
    }

    /// Returns the terms of an agreement that this law does not allow: the path of each and its error.
    pub fn refuses(self, terms: &Terms) -> Vec<(String, TermsError)> {
        let mut wrong = Vec::new();
        let says = |section| terms.sections.get(&section).is_some_and(|it| !it.trim().is_empty());
        if self.states_transfers() && !says(Section::Transfer) {
            wrong.push(("sections.transfer".to_owned(), TermsError::Transfer));
        }
        if self.retention_days_max().is_some_and(|most| terms.retention_days > most) {
            wrong.push(("retention_days".to_owned(), TermsError::RetentionByLaw));
        }
        wrong
    }
}
