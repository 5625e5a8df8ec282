//! The parameters of the shared hub.

use crate::analyze::indicator::Parameter;
use crate::analyze::indicator::blocks::KinshipRules;
use crate::analyze::indicator::null::Unusual;
use crate::model::EntityType;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The length of the window, as callers set it.
pub const WINDOW_DAYS: Parameter = Parameter {
    name: "window_days",
    meaning: "length of the window of time in days",
    least: 1,
    most: 3_650,
    default: 180,
};

/// Parameters of [`super::shared_hubs`]. The defaults follow the literature where it gives figures
/// and are measured on the synthetic scenario where it does not; none is fitted to real cases.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedHubOptions {
    /// Length of the half-open window `[t, t + days)`, in days, at least 1. Default 180.
    pub window_days: u32,
    /// Unrelated blocks at which a phone can fire, at least 1. Default 4: one person advertised
    /// for four to six others (authors of InfoShield).
    pub phone_blocks: usize,
    /// Unrelated blocks at which an address can fire, at least 1. Default 6: houses are shared.
    pub address_blocks: usize,
    /// Unrelated blocks at which a vehicle can fire, at least 1. Default 4.
    pub vehicle_blocks: usize,
    /// The smallest confidence of a tie that is evidence, 0 to 1. Default 0.8.
    pub confidence_min: f64,
    /// The largest tail probability at which a hub fires, 0 to 1. Default 0.01.
    pub p_max: f64,
    /// The largest rank p at which a hub fires, 0 to 1: a count that many hubs of the view have is
    /// ordinary, whatever the model says. Default 0.1.
    pub p_rank_max: f64,
    /// The largest false-discovery rate at which a finding can be strong, 0 to 1. Default 0.1.
    pub q_strong: f64,
    /// The tail probability that scores 1; the score is `log p / log p_of_full_score`. Default 1e-6.
    pub p_of_full_score: f64,
    /// People who live at one address other than the hub are one household when at most this many
    /// people live there in the view. Default 9.
    pub household_people_max: usize,
    /// People of one family name who were seen with one vehicle at most this many hours apart are taken
    /// for kin, though no home is known: a family in one car. 0 turns it off. It also joins strangers of
    /// one name, which weighs on groups where few names are many people's. Default 24.
    pub together_hours: u32,
    /// True if people whom a source ties by `ASSOCIATED_WITH` count as one block. The tie does not tell kin from
    /// accomplices, so the default is false.
    pub associates_are_kin: bool,
    /// A number that lay unused for more than this many days is held to have been given out
    /// anew. Default 90, the quarantine of many operators.
    pub recycled_gap_days: u32,
    /// The share of blocks that work for one organization from which on it counts as the common
    /// employer, 0 to 1. Default 0.66: not every worker is known to work there.
    pub employer_share: f64,
    /// Words in the kind of an organization that explain a hub kept by it, folded, singular.
    pub exempt_kinds: Vec<String>,
    /// Search steps for the smallest counterfactual; when they are used up, a set that need not be
    /// the smallest is given and said to be so. Default 20,000.
    pub counterfactual_steps: usize,
}

/// Kinds of organizations of which the addresses, phones and vehicles are shared by strangers as a
/// matter of course. A farm is not among them: that its housing is lawful does not follow from
/// its being a farm.
const EXEMPT_KINDS: [&str; 42] = [
    "shelter",
    "refuge",
    "safehouse",
    "hospital",
    "clinic",
    "medical",
    "hospice",
    "hotel",
    "motel",
    "hostel",
    "inn",
    "lodging",
    "guesthouse",
    "dormitory",
    "dorm",
    "campus",
    "school",
    "university",
    "college",
    "kindergarten",
    "team",
    "club",
    "sport",
    "transport",
    "bus",
    "taxi",
    "rental",
    "fleet",
    "dealer",
    "prison",
    "jail",
    "detention",
    "barracks",
    "army",
    "law",
    "legal",
    "hotline",
    "helpline",
    "church",
    "library",
    "embassy",
    "government",
];

impl Default for SharedHubOptions {
    fn default() -> Self {
        Self {
            window_days: WINDOW_DAYS.default,
            phone_blocks: 4,
            address_blocks: 6,
            vehicle_blocks: 4,
            confidence_min: 0.8,
            p_max: 0.01,
            p_rank_max: 0.1,
            q_strong: 0.1,
            p_of_full_score: 1e-6,
            household_people_max: 9,
            together_hours: 24,
            associates_are_kin: false,
            recycled_gap_days: 90,
            employer_share: 0.66,
            exempt_kinds: EXEMPT_KINDS.iter().map(|kind| (*kind).to_owned()).collect(),
            counterfactual_steps: 20_000,
        }
    }
}

impl SharedHubOptions {
    /// The blocks at which a hub of this type can fire.
    pub fn threshold(&self, entity_type: EntityType) -> usize {
        let blocks = match entity_type {
            EntityType::Address => self.address_blocks,
            EntityType::Vehicle => self.vehicle_blocks,
            _ => self.phone_blocks,
        };
        blocks.max(1)
    }

    pub(super) fn window_micros(&self) -> i64 {
        i64::from(self.window_days.max(1)) * DAY
    }

    pub(super) fn kinship(&self) -> KinshipRules {
        KinshipRules {
            confidence_min: self.confidence_min,
            household_people_max: self.household_people_max,
            together: i64::from(self.together_hours) * (DAY / 24),
            associates_are_kin: self.associates_are_kin,
        }
    }

    pub(super) fn unusual(&self) -> Unusual {
        Unusual { p_max: self.p_max, p_rank_max: self.p_rank_max }
    }

    pub(super) fn gap_micros(&self) -> i64 {
        i64::from(self.recycled_gap_days) * DAY
    }
}
