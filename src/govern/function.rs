//! Functions: the operations that a caller's roles permit. They say nothing of which objects are visible: the view
//! decides that.

use super::{Principal, Purpose, Role};
use crate::model::Series;

/// A group of operations that roles permit. A refusal for lack of it depends on the caller only, never on data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// Asks about records, entities, links and networks.
    Ask,
    /// Submits and imports records.
    Submit,
    /// Keeps records of the own agency beyond their review.
    ReviewRecords,
    /// Judges pairs of records.
    Judge,
    /// Reads the cases that the caller works on.
    ReadCases,
    /// Opens and ends cases, adds and removes members.
    LeadCases,
    /// Brings records of the own agency into a case.
    NameSubjects,
    /// Reads agreements of the own agency.
    ReadAgreements,
    /// Drafts agreements.
    DraftAgreements,
    /// Signs agreements.
    SignAgreements,
    /// Suspends and ends agreements.
    SuspendAgreements,
    /// Asks for pointers and announces operations.
    Deconflict,
    /// Turns pointers into objects for an hour, in imminent danger.
    BreakGlass,
    /// Lists uses of break-glass: the caller's own, or those of and against the caller's agency.
    ReadBreakGlass,
    /// Reviews a colleague's use of break-glass.
    ReviewBreakGlass,
    /// Asks for leave to hand another agency's record on.
    AskOnward,
    /// Reads onward requests and the decisions about them.
    ReadOnward,
    /// Decides about onward requests for the own agency's records.
    DecideOnward,
    /// Reads the referrals that the caller decides about.
    ReadReferrals,
    /// Releases and refuses referrals.
    DecideReferrals,
    /// Confirms that copies held by an agreement have been removed.
    ConfirmPurge,
    /// Reads the messages in the agency's inbox for the caller's roles ([`super::MessageKind::readers`]).
    ReadInbox,
    /// Lists the agencies that the own one works with.
    ReadAgencies,
    /// Registers agencies.
    ManageAgencies,
    /// Reads the server's metrics.
    ReadMetrics,
}

impl Function {
    /// All functions.
    pub const ALL: [Self; 25] = [
        Self::Ask,
        Self::Submit,
        Self::ReviewRecords,
        Self::Judge,
        Self::ReadCases,
        Self::LeadCases,
        Self::NameSubjects,
        Self::ReadAgreements,
        Self::DraftAgreements,
        Self::SignAgreements,
        Self::SuspendAgreements,
        Self::Deconflict,
        Self::BreakGlass,
        Self::ReadBreakGlass,
        Self::ReviewBreakGlass,
        Self::AskOnward,
        Self::ReadOnward,
        Self::DecideOnward,
        Self::ReadReferrals,
        Self::DecideReferrals,
        Self::ConfirmPurge,
        Self::ReadInbox,
        Self::ReadAgencies,
        Self::ManageAgencies,
        Self::ReadMetrics,
    ];

    /// Tells if the function requires a recent authentication (CJIS IA-11): it changes the visibility of objects, or
    /// opens an object that is otherwise closed.
    pub fn is_privileged(self) -> bool {
        matches!(
            self,
            Self::LeadCases
                | Self::SignAgreements
                | Self::SuspendAgreements
                | Self::BreakGlass
                | Self::ReviewBreakGlass
                | Self::ReviewRecords
                | Self::DecideOnward
                | Self::DecideReferrals
                | Self::ManageAgencies
        )
    }

