//! E-mail addresses.

use unicode_normalization::UnicodeNormalization;

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
    /// The form of an address; `None` when it has no user, no domain with a dot, or a blank inside.
    pub fn new(text: &str) -> Option<Self> {
        let lower: String = cut(text).trim().nfkc().collect::<String>().to_lowercase();
        let bare = lower
            .trim_matches(|c: char| matches!(c, '<' | '>' | '.' | ',' | ';') || c.is_whitespace());
        let (user, domain) = bare.strip_prefix("mailto:").unwrap_or(bare).rsplit_once('@')?;
        let user = user.split('+').next().unwrap_or_default();
        let is_odd = |c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '@' | ':' | '<' | '>' | ',' | ';')
        };
        let ends_well =
            |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(is_odd);
        if !ends_well(user) || !ends_well(domain) || !domain.contains('.') {
            return None;
        }
        Some(Self {
            address: format!("{user}@{domain}"),
            user: user.to_owned(),
            domain: domain.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_tags_and_blanks_do_not_matter() {
        for text in [
            "Ana.Pop@Example.ORG",
            " ana.pop+ads@example.org. ",
            "<ana.pop@example.org>",
            "mailto:ana.pop@example.org",
        ] {
            assert_eq!(EmailForm::new(text).unwrap().address, "ana.pop@example.org", "{text}");
        }
        for text in ["", "ana", "@example.org", "ana@", "+tag@example.org", "none@none"] {
            assert_eq!(EmailForm::new(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(text in "\\PC{0,8}(@\\PC{0,8}){0,2}") {
            if let Some(form) = EmailForm::new(&text) {
                prop_assert_eq!(EmailForm::new(&form.address), Some(form));
            }
        }
    }
}
