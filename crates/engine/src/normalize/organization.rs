//! Organizations: the name without its legal form, and the legal form in one spelling.

use super::text::{code_option, cut, fold, fold_option, is_blank, lookup, words};
use super::{AddressForm, PhoneForm};
use crate::model::Organization;

/// The comparable form of an organization.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OrganizationForm {
    /// The name's tokens in written order, folded, without the legal form, abbreviations expanded.
    pub tokens: Vec<String>,
    /// The legal form in one canonical spelling ("llc", "gmbh").
    pub legal_form: Option<String>,
    /// `tokens` joined by blanks.
    pub name: Option<String>,
    /// Registration or tax number: upper-case letters and digits.
    pub registration: Option<String>,
    /// Kind of organization, folded.
    pub kind: Option<String>,
    /// Telephone numbers, distinct and sorted.
    pub phones: Vec<PhoneForm>,
    /// Address.
    pub address: Option<AddressForm>,
}

/// The most phones and name tokens of an organization that are looked at.
const VALUES_MAX: usize = 64;

impl OrganizationForm {
    /// The form of an organization.
    pub fn new(organization: &Organization) -> Self {
        let (tokens, legal_form) = organization.name.as_deref().map(split_name).unwrap_or_default();
        let phones = organization.phones.iter().take(VALUES_MAX);
        let mut phones: Vec<_> = phones.filter_map(PhoneForm::new).collect();
        phones.sort();
        phones.dedup();
        Self {
            name: Some(tokens.join(" ")).filter(|name| !name.is_empty()),
            tokens,
            legal_form: legal_form.map(str::to_owned),
            registration: code_option(organization.registration.as_ref()),
            kind: fold_option(organization.kind.as_ref()),
            phones,
            address: organization
                .address
                .as_ref()
                .map(AddressForm::new)
                .filter(|form| !form.is_empty()),
        }
    }
}

/// Name tokens and legal form. The form is looked for at the end, then at the start (as in `ООО "..."`);
/// a name that is nothing but a legal form keeps it.
fn split_name(name: &str) -> (Vec<String>, Option<&'static str>) {
    let folded = fold(&cut(name).replace('&', " and "));
    if is_blank(&folded) {
        return (Vec::new(), None);
    }
    let joined = join_initials(&folded);
    let mut all: Vec<&str> = joined.iter().map(String::as_str).take(VALUES_MAX).collect();
    if all.first() == Some(&"the") && all.len() > 1 {
        all.remove(0);
    }
    let mut legal_form = None;
    while let Some((form, length)) = form_at_end(&all) {
        all.truncate(all.len() - length);
        legal_form = legal_form.or(Some(form));
    }
    if legal_form.is_none()
        && let Some((form, length)) = form_at_start(&all)
    {
        all.drain(..length);
        legal_form = Some(form);
    }
    let tokens = all.into_iter().map(|word| lookup(ABBREVIATIONS, word).unwrap_or(word).to_owned());
    (tokens.collect(), legal_form)
}

/// Runs of single letters to one word: `s r l` and `l l c` are `srl` and `llc`.
fn join_initials(folded: &str) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut after_letter = false;
    for word in words(folded) {
        let letter = word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        match joined.last_mut() {
            Some(last) if letter && after_letter => last.push_str(word),
            _ => joined.push(word.to_owned()),
        }
        after_letter = letter;
    }
    joined
}

/// The longest legal form in words.
const FORM_WORDS_MAX: usize = 4;

fn form_at_end(words: &[&str]) -> Option<(&'static str, usize)> {
    (1..=FORM_WORDS_MAX.min(words.len().saturating_sub(1))).rev().find_map(|length| {
        lookup(LEGAL_FORMS, &words[words.len() - length..].join(" ")).map(|form| (form, length))
    })
}

