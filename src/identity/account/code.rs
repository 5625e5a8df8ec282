//! The second factor: codes of six digits that change every 30 seconds (RFC 6238).

use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::identity::IdentityError;
use crate::model::Timestamp;

/// Bytes of the shared key: the length of a SHA-1 hash (RFC 4226).
const SECRET_BYTES: usize = 20;

/// A new shared key, in Base 32.
pub(super) fn secret(random: [u8; 32]) -> String {
    Secret::new(Box::from(&random[..SECRET_BYTES])).to_base32()
}

/// An `otpauth` address with the key, for an authenticator program.
pub(super) fn otpauth(secret: &str, agency: &str, user: &str) -> Result<String, IdentityError> {
    // A colon separates issuer and account in such an address.
    let account = format!("{user} ({agency})").replace(':', " ");
    let totp = totp(secret, &account)?;
    totp.to_url().map_err(|_| IdentityError::Crypto("second factor"))
}

/// Returns the time step of a code: the present one, the one before or the one after, since clocks differ; `None` for a
/// wrong code.
pub(super) fn step(secret: &str, code: &str, now: Timestamp) -> Option<u64> {
    let seconds = u64::try_from(now.as_micros()).ok()? / 1_000_000;
    let six = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    totp(secret, "account").ok()?.check(code, seconds).filter(|_| six)
}

fn totp(secret: &str, account: &str) -> Result<Totp, IdentityError> {
    let failed = |_| IdentityError::Crypto("second factor");
    let secret = Secret::try_from_base32(secret).map_err(|_| IdentityError::Damaged)?;
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some("accord"))
        .build()
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 6238's appendix B, "12345678901234567890".
    const RFC_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        // The RFC shows eight digits; six are their end.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(RFC_SECRET, code, at(seconds)), Some(seconds as u64 / 30), "{code}");
        }
    }

    #[test]
    fn a_code_holds_for_one_step_before_and_after() {
        let code = "081804"; // of the step that ends at 1_111_111_110
        for (seconds, good) in [(-60, false), (-31, true), (0, true), (30, true), (31, false)] {
            let found = step(RFC_SECRET, code, at(1_111_111_109 + seconds));
            assert_eq!(found.is_some(), good, "{seconds}");
        }
    }

    #[test]
    fn what_is_not_six_digits_is_no_code() {
        for code in ["", "81804", "081804 ", "0818040", "081 804", "08180x", "０８１８０４"] {
            assert_eq!(step(RFC_SECRET, code, at(1_111_111_109)), None, "{code}");
        }
    }

    #[test]
    fn an_address_for_authenticator_programs() {
        let address = otpauth(&secret([1; 32]), "metro: police", "jdoe").unwrap();
        assert!(address.starts_with("otpauth://totp/accord:"), "{address}");
        assert!(address.contains("secret=AEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIB"), "{address}");
    }
}
