//! Who of an agency reads which part of its inbox: each role what it answers for, and no more.

use super::{Message, MessageKind, Principal, PurgeTask, Role};

impl MessageKind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::AskedByOther,
        Self::AskedOfOther,
        Self::AskedSilently,
        Self::OperationsClash,
        Self::BreakGlassByOther,
        Self::BreakGlassToReview,
        Self::OnwardAsked,
        Self::OnwardDecided,
        Self::PurgeConfirmed,
        Self::ReferralToDecide,
        Self::ReferralReleased,
    ];

    /// The roles that read messages of this kind.
    pub fn readers(self) -> &'static [Role] {
        use Role::{
            Approver, Investigator, PrivacyOfficer, TaskForceLead, VictimSpecialist, WatchDesk,
        };
        match self {
            // Whom to call about a target: whoever works on targets, around the clock.
            Self::AskedByOther
            | Self::AskedOfOther
            | Self::AskedSilently
            | Self::OperationsClash
            | Self::ReferralReleased => &[Investigator, TaskForceLead, WatchDesk, PrivacyOfficer],
            // In imminent danger: whoever is there first, and those who answer for the agreement.
            Self::BreakGlassByOther => {
                &[Investigator, TaskForceLead, WatchDesk, Approver, PrivacyOfficer]
            }
            // A colleague's use of it is for those who review it.
            Self::BreakGlassToReview | Self::OnwardAsked | Self::PurgeConfirmed => {
                &[Approver, PrivacyOfficer]
            }
            // Those who answer for the agency's victims.
            Self::ReferralToDecide => &[VictimSpecialist, Approver, PrivacyOfficer],
            // Those who ask for leave, and those who decide.
            Self::OnwardDecided => {
                &[Investigator, TaskForceLead, VictimSpecialist, Approver, PrivacyOfficer]
            }
        }
    }
}

impl Message {
    /// Whether a principal of the agency reads the message: it has a role that reads such messages, and is the user
    /// whom the message names, where it names one.
    pub fn is_for(&self, principal: &Principal) -> bool {
        let is_named = self.user.as_ref().is_none_or(|user| *user == principal.user);
        is_named && principal.reads(self.readers())
    }

    fn readers(&self) -> &'static [Role] {
        match (self.kind, &self.user) {
            // A member of a case decides about a referral as its victim specialist.
            (MessageKind::ReferralToDecide, Some(_)) => &[Role::VictimSpecialist],
            (kind, _) => kind.readers(),
        }
    }
}

impl PurgeTask {
    /// The roles that read what is to be removed: whoever may hold copies, and those who confirm.
    pub const READERS: [Role; 5] = [
        Role::Investigator,
        Role::TaskForceLead,
        Role::VictimSpecialist,
        Role::Approver,
        Role::PrivacyOfficer,
    ];
}

impl Principal {
    /// Whether the principal has one of the roles that read something.
    pub fn reads(&self, readers: &[Role]) -> bool {
        readers.iter().any(|role| self.roles.contains(role))
    }
}