fn form_at_start(words: &[&str]) -> Option<(&'static str, usize)> {
    (1..=FORM_WORDS_MAX.min(words.len().saturating_sub(1))).rev().find_map(|length| {
        lookup(LEGAL_FORMS, &words[..length].join(" ")).map(|form| (form, length))
    })
}

/// Words of names that are often abbreviated. Sorted.
static ABBREVIATIONS: &[(&str, &str)] = &[
    ("assn", "association"),
    ("assoc", "association"),
    ("bldg", "building"),
    ("bros", "brothers"),
    ("centre", "center"),
    ("constr", "construction"),
    ("ctr", "center"),
    ("dept", "department"),
    ("intl", "international"),
    ("mfg", "manufacturing"),
    ("mgmt", "management"),
    ("natl", "national"),
    ("rest", "restaurant"),
    ("serv", "services"),
    ("service", "services"),
    ("svc", "services"),
    ("svcs", "services"),
    ("tech", "technology"),
    ("trans", "transport"),
    ("univ", "university"),
];

/// Legal forms of many countries, folded and with initials joined, and their canonical spelling. Sorted.
static LEGAL_FORMS: &[(&str, &str)] = &[
    ("ab", "ab"),
    ("ag", "ag"),
    ("aktiebolag", "ab"),
    ("aktiengesellschaft", "ag"),
    ("aktieselskab", "as"),
    ("aktsionernoe obshchestvo", "ao"),
    ("aktsionernoye obshchestvo", "ao"),
    ("and co", "co"),
    ("and co kg", "gmbh co kg"),
    ("and company", "co"),
    ("ao", "ao"),
    ("aps", "aps"),
    ("as", "as"),
    ("asa", "asa"),
    ("besloten vennootschap", "bv"),
    ("bhd", "bhd"),
    ("bv", "bv"),
    ("bvba", "bv"),
    ("closed joint stock company", "ao"),
    ("co", "co"),
    ("co inc", "inc"),
    ("co llc", "llc"),
    ("co ltd", "ltd"),
    ("company", "co"),
    ("company limited", "ltd"),
    ("corp", "corp"),
    ("corporation", "corp"),
    ("cv", "cv"),
    ("dd", "dd"),
    ("doo", "doo"),
    ("eg", "eg"),
    ("ehf", "ehf"),
    ("eirl", "eirl"),
    ("eood", "eood"),
    ("eurl", "eurl"),
    ("ev", "ev"),
    ("fzco", "fze"),
    ("fze", "fze"),
    ("gbr", "gbr"),
    ("gesellschaft mit beschrankter haftung", "gmbh"),
    ("gmbh", "gmbh"),
    ("gmbh and co kg", "gmbh co kg"),
    ("gmbh co kg", "gmbh co kg"),
    ("hf", "hf"),
    ("inc", "inc"),
    ("incorporated", "inc"),
    ("jdoo", "doo"),
    ("joint stock company", "jsc"),
    ("jsc", "jsc"),
    ("kft", "kft"),
    ("kg", "kg"),
    ("kk", "kk"),
    ("lda", "lda"),
    ("limitada", "lda"),
    ("limited", "ltd"),
    ("limited company", "ltd"),
    ("limited liability company", "llc"),
    ("limited liability partnership", "llp"),
    ("limited partnership", "lp"),
    ("llc", "llc"),
    ("llp", "llp"),
    ("lp", "lp"),
    ("ltd", "ltd"),
    ("ltda", "lda"),
    ("naamloze vennootschap", "nv"),
    ("nv", "nv"),
    ("nyrt", "rt"),
    ("oao", "ao"),
    ("obshchestvo s ogranichennoi otvetstvennostyu", "ooo"),
    ("obshchestvo s ogranichennoy otvetstvennostyu", "ooo"),
    ("od", "ood"),
    ("ohg", "ohg"),
    ("ood", "ood"),
    ("ooo", "ooo"),
    ("open joint stock company", "ao"),
    ("otkrytoe aktsionernoe obshchestvo", "ao"),
    ("ou", "ou"),
    ("oy", "oy"),
    ("oyj", "oy"),
    ("pao", "ao"),
    ("plc", "plc"),
    ("pllc", "llc"),
    ("pp", "pp"),
    ("private limited", "ltd"),
    ("pt", "pt"),
    ("pte ltd", "ltd"),
    ("pty ltd", "ltd"),
    ("public joint stock company", "ao"),
    ("public limited company", "plc"),
    ("publichnoe aktsionernoe obshchestvo", "ao"),
    ("pvt ltd", "ltd"),
    ("sa", "sa"),
    ("sa de cv", "sa"),
    ("sapa", "sa"),
    ("sapi de cv", "sa"),
    ("sarl", "srl"),
    ("sas", "sas"),
    ("sasu", "sas"),
    ("sca", "sca"),
    ("sdn bhd", "bhd"),
    ("se", "se"),
    ("sia", "sia"),
    ("sk", "sk"),
    ("sl", "sl"),
    ("slu", "sl"),
    ("snc", "snc"),
    ("sociedad anonima", "sa"),
    ("sociedad de responsabilidad limitada", "srl"),
    ("sociedad limitada", "sl"),
    ("sociedade anonima", "sa"),
    ("societa a responsabilita limitata", "srl"),
    ("societa per azioni", "spa"),
    ("societate cu raspundere limitata", "srl"),
    ("societatea cu raspundere limitata", "srl"),
    ("societe a responsabilite limitee", "srl"),
    ("societe anonyme", "sa"),
    ("sp j", "spj"),
    ("sp k", "spk"),
    ("sp zoo", "spzoo"),
    ("spa", "spa"),
    ("spj", "spj"),
    ("spolka akcyjna", "sa"),
    ("spolka zoo", "spzoo"),
    ("sprl", "srl"),
    ("spzoo", "spzoo"),
    ("srl", "srl"),
    ("sro", "sro"),
    ("tov", "tov"),
    ("uab", "uab"),
    ("ug", "ug"),
    ("vof", "vof"),
    ("zakrytoe aktsionernoe obshchestvo", "ao"),
    ("zao", "ao"),
    ("zoo", "spzoo"),
    ("zrt", "rt"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::text::tests::assert_sorted;

    fn form(name: &str) -> OrganizationForm {
        OrganizationForm::new(&Organization {
            name: Some(name.to_owned()),
            ..Organization::default()
        })
    }

    #[test]
    fn tables_are_sorted() {
        assert_sorted(ABBREVIATIONS);
        assert_sorted(LEGAL_FORMS);
    }

    #[test]
    fn the_legal_form_is_told_from_the_name() {
        let cases = [
            ("Grand Gate Construction, Inc.", "grand gate construction", Some("inc")),
            ("Orchid Park Services, L.L.C.", "orchid park services", Some("llc")),
            ("ORCHID PARK SERVICE", "orchid park services", None),
            ("Müller Bau GmbH & Co. KG", "muller bau", Some("gmbh co kg")),
            ("S.C. Trans Nord S.R.L.", "sc transport nord", Some("srl")),
            ("Kowalski Sp. z o.o.", "kowalski", Some("spzoo")),
            ("ООО «Северный Ветер»", "severny veter", Some("ooo")),
            ("Hotelera del Sur, S.A. de C.V.", "hotelera del sur", Some("sa")),
            ("The Lodge", "lodge", None),
            ("Limited", "limited", None),
            ("Smith & Sons Co., Ltd.", "smith and sons", Some("ltd")),
        ];
        for (name, tokens, legal_form) in cases {
            let form = form(name);
            assert_eq!(
                (form.tokens.join(" ").as_str(), form.legal_form.as_deref()),
                (tokens, legal_form),
                "{name}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_organization(name in any::<String>(), registration in any::<String>()) {
            let organization = Organization { name: Some(name), registration: Some(registration), ..Organization::default() };
            OrganizationForm::new(&organization);
        }
    }
}
