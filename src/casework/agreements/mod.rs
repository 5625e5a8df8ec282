//! Agreements: drafted by the discloser, signed by both sides, suspended and ended by the discloser.

mod draft;
mod preview;
mod purge;
mod seen;
mod sign;
mod stop;

pub use draft::{add_version, draft};
pub use preview::{Preview, PreviewClass, preview};
pub use purge::confirm_purge;
pub use seen::{AgreementSeen, Overruled, get, list};
pub use sign::{Signing, sign};
pub use stop::{end, suspend};
