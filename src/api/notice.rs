//! The notice that a user accepts by logging on (CJIS AC-8).

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::hex;

/// The text when none is configured.
const TEXT: &str = "This system holds information of law enforcement and of victim services. Use is restricted \
to those who are authorized, for lawful purposes, within their cases. Whatever you ask and whatever you are \
answered is recorded and reviewed. Unauthorized use is prohibited and may be punished. By logging on you consent \
to this.";

/// The notice of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Notice {
    /// The id of this text, which a log-on must name to accept it. Another text has another id.
    pub id: String,
    /// The text, to be shown before the log-on.
    pub text: String,
}

impl Notice {
    /// Creates the notice of a text.
    pub fn of(text: &str) -> Self {
        let text = text.trim().to_owned();
        let hash = blake3::derive_key("accord 2026 notice at log-on", text.as_bytes());
        Self { id: format!("ntc_{}", hex(&hash[..16])), text }
    }
}

impl Default for Notice {
    fn default() -> Self {
        Self::of(TEXT)
    }
}
