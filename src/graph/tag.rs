//! The tag of a snapshot: a keyed hash of its objects that can be added to and taken from, so that it need not be made
//! anew with each change.
//!
//! Each object is hashed with the key of ids, and the hashes are added modulo 2¹²⁸. Who does not have the key cannot
//! make two sets of objects of one sum (Bellare and Micciancio 1997, incremental hashing, AdHash, here with a secret
//! key), and the sum itself is hashed before it is shown.

use crate::model::{Event, IdKey, Judgement, Link, Record, Tie};

/// The sum of the hashes of some objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum(u128);

/// An object as a tag holds it: what may change under its id, and nothing that is masked.
pub(super) struct Tagged([u8; 16]);

impl Sum {
    /// Adds an object.
    pub fn add(&mut self, Tagged(hash): Tagged) {
        self.0 = self.0.wrapping_add(u128::from_le_bytes(hash));
    }

    /// Takes an object that was added.
    pub fn take(&mut self, Tagged(hash): Tagged) {
        self.0 = self.0.wrapping_sub(u128::from_le_bytes(hash));
    }

    /// The sum of both.
    pub fn and(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The tag of a snapshot of these objects.
    pub fn tag(self, id_key: &IdKey) -> [u8; 16] {
        id_key.tag("snapshot", &[&self.0.to_le_bytes()])
    }
}

/// A record: its content never changes. `withheld` are the bits of the fields that an agreement keeps back: their
/// names go in, and not the remaining content, which may be masked.
pub(super) fn record(id_key: &IdKey, record: &Record, withheld: u16) -> Tagged {
    Tagged(id_key.tag("tagged record", &[&record.id.0, &withheld.to_le_bytes()]))
}

/// A tie, which never changes.
pub(super) fn tie(id_key: &IdKey, tie: &Tie) -> Tagged {
    Tagged(id_key.tag("tagged tie", &[&tie.id.0]))
}

/// An event, of which a view may come to see other participants.
pub(super) fn event(id_key: &IdKey, event: &Event) -> Tagged {
    let participants = event.participants.len() as u64;
    Tagged(id_key.tag("tagged event", &[&event.id.0, &participants.to_le_bytes()]))
}

/// A link. Where victims are masked, the score of a link with an end about a victim does not go in.
pub(super) fn link(id_key: &IdKey, link: &Link, is_scored: bool) -> Tagged {
    let bits = if is_scored { link.bits.to_le_bytes() } else { [0; 8] };
    Tagged(id_key.tag("tagged link", &[&link.a.0, &link.b.0, &bits, &[is_scored.into()]]))
}

/// A judgement, which its author may change.
pub(super) fn judgement(id_key: &IdKey, judgement: &Judgement) -> Tagged {
    let label = &judgement.label;
    let marks = [judgement.verdict as u8, label.category as u8, label.tier, label.handling as u8];
    let parts: [&[u8]; 6] = [
        &judgement.a.0,
        &judgement.b.0,
        &marks,
        &judgement.at.as_micros().to_le_bytes(),
        judgement.user.as_bytes(),
        label.agency.as_bytes(),
    ];
    Tagged(id_key.tag("tagged judgement", &parts))
}
