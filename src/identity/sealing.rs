//! Encryption at rest of secrets that must be read back: the keys of second factors, and questions that others may have
//! to hear of. AES-256-GCM, with a key outside of the store: a copy of the store alone reveals none of them.

use std::io::Write;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::kept::{self, IdentityError};
use crate::audit::{Due, Housekeeping};
use crate::model::hex;
use crate::private;
use crate::store::Store;

/// The name of the document with the id of the key that secrets are sealed with.
const DOCUMENT: &str = "sealing-key";

/// The prefix of sealed texts, which names the cipher.
const FORM: &str = "a256gcm";

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// A key for sealing secrets.
pub struct SealingKey {
    key: LessSafeKey,
    /// The id of the key: a hash that does not reveal it.
    id: String,
}

impl SealingKey {
    /// The key of these bytes.
    ///
    /// # Errors
    /// When the system has no such cipher.
    pub fn of(bytes: [u8; KEY_BYTES]) -> Result<Self, IdentityError> {
        let key = UnboundKey::new(&AES_256_GCM, &bytes);
        let key = key.map_err(|_| IdentityError::Crypto("key that seals secrets"))?;
        let id = blake3::derive_key("accord 2026 sealing key id", &bytes);
        Ok(Self { key: LessSafeKey::new(key), id: hex(&id[..8]) })
    }

    /// The key in a file that only its owner may read; a missing file is made with `random` as its key.
    ///
    /// # Errors
    /// When the file holds no key, others may read it, or it cannot be read or made.
    pub fn of_file(path: &Path, random: [u8; KEY_BYTES]) -> Result<Self, IdentityError> {
        let failed = |error: std::io::Error| IdentityError::KeyFile(error.to_string());
        match create(path) {
            Ok(mut file) => {
                file.write_all(format!("{}\n", hex(&random)).as_bytes()).map_err(failed)?;
                file.sync_all().map_err(failed)?;
                return Self::of(random);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        check_mode(path)?;
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let bytes = bytes(text.trim());
        Self::of(bytes.ok_or_else(|| IdentityError::KeyFile("not 64 hexadecimal digits".into()))?)
    }

    /// Claims the store for this key: from then on all its secrets are sealed with it.
    ///
    /// # Errors
    /// When the store is claimed by another key, or does not answer.
    pub fn claim(&self, store: &dyn Store) -> Result<(), IdentityError> {
        let due = Due::unlogged(Housekeeping::SealingKey);
        kept::insert(store, DOCUMENT, &self.id, &due)?;
        let claimed: Option<String> = kept::read(store, DOCUMENT)?;
        if claimed.as_ref() == Some(&self.id) { Ok(()) } else { Err(IdentityError::OtherKey) }
    }

    /// Tells if the store is claimed by a key already.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn is_claimed(store: &dyn Store) -> Result<bool, IdentityError> {
        Ok(store.document(DOCUMENT)?.is_some())
    }

    /// Seals a secret of a holder: it opens for this holder only.
    pub(super) fn seal(
        &self,
        secret: &str,
        holder: &str,
        random: [u8; 32],
    ) -> Result<String, IdentityError> {
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&random[..NONCE_LEN]);
        let mut sealed = secret.as_bytes().to_vec();
        let about = Aad::from(holder.as_bytes());
        let nonce_of = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(nonce_of, about, &mut sealed)
            .map_err(|_| IdentityError::Crypto("sealed secret"))?;
        let text = URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat());
        Ok(format!("{FORM}:{}:{text}", self.id))
    }

    /// Opens a text that [`Self::seal`] sealed.
    pub(super) fn open(&self, sealed: &str, holder: &str) -> Result<String, IdentityError> {
        let damaged = || IdentityError::Damaged;
        let mut parts = sealed.split(':');
        let (Some(FORM), Some(id), Some(text), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(damaged());
        };
        if id != self.id {
            return Err(IdentityError::OtherKey);
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged())?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let about = Aad::from(holder.as_bytes());
        let plain = self.key.open_in_place(nonce, about, sealed).map_err(|_| damaged())?;
        String::from_utf8(plain.to_vec()).map_err(|_| damaged())
    }
}

fn create(path: &Path) -> std::io::Result<std::fs::File> {
    private::open(std::fs::OpenOptions::new().write(true).create_new(true), path)
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), IdentityError> {
    use std::os::unix::fs::PermissionsExt;
    let file = std::fs::metadata(path).map_err(|it| IdentityError::KeyFile(it.to_string()))?;
    if file.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(IdentityError::KeyFile("others than its owner may read it: chmod 600".into()))
}

#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<(), IdentityError> {
    Ok(())
}

fn bytes(text: &str) -> Option<[u8; KEY_BYTES]> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).map(|it| it as u8)).collect();
    let digits = digits.filter(|digits| digits.len() == 2 * KEY_BYTES)?;
    let mut bytes = [0; KEY_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair[0] << 4 | pair[1];
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_key_for_its_holder_and_whole_only() {
        let key = SealingKey::of([1; 32]).unwrap();
        let sealed = key.seal("GEZDGNBV", "metro\njdoe", [2; 32]).unwrap();
        assert!(!sealed.contains("GEZDGNBV"));
        assert_eq!(key.open(&sealed, "metro\njdoe").unwrap(), "GEZDGNBV");
        assert!(key.open(&sealed, "metro\nother").is_err());
        let other = SealingKey::of([3; 32]).unwrap();
        assert!(matches!(other.open(&sealed, "metro\njdoe"), Err(IdentityError::OtherKey)));
        let (start, text) = sealed.rsplit_once(':').unwrap();
        for at in 0..text.len() - 1 {
            let changed = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
            let text = format!("{}{changed}{}", &text[..at], &text[at + 1..]);
            assert!(key.open(&format!("{start}:{text}"), "metro\njdoe").is_err(), "{at}");
        }
        assert_ne!(key.seal("GEZDGNBV", "metro\njdoe", [4; 32]).unwrap(), sealed);
        assert!(key.open("GEZDGNBV", "metro\njdoe").is_err(), "a secret that is not sealed");
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = SealingKey::of_file(&path, [5; 32]).unwrap();
        assert_eq!(SealingKey::of_file(&path, [6; 32]).unwrap().id, made.id, "not made anew");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode));
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            mode(0o644).unwrap();
            assert!(SealingKey::of_file(&path, [6; 32]).is_err(), "others may read it");
            mode(0o600).unwrap();
        }
        std::fs::write(&path, "no key").unwrap();
        assert!(SealingKey::of_file(&path, [6; 32]).is_err());
    }
}
