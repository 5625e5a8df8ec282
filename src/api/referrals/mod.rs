//! Referrals: findings that would need both records of the agency that asked and masked records of another agency,
//! which the owner of the latter releases or refuses.

pub mod decide;
pub mod list;
