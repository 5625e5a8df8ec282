//! Passwords, kept as Argon2id hashes with 19 MiB and two passes.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::identity::IdentityError;
use crate::model::hex;

/// The shortest password that a user may choose, in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The longest password, in bytes: more than anyone types, and little work.
pub(super) const PASSWORD_BYTES_MAX: usize = 1024;

/// Characters of a first password: 130 bits.
const GENERATED_DIGITS: usize = 26;

/// Makes a first password.
pub(super) fn generate(random: [u8; 32]) -> String {
    let secret = totp_rs::Secret::new(Box::from(&random[..])).to_base32();
    secret.to_lowercase().chars().take(GENERATED_DIGITS).collect()
}

/// Hashes a password with 16 random bytes of salt.
pub(super) fn hash(password: &str, random: [u8; 32]) -> Result<String, IdentityError> {
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &random[..16])
        .map(|hash| hash.to_string())
        .map_err(|_| IdentityError::Crypto("hash of a password"))
}

/// Tells if a hash is that of a password.
pub(super) fn verify(password: &str, hash: &str) -> bool {
    password.len() <= PASSWORD_BYTES_MAX
        && Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

/// Tells if a user may choose a password. Length is decisive (NIST SP 800-63B); a user's own name is the first guess of
/// any attacker.
pub(super) fn is_strong(password: &str, user: &str) -> bool {
    let user = user.to_lowercase();
    password.chars().count() >= PASSWORD_CHARS_MIN
        && password.len() <= PASSWORD_BYTES_MAX
        && !(user.chars().count() > 3 && password.to_lowercase().contains(&user))
        && password.chars().collect::<std::collections::BTreeSet<_>>().len() > 4
}

/// A random password that is shown to nobody.
pub(super) fn nobodys(random: [u8; 32]) -> String {
    hex(&random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_with_its_cost_and_fits_its_password_only() {
        let hash = hash("correct horse battery", [7; 32]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse battery", &hash));
        for wrong in ["", "correct horse batter", "Correct horse battery"] {
            assert!(!verify(wrong, &hash));
        }
        assert!(!verify("anything", "not a hash"));
    }

    #[test]
    fn weak_passwords_are_not_chosen() {
        for weak in ["", "elevenchars", "aaaaaaaaaaaaaaaa", "jdoe-password-1"] {
            assert!(!is_strong(weak, "JDoe"), "{weak}");
        }
        assert!(is_strong("twelve chars", "jdoe") && is_strong(&generate([9; 32]), "jdoe"));
    }
}
