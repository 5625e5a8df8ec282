//! Ids of agreements, cases and other objects of governance: each kind is a type of its own, so that an id of one kind
//! is never taken for one of another.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::id_type;

id_type!(
    /// Names an agreement: a keyed hash of its discloser and the discloser's reference.
    AgreementId(pub(super)), "agreement", "agr_", "^agr_[0-9a-f]{32}$"
);
id_type!(
    /// Names a case in accord: a keyed hash of its lead agency and that agency's reference.
    CaseId(pub(super)), "case", "case_", "^case_[0-9a-f]{32}$"
);
id_type!(
    /// Names a use of break-glass: a keyed hash of its agency, user, owner, purpose, case and time.
    BreakGlassId(pub(super)), "break-glass", "bgl_", "^bgl_[0-9a-f]{32}$"
);
id_type!(
    /// Names an onward request: a keyed hash of its agency, user, record, recipient and time.
    OnwardId(pub(super)), "onward request", "onw_", "^onw_[0-9a-f]{32}$"
);
id_type!(
    /// Names a referral: a keyed hash of the finding, the asker's agency and the owner.
    ReferralId(pub(super)), "referral", "rfl_", "^rfl_[0-9a-f]{32}$"
);
id_type!(
    /// Names a conversation between two desks about something that one asked for and the other holds.
    PointerId(pub(super)), "ticket", "tkt_", "^tkt_[0-9a-f]{32}$"
);

impl PointerId {
    /// A ticket made of random bytes.
    pub fn of_random(random: [u8; 32]) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&random[..16]);
        Self(id)
    }

    /// A ticket of a keyed hash, so that the same matter has the same ticket.
    pub fn of_tag(tag: [u8; 16]) -> Self {
        Self(tag)
    }
}

/// The name of a matter, the same for both desks: a ticket of its own, or the id of the object that the matter is
/// about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ticket {
    /// Something that one asked for and the other holds, or an operation that clashes.
    Pointer(PointerId),
    /// A use of break-glass.
    BreakGlass(BreakGlassId),
    /// An onward request.
    Onward(OnwardId),
    /// An agreement.
    Agreement(AgreementId),
    /// A referral.
    Referral(ReferralId),
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(id) => id.fmt(f),
            Self::BreakGlass(id) => id.fmt(f),
            Self::Onward(id) => id.fmt(f),
            Self::Agreement(id) => id.fmt(f),
            Self::Referral(id) => id.fmt(f),
        }
    }
}

macro_rules! ticket_of {
    ($($kind:ident($id:ident)),*) => {
        $(impl From<$id> for Ticket {
            fn from(id: $id) -> Self {
                Self::$kind(id)
            }
        })*
    };
}
ticket_of!(
    Pointer(PointerId),
    BreakGlass(BreakGlassId),
    Onward(OnwardId),
    Agreement(AgreementId),
    Referral(ReferralId)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_one_kind_is_none_of_another_and_keeps_its_text() {
        let digits = "00112233445566778899aabbccddeeff";
        let text = format!("agr_{digits}");
        let id: AgreementId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::to_value(id).unwrap(), serde_json::json!(text));
        assert_eq!(
            text.parse::<CaseId>().unwrap_err().to_string(),
            "not a valid case id: expected `case_` and 32 hexadecimal digits"
        );
        for bad in ["agr_", "", "agr_00", &text.to_uppercase(), &format!("{text}0"), digits] {
            assert!(bad.parse::<AgreementId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_ticket_is_written_and_read_as_the_id_that_it_is() {
        let digits = "00112233445566778899aabbccddeeff";
        for prefix in ["tkt_", "bgl_", "onw_", "agr_", "rfl_"] {
            let text = format!("{prefix}{digits}");
            let ticket: Ticket = serde_json::from_value(serde_json::json!(text)).unwrap();
            assert_eq!(ticket.to_string(), text);
            assert_eq!(serde_json::to_value(ticket).unwrap(), serde_json::json!(text));
        }
        for other in ["case_", "job_", "ent_"] {
            let text = serde_json::json!(format!("{other}{digits}"));
            assert!(serde_json::from_value::<Ticket>(text).is_err(), "{other}");
        }
    }
}
