//! Referrals: findings that would need records of the asker and masked ones of another agency, for the owner to
//! release.

pub mod decide;
pub mod list;
