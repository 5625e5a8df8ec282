//! E-mail addresses.

use super::text::cut;

/// The comparable form of an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmailForm {
    /// The whole address: lower case, without a `+tag`.
    pub address: String,
    /// The part before the `@`, without a `+tag`.
    pub user: String,
    /// The part after the `@`.
    pub domain: String,
}

impl EmailForm {
    /// The form of an address; `None` when it has no user or no domain.
    pub fn new(text: &str) -> Option<Self> {
        let text = cut(text.trim()).to_lowercase();
        let (user, domain) = text.rsplit_once('@')?;
        let user = user.split('+').next().unwrap_or_default().trim();
        let domain = domain.trim().trim_end_matches('.');
        if user.is_empty() || domain.is_empty() {
            return None;
        }
        Some(Self {
            address: format!("{user}@{domain}"),
            user: user.to_owned(),
            domain: domain.to_owned(),
        })
    }
}
