//! Telephone numbers. The numbering plans come from `phonenumber` (libphonenumber's metadata).

use super::text::cut;
use crate::model::Phone;

/// The comparable form of a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct PhoneForm {
    /// The number in E.164 (`+15125550143`), when the country is stated or written with the number and the
    /// number is possible there.
    pub e164: Option<String>,
    /// The national significant number, without country code and trunk prefix, when known.
    pub national: Option<String>,
    /// All digits as written, without the extension. Empty for a placeholder number.
    pub digits: String,
    /// The extension, digits only.
    pub extension: Option<String>,
}

/// E.164 allows 15 digits; international and trunk prefixes come on top.
const DIGITS_MAX: usize = 20;
/// Shorter texts are no subscriber numbers.
const DIGITS_MIN: usize = 4;
/// The fewest digits of a national number that is trusted without the numbering plan's consent.
const NATIONAL_DIGITS_MIN: usize = 7;

impl PhoneForm {
    /// The form of a number; `None` when it has too few digits or is a placeholder such as 0000000,
    /// 1234567 or 9999999.
    pub fn new(phone: &Phone) -> Option<Self> {
        let (main, extension) = split_extension(cut(&phone.number));
        let plus = main.trim_start().starts_with(['+', '＋']) || main.contains("(+");
        // A trunk zero in brackets is not dialled from abroad: +44 (0)20 ...
        let main = if plus { main.replace("(0)", "") } else { main };
        let digits: String = digits_of(&main).take(DIGITS_MAX).collect();
        if digits.len() < DIGITS_MIN || is_placeholder(&digits) {
            return None;
        }
        let (e164, national) = match parse(&digits, plus, phone.region.as_deref()) {
            Some((e164, national)) => (Some(e164), Some(national)),
            None => (None, None),
        };
        if national.as_deref().is_some_and(is_placeholder) {
            return None;
        }
        Some(Self { e164, national, digits, extension })
    }

    /// Returns true for the form of a placeholder, which has no digits.
    pub fn is_empty(&self) -> bool {
        self.digits.is_empty()
    }
}

/// The digits of any script as ASCII digits.
fn digits_of(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter_map(|character| match character {
        '0'..='9' => Some(character),
        _ if character.is_ascii() || !character.is_numeric() => None,
        _ => deunicode::deunicode_char(character)?.chars().find(char::is_ascii_digit),
    })
}

/// The text before the extension, and the extension's digits.
fn split_extension(text: &str) -> (String, Option<String>) {
    const MARKS: [&str; 7] = ["extension", "ext", "poste", "durchwahl", "anexo", "dob.", "#"];
    let lower = text.to_lowercase();
    let mark = MARKS.iter().filter_map(|mark| lower.find(mark).map(|at| (at, mark.len()))).min();
    // A lone x marks an extension only between digits: "555-0143 x12".
    let mark = mark.or_else(|| lower.rfind('x').map(|at| (at, 1)));
    let Some((at, length)) = mark else { return (lower, None) };
    let extension: String = digits_of(&lower[at + length..]).take(DIGITS_MAX).collect();
    let main = &lower[..at];
    match digits_of(main).count() >= DIGITS_MIN && !extension.is_empty() {
        true => (main.to_owned(), Some(extension)),
        false => (lower, None),
    }
}

/// One digit repeated, or digits that count up or down from the first: what people type to get past a
/// form. Of a longer number the part after an area code (all but the first three) counts too.
fn is_placeholder(digits: &str) -> bool {
    const RUN_MIN: usize = 6;
    let steps: Vec<i16> =
        digits.as_bytes().windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect();
    let one_step = |steps: &[i16]| {
        steps.len() + 1 >= RUN_MIN
            && (steps.iter().all(|step| *step == 0)
                || steps.iter().all(|step| *step == 1 || *step == -9)
                || steps.iter().all(|step| *step == -1 || *step == 9))
    };
    let all_same = steps.iter().all(|step| *step == 0);
    all_same || one_step(&steps) || (digits.len() >= 10 && one_step(&steps[3..]))
}

/// E.164 form and national number. `digits` are international if `plus`, or if they begin with the `00`
/// prefix; else national digits of `region`.
fn parse(digits: &str, plus: bool, region: Option<&str>) -> Option<(String, String)> {
    let international = if plus { Some(digits) } else { digits.strip_prefix("00") };
    let country = region.and_then(|region| {
        region.trim().to_ascii_uppercase().parse::<phonenumber::country::Id>().ok()
    });
    if let Some(national) = north_american(digits, international, region) {
        return Some((format!("+1{national}"), national.to_owned()));
    }
    if let Some(digits) = international {
        return read(None, &format!("+{digits}"), true);
    }
    let country = country?;
    let national = read(Some(country), digits, false);
    // The North American and other codes are often written without the plus.
    national.or_else(|| read(None, &format!("+{digits}"), false).filter(|_| digits.len() > 10))
}

