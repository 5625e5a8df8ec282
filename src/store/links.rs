//! The stored text of a link: what its two forms, by which it is found, do not say.

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::model::{FormId, FormLink, LevelHit};

/// As it is written: bits, the model's version, and for each level its attribute, its name, its bits and those of term
/// frequency. Links are most of what an import writes, so names of members are left out.
#[derive(Serialize, Deserialize)]
struct Short<T>(f64, T, Vec<(T, T, f64, f64)>);

/// As it may be read: stores before format 7 named the members.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Short(Short<String>),
    Named { bits: f64, levels: Vec<LevelHit>, model: String },
}

pub(super) fn to_text(link: &FormLink) -> Result<String, StoreError> {
    let level = |it: &'_ LevelHit| (it.attribute.clone(), it.level.clone(), it.bits, it.tf_bits);
    let short = Short(link.bits, link.model.clone(), link.levels.iter().map(level).collect());
    serde_json::to_string(&short).map_err(|error| StoreError::Backend(error.to_string()))
}

/// Reads the link of two forms back. The error does not quote the text.
pub(super) fn from_text((a, b): (FormId, FormId), text: &str) -> Result<FormLink, StoreError> {
    let damaged = |error: serde_json::Error| {
        StoreError::Damaged(format!("link: {:?} error", error.classify()))
    };
    Ok(match serde_json::from_str(text).map_err(damaged)? {
        Stored::Named { bits, levels, model } => FormLink { a, b, bits, levels, model },
        Stored::Short(Short(bits, model, levels)) => {
            let level =
                |(attribute, level, bits, tf_bits)| LevelHit { attribute, level, bits, tf_bits };
            FormLink { a, b, bits, levels: levels.into_iter().map(level).collect(), model }
        }
    })
}
