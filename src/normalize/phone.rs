//! Telephone numbers.

use crate::model::Phone;

/// The comparable form of a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct PhoneForm {
    /// The number in E.164 (`+15125550143`), when the country is known and the number is valid there.
    pub e164: Option<String>,
    /// The national significant number, without country code and trunk prefix, when known.
    pub national: Option<String>,
    /// All digits as written, without the extension. Empty for a placeholder number.
    pub digits: String,
    /// The extension, digits only.
    pub extension: Option<String>,
}

impl PhoneForm {
    /// The form of a number; `None` when it has no digits or is a placeholder such as 0000000.
    pub fn new(phone: &Phone) -> Option<Self> {
        let digits: String = phone.number.chars().filter(char::is_ascii_digit).take(20).collect();
        let country = phone.region.as_deref().and_then(|region| region.parse().ok());
        let parsed = phonenumber::parse(country, &digits).ok().filter(|number| number.is_valid());
        (!digits.is_empty()).then(|| Self {
            e164: parsed
                .as_ref()
                .map(|number| format!("+{}{}", number.code().value(), number.national())),
            national: parsed.as_ref().map(|number| number.national().to_string()),
            digits,
            extension: None,
        })
    }
}