    /// The roles that permit the function.
    pub fn roles(self) -> &'static [Role] {
        use Role::{
            AgencyAuditor, Analyst, Approver, GraphSpecialist, Investigator, PrivacyOfficer,
            SystemAdministrator, TaskForceLead, VictimSpecialist, WatchDesk,
        };
        match self {
            Self::Ask => &[
                Analyst,
                Investigator,
                TaskForceLead,
                VictimSpecialist,
                GraphSpecialist,
                PrivacyOfficer,
            ],
            Self::Submit | Self::Judge => &[Investigator],
            Self::ReadCases => &[
                Analyst,
                Investigator,
                TaskForceLead,
                VictimSpecialist,
                GraphSpecialist,
                WatchDesk,
                PrivacyOfficer,
            ],
            Self::LeadCases => &[TaskForceLead],
            Self::NameSubjects => &[Investigator, TaskForceLead, VictimSpecialist],
            Self::ReadAgreements => &[Approver, PrivacyOfficer, AgencyAuditor, TaskForceLead],
            Self::DraftAgreements | Self::SignAgreements => &[Approver],
            Self::SuspendAgreements => &[Approver, PrivacyOfficer],
            Self::Deconflict => &[Investigator, TaskForceLead, WatchDesk],
            Self::BreakGlass => &[Investigator, TaskForceLead],
            Self::ReadBreakGlass => {
                &[Investigator, TaskForceLead, Approver, PrivacyOfficer, AgencyAuditor]
            }
            Self::ReviewRecords | Self::ReviewBreakGlass | Self::ConfirmPurge => {
                &[Approver, PrivacyOfficer]
            }
            Self::AskOnward => &[Investigator, TaskForceLead, VictimSpecialist],
            Self::ReadOnward => &[
                Investigator,
                TaskForceLead,
                VictimSpecialist,
                Approver,
                PrivacyOfficer,
                AgencyAuditor,
            ],
            Self::DecideOnward => &[Approver],
            Self::ReadReferrals | Self::DecideReferrals => {
                &[VictimSpecialist, Approver, PrivacyOfficer]
            }
            Self::ReadInbox => &[
                Investigator,
                TaskForceLead,
                VictimSpecialist,
                WatchDesk,
                Approver,
                PrivacyOfficer,
            ],
            Self::ReadAgencies => &[
                Analyst,
                Investigator,
                TaskForceLead,
                VictimSpecialist,
                Approver,
                PrivacyOfficer,
                AgencyAuditor,
                GraphSpecialist,
                WatchDesk,
                SystemAdministrator,
            ],
            Self::ManageAgencies | Self::ReadMetrics => &[SystemAdministrator],
        }
    }
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 8] = [
        Self::TraffickingInvestigation,
        Self::MissingPerson,
        Self::VictimSafety,
        Self::Deconfliction,
        Self::Prosecution,
        Self::Oversight,
        Self::Statistics,
        Self::Training,
    ];

    /// Tells if records may be shown for the purpose at all. Deconfliction gets pointers; statistics are without
    /// persons and training is on synthetic data, neither of which a store of real records has.
    pub fn shows_records(self) -> bool {
        !matches!(self, Self::Deconfliction | Self::Statistics | Self::Training)
    }
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 10] = [
        Self::Analyst,
        Self::Investigator,
        Self::TaskForceLead,
        Self::VictimSpecialist,
        Self::Approver,
        Self::PrivacyOfficer,
        Self::AgencyAuditor,
        Self::GraphSpecialist,
        Self::WatchDesk,
        Self::SystemAdministrator,
    ];

    /// The role's name in keys, tokens and refusals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::Investigator => "investigator",
            Self::TaskForceLead => "task_force_lead",
            Self::VictimSpecialist => "victim_specialist",
            Self::Approver => "approver",
            Self::PrivacyOfficer => "privacy_officer",
            Self::AgencyAuditor => "agency_auditor",
            Self::GraphSpecialist => "graph_specialist",
            Self::WatchDesk => "watch_desk",
            Self::SystemAdministrator => "system_administrator",
        }
    }

    /// The purposes that a user with the role may ask for.
    pub fn purposes(self) -> &'static [Purpose] {
        use Purpose::{
            Deconfliction, MissingPerson, Oversight, Prosecution, Statistics,
            TraffickingInvestigation, Training, VictimSafety,
        };
        match self {
            Self::Analyst | Self::GraphSpecialist => {
                &[TraffickingInvestigation, MissingPerson, Prosecution, Statistics, Training]
            }
            Self::Investigator => &[
                TraffickingInvestigation,
                MissingPerson,
                VictimSafety,
                Deconfliction,
                Prosecution,
                Training,
            ],
            Self::TaskForceLead => {
                &[TraffickingInvestigation, MissingPerson, VictimSafety, Deconfliction, Prosecution]
            }
            Self::VictimSpecialist => {
                &[TraffickingInvestigation, MissingPerson, VictimSafety, Prosecution]
            }
            Self::WatchDesk => &[Deconfliction],
            Self::PrivacyOfficer | Self::AgencyAuditor => &[Oversight],
            Self::Approver | Self::SystemAdministrator => &[],
        }
    }
}

impl Principal {
    /// Tells if the principal may use a function. A system administrator may use that role's functions only, whatever
    /// other roles it has.
    pub fn may(&self, function: Function) -> bool {
        if self.runs_the_server() {
            return function.roles().contains(&Role::SystemAdministrator);
        }
        function.roles().iter().any(|role| self.roles.contains(role))
    }

    /// Tells if the principal may ask for a purpose.
    pub fn may_ask_for(&self, purpose: Purpose) -> bool {
        let bound = self.purposes.as_ref().is_none_or(|bound| bound.contains(&purpose));
        bound
            && !self.runs_the_server()
            && self.roles.iter().any(|role| role.purposes().contains(&purpose))
    }

    /// Tells if the principal may see rows of a series of its own agency for at least one purpose that it may ask for.
    pub fn sees_own(&self, series: Series) -> bool {
        let certified = self.certified || series != Series::Intelligence;
        let mut purposes = Purpose::ALL.into_iter();
        certified && purposes.any(|it| it.shows_records() && self.may_ask_for(it))
    }

    fn runs_the_server(&self) -> bool {
        self.roles.contains(&Role::SystemAdministrator)
    }
}