/// Ten digits whose area and exchange codes begin with 2 to 9, after a written +1 or in the United States or
/// Canada: the numbering plan says no more, and reading its tables costs ten times as much.
fn north_american<'a>(
    digits: &'a str,
    international: Option<&'a str>,
    region: Option<&str>,
) -> Option<&'a str> {
    const DIGITS: usize = 10;
    let at_home = region.is_some_and(|region| {
        region.eq_ignore_ascii_case("US") || region.eq_ignore_ascii_case("CA")
    });
    let national = match international {
        Some(digits) => digits.strip_prefix('1')?,
        None if !at_home => return None,
        None if digits.len() == DIGITS => digits,
        None => digits.strip_prefix('1')?,
    };
    let begins = |at: usize| matches!(national.as_bytes()[at], b'2'..=b'9');
    (national.len() == DIGITS && begins(0) && begins(3)).then_some(national)
}

/// Reads a number by the numbering plans. `lenient` takes a number that is not in the plan as it is
/// written, since ranges are assigned faster than tables are.
fn read(
    country: Option<phonenumber::country::Id>,
    text: &str,
    lenient: bool,
) -> Option<(String, String)> {
    let number = phonenumber::parse(country, text).ok()?;
    let national = number.national().to_string();
    // Last, because it is by far the slowest: whether the number is in an assigned range.
    let long_enough = national.len() >= NATIONAL_DIGITS_MIN;
    let accepted = long_enough && (lenient || is_possible(&number, &national)) || number.is_valid();
    if !accepted {
        return None;
    }
    Some((format!("+{}{national}", number.code().value()), national))
}

/// Returns true if a number outside the assigned ranges has a length that its country could use.
fn is_possible(number: &phonenumber::PhoneNumber, national: &str) -> bool {
    const AMERICAN_DIGITS: usize = 10;
    match number.code().value() {
        1 => national.len() == AMERICAN_DIGITS,
        _ => national.len() > NATIONAL_DIGITS_MIN,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(number: &str, region: Option<&str>) -> Option<PhoneForm> {
        PhoneForm::new(&Phone { number: number.to_owned(), region: region.map(str::to_owned) })
    }

    #[test]
    fn ways_of_writing_one_number_have_one_form() {
        let cases = [
            ("(512) 555-0143", Some("US"), "+15125550143"),
            ("1-512-555-0143", Some("US"), "+15125550143"),
            ("512.555.0143 ext. 12", Some("US"), "+15125550143"),
            ("5125550143", Some("us"), "+15125550143"),
            ("+1 512 555 0143", None, "+15125550143"),
            ("001 512 555 0143", Some("RO"), "+15125550143"),
            ("0742 555 294", Some("RO"), "+40742555294"),
            ("+40-742-555294", Some("US"), "+40742555294"),
            ("40742555294", Some("US"), "+40742555294"),
            ("+44 (0)20 7946 0958", None, "+442079460958"),
            ("020 7946 0958", Some("GB"), "+442079460958"),
            ("+234 808-5550589", None, "+2348085550589"),
            ("8 (495) 123-45-60", Some("RU"), "+74951234560"),
            ("٠٧٤٢ ٥٥٥ ٢٩٤", Some("RO"), "+40742555294"),
        ];
        for (number, region, e164) in cases {
            assert_eq!(
                form(number, region).and_then(|form| form.e164).as_deref(),
                Some(e164),
                "{number}"
            );
        }
    }

    #[test]
    fn a_number_without_country_keeps_its_digits() {
        let local = form("555-0143", Some("US")).unwrap();
        assert_eq!((local.e164, local.digits.as_str()), (None, "5550143"));
        assert_eq!(form("0742 555 294", None).unwrap().e164, None);
    }

    #[test]
    fn extensions_are_kept_apart() {
        for number in ["512-555-0143 x12", "512-555-0143 ext 12", "512-555-0143 #12"] {
            assert_eq!(
                form(number, Some("US")).unwrap().extension.as_deref(),
                Some("12"),
                "{number}"
            );
        }
    }

    #[test]
    fn placeholders_say_nothing() {
        for number in [
            "",
            "n/a",
            "0000000",
            "1234567",
            "999-999-9999",
            "1234567890",
            "512-9999999",
            "987654321",
        ] {
            assert_eq!(form(number, Some("US")), None, "{number}");
        }
        assert!(form("312-555-0000", Some("US")).is_some());
    }

    proptest! {
        #[test]
        fn any_text_and_region_is_read_without_panic(number in any::<String>(), region in any::<Option<String>>()) {
            form(&number, region.as_deref());
        }

        #[test]
        fn an_e164_number_is_its_own_form(number in "[+0-9 ()x.-]{4,20}", region in prop::sample::select(vec!["US", "RO", "GB", "NG", "DE"])) {
            if let Some(e164) = form(&number, Some(region)).and_then(|form| form.e164) {
                prop_assert_eq!(form(&e164, None).and_then(|form| form.e164), Some(e164));
            }
        }
    }
}
