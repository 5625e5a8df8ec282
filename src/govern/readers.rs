//! Readers of an agency's inbox: each role reads the messages that it answers for, and no others.

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
            // About a desk to call for a target: for roles that work on targets, around the clock.
            Self::AskedByOther
            | Self::AskedOfOther
            | Self::AskedSilently
            | Self::OperationsClash
            | Self::ReferralReleased => &[Investigator, TaskForceLead, WatchDesk, PrivacyOfficer],
            // In imminent danger: for the roles that can react first, and those that answer for the agreement.
            Self::BreakGlassByOther => {
                &[Investigator, TaskForceLead, WatchDesk, Approver, PrivacyOfficer]
            }
            // A colleague's use of break-glass is for its reviewers.
            Self::BreakGlassToReview | Self::OnwardAsked | Self::PurgeConfirmed => {
                &[Approver, PrivacyOfficer]
            }
            // For the roles that answer for the agency's victims.
            Self::ReferralToDecide => &[VictimSpecialist, Approver, PrivacyOfficer],
            // For the roles that ask for consent, and those that decide.
            Self::OnwardDecided => {
                &[Investigator, TaskForceLead, VictimSpecialist, Approver, PrivacyOfficer]
            }
        }
    }
}

impl Message {
    /// Tells if a principal of the agency may read the message: the principal has a role that reads such messages and
    /// is the user whom the message names, where it names one.
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
    /// The roles that read duties of removal: those that may hold copies, and those that confirm.
    pub const READERS: [Role; 5] = [
        Role::Investigator,
        Role::TaskForceLead,
        Role::VictimSpecialist,
        Role::Approver,
        Role::PrivacyOfficer,
    ];
}

impl Principal {
    /// Tells if the principal has one of the given roles.
    pub fn reads(&self, readers: &[Role]) -> bool {
        readers.iter().any(|role| self.roles.contains(role))
    }
}
